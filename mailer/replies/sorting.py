"""What is this email, who is it from, and does a person have to read it?

The bytes were read elsewhere, in a process with limits; here what was read is judged against our own rows and written
down: verdict, match, trust, the words. What follows without a person follows at once and leaves its trace in
`details["done"]`. Afterwards the row is `sorted`, and somebody has to read it, or `filed`, and nobody has to. When in
doubt it is sorted: a filed email that a human wrote is a customer who was not heard.
"""

import hashlib
import re
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from mailer.delivery.message import Kind, Message
from mailer.mail.objection import objection
from mailer.mail.quoting import Split, split
from mailer.mail.tokens import Signer, claimed
from mailer.people.consent import withdraw_all
from mailer.people.customer import Customer
from mailer.replies.failures import apply_report
from mailer.replies.inbound import InboundEmail, InboundState, Trust, Verdict
from mailer.replies.matching import ANCESTORS, Evidence, Match, match, trust
from mailer.replies.triage import Triage

WORDS = 200_000  # characters kept of each text; the bytes keep the rest
LINE = 1_000  # characters kept of what belongs on a line
MANY = 50  # attachments or failures listed

_COURTESY = re.compile(
    r"((hi|hello|hey|dear|hallo|liebe|lieber|guten tag|bonjour|hola)\b(\W+\w+){0,2}"
    r"|please|(many )?thanks|thank you( (so|very) much)?( in advance)?|cheers|best|bye|sincerely|((kind|best) )?regards"
    r"|bitte|(vielen )?dank|danke|(viele |liebe )?gr(ü|u|ue)(ß|ss)e|merci|cordialement|gracias|saludos)\W*",
    re.IGNORECASE,
)
_CLAUSES = re.compile(r"[.!;,:\n]+|\b(?:and|or|but|because|und|oder|aber|et|ou|mais|y|pero)\b", re.IGNORECASE)
_LONG = 10  # words: a clause with the wish and more than so many says something else too


def sort(
    session: Session,
    inbound: InboundEmail,
    raw: bytes,
    triage: Triage,
    signer: Signer,
    reply_domain: str,
    authserv_id: str,
    now: datetime,
) -> InboundEmail:
    """Fill the row of an email that was `received`, do what follows from it, and leave it `sorted` or `filed`.

    Raises:
        ValueError: `raw` is not this row's email. One customer's words must never appear under another's name.
    """
    if inbound.state is not InboundState.RECEIVED:
        return inbound
    if hashlib.sha256(raw).hexdigest() != inbound.digest:
        raise ValueError(f"these are not the bytes of inbound email {inbound.public_id}")
    found = match(
        session,
        triage.email,
        inbound.envelope_to,
        signer,
        returned=raw if triage.report else b"",
        reported=triage.report.original_message_id if triage.report else "",
    )
    message = found.message if found else None
    customer = _customer(session, triage, message)
    inbound.trust = trust(triage.email, found, customer, authserv_id)
    if found is None and inbound.trust is Trust.SUSPECT:
        customer = None
    _fill(inbound, triage, found, customer)
    inbound.verdict, inbound.verdict_why = _verdict(inbound, triage, signer, reply_domain)
    inbound.state = InboundState.SORTED
    if not _act(session, inbound, triage, message, now):
        inbound.file()
    session.add(inbound)
    session.flush()
    return inbound


def _customer(session: Session, triage: Triage, message: Message | None) -> Customer | None:
    """Return whose message was answered, else who has that address: to know whose person to ask, nothing more."""
    if message is not None:
        return session.get(Customer, message.customer_id) if message.customer_id else None
    return session.exec(select(Customer).where(Customer.email == _clean(triage.email.from_address, LINE))).first()


def _fill(inbound: InboundEmail, triage: Triage, found: Match | None, customer: Customer | None) -> None:
    email, words = triage.email, _split(triage, found.message if found else None)
    inbound.evidence = found.evidence if found else ""
    inbound.message_id = found.message.id if found else None
    inbound.customer_id = customer.id if customer else None
    inbound.header_message_id = _clean(email.message_id, LINE)
    inbound.from_address = _clean(email.from_address, LINE)
    inbound.from_name = _clean(email.from_name, LINE)
    inbound.subject = _clean(email.subject, LINE)
    inbound.new_words = _clean(words.new_words, WORDS)
    inbound.signature = _clean(words.signature, WORDS)
    inbound.quoted = _clean(words.quoted, WORDS)
    details: dict[str, Any] = {
        "language": triage.language,
        "feeling": triage.feeling,
        "in_reply_to": [_clean(each, LINE) for each in email.in_reply_to[:ANCESTORS]],
        "references": [_clean(each, LINE) for each in email.references[-ANCESTORS:]],
        "attachments": [
            {"name": _clean(each.name, LINE), "content_type": _clean(each.content_type, LINE), "size": each.size}
            for each in email.attachments[:MANY]
        ],
    }
    if triage.report:
        failures = [
            {key: _clean(value, LINE) for key, value in asdict(each).items()} for each in triage.report.failures[:MANY]
        ]
        details["report"] = {
            "kind": triage.report.kind, "failures": failures, "temporary": triage.report.temporary,
        }  # fmt: skip
    inbound.details = details


