"""How does a link or an address name one of our rows, so that nobody else can make one up?

A token is 25 bytes: which key (1), which row (8), an extra number (4), and 96 bits of HMAC-SHA256 over them. In
lower-case base32 that is exactly 40 letters and digits without padding, so there is one spelling only; it survives
servers that fold case, and `r-<token>` fits the 64 octets of a local part (RFC 5321, 4.5.3.1.1). Each purpose has its
own key (HKDF, RFC 5869): a token for reading is worth nothing where one acts. A token names a row; it never signs in.
"""

import base64
import binascii
import hmac
import struct
from enum import StrEnum
from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_BODY = struct.Struct(">BQI")  # key id, row id, extra
_MAC = 12  # bytes; 96 bits
_LENGTH = (_BODY.size + _MAC) * 8 // 5


class Purpose(StrEnum):
    """What a token is good for; it is good for nothing else."""

    REPLY = "reply"
    BOUNCE = "bounce"
    HUMAN = "human"
    UNSUBSCRIBE = "unsubscribe"
    PREFERENCES = "preferences"
    VIEW = "view"
    CLICK = "click"
    OPEN = "open"
    SURVEY = "survey"


_SIGNS = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = [first + second for first in _SIGNS for second in _SIGNS]  # of ten bits
_PREFIXES = {"r-": Purpose.REPLY, "b-": Purpose.BOUNCE}


class Signer:
    """Signs with the newest secret, and still reads what older secrets signed."""

    def __init__(self, secret: bytes, *older: bytes) -> None:
        # str: hashing a member of an enum takes as long as the rest; an HMAC takes its key in once, and is then copied
        self._keys: dict[tuple[int, str], hmac.HMAC] = {}
        for one in (*older, secret):  # the newest is written last and wins, should two ids be equal
            self._id = _derive(one, b"lifeline key id")[0]
            for purpose in Purpose:
                self._keys[self._id, purpose.value] = hmac.new(
                    _derive(one, b"lifeline token " + purpose.encode()), digestmod="sha256"
                )

    def sign(self, purpose: Purpose, row_id: int, extra: int = 0) -> str:
        """Return the token of this row: 40 characters of a-z and 2-7. `extra` is for example the number of a link."""
        body = _BODY.pack(self._id, row_id, extra)
        rest = body[10:] + self._mac(purpose, body)  # spelt here: the library's base32 takes three times as long
        return f"{_first(body[:10])}{_spelt(rest[:5])}{_spelt(rest[5:10])}{_spelt(rest[10:])}"

    def read(self, purpose: Purpose, token: str) -> int | None:
        """Return the row that this token names, or None if we did not sign it for this purpose."""
        pair = self.read_pair(purpose, token)
        return pair[0] if pair else None

    def read_pair(self, purpose: Purpose, token: str) -> tuple[int, int] | None:
        """Return the row and the extra number that this token names, or None."""
        if len(token) != _LENGTH or not token.isascii():
            return None
        try:
            data = base64.b32decode(token.upper())
        except binascii.Error:
            return None
        body, mac = data[: _BODY.size], data[_BODY.size :]
        key_id, row_id, extra = _BODY.unpack(body)
        if (key_id, purpose.value) not in self._keys or not hmac.compare_digest(mac, self._mac(purpose, body)):
            return None
        return row_id, extra

    def _mac(self, purpose: Purpose, body: bytes) -> bytes:
        keyed = self._keys[body[0], purpose._value_].copy()
        keyed.update(body)
        return keyed.digest()[:_MAC]


def reply_address(signer: Signer, message_row_id: int, domain: str) -> str:
    """Return the address at which answers to this message arrive."""
    return f"r-{signer.sign(Purpose.REPLY, message_row_id)}@{domain}"


def return_path(signer: Signer, message_row_id: int, domain: str) -> str:
    """Return the envelope sender of this message, at which its failures arrive."""
    return f"b-{signer.sign(Purpose.BOUNCE, message_row_id)}@{domain}"


def claimed(signer: Signer, address: str) -> tuple[Purpose, int] | None:
    """Return what a reply address or a return path of ours names, whatever case it comes back in, or None."""
    local = address.strip().strip("<>").rpartition("@")[0].lower()
    purpose = _PREFIXES.get(local[:2])
    row_id = signer.read(purpose, local[2:]) if purpose else None
    return (purpose, row_id) if purpose and row_id is not None else None


def _spelt(data: bytes) -> str:
    """Write five bytes as lower-case base32."""
    n = int.from_bytes(data)
    return f"{_PAIRS[n >> 30]}{_PAIRS[n >> 20 & 1023]}{_PAIRS[n >> 10 & 1023]}{_PAIRS[n & 1023]}"


@lru_cache(maxsize=64)
def _first(data: bytes) -> str:
    """Write the ten bytes with which all tokens of a row begin."""
    return _spelt(data[:5]) + _spelt(data[5:])


def _derive(secret: bytes, label: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=label).derive(secret)
