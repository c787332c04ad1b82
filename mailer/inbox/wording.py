"""What does an answer look like? The representative's words, their name, and what the customer had written.

The html is made from the text, every sign of it escaped: nothing a customer wrote becomes markup in our email.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_datetime

MAX_QUOTED = 5_000  # characters of the customer's words
_WROTE = {  # the line every mail program knows a quotation by
    "en": "On {when}, {who} wrote:",
    "de": "Am {when} schrieb {who}:",
    "fr": "Le {when}, {who} a écrit :",
    "es": "El {when}, {who} escribió:",
    "it": "Il giorno {when}, {who} ha scritto:",
    "nl": "Op {when} schreef {who}:",
}
_AGAIN = re.compile(r"^\s*((re|aw|antw|sv|rép|ref)\s*(\[\d+\])?\s*:\s*)+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Quote:
    """The customer's last words."""

    who: str
    at: datetime
    text: str


def subject_of(subject: str) -> str:
    """Return the subject of an answer: one "Re: ", however many there were."""
    line = " ".join(_AGAIN.sub("", subject).split())
    return f"Re: {line}" if line else "Re: your message"


def letter(subject: str, answer: str, sender: str, quote: Quote | None, language: str, zone: str) -> dict[str, str]:
    """Return the subject, html and text of an answer.

    Args:
        subject: of the conversation.
        answer: the representative's words.
        sender: their name, put below unless they wrote it themselves.
        quote: the words answered, or None.
        language, zone: the customer's, for the line above the quote.
    """
    words = answer.strip().replace("\r\n", "\n")
    if not _is_signed(words, sender):
        words = f"{words}\n\n{sender}"
    text, html = words, _paragraphs(words)
    if quote is not None and quote.text.strip():
        said = quote.text.strip().replace("\r\n", "\n")[:MAX_QUOTED]
        wrote = _wrote(quote, language, zone)
        lines = "\n".join(f"> {line}".rstrip() if not line.startswith(">") else f">{line}" for line in said.split("\n"))
        text = f"{text}\n\n{wrote}\n{lines}"
        html = f'{html}<p>{escape(wrote)}</p><blockquote type="cite">{_paragraphs(said)}</blockquote>'
    page = f'<!doctype html><html><head><meta charset="utf-8"></head><body>{html}</body></html>'
    return {"subject": subject_of(subject), "html": page, "text": f"{text}\n"}


def _is_signed(words: str, sender: str) -> bool:
    """Whether the last line holds the sender's name, or its first word."""
    last = words.rpartition("\n")[2]
    return any(name in last for name in sender.split()[:1]) or not sender


def _wrote(quote: Quote, language: str, zone: str) -> str:
    code = language[:2].lower()
    code = code if code in _WROTE else "en"
    try:
        when = format_datetime(quote.at.astimezone(ZoneInfo(zone)), "d MMMM y, HH:mm", locale=Locale.parse(code))
    except (UnknownLocaleError, ValueError, KeyError):
        when = f"{quote.at:%Y-%m-%d %H:%M}"
    return _WROTE[code].format(when=when, who=" ".join(quote.who.split()))


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in re.split(r"\n{2,}", text) if part)
