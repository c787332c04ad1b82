"""Is this a report about one of our emails: did it fail, or did somebody call it spam?

Evidence is tried strongest first: a feedback report (RFC 5965), a delivery status (RFC 3464), the words of servers that
write neither. Words are only believed of an email that a mail system sent, so that a person who quotes a failure is
not taken for one. A report of success is no report here; `automatic` knows it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailer.mail import daemons
from mailer.mail.address import addresses
from mailer.mail.mime import Headers, Part, leaves, read_headers, value
from mailer.mail.parse import ParsedEmail

MAX_FAILURES = 200
MAX_DIAGNOSTIC = 2_000  # characters kept
MAX_SEARCHED = 1_000_000  # bytes

_ORIGINAL = ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global")
_COMPLAINTS = ("abuse", "fraud", "virus", "other", "")  # Feedback-Type; not: not-spam, auth-failure (RFC 6591)
_SUCCESSES = ("delivered", "relayed", "expanded")  # Action (RFC 3464, 2.3.3)
_ID_LINE = re.compile(rb"^[> \t]*Message-ID:\s*<([^<>\s]{1,900})>", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Failure:
    """What became of one address."""

    address: str
    status: str  # enhanced status code such as 5.1.1 (RFC 3463); "" if unknown
    action: str  # failed, delayed or complaint
    diagnostic: str  # the words of the server


@dataclass(frozen=True, slots=True)
class Report:
    """A bounce or a complaint about an email of ours."""

    kind: str  # bounce or complaint
    failures: tuple[Failure, ...]
    original_message_id: str  # without angle brackets; "" if the report does not say
    temporary: bool  # the server is still trying


def report(raw: bytes, email: ParsedEmail) -> Report | None:
    """Read an email as a report about one of ours, or return None."""
    parts = _parts(raw, email)
    original = _original(parts)
    original_id = _original_id(raw, original)
    for part in parts:
        if part.content_type == "message/feedback-report":
            return _complaint(part, original_id)
    if complained := addresses(value(original, "x-hmxmroriginalrecipient")):  # Outlook.com sends no RFC 5965
        told = tuple(Failure(address, "", "complaint", "Outlook.com junk mail report") for address in complained)
        return Report("complaint", told, original_id, temporary=False)
    groups = [group for part in parts if part.content_type == "message/delivery-status" for group in _groups(part)]
    actions = [value(group, "action").split(" ")[0].lower() for group in groups]
    if actions and all(action in _SUCCESSES for action in actions):
        return None
    failures = [_failures(group, email) for group in groups]
    found = [failure for failure in failures if failure and failure.address]
    if not found and (groups or daemons.sent(email)):
        found = list(_told(raw, email, next(filter(None, failures), None)))
    if not found and not groups and not (daemons.sent(email) and daemons.speaks_of_failure(email)):
        return None
    kept = tuple(dict.fromkeys(found))[:MAX_FAILURES]
    trying = all(failure.action == "delayed" for failure in kept) if kept else daemons.says_it_tries(email)
    return Report("bounce", kept, original_id, temporary=trying)


def _parts(raw: bytes, email: ParsedEmail) -> list[Part]:
    """Return the parts; of a report that a scanner wrapped in another email (InterScan), the parts of the inner one."""
    _, parts = leaves(raw)
    if not any(part.content_type == "message/delivery-status" for part in parts) and daemons.sent(email):
        for part in parts:
            if part.content_type == "message/rfc822":
                _, inner = leaves(part.data)
                if any(one.content_type == "message/delivery-status" for one in inner):
                    return inner
    return parts


def _groups(part: Part) -> Iterator[Headers]:
    """Give the fields of each recipient (RFC 3464, 2.3); some servers leave no blank line behind the first group."""
    for block in re.split(r"\n[ \t]*\n", part.text.strip("\n"))[: MAX_FAILURES + 1]:
        fields, _ = read_headers(block.encode("utf-8", "replace"))
        if any(value(fields, name) for name in ("final-recipient", "original-recipient", "action", "status")):
            yield fields


def _failures(group: Headers, email: ParsedEmail) -> Failure | None:
    """Read one recipient. The original address is preferred: it is the one we wrote to, before any forwarding."""
    action = re.split(r"[ (;]", value(group, "action").lower())[0]
    if action in _SUCCESSES:
        return None
    diagnostic = value(group, "diagnostic-code").partition(";")[2].strip() or value(group, "diagnostic-code")
    code = daemons.status(value(group, "status"), temporary=False)
    code = code or daemons.status(diagnostic, temporary=action == "delayed")
    delayed = action == "delayed" or (not action and code.startswith("4") and daemons.says_it_tries(email))
    found = ""
    for name in ("original-recipient", "final-recipient"):
        kind, semicolon, text = value(group, name).partition(";")
        found = found or next(iter(addresses(text if semicolon else kind)), "")
    return Failure(found, code, "delayed" if delayed else "failed", diagnostic[:MAX_DIAGNOSTIC])


def _told(raw: bytes, email: ParsedEmail, known: Failure | None) -> Iterator[Failure]:
    """Give the failures that are told in words only; what a nameless delivery status says is kept."""
    words = daemons.own_words(email)
    for address, trying in daemons.failed(raw, email):
        action = known.action if known else "delayed" if trying else "failed"
        code = known.status if known and known.status else daemons.status(words, temporary=trying)
        yield Failure(address, code, action, (known.diagnostic if known else "") or words.strip()[:MAX_DIAGNOSTIC])


def _complaint(part: Part, original_id: str) -> Report | None:
    """Read a feedback report (RFC 5965, 3)."""
    fields, _ = read_headers(part.data)
    kind = value(fields, "feedback-type").lower()
    if kind not in _COMPLAINTS:
        return None
    named = [text for key, text in fields if key in ("original-rcpt-to", "removal-recipient")]
    told = dict.fromkeys(address for text in named for address in addresses(text))
    failures = tuple(Failure(address, "", "complaint", kind or "abuse") for address in told)
    return Report("complaint", failures[:MAX_FAILURES], original_id, temporary=False)


def _original(parts: list[Part]) -> Headers:
    """Return the headers of the email that the report returns."""
    for part in parts:
        if part.content_type in _ORIGINAL:
            return read_headers(part.data)[0]
    return ()


def _original_id(raw: bytes, original: Headers) -> str:
    """Return the id of the email that failed; servers without MIME paste its headers below their words."""
    if found := re.search(r"<\s*([^<>\s]+)\s*>", value(original, "message-id")):
        return found[1]
    _, body = read_headers(raw)
    pasted = _ID_LINE.search(body[:MAX_SEARCHED])
    return pasted[1].decode("ascii", "replace") if pasted else ""
