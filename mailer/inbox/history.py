"""What happened in this conversation, in the order it happened?

Entries alone are not the story: the email that began it, who had it when and why, the auto-replies and bounces that
were filed, and what became of our answers belong to it too. Nothing of this is stored twice; it is put together here.
"""

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from mailer.delivery.message import Message, State
from mailer.inbox.assignment import Assignment
from mailer.inbox.conversation import Conversation, Entry, EntryKind
from mailer.inbox.overview import badges
from mailer.people.customer import Customer
from mailer.people.staff import Staff
from mailer.replies.inbound import InboundEmail, InboundState, Verdict, about


class What(enum.StrEnum):
    """What a line of the history is about; at one instant, in this order."""

    BEGAN = "began"  # the email of ours that it is about
    REPLY = "reply"
    CALL = "call"
    FILED = "filed"  # arrived, and nobody had to read it
    ASSIGNED = "assigned"
    NOTE = "note"
    ANSWER = "answer"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Line:
    """Something that happened."""

    at: datetime
    what: What
    who: str
    text: str
    badges: tuple[str, ...] = ()
    staff: Staff | None = None
    entry: Entry | None = None
    inbound: InboundEmail | None = None
    message: Message | None = None


ORDER = tuple(What)
_FILED = {
    Verdict.AUTOREPLY: "An automatic reply",
    Verdict.BOUNCE: "A report that our email did not arrive",
    Verdict.COMPLAINT: "A report that our email was called spam",
    Verdict.UNSUBSCRIBE: "A wish to be unsubscribed",
}
_FATE = {  # what to say of an answer that did not simply leave
    State.FAILED: "not delivered",
    State.SUPPRESSED: "not sent",
    State.CANCELLED: "cancelled",
    State.IN_DOUBT: "perhaps not delivered",
    State.RENDER_FAILED: "not sent",
    State.HELD: "held",
    State.EXPIRED: "not sent, too late",
}


def history(session: Session, conversation: Conversation) -> list[Line]:
    """Return everything that happened in a conversation, in order of time."""
    entries = session.exec(select(Entry).where(Entry.conversation_id == conversation.id).order_by(col(Entry.id))).all()
    assignments = session.exec(select(Assignment).where(Assignment.conversation_id == conversation.id)).all()
    customer = session.get(Customer, conversation.customer_id) if conversation.customer_id else None
    ours = {entry.message_id for entry in entries} | {conversation.message_id}
    ids = [each for each in ours if each is not None]
    messages = {each.id: each for each in session.exec(select(Message).where(col(Message.id).in_(ids)))}
    heard = {entry.inbound_id for entry in entries}
    emails = {each.id: each for each in session.exec(about(ids))}
    missing = [each for each in heard if each is not None and each not in emails]
    emails |= {each.id: each for each in session.exec(select(InboundEmail).where(col(InboundEmail.id).in_(missing)))}
    staff = {each.id: each for each in session.exec(select(Staff))}
    name = customer.name if customer else conversation.address
    found = [
        *_began(messages.get(conversation.message_id), staff),
        *(_said(entry, emails.get(entry.inbound_id), messages.get(entry.message_id), staff, name) for entry in entries),
        *(_filed(email, name) for key, email in emails.items() if key not in heard and _is_filed(email)),
        *(_assigned(each, staff) for each in assignments),
    ]
    if conversation.closed_at:
        found.append(Line(conversation.closed_at, What.CLOSED, "", "Closed; a new reply opens it again"))
    return sorted(found, key=lambda line: (line.at, ORDER.index(line.what)))


def _began(message: Message | None, staff: dict[int | None, Staff]) -> Iterator[Line]:
    if message is not None:
        writer, at = staff.get(message.staff_id), message.handed_over_at or message.due_at
        yield Line(at, What.BEGAN, writer.name if writer else "", message.subject, staff=writer, message=message)


def _said(
    entry: Entry, email: InboundEmail | None, message: Message | None, staff: dict[int | None, Staff], name: str
) -> Line:
    writer = staff.get(entry.staff_id)
    who = writer.name if writer else (email.from_name or email.from_address if email else "") or name
    marks = badges(entry, email)
    if email is None and entry.kind in (EntryKind.REPLY, EntryKind.CALL):
        marks = (*marks, "through the human link")
    if message is not None and (fate := "came back" if message.bounced_at else _FATE.get(message.state)):
        marks = (*marks, f"{fate}: {message.bounce_status or message.reason or message.reply}".rstrip(": "))
    return Line(entry.at, What(entry.kind.value), who, entry.text, marks, writer, entry, email, message)


def _is_filed(email: InboundEmail) -> bool:
    return email.state is InboundState.FILED


def _filed(email: InboundEmail, name: str) -> Line:
    what = _FILED.get(email.verdict or Verdict.OTHER, "An email nobody has to read")
    said = "; ".join([email.subject, *email.details.get("done", [])]).strip("; ")
    who = email.from_name or email.from_address or name
    return Line(email.received_at, What.FILED, who, f"{what}: {said}".rstrip(": "), badges(None, email), inbound=email)


def _assigned(each: Assignment, staff: dict[int | None, Staff]) -> Line:
    person = staff.get(each.staff_id)
    return Line(each.since, What.ASSIGNED, person.name if person else "", each.why, (each.rule,), person)
