"""DKIM: what we sign, others can check."""

from datetime import UTC, datetime

import dkim as dkimpy
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from mailer.errors import Misconfigured
from mailer.mail.compose import Letter, Party, compose
from mailer.mail.dkim import Key, load_key, new_key, published, record, sign

RSA = Key("example.com", "r1", load_key(new_key("rsa")))
ED25519 = Key("example.com", "e1", load_key(new_key("ed25519")))
DNS = {f"{key.selector}._domainkey.example.com.".encode(): record(key.private).encode() for key in (RSA, ED25519)}
EITHER = pytest.mark.parametrize("key", [RSA, ED25519], ids=["rsa", "ed25519"])


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


def verifies(raw: bytes, index: int = 0) -> bool:
    """Check a signature as a receiver does, by dkimpy alone."""
    try:
        return bool(dkimpy.DKIM(raw).verify(idx=index, dnsfunc=lambda name, timeout=5: DNS[name]))
    except dkimpy.ValidationError:
        return False


@EITHER
def test_a_signed_letter_is_verified(raw: bytes, key: Key) -> None:
    header = sign(raw, [key])
    assert header.endswith(b"\r\n")
    assert max(map(len, header.split(b"\r\n"))) <= 78
    assert verifies(header + raw)


def test_two_keys_give_two_signatures_and_each_is_verified(raw: bytes) -> None:
    signed = sign(raw, [RSA, ED25519]) + raw
    assert signed == sign(raw, [RSA]) + sign(raw, [ED25519]) + raw
    assert signed.count(b"DKIM-Signature:") == 2
    assert verifies(signed, 0)
    assert verifies(signed, 1)


@given(body=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0")), subject=st.text(max_size=99))
def test_any_letter_is_signed_so_that_it_is_verified(body: str, subject: str) -> None:
    raw = compose(
        Letter(subject, body, body),
        sender=Party("Ann Lee", "ann@example.com"),
        to="bob@example.com",
        message_id="run-7.12@example.com",
        dated_at=datetime(2026, 3, 16, 10, 0, tzinfo=UTC),
    )
    assert verifies(sign(raw, [ED25519]) + raw)


@EITHER
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
def test_what_was_changed_on_the_way_is_not_verified(raw: bytes, key: Key, old: bytes, new: bytes) -> None:
    header = sign(raw, [key])
    changed = raw.replace(b"=46rom us.", b"From us.") if old == b"From us." else raw
    assert not verifies(header + changed.replace(old, new, 1))


def test_the_headers_of_one_click_are_signed(raw: bytes) -> None:
    header = sign(raw, [RSA])
    signed = b"".join(header.split()).partition(b"h=")[2].partition(b";")[0].split(b":")
    assert {b"list-unsubscribe", b"list-unsubscribe-post", b"from", b"to", b"subject"} <= set(signed)
    assert signed.count(b"from") == 2  # one more than there is (RFC 6376, 8.15)


def test_a_folded_header_and_one_in_other_letters_are_the_same_to_a_receiver(raw: bytes) -> None:
    header = sign(raw, [ED25519])
    assert verifies(header + raw.replace(b"Subject: ", b"SUBJECT:\r\n   ", 1))


def test_a_key_is_published_in_strings_of_255() -> None:
    line = published(RSA)
    strings = line.partition("(")[2].rstrip(")").strip('"').split('" "')
    assert line.startswith("r1._domainkey.example.com. IN TXT (")
    assert "".join(strings) == record(RSA.private)
    assert [len(each) for each in strings][:1] == [255]
    assert published(ED25519).count('"') == 2


def test_a_key_of_another_kind_is_refused() -> None:
    pem = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(Misconfigured, match="another kind"):
        load_key(pem)
    with pytest.raises(Misconfigured, match="cannot be read"):
        load_key(b"not a key")
