"""What does this email say?

One frozen `ParsedEmail`, read from bytes that anybody may have made. It is pure reading: nothing is fetched, no header
is believed. Header values are kept as they were sent, unfolded but with their RFC 2047 words unread, because an address
must be found before its display name is read (see `address`); `subject`, `from_name` and file names are read.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from mailer.errors import Permanent
from mailer.mail.address import addresses, mailboxes
from mailer.mail.encoding import decode_words
from mailer.mail.mime import Headers, Part, leaves, value

MAX_EMAIL = 60_000_000  # bytes
MAX_TEXT = 2_000_000  # characters kept of the words; the bytes keep the rest
MAX_SUBJECT = 2_000
MAX_IDS = 100  # of References, the nearest ancestors

_ID = re.compile(r"<\s*([^<>\s]{1,900})\s*>")
_RECIPIENTS = ("to", "cc", "delivered-to", "x-original-to")


@dataclass(frozen=True, slots=True)
class Attachment:
    """Something that came beside the words."""

    name: str
    content_type: str
    size: int  # bytes, decoded


@dataclass(frozen=True, slots=True)
class ParsedEmail:
    """An email as read. Ids are without angle brackets; addresses are lower-cased; `date` is aware, in UTC."""

    message_id: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    from_name: str
    from_address: str
    reply_to: tuple[str, ...]
    recipients: tuple[str, ...]
    subject: str
    date: datetime | None
    headers: Headers
    text: str  # the text/plain parts
    html: str  # the text/html parts
    attachments: tuple[Attachment, ...]

    def header(self, name: str) -> str:
        """Return the first header of this name as it was sent, or ""."""
        return value(self.headers, name.lower())


def parse(raw: bytes) -> ParsedEmail:
    """Read an email.

    Raises:
        Permanent: it is empty or larger than MAX_EMAIL.
    """
    if not raw.strip():
        raise Permanent("this email is empty: it has neither headers nor words")
    if len(raw) > MAX_EMAIL:
        raise Permanent(f"this email has {len(raw):,} bytes; more than {MAX_EMAIL:,} are not read")
    headers, parts = leaves(raw)
    senders = mailboxes(value(headers, "from")) or mailboxes(value(headers, "sender"))
    name, address = senders[0] if senders else ("", "")
    told = [found for key, text in headers if key in _RECIPIENTS for found in addresses(text)]
    return ParsedEmail(
        message_id=next(iter(_ids(value(headers, "message-id"))), ""),
        in_reply_to=_ids(value(headers, "in-reply-to")),
        references=_ids(value(headers, "references")),
        from_name=_one_line(name)[:200],
        from_address=address,
        reply_to=tuple(addresses(value(headers, "reply-to"))),
        recipients=tuple(dict.fromkeys(told)),
        subject=_one_line(decode_words(value(headers, "subject")[: 8 * MAX_SUBJECT]))[:MAX_SUBJECT],
        date=_date(value(headers, "date")),
        headers=headers,
        text=_words(parts, "text/plain"),
        html=_words(parts, "text/html"),
        attachments=tuple(
            Attachment(_one_line(part.filename)[:200], part.content_type, len(part.data))
            for part in parts
            if part.is_attachment
        ),
    )


def _words(parts: list[Part], kind: str) -> str:
    """Join the parts of this kind that are words, not files."""
    texts = [part.text for part in parts if part.content_type == kind and not part.is_attachment]
    return "\n".join(text.removesuffix("\n") if index < len(texts) - 1 else text for index, text in enumerate(texts))[
        :MAX_TEXT
    ]


def _ids(text: str) -> tuple[str, ...]:
    """Return the ids in a header, the last ones if there are too many; ids without brackets are taken too (Outlook)."""
    found = _ID.findall(text[-100_000:]) or [word for word in text[-10_000:].split() if "@" in word]
    return tuple(dict.fromkeys(found[-MAX_IDS:]))


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text[:200])
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _one_line(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f\u2028\u2029]+", " ", text).strip()
