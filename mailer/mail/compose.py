"""How do our letters become the bytes that leave?

A serialiser of our own, because the standard library's writes a long List-Unsubscribe, In-Reply-To or References as an
encoded word, after which one-click and threading are dead. Here a header is folded only where white space stands, every
line has at most 998 octets (RFC 5322, 2.1.1), and the same arguments give the same bytes for ever: the boundary comes
from the Message-ID, nothing from the clock or from chance. The bytes are not dot-stuffed; that is SMTP's.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

from mailer.errors import Invalid
from mailer.mail.address import mailbox
from mailer.mail.encoding import encode_words, printable, refuse_breaks
from mailer.mail.transfer import quoted_printable

MAX_LINE = 998  # octets, without CRLF
FOLD_AT = 78

_NAME = re.compile(r"[A-Za-z0-9-]{1,40}")
_MESSAGE_ID = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+")
_OURS = {"from", "to", "cc", "bcc", "reply-to", "subject", "date", "message-id", "mime-version"}
_OURS |= {"content-type", "content-transfer-encoding", "return-path", "received", "dkim-signature"}


@dataclass(frozen=True, slots=True)
class Letter:
    """What an email says, rendered. An empty `html` makes it a plain one."""

    subject: str
    html: str
    text: str


@dataclass(frozen=True, slots=True)
class Party:
    """A name and an address."""

    name: str
    address: str


def compose(
    letter: Letter,
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
        letter: subject, html and text.
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
    fields = [("From", mailbox(sender.name, sender.address)), ("To", mailbox("", to))]
    if reply_to:
        fields.append(("Reply-To", mailbox(reply_to.name, reply_to.address)))
    fields.append(("Subject", _subject(letter.subject)))
    fields.append(("Date", format_datetime(dated_at.astimezone(UTC))))
    fields.append(("Message-ID", f"<{own_id}>"))
    fields += [(name, _checked(name, text)) for name, text in headers.items()]
    fields.append(("MIME-Version", "1.0"))
    return b"".join(_fold(name, text) for name, text in fields) + _body(letter, own_id)


def _body(letter: Letter, own_id: str) -> bytes:
    plain = _part("text/plain", letter.text)
    if not letter.html:
        return plain
    boundary = b"=_" + hashlib.sha256(own_id.encode()).hexdigest()[:32].encode()  # "=_" is never quoted-printable
    return b"".join(
        [
            b'Content-Type: multipart/alternative;\r\n boundary="' + boundary + b'"\r\n\r\n',
            b"--" + boundary + b"\r\n" + plain + b"\r\n",
            b"--" + boundary + b"\r\n" + _part("text/html", letter.html) + b"\r\n",
            b"--" + boundary + b"--\r\n",
        ]
    )


def _part(kind: str, text: str) -> bytes:
    head = f"Content-Type: {kind}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    try:
        return head.encode("ascii") + quoted_printable(text)
    except UnicodeEncodeError as error:
        raise Invalid(f"the {kind} words hold half a character (a lone surrogate) at {error.start}") from error


def _subject(text: str) -> str:
    refuse_breaks(text, "subject")
    plain = printable(text) and "=?" not in text and text == text.strip() and len(max(text.split(" "), key=len)) < 900
    return text if plain else encode_words(text)


def _checked(name: str, text: str) -> str:
    if not _NAME.fullmatch(name) or name.lower() in _OURS:
        raise Invalid(f"{name[:60]!r} cannot be set as a header; give letters, digits and hyphens, and none of ours")
    refuse_breaks(text, f"header {name}")
    if not printable(text):
        raise Invalid(f"the header {name} holds more than printable ASCII: {text[:60]!r}")
    return text.strip()


def _fold(name: str, text: str) -> bytes:
    """Write one header, folded before white space only (RFC 5322, 2.2.3)."""
    lines = [f"{name}:"]
    for word in re.findall(r" *[^ ]+", f" {text}") or [" "]:
        if len(lines[-1]) + len(word) > FOLD_AT and lines[-1] != f"{name}:":
            lines.append("")
        lines[-1] += word
    if max(map(len, lines)) > MAX_LINE:
        raise Invalid(f"the header {name} holds a word that is too long for one line of {MAX_LINE}: {text[:60]!r}")
    return "\r\n".join([*lines, ""]).encode("ascii")