def _split(triage: Triage, message: Message | None) -> Split:
    """Cut again where we know our own words: of an answer, they are kept with it."""
    ours = (message.context or {}).get("text") if message and message.kind is not Kind.CAMPAIGN else None
    return split(triage.email, ours) if ours else triage.split


def _verdict(inbound: InboundEmail, triage: Triage, signer: Signer, reply_domain: str) -> tuple[Verdict, str]:
    """Return the verdict of triage, unless the envelope knows better."""
    human = triage.verdict in (Verdict.REPLY, Verdict.UNSUBSCRIBE, Verdict.OTHER)
    sender = inbound.from_address
    if human and (claimed(signer, sender) or sender.rpartition("@")[2] == reply_domain.lower()):
        return Verdict.AUTOREPLY, "it comes from our own reply domain, so it is our own email going in a circle"
    if human and inbound.is_from_nobody:
        return Verdict.AUTOREPLY, "its return path is null, as people's mail never is (RFC 3834, 3.3)"
    return triage.verdict, triage.why


def _act(session: Session, inbound: InboundEmail, triage: Triage, message: Message | None, now: datetime) -> bool:
    """Do what follows without a person, and return whether a person has to read it all the same."""
    if triage.report and inbound.verdict in (Verdict.BOUNCE, Verdict.COMPLAINT):
        was = message.bounced_at if message else None
        apply_report(session, inbound, triage.report, message, now)
        return message is not None and message.kind is Kind.ANSWER and was is None and message.bounced_at is not None
    if inbound.verdict is Verdict.UNSUBSCRIBE:
        return not (_unsubscribe(session, inbound, now) and is_only_a_wish(inbound.new_words, inbound.from_name))
    if inbound.verdict is Verdict.AUTOREPLY:
        return False
    return triage.needs_person or inbound.evidence in (Evidence.ENVELOPE, Evidence.HEADER)


def _unsubscribe(session: Session, inbound: InboundEmail, now: datetime) -> bool:
    """Withdraw all consent, and return whether we could.

    Holding our email is enough to be heard, as it is with the link in it: that is a signed address, or an answer to our
    Message-ID from the customer's own. A From line alone is not, and then a person decides.
    """
    theirs = inbound.trust in (Trust.VERIFIED, Trust.LIKELY, Trust.OTHER_SENDER)
    customer = session.get(Customer, inbound.customer_id) if inbound.customer_id else None
    if customer is None or not (theirs or (inbound.evidence and inbound.from_address == customer.email)):
        inbound.tell("they ask to be unsubscribed, and nothing proves whom we write to: a person decides")
        return False
    wording = (inbound.new_words or inbound.subject)[:LINE]
    withdrawn = withdraw_all(session, customer.id or 0, now, "their own words", wording)
    topics = ", ".join(sorted(each.topic_id for each in withdrawn))
    inbound.tell(f"consent withdrawn: {topics}" if topics else "no consent was standing; nothing left to withdraw")
    return True


def is_only_a_wish(words: str, name: str = "") -> bool:
    """Whether a text asks to be unsubscribed and says nothing else, save courtesies and the writer's own name."""
    names = {part.lower() for part in re.findall(r"\w+", name)}
    for clause in _CLAUSES.split(words):
        said = re.findall(r"\w+", clause)
        if len(said) <= _LONG and "?" not in clause and objection(clause):
            continue
        if _COURTESY.fullmatch(clause.strip()) or {word.lower() for word in said} <= names:
            continue
        return False
    return True


def _clean(text: str, limit: int) -> str:
    """Cut to `limit` characters that every database can hold: PostgreSQL has no NUL, and UTF-8 no lone surrogate."""
    return text[:limit].replace("\0", "").encode("utf-8", "replace").decode("utf-8")
