"""DKIM: what we sign, others can check."""

from datetime import UTC, datetime

import dkim as dkimpy
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as generate_ec_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from mailer.errors import Misconfigured
from mailer.mail.compose import Letter, Party, compose
from mailer.mail.dkim import PrivateKey, load_key, record, sign

RSA = generate_rsa_key(65537, 2048)
ED25519 = Ed25519PrivateKey.generate()


@pytest.fixture
def raw() -> bytes:
    return compose(
        Letter("Grüße", "<p>Hi  there \n</p>", "Hi  there \nFrom us.\n\n\n"),
        sender=Party("Ann Lee", "ann@example.com"),
        to="bob@example.com",
        message_id="run-7.12@example.com",
        dated_at=datetime(2026, 3, 16, 10, 0, tzinfo=UTC),
        headers={
            "List-Unsubscribe": f"<https://example.com/u/{'a' * 80}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )


def verifies(raw: bytes, key: PrivateKey) -> bool:
    """Check as a receiver does: RSA by dkimpy alone; Ed25519 with the hash of dkimpy and the key of the record."""
    if not isinstance(key, Ed25519PrivateKey):
        return bool(dkimpy.verify(raw, dnsfunc=lambda _name, timeout=5: record(key).encode()))
    public = key.public_key()
    checked: list[bool] = []

    class Check(dkimpy.DKIM):  # type: ignore[misc]
        def verify_sig(self, sig, include_headers, sig_header, dnsfunc):  # type: ignore[no-untyped-def]
            canonical = dkimpy.CanonicalizationPolicy.from_c_value(sig[b"c"])
            hasher = dkimpy.HASH_ALGORITHMS[sig[b"a"]]
            body = dkimpy.HashThrough(hasher(), self.debug_content)
            body.update(canonical.canonicalize_body(self.body))
            headers = canonical.canonicalize_headers(self.headers)
            value = dkimpy.HashThrough(hasher(), self.debug_content)
            dkimpy.hash_headers(value, canonical, headers, include_headers, sig_header, sig)
            try:
                public.verify(dkimpy.base64.b64decode(sig[b"b"]), value.digest())
            except InvalidSignature:
                checked.append(False)
            else:
                checked.append(body.digest() == dkimpy.base64.b64decode(sig[b"bh"]))
            return checked[-1]

    return bool(Check(raw).verify(dnsfunc=lambda _name, timeout=5: record(key).encode()))


@pytest.mark.parametrize("key", [RSA, ED25519], ids=["rsa", "ed25519"])
def test_a_signed_letter_is_verified(raw: bytes, key: PrivateKey) -> None:
    header = sign(raw, domain="example.com", selector="s1", private_key=key)
    assert header.endswith(b"\r\n")
    assert max(map(len, header.split(b"\r\n"))) <= 78
    assert verifies(header + raw, key)


@pytest.mark.parametrize("key", [RSA, ED25519], ids=["rsa", "ed25519"])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"One-Click", b"Two-Click"),
        (b"/u/aaaa", b"/u/bbbb"),
        (b"From us.", b"From you"),
        (b"Subject: ", b"Subject: x"),
        (b"From: ", b"From: Eve <eve@evil.example>\r\nFrom: "),
    ],
)
def test_what_was_changed_on_the_way_is_not_verified(raw: bytes, key: PrivateKey, old: bytes, new: bytes) -> None:
    header = sign(raw, domain="example.com", selector="s1", private_key=key)
    changed = raw.replace(b"=46rom us.", b"From us.") if old == b"From us." else raw
    assert not verifies(header + changed.replace(old, new, 1), key)


def test_the_headers_of_one_click_are_signed(raw: bytes) -> None:
    header = sign(raw, domain="example.com", selector="s1", private_key=RSA)
    signed = b"".join(header.split()).partition(b"h=")[2].partition(b";")[0].split(b":")
    assert {b"list-unsubscribe", b"list-unsubscribe-post", b"from", b"to", b"subject"} <= set(signed)
    assert signed.count(b"from") == 2  # one more than there is (RFC 6376, 8.15)


def test_a_key_is_read_from_pem() -> None:
    for key in (RSA, ED25519):
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        assert record(load_key(pem)) == record(key)


def test_a_key_of_another_kind_is_refused() -> None:
    pem = generate_ec_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(Misconfigured, match="another kind"):
        load_key(pem)
    with pytest.raises(Misconfigured, match="cannot be read"):
        load_key(b"not a key")
