"""What does a compiled template call for each value?

It reads fields as the sandbox does, and writes what they hold as escaped, quoted-printable pieces. Whatever could be a
piece of markup, or an address that may not leave, is left to Jinja and to the look at the whole page (`letter.render`):
an address is more than its pieces.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from markupsafe import escape

from mailer.mail.transfer import piece
from mailer.rendering.letter import POINTS, SCHEME, other_schemes
from mailer.rendering.sandbox import PAGE, Record, Sandbox

AT_ADDRESS = re.compile(rf"(?:{'|'.join(POINTS)})\s*=[\s\"'\x00-\x20]*([a-z][a-z0-9+.-]*)?$")
_GOOD = re.compile(r"[\s\"'\x00-\x20]*(?:https?|mailto):")
_BAD = re.compile(r"[\s\"'\x00-\x20]*[a-z0-9+.-]*(?::|$)")  # another scheme, or the beginning of one
_PLAIN = re.compile(r"(?![.F])(?:[!#-%(-;?-~][ !#-%(-;?-~]{0,70})?[!#-%(-;?-~]")  # as `piece` has it, nothing to escape
SHORT = 400  # characters; longer ones are not remembered


class Unsure(Exception):
    """Let Jinja write it."""


class Seen:
    """What a filter may ask of a letter: its language, and whose it is."""

    def __init__(self, data: Mapping[str, Any], language: str, environment: Sandbox) -> None:
        self._data = data
        self._language = language
        self.environment = environment

    def resolve(self, name: str) -> Any:
        """Return a field a template may name, or the language."""
        return self._language if name == "language" else root(self._data, name)


def root(data: Mapping[str, Any], name: str) -> Any:
    """Return what a template calls by this name; it is missing if there is none."""
    return data[name] if name in data else PAGE.undefined(name=name)


def field(owner: Any, name: str) -> Any:
    """Return a field, as the sandbox reads it."""
    if type(owner) is Record and (found := owner._read(name)) is not None:
        return found
    return PAGE.getattr(owner, name)


def written_value(value: Any) -> bytes:
    """Write a value, escaped, as a piece."""
    if type(value) is str:
        return _known_value(value) if len(value) < SHORT else _written(str(escape(value)))
    return _written(str(escape(value)))


def written_address(value: Any) -> bytes:
    """Write a value with which an address begins."""
    plain = as_read(str(value))
    if not _GOOD.match(plain) and _BAD.match(plain):
        raise Unsure("an address of another kind")
    return _written(str(escape(value)))  # not remembered: most belong to one letter


@lru_cache(maxsize=4096)
def _known_value(value: str) -> bytes:
    if _PLAIN.fullmatch(value):
        return value.encode("ascii") + b"=\r\n"
    return _written(str(escape(value)))


def _written(value: str) -> bytes:
    """Encode a value as it stands in the page; refuse one that could be, or begin, an attribute with an address."""
    if "=" in value:
        plain = as_read(value)
        if SCHEME.search(plain) or AT_ADDRESS.search(plain) or _ends_a_point(plain.partition("=")[0]):
            raise Unsure("a value that looks like an attribute")
    return piece(value)


def _ends_a_point(text: str) -> bool:
    return any(point.endswith(text.rstrip()) for point in POINTS)


def as_read(written: str) -> str:
    """Return markup as one looks for addresses in it."""
    return written.lower().replace("\n", "").replace("\t", "")  # as browsers do within an address


def constant(text: str) -> tuple[bytes]:
    """Encode a constant; refuse one in which an address goes where none may, or could after what stands before it."""
    plain = as_read(text)
    if other_schemes(plain) or any(_ends_a_point(plain[: found.start()]) for found in SCHEME.finditer(plain)):
        raise Unsure("an address of another kind")
    return (piece(text),)
