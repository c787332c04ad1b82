"""How do receivers know that an email is ours?

By a signature over its body and headers (RFC 6376), with RSA (RFC 8301), Ed25519 (RFC 8463), or both: who cannot read
the second reads the first. Headers are relaxed, because servers fold them anew; the body is as it is (`simple`), since
in quoted-printable no server has anything to change, and is hashed once for all signatures. The signing is ours, over
`cryptography`: fifteen times faster than the library that checks it in the tests. From is signed once more than it
occurs, so that nobody can add a second one (RFC 6376, 8.15); List-Unsubscribe and List-Unsubscribe-Post are signed, as
RFC 8058 asks. No time is written: the same bytes get the same signature.
"""

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from mailer.errors import Misconfigured

PrivateKey = RSAPrivateKey | Ed25519PrivateKey

STRING = 255  # octets of one string of a DNS record (RFC 1035, 3.3)

_SIGNED = (
    *("from", "to", "cc", "reply-to", "subject", "date", "message-id", "in-reply-to", "references"),
    *("mime-version", "content-type", "content-transfer-encoding"),
    *("list-id", "list-unsubscribe", "list-unsubscribe-post", "feedback-id", "auto-submitted"),
)


@dataclass(frozen=True, slots=True)
class Key:
    """Who signs: a key, and where its public half is published."""

    domain: str
    selector: str
    private: PrivateKey

    @property
    def algorithm(self) -> str:
        """What the signature says it is."""
        return "ed25519-sha256" if isinstance(self.private, Ed25519PrivateKey) else "rsa-sha256"


def new_key(kind: str) -> bytes:
    """Make a private key, "rsa" (2048 bits) or "ed25519", as PEM."""
    key = Ed25519PrivateKey.generate() if kind == "ed25519" else generate_private_key(65537, 2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def load_key(pem: bytes) -> PrivateKey:
    """Read a private key from PEM.

    Raises:
        Misconfigured: it is neither an RSA key of 1024 bits or more nor an Ed25519 key.
    """
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError) as error:
        raise Misconfigured(f"the DKIM key cannot be read as an unencrypted PEM private key: {error}") from error
    if isinstance(key, Ed25519PrivateKey) or (isinstance(key, RSAPrivateKey) and key.key_size >= 1024):
        return key
    raise Misconfigured("the DKIM key is of another kind; give an Ed25519 key, or RSA with 2048 bits")


def record(private_key: PrivateKey) -> str:
    """Return the text of the DNS record at <selector>._domainkey.<domain>."""
    public = private_key.public_key()
    if isinstance(private_key, Ed25519PrivateKey):
        raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
        return f"v=DKIM1; k=ed25519; p={base64.b64encode(raw).decode()}"
    raw = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"v=DKIM1; k=rsa; p={base64.b64encode(raw).decode()}"


def published(key: Key) -> str:
    """Return the line of a DNS zone that publishes a key, in strings of 255 (RFC 6376, 3.6.2.2)."""
    text = record(key.private)
    strings = " ".join(f'"{text[at : at + STRING]}"' for at in range(0, len(text), STRING))
    return f"{key.selector}._domainkey.{key.domain}. IN TXT ({strings})"


def sign(raw: bytes, keys: Sequence[Key]) -> bytes:
    """Return a DKIM-Signature header of each key, with its CRLF, to write before `raw` (an email with CRLF lines)."""
    head, _, body = raw.partition(b"\r\n\r\n")
    fields: dict[str, list[bytes]] = {}
    for field in re.split(rb"\r\n(?![ \t])", head):
        relaxed = _relaxed(field)
        fields.setdefault(relaxed[: relaxed.index(b":")].decode("ascii"), []).append(relaxed)
    names = tuple(name for name in _SIGNED for _ in fields.get(name, ()))
    ordered = (field for name in _SIGNED for field in reversed(fields.get(name, ())))  # the last first (5.4.2)
    signed = hashlib.sha256(b"".join(field + b"\r\n" for field in ordered))
    body_hash = base64.b64encode(hashlib.sha256(body.rstrip(b"\r\n") + b"\r\n").digest())  # simple (3.4.3)
    return b"".join([_header(key, names, body_hash, signed.copy()) for key in keys])


def _header(key: Key, names: tuple[str, ...], body_hash: bytes, signed: "hashlib._Hash") -> bytes:
    value, own = _unsigned(key.algorithm, key.domain, key.selector, names)
    signed.update(own.replace(b"?", body_hash))
    signature = base64.b64encode(_signature(key.private, signed.digest()))
    pieces = b"\r\n ".join(signature[at : at + 72] for at in range(0, len(signature), 72))
    return b"".join((value.replace(b"?", body_hash), pieces, b"\r\n"))


@lru_cache(maxsize=64)
def _unsigned(algorithm: str, domain: str, selector: str, names: tuple[str, ...]) -> tuple[bytes, bytes]:
    """Return the header up to its signature, as it is written and relaxed, with ? for the hash of the body."""
    header = (
        f"DKIM-Signature: v=1; a={algorithm}; c=relaxed/simple; d={domain}; s={selector};\r\n"
        f" h={_folded(':'.join(['from', *names]), ':')};\r\n bh=?;\r\n b="
    ).encode("ascii")
    return header, _relaxed(header)


def _signature(key: PrivateKey, digest: bytes) -> bytes:
    if isinstance(key, Ed25519PrivateKey):
        return key.sign(digest)  # the hash is signed (RFC 8463, 3)
    return key.sign(digest, PKCS1v15(), Prehashed(SHA256()))


def _relaxed(field: bytes) -> bytes:
    """Canonicalise a header (RFC 6376, 3.4.2)."""
    name, _, value = field.partition(b":")
    unfolded = re.sub(rb"[ \t]+", b" ", value.replace(b"\r\n", b""))
    return name.strip().lower() + b":" + unfolded.strip(b" ")


def _folded(text: str, at: str) -> str:
    """Fold a list at its separator, so that no line is longer than 78."""
    lines = [""]
    for piece in text.split(at):
        if len(lines[-1]) + len(piece) > 70:
            lines.append("")
        lines[-1] += piece + at
    return "\r\n ".join(lines).removesuffix(at)
