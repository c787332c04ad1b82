"""How do our letters become the bytes that leave?

A serialiser of our own, because the standard library's writes a long List-Unsubscribe, In-Reply-To or References as an
encoded word, after which one-click and threading are dead. Here a header is folded only where white space stands, every
line has at most 998 octets (RFC 5322, 2.1.1), and the same arguments give the same bytes for ever: the boundary comes
from the Message-ID or the template, nothing from the clock or from chance. A line break in a name or a subject, as data
from outside may hold it, becomes a space: it neither begins a header nor keeps the letter from its reader.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache

from mailer.errors import Invalid
from mailer.mail.address import mailbox, mailboxes
from mailer.mail.encoding import encode_words, printable, refuse_breaks
from mailer.mail.transfer import decode_transfer, quoted_printable

MAX_LINE = 998  # octets, without CRLF
FOLD_AT = 78

_NAME = re.compile(r"[A-Za-z0-9-]{1,40}")
_MESSAGE_ID = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+")
_OURS = {"from", "to", "cc", "bcc", "reply-to", "subject", "date", "message-id", "mime-version"}
_OURS |= {"content-type", "content-transfer-encoding", "return-path", "received", "dkim-signature"}
_PLAIN, _HTML = (
    f"Content-Type: {kind}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n".encode()
    for kind in ("text/plain", "text/html")
)


@dataclass(frozen=True, slots=True)
class Letter:
    """What an email says, rendered. An empty `html` makes it a plain one."""

    subject: str
    html: str
    text: str


@dataclass(frozen=True, slots=True)
class Pressed:
    """A letter that is bytes already: its `entity` is the body with its own Content-Type (RFC 2045, 2.4)."""

    subject: str
    entity: bytes

    def letter(self) -> "Reread":
        """Read back what the two parts in a `frame` say."""
        boundary = self.entity.partition(b'boundary="')[2].partition(b'"')[0]
        _, text, html, _ = self.entity.split(b"--" + boundary)
        return Reread(self.subject, _read(html), _read(text), self.entity)


@dataclass(frozen=True, slots=True)
class Reread(Letter):
    """What an email says, read from the very bytes it carried."""

    entity: bytes


@dataclass(frozen=True, slots=True)
class Party:
    """A name and an address."""

    name: str
    address: str


def compose(
    letter: Letter | Pressed,
    *,
    sender: Party,
    to: str,
    message_id: str,
    dated_at: datetime,
    reply_to: Party | None = None,
    headers: Mapping[str, str] = {},
) -> bytes:
    """Write an email: CRLF lines, quoted-printable, multipart/alternative or, without HTML, text/plain.

    Args:
        letter: subject, html and text; or, of a pressed one, its entity as it is.
        sender: From.
        to: one address.
        message_id: with or without angle brackets.
        dated_at: aware; written in UTC.
        reply_to: Reply-To, if any.
        headers: more headers, printable ASCII, written in this order.

    Raises:
        Invalid: something in it would break the email; the message says what.
    """
    own_id = message_id.removeprefix("<").removesuffix(">")
    if not _MESSAGE_ID.fullmatch(own_id):
        raise Invalid(f"{message_id[:100]!r} is not a Message-ID; give one such as run-7.12@example.com")
    fields = [_field("From", _party(sender)), _to(to)]
    if reply_to:
        fields.append(_field("Reply-To", _party(reply_to)))
    fields.append(_field("Subject", _subject(letter.subject)))
    fields.append(_field("Date", _date(dated_at)))
    fields.append(_field("Message-ID", f"<{own_id}>"))
    fields += [_own(name, text) for name, text in headers.items()]
    fields.append(b"MIME-Version: 1.0\r\n")
    fields.append(letter.entity if isinstance(letter, Pressed | Reread) else _entity(letter, own_id))
    return b"".join(fields)


def frame(seed: str) -> tuple[bytes, bytes, bytes]:
    """Return what stands before, between and behind the text and the HTML of a letter, each of them quoted-printable.

    The boundary is made of `seed`; no part can hold it, because "=_" is never quoted-printable.
    """
    boundary = b"=_" + hashlib.sha256(seed.encode()).hexdigest()[:32].encode()
    return (
        b'Content-Type: multipart/alternative;\r\n boundary="%b"\r\n\r\n--%b\r\n%b' % (boundary, boundary, _PLAIN),
        b"\r\n--%b\r\n%b" % (boundary, _HTML),
        b"\r\n--%b--\r\n" % boundary,
    )


def _entity(letter: Letter, own_id: str) -> bytes:
    if not letter.html:
        return _PLAIN + _part("text/plain", letter.text)
    before, between, behind = frame(own_id)
    text, html = _part("text/plain", letter.text), _part("text/html", letter.html)
    return b"".join((before, text, between, html, behind))


def _part(kind: str, text: str) -> bytes:
    try:
        return quoted_printable(text)
    except UnicodeEncodeError as error:
        raise Invalid(f"the {kind} words hold half a character (a lone surrogate) at {error.start}") from error


def _read(part: bytes) -> str:
    body = part.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n")
    return decode_transfer(body, "quoted-printable").decode("utf-8").replace("\r\n", "\n")


def one_line(text: str) -> str:
    """Return text without what would end a header, or is no Unicode text; spaces stand in its place."""
    if text.isprintable():
        return text
    return re.sub(r"[\r\n\0]+", " ", text).encode("utf-8", "replace").decode("utf-8")


def _subject(text: str) -> str:
    text = one_line(text)
    plain = printable(text) and "=?" not in text and text == text.strip() and len(max(text.split(" "), key=len)) < 900
    return text if plain else encode_words(text)


def _to(address: str) -> bytes:
    """Write To; an address with letters beyond ASCII as it is, in UTF-8 (RFC 6532), for no encoding may stand there."""
    if address.isascii():
        return _field("To", mailbox("", address))
    if mailboxes(address) != [("", address.lower())] or not address.isprintable():
        raise Invalid(f"{address[:100]!r} cannot be written in a header; give a plain address such as ann@example.com")
    return f"To: {address}\r\n".encode()


def _party(party: Party) -> str:
    address, phrase = mailbox("", party.address), _phrase(party.name)
    return f"{phrase}{address}>" if phrase else address


@lru_cache(maxsize=512)
def _phrase(name: str) -> str:
    """Return a name as it stands before an address, with the angle that opens; nothing for no name."""
    return mailbox(one_line(name), "a@a.example").removesuffix("a@a.example>") if name.strip() else ""


@lru_cache(maxsize=512)
def _date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC))


@lru_cache(maxsize=512)  # of a campaign, most are the same in every letter
def _own(name: str, text: str) -> bytes:
    if not _NAME.fullmatch(name) or name.lower() in _OURS:
        raise Invalid(f"{name[:60]!r} cannot be set as a header; give letters, digits and hyphens, and none of ours")
    if not printable(text):
        refuse_breaks(text, f"header {name}")
        raise Invalid(f"the header {name} holds more than printable ASCII: {text[:60]!r}")
    return _field(name, text.strip())


def _field(name: str, text: str) -> bytes:
    """Write one header, folded before white space only (RFC 5322, 2.2.3)."""
    if len(name) + len(text) + 2 <= FOLD_AT and text.strip(" "):
        return f"{name}: {text}\r\n".encode("ascii")
    lines = [f"{name}:"]
    for word in re.findall(r" *[^ ]+", f" {text}") or [" "]:
        if len(lines[-1]) + len(word) > FOLD_AT and lines[-1] != f"{name}:":
            lines.append("")
        lines[-1] += word
    if max(map(len, lines)) > MAX_LINE:
        raise Invalid(f"the header {name} holds a word that is too long for one line of {MAX_LINE}: {text[:60]!r}")
    return "\r\n".join([*lines, ""]).encode("ascii")
