"""How is a word kept that the house has to read again, but nobody who only has its database?

Sealed with AES-256-GCM under a key of its own (HKDF, RFC 5869), and bound to what it is for: moved to another row, it
does not open. For what need not be read again a hash is kept instead.
"""

import base64
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE = 12  # bytes


class Seal:
    """Seals and opens words with the secret of one house."""

    def __init__(self, secret: bytes) -> None:
        self._cipher = AESGCM(HKDF(algorithm=SHA256(), length=32, salt=None, info=b"lifeline seal").derive(secret))

    def close(self, word: str, about: str) -> str:
        """Seal `word`; it opens only for the same `about`."""
        nonce = secrets.token_bytes(_NONCE)
        return base64.urlsafe_b64encode(nonce + self._cipher.encrypt(nonce, word.encode(), about.encode())).decode()

    def open(self, sealed: str, about: str) -> str | None:
        """Return what was sealed for `about`, or None: another house, another purpose, or changed on the way."""
        try:
            data = base64.urlsafe_b64decode(sealed.encode("ascii"))
            return self._cipher.decrypt(data[:_NONCE], data[_NONCE:], about.encode()).decode()
        except (InvalidTag, ValueError):
            return None
