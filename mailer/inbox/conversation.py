"""What is one talk with one customer? Our unit of human work.

A reply joins the conversation about the message it answers, be that the email that began it or one of our answers; what
proves nothing begins its own, and the same customer may be in two talks about two things. Whoever else writes to a
customer's reply address is heard in the same conversation, with a badge, but answers go on to the customer alone.
While a conversation is open or answered, automation for the customer is on hold.
"""

import enum
from datetime import datetime, timedelta

from sqlmodel import Field, Session, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from mailer.delivery.message import Message
from mailer.errors import Invalid
from mailer.inbox.assignment import Assignment
from mailer.people.customer import Customer
from mailer.people.hold import Hold, end_hold, open_hold
from mailer.replies.inbound import InboundEmail, Verdict
from mailer.store import ID, UTC, new_public_id, words

TWICE = timedelta(minutes=10)  # the same words from the same page within this time are one press too many


class ConversationState(enum.StrEnum):
    """open (a human waits for us) <-> answered (we wait for them) -> closed; a new reply opens it again."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


class Conversation(SQLModel, table=True):
    """A talk with one customer about one thing."""

    __tablename__ = "conversation"

    id: int | None = Field(default=None, primary_key=True, sa_type=ID)
    public_id: str = Field(default_factory=new_public_id, unique=True)
    customer_id: int | None = Field(default=None, foreign_key="customer.id", sa_type=ID, index=True)  # None: a stranger
    address: str  # whom an answer goes to
    # the email that began it
    message_id: int | None = Field(default=None, foreign_key="message.id", sa_type=ID, index=True)
    hold_id: int | None = Field(default=None, foreign_key="hold.id", sa_type=ID)
    subject: str = ""
    state: ConversationState = Field(default=ConversationState.OPEN, sa_type=words(ConversationState), index=True)
    feeling: str = ""  # calm, glad, upset: a hint, never a decision
    language: str = ""
    opened_at: datetime = Field(sa_type=UTC)
    waiting_since: datetime | None = Field(default=None, sa_type=UTC)  # the first unanswered word of the customer
    first_answer_at: datetime | None = Field(default=None, sa_type=UTC)
    closed_at: datetime | None = Field(default=None, sa_type=UTC)
    revision: int = 0  # moves with every entry: a stale answer is stopped

    def hear(self, session: Session, at: datetime, now: datetime) -> None:
        """Note that somebody waits for us since `at`."""
        self.state = ConversationState.OPEN
        self.waiting_since = min(at, self.waiting_since or at)
        self.reopen(session, now)

    def reopen(self, session: Session, now: datetime) -> None:
        """Make sure that automation steps aside, whether or not the talk had been closed."""
        self.closed_at = None
        held = session.get(Hold, self.hold_id) if self.hold_id else None
        if self.customer_id is not None and (held is None or held.ended_at is not None):
            self.hold_id = open_hold(session, self.customer_id, "a person talks with them", now).id
        session.add(self)

    def close(self, session: Session, now: datetime) -> None:
        """End the talk and its hold; closing it again changes nothing."""
        if self.state is ConversationState.CLOSED:
            return
        self.state = ConversationState.CLOSED
        self.waiting_since = None
        self.closed_at = now
        if self.hold_id and (held := session.get(Hold, self.hold_id)):
            end_hold(session, held, now)
        session.add(self)
        session.flush()


class EntryKind(enum.StrEnum):
    """What an entry in a conversation is."""

    REPLY = "reply"  # the customer's words
    ANSWER = "answer"  # ours
    NOTE = "note"  # among staff
    CALL = "call"  # the customer asks to be called


class Entry(SQLModel, table=True):
    """One reply, answer or note in a conversation."""

    __tablename__ = "entry"

    id: int | None = Field(default=None, primary_key=True, sa_type=ID)
    conversation_id: int = Field(foreign_key="conversation.id", sa_type=ID, index=True)
    kind: EntryKind = Field(sa_type=words(EntryKind))
    at: datetime = Field(sa_type=UTC)
    text: str
    staff_id: int | None = Field(default=None, foreign_key="staff.id", sa_type=ID)
    inbound_id: int | None = Field(default=None, foreign_key="inbound_email.id", sa_type=ID, unique=True)
    message_id: int | None = Field(default=None, foreign_key="message.id", sa_type=ID, unique=True)


def open_or_join(
    session: Session, inbound: InboundEmail, message: Message | None, customer: Customer | None, now: datetime
) -> tuple[Conversation, Entry]:
    """Put an email that a person has to read into its conversation, once, and return both."""
    known = session.exec(select(Entry).where(Entry.inbound_id == inbound.id)).first()
    if known is not None:
        return session.get_one(Conversation, known.conversation_id), known
    talk = _about(session, message) or _of_thread(session, inbound, message, customer)
    if talk is None:
        talk = _begin(session, message, customer, inbound.from_address or inbound.envelope_from, inbound.subject, now)
    talk.feeling = inbound.details.get("feeling") or talk.feeling
    talk.language = inbound.details.get("language") or talk.language
    kind = EntryKind.NOTE if inbound.verdict is Verdict.BOUNCE else EntryKind.REPLY
    talk.hear(session, inbound.received_at, now)
    return talk, _add(session, talk, kind, _words(inbound), inbound.received_at, inbound_id=inbound.id)


def ask(
    session: Session, customer: Customer, message: Message | None, text: str, kind: EntryKind, now: datetime
) -> Conversation:
    """Take what a customer wrote, or that they want to be called, on the page behind the human link.

    Raises:
        Invalid: nothing was written, or `kind` is not one a customer may choose.
    """
    if kind not in (EntryKind.REPLY, EntryKind.CALL):
        raise Invalid(f"a customer writes or asks to be called; {kind.value} is neither")
    if not text.strip():
        raise Invalid("there is nothing to send yet: write a few words")
    talk = _about(session, message) or _begin(session, message, customer, customer.email, "", now)
    same = select(Entry).where(Entry.conversation_id == talk.id, Entry.kind == kind, Entry.text == text.strip())
    if session.exec(same.where(col(Entry.at) > now - TWICE)).first() is None:
        talk.hear(session, now, now)
        _add(session, talk, kind, text.strip(), now)
    return talk


def note(session: Session, conversation: Conversation, staff_id: int, text: str, now: datetime) -> Entry:
    """Write something that only staff see.

    Raises:
        Invalid: nothing was written.
    """
    if not text.strip():
        raise Invalid("there is nothing to note yet: write a few words")
    return _add(session, conversation, EntryKind.NOTE, text.strip(), now, staff_id=staff_id)


def add_answer(
    session: Session, conversation: Conversation, message: Message, staff_id: int, text: str, now: datetime
) -> Entry:
    """Note that an answer is on its way; from now on we wait for the customer."""
    conversation.state = ConversationState.ANSWERED
    conversation.waiting_since = None
    conversation.reopen(session, now)
    conversation.first_answer_at = conversation.first_answer_at or now
    return _add(session, conversation, EntryKind.ANSWER, text, now, staff_id=staff_id, message_id=message.id)


def waiting(staff_id: int | None = None) -> SelectOfScalar[Conversation]:
    """Ask for the conversations in which somebody waits for us, or for one person among us, the longest wait first."""
    asked = select(Conversation).where(Conversation.state == ConversationState.OPEN)
    if staff_id is not None:
        held = col(Assignment.conversation_id) == Conversation.id, col(Assignment.ended_at).is_(None)
        asked = asked.where(select(Assignment.id).where(*held, Assignment.staff_id == staff_id).exists())
    return asked.order_by(col(Conversation.waiting_since), col(Conversation.id))


def _about(session: Session, message: Message | None) -> Conversation | None:
    """Return the conversation in which we sent `message`, or which it began: the newest, if a person split them."""
    if message is None:
        return None
    session.exec(select(Message.id).where(Message.id == message.id).with_for_update()).one()  # two may come at once
    answered = select(Entry.conversation_id).where(Entry.message_id == message.id)
    about = (col(Conversation.message_id) == message.id) | col(Conversation.id).in_(answered)
    return session.exec(select(Conversation).where(about).order_by(col(Conversation.id).desc())).first()


def _of_thread(
    session: Session, inbound: InboundEmail, message: Message | None, customer: Customer | None
) -> Conversation | None:
    """Return the conversation of an earlier email of the same writer that this one answers, if it answers none of ours.

    A Message-ID may be known to others, so it counts only between emails from one address to one customer's talk.
    """
    ancestors = {*inbound.details.get("in_reply_to", []), *inbound.details.get("references", [])} - {""}
    if message is not None or not ancestors or not inbound.from_address:
        return None
    earlier = (
        select(Conversation)
        .join(Entry, col(Entry.conversation_id) == Conversation.id)
        .join(InboundEmail, col(Entry.inbound_id) == InboundEmail.id)
        .where(col(InboundEmail.header_message_id).in_(ancestors), InboundEmail.from_address == inbound.from_address)
        .where(Conversation.customer_id == (customer.id if customer else None))
    )
    return session.exec(earlier.order_by(col(Conversation.id).desc())).first()


def _begin(
    session: Session, message: Message | None, customer: Customer | None, address: str, subject: str, now: datetime
) -> Conversation:
    """Begin a conversation; answers go to the customer's own address, whoever wrote."""
    talk = Conversation(
        customer_id=customer.id if customer else None,
        address=customer.email if customer else address,
        message_id=message.id if message else None,
        subject=subject or (message.subject if message else ""),
        language=customer.language if customer else "",
        opened_at=now,
    )
    session.add(talk)
    session.flush()
    return talk


def _add(
    session: Session,
    talk: Conversation,
    kind: EntryKind,
    text: str,
    at: datetime,
    *,
    staff_id: int | None = None,
    inbound_id: int | None = None,
    message_id: int | None = None,
) -> Entry:
    talk.revision += 1
    entry = Entry(
        conversation_id=talk.id or 0,
        kind=kind,
        at=at,
        text=text,
        staff_id=staff_id,
        inbound_id=inbound_id,
        message_id=message_id,
    )
    session.add_all([talk, entry])
    session.flush()
    return entry


def _words(inbound: InboundEmail) -> str:
    """Return what to show first: the new words, else whatever else there is; the bytes are one click away."""
    if inbound.verdict is Verdict.BOUNCE:
        return f"Our answer did not arrive: {'; '.join(inbound.details.get('done', []))}"
    attached = ", ".join(each["name"] or "a file" for each in inbound.details.get("attachments", []))
    said = inbound.new_words.strip() or inbound.quoted.strip() or inbound.subject.strip()
    return said or (f"(no words, only attached: {attached})" if attached else "(an email without words)")
