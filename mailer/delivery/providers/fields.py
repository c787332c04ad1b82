"""What does one of our own emails say, field by field?

Some providers take no email but its parts, and write one of their own from them. So the bytes are read back: the words
exactly, and every header that they do not write themselves, in its spelling. Date is left to them: they stamp the time
they got it. Whatever could not be carried over is refused, never left out in silence.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from mailer.errors import Invalid
from mailer.mail.address import mailboxes
from mailer.mail.compose import Party
from mailer.mail.encoding import decode_words
from mailer.mail.mime import leaves

THEIRS = {"from", "to", "reply-to", "subject", "date", "message-id", "mime-version"}
THEIRS |= {"content-type", "content-transfer-encoding", "dkim-signature"}


@dataclass(frozen=True, slots=True)
class Fields:
    """An email in parts. `headers` are the others, as they are spelt, unfolded, in ASCII."""

    message_id: str  # without angle brackets
    subject: str
    sender: Party
    reply_to: Party | None
    text: str
    html: str
    headers: tuple[tuple[str, str], ...]


def read(data: bytes) -> Fields:
    """Read an email of ours.

    Raises:
        Invalid: it has a part or a header that only an email can hold.
    """
    found = _headers(data)
    given = {name.lower(): text for name, text in found}
    others = tuple((name, text) for name, text in found if name.lower() not in THEIRS)
    if len({name.lower() for name, _ in others}) != len(others):
        raise Invalid("a header of it is there twice, and this provider takes each once")
    _, parts = leaves(data)
    kinds = [part.content_type for part in parts]
    if any(part.is_attachment for part in parts) or sorted(kinds) not in (
        ["text/plain"], ["text/html"], ["text/html", "text/plain"],
    ):  # fmt: skip
        raise Invalid(f"it consists of {', '.join(kinds)}, and this provider is given one text and one html only")
    words = {part.content_type: part.text for part in parts}
    return Fields(
        message_id=message_id(data),
        subject=decode_words(given.get("subject", "")),
        sender=_parties(given.get("from", ""))[0],
        reply_to=next(iter(_parties(given["reply-to"])), None) if "reply-to" in given else None,
        text=words.get("text/plain", ""),
        html=words.get("text/html", ""),
        headers=others,
    )


def message_id(data: bytes) -> str:
    """Return the Message-ID of an email of ours, without angle brackets."""
    return next((text.strip("<> ") for name, text in _headers(data) if name.lower() == "message-id"), "")


def written(party: Party) -> str:
    """Write a party as a JSON field takes it: the name quoted, and not encoded."""
    if not party.name:
        return party.address
    escaped = party.name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}" <{party.address}>'


def _headers(data: bytes) -> list[tuple[str, str]]:
    head = data.partition(b"\r\n\r\n")[0]
    lines: Iterable[bytes] = re.sub(rb"\r\n(?=[ \t])", b"", head).split(b"\r\n")  # unfolded (RFC 5322, 2.2.3)
    pairs = (line.decode("ascii", "replace").partition(":") for line in lines)
    return [(name.strip(), text.strip()) for name, colon, text in pairs if colon]


def _parties(header: str) -> list[Party]:
    found = [Party(name, address) for name, address in mailboxes(header)]
    if len(found) != 1:
        raise Invalid("it is not from one address, or not answered at one")
    return found
