"""How does a letter become bytes in a fraction of a millisecond?

Everything that is the same in all letters of a template version is made once: the functions of its subject, preheader,
page and text (see `flat`), the encoding of their constants (see `mail.transfer`), the headers of the two parts. Then a
letter is a few lists of pieces put together. Where anything is unusual (a template that `flat` is not sure about, a
value that looks like markup, a missing field, a letter too long) the letter is written by `letter.render`, which
decides and explains, and its bytes are made from what it wrote; they say the same.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import TemplateError

from mailer.errors import Permanent
from mailer.mail.compose import Pressed, frame
from mailer.mail.transfer import ended, line, piece, quoted_printable
from mailer.rendering import counted, flat, sandbox
from mailer.rendering.letter import MOST, one_line, render
from mailer.rendering.page import closed_up, text_source

_LONG = b"\r\n\r\n\r\n"


def press(subject: str, preheader: str, html: str, context: Mapping[str, Any]) -> Pressed:
    """Write one letter as bytes: Jinja `subject`, `preheader` and flat inlined `html`, over the data of `context`.

    Raises:
        Permanent: a field is missing, or what came out may not leave; the message is for the author.
    """
    version = _version(subject, preheader, html, counted.page(html, context))
    if version is not None:
        try:
            return version.press(context)
        except (flat.Unsure, TemplateError, TypeError, ValueError, ArithmeticError):
            pass  # told below, in the words for it
    return slowly(subject, preheader, html, context)


def slowly(subject: str, preheader: str, html: str, context: Mapping[str, Any]) -> Pressed:
    """Write one letter as bytes by Jinja itself.

    Raises:
        Permanent: a field is missing, or what came out may not leave; the message is for the author.
    """
    letter = render(subject, preheader, html, context)
    before, between, behind = _frame(subject, preheader, html)
    try:
        parts = (before, quoted_printable(letter.text), between, ended(piece(letter.html)), behind)
    except UnicodeEncodeError as error:
        raise Permanent(f"the letter holds half a character (a lone surrogate) at {error.start}") from error
    return Pressed(letter.subject, b"".join(parts))


@dataclass(frozen=True, slots=True)
class _Version:
    """A template version, ready to be pressed."""

    subject: flat.Write
    preheader: flat.Write
    text: flat.Write
    page: flat.Write
    frame: tuple[bytes, bytes, bytes]

    def press(self, context: Mapping[str, Any]) -> Pressed:
        data = sandbox.frozen(context)
        subject = one_line("".join(self.subject(data)))
        data["preheader"] = one_line("".join(self.preheader(data)))
        data["subject"] = subject
        html = ended(b"".join(self.page(data)))
        if not subject or len(html) > MOST:
            raise flat.Unsure("an empty subject, or a long letter")
        before, between, behind = self.frame
        return Pressed(subject, b"".join((before, _tidy(self.text(data)), between, html, behind)))


@lru_cache(maxsize=64)
def _version(subject: str, preheader: str, html: str, page: str) -> _Version | None:
    """Compile a template version, of which `page` is sent; None if it has to be written by Jinja."""
    language = sandbox.language_of(html)
    text = text_source(html)
    if text is None:
        return None
    try:
        return _Version(
            flat.line(subject, language),
            flat.line(preheader, language),
            flat.line(text, language, _whole_lines),
            flat.page(page, language),
            _frame(subject, preheader, html),
        )
    except flat.Unsure:
        return None


@lru_cache(maxsize=64)
def _frame(*source: str) -> tuple[bytes, bytes, bytes]:
    return frame("\0".join(source))


def _tidy(pieces: Iterable[str | bytes]) -> bytes:
    """Encode the text part, tidied line by line as `page.tidy` and `page.closed_up` do; bytes are lines already."""
    lines, open_ = [], ""
    for each in pieces:
        if isinstance(each, str):
            open_ += each
        else:
            lines += [*map(_tidied, open_.split("\n")[:-1]), each]
            open_ = ""
    body = b"".join([*lines, *map(_tidied, open_.split("\n"))])
    while _LONG in body:
        body = body.replace(_LONG, _LONG[2:])
    return body.strip(b"\r\n") + b"\r\n"


def _whole_lines(text: str) -> tuple[str | bytes, ...]:
    """Encode the lines that are whole in a constant; what stands before and behind them waits for its neighbours."""
    first, last = text.find("\n") + 1, text.rfind("\n") + 1
    if first == last:
        return (text,)
    middle = b"".join(map(_tidied, text[first:last].split("\n")[:-1]))
    return (text[:first], middle, text[last:]) if text[last:] else (text[:first], middle)


def _tidied(text: str) -> bytes:
    text = text.strip(" ")
    if text.isprintable() and "  " not in text and " :" not in text:
        return line(text)
    return b"".join([line(each.strip()) for each in closed_up(text).splitlines() or [""]])
