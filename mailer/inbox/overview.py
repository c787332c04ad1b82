"""What does the inbox look like at a glance? A line for each conversation, the longest wait first.

Two questions to the database, however many lines there are: one for the conversations with their customer and person,
one for the last thing each customer said.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, and_, col, func, select

from mailer.inbox.assignment import Assignment
from mailer.inbox.conversation import Conversation, ConversationState, Entry, EntryKind
from mailer.people.customer import Customer
from mailer.people.staff import Staff
from mailer.replies.inbound import InboundEmail, Trust, Verdict

SNIPPET = 140  # characters of the last words
BADGES: tuple[tuple[object, str], ...] = (  # what a representative has to know before reading
    (Trust.SUSPECT, "sender may be forged"),
    (Trust.OTHER_SENDER, "written by another sender"),
    (Trust.UNVERIFIED, "sender not verified"),
    (Verdict.UNSUBSCRIBE, "asks to be unsubscribed"),
    (Verdict.BOUNCE, "our answer did not arrive"),
    (EntryKind.CALL, "asks to be called"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One conversation at a glance."""

    conversation: Conversation
    customer: Customer | None  # None: a stranger
    name: str
    words: str  # the last the customer said, on one line
    waiting_since: datetime | None
    staff: Staff | None  # whose it is
    feeling: str
    badges: tuple[str, ...]


def lines(
    session: Session,
    state: ConversationState = ConversationState.OPEN,
    staff_id: int | None = None,
    limit: int = 200,
    customer_id: int | None = None,
) -> list[Line]:
    """Return the conversations in `state`, of one person or of all, of one customer or of all."""
    held = and_(col(Assignment.conversation_id) == Conversation.id, col(Assignment.ended_at).is_(None))
    asked = (
        select(Conversation, Customer, Staff)
        .join(Customer, col(Customer.id) == Conversation.customer_id, isouter=True)
        .join(Assignment, held, isouter=True)
        .join(Staff, col(Staff.id) == Assignment.staff_id, isouter=True)
        .where(Conversation.state == state)
    )
    if staff_id is not None:
        asked = asked.where(Assignment.staff_id == staff_id)
    if customer_id is not None:
        asked = asked.where(Conversation.customer_id == customer_id)
    waits = state is ConversationState.OPEN
    order = (col(Conversation.waiting_since), col(Conversation.id)) if waits else (col(Conversation.id).desc(),)
    rows = session.exec(asked.order_by(*order).limit(limit)).all()
    said = _last_words(session, [talk.id for talk, _, _ in rows if talk.id is not None])
    return [_line(talk, customer, staff, *said.get(talk.id or 0, (None, None))) for talk, customer, staff in rows]


def badges(entry: Entry | None, email: InboundEmail | None) -> tuple[str, ...]:
    """Return what to know about something that was said, before believing it."""
    facts = (entry.kind if entry else None, email.trust if email else None, email.verdict if email else None)
    return tuple(words for fact, words in BADGES if fact in facts)


def _last_words(session: Session, ids: list[int]) -> dict[int, tuple[Entry, InboundEmail | None]]:
    theirs = col(Entry.kind).in_([EntryKind.REPLY, EntryKind.CALL]) | col(Entry.inbound_id).is_not(None)
    last = select(func.max(Entry.id)).where(col(Entry.conversation_id).in_(ids), theirs)
    asked = (
        select(Entry, InboundEmail)
        .join(InboundEmail, col(InboundEmail.id) == Entry.inbound_id, isouter=True)
        .where(col(Entry.id).in_(last.group_by(col(Entry.conversation_id))))
    )
    return {entry.conversation_id: (entry, email) for entry, email in session.exec(asked)}


def _line(
    talk: Conversation, customer: Customer | None, staff: Staff | None, entry: Entry | None, email: InboundEmail | None
) -> Line:
    return Line(
        conversation=talk,
        customer=customer,
        name=customer.name if customer else (email.from_name if email else "") or talk.address,
        words=" ".join(entry.text.split())[:SNIPPET] if entry else "",
        waiting_since=talk.waiting_since,
        staff=staff,
        feeling=talk.feeling,
        badges=badges(entry, email),
    )
