"""Which of our messages does an email answer, and how sure are we who wrote it?

Evidence is tried strongest first: the signed address it was sent to (the envelope before any header, because a header
is only said), In-Reply-To, then References from the nearest ancestor up (RFC 5322, 3.6.4). A report also carries our
own message back, with the signed address in it. All evidence names one message, which is one recipient's: two customers
who answer the same campaign never meet. A familiar sender or subject is a coincidence, never evidence.

Trust is another question. The From line alone proves nothing, whatever it says; an Authentication-Results line
(RFC 8601) counts only when our own server wrote it, under the name we gave it.
"""

import enum
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from mailer.delivery.message import Message
from mailer.mail.address import addresses
from mailer.mail.parse import ParsedEmail
from mailer.mail.tokens import Signer, claimed
from mailer.people.customer import Customer
from mailer.replies.inbound import Trust

ADDRESSES = 50  # a hostile email may name thousands
ANCESTORS = 20
LINE = 10_000  # characters read of an Authentication-Results line
RETURNED = 256 * 1024  # bytes of a report that are searched for our own address
_OURS = re.compile(rb"(?<![0-9A-Za-z._+-])[rb]-[0-9a-z]{20,58}@[0-9a-z.-]{1,255}", re.IGNORECASE)


class Evidence(enum.StrEnum):
    """What proves that an email answers a message, the strongest first."""

    ENVELOPE = "our signed address, in the envelope"
    HEADER = "our signed address, in a header"
    IN_REPLY_TO = "our Message-ID, in In-Reply-To"
    REFERENCES = "our Message-ID, in References"
    RETURNED = "our signed address, in the email that was returned"
    REPORTED = "our Message-ID, in the email that was returned"

    @property
    def is_signed(self) -> bool:
        """Whether only somebody who had our message, or a server that carried it, can have known this."""
        return self in (Evidence.ENVELOPE, Evidence.HEADER, Evidence.RETURNED)


@dataclass(frozen=True, slots=True)
class Match:
    """A message of ours, and what proves that an email answers it."""

    message: Message
    evidence: Evidence


def match(
    session: Session,
    email: ParsedEmail,
    envelope_to: str,
    signer: Signer,
    *,
    returned: bytes = b"",
    reported: str = "",
) -> Match | None:
    """Find the message that `email` answers, or None if nothing proves one.

    Args:
        session: reads our messages.
        email: what arrived.
        envelope_to: RCPT TO.
        signer: reads our signed addresses.
        returned: of a report, its bytes, which hold our message or its header.
        reported: of a report, the Message-ID it says it is about.
    """
    for evidence, row_id in _signed((envelope_to,), email.recipients, signer):
        if message := session.get(Message, row_id):
            return Match(message, evidence)
    for evidence, ids in (
        (Evidence.IN_REPLY_TO, email.in_reply_to[:ANCESTORS]),
        (Evidence.REFERENCES, tuple(reversed(email.references[-ANCESTORS:]))),
    ):
        if message := _nearest(session, ids):
            return Match(message, evidence)
    for found in _OURS.findall(returned[:RETURNED])[:ADDRESSES]:
        claim = claimed(signer, found.decode("ascii"))
        if claim and (message := session.get(Message, claim[1])):
            return Match(message, Evidence.RETURNED)
    if message := _nearest(session, (reported,)):
        return Match(message, Evidence.REPORTED)
    return None


def trust(email: ParsedEmail, match: Match | None, customer: Customer | None, authserv_id: str) -> Trust:
    """Say how sure we are who wrote: the first line of the policy that fits."""
    senders = addresses(email.header("from")) or [email.from_address]
    theirs = customer is not None and senders == [customer.email]
    authentic = authenticated(email, authserv_id)
    signed = match is not None and match.evidence.is_signed
    policy = (
        (len(senders) > 1 or authentic is False, Trust.SUSPECT),
        (signed and theirs and authentic, Trust.VERIFIED),
        (signed and theirs, Trust.LIKELY),
        (signed, Trust.OTHER_SENDER),
        (theirs and authentic, Trust.LIKELY),  # no token, but their own domain vouches for them
    )
    return next((level for fits, level in policy if fits), Trust.UNVERIFIED)


def authenticated(email: ParsedEmail, authserv_id: str) -> bool | None:
    """Return whether our own server found the From domain authentic; None if it, or nobody we believe, said so.

    DMARC decides (RFC 7489, 6.6.2); without it a DKIM signature of the same domain, or a parent of it, is a yes. Only
    the topmost line of our server is read: those below came with the email (RFC 8601, 5).
    """
    if not authserv_id:
        return None
    domain = email.from_address.rpartition("@")[2].lower()
    for name, value in email.headers:
        if name != "authentication-results":
            continue
        identity, results = _results(value)
        if identity != authserv_id.lower():
            continue
        dmarc = [words for words in results if words and words[0].startswith("dmarc=")]
        for words in dmarc:
            if _property(words, "header.from") in (domain, ""):
                return {"dmarc=pass": True, "dmarc=fail": False}.get(words[0])
        signers = [_property(words, "header.d") for words in results if words and words[0] == "dkim=pass"]
        return True if any(_is_within(domain, signer) for signer in signers) else None
    return None


def _signed(envelope: Sequence[str], headers: Sequence[str], signer: Signer) -> Iterator[tuple[Evidence, int]]:
    for evidence, said in ((Evidence.ENVELOPE, envelope), (Evidence.HEADER, headers[:ADDRESSES])):
        for address in said:
            if claim := claimed(signer, address):
                yield evidence, claim[1]


def _nearest(session: Session, ids: Sequence[str]) -> Message | None:
    """Return the message of the first of these Message-IDs that is ours."""
    asked = [ident for ident in ids if ident and len(ident) <= 998 and ident.isprintable()]
    ours = session.exec(select(Message).where(col(Message.message_id).in_(asked))).all() if asked else []
    return min(ours, key=lambda message: asked.index(message.message_id), default=None)


def _results(value: str) -> tuple[str, list[list[str]]]:
    """Read a line (RFC 8601, 2.2): who wrote it, and the words of each result; no comments, and quotes as one word."""
    plain, depth = [], 0
    for quoted, mark in re.findall(r'"((?:[^"\\]|\\.)*)"|(\\.|.)', value[:LINE].lower(), re.DOTALL):
        depth = max(0, depth + (mark == "(") - (mark == ")"))
        if not depth and mark != ")":
            plain.append(re.sub(r"[\s;=]", "_", quoted) if quoted else mark)
    identity, *results = re.sub(r"\s*=\s*", "=", "".join(plain)).split(";")
    return (identity.split() or [""])[0], [result.split() for result in results]


def _property(words: list[str], name: str) -> str:
    return next((word.partition("=")[2] for word in words if word.startswith(f"{name}=")), "")


def _is_within(domain: str, signer: str) -> bool:
    return "." in signer and (domain == signer or domain.endswith(f".{signer}"))
