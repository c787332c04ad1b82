"""What is one talk with one customer? Our unit of human work."""

import enum
from datetime import datetime

from sqlmodel import Field, SQLModel

from mailer.store import UTC, new_public_id, words


class ConversationState(enum.StrEnum):
    """open (a human waits for us) <-> answered (we wait for them) -> closed; a new reply opens it again."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


class Conversation(SQLModel, table=True):
    """A talk with one customer about one thing."""

    __tablename__ = "conversation"

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, unique=True)
    customer_id: int | None = Field(default=None, foreign_key="customer.id", index=True)  # None: a stranger
    address: str  # whom an answer goes to
    message_id: int | None = Field(default=None, foreign_key="message.id", index=True)  # the email that began it
    hold_id: int | None = Field(default=None, foreign_key="hold.id")
    subject: str = ""
    state: ConversationState = Field(default=ConversationState.OPEN, sa_type=words(ConversationState), index=True)
    feeling: str = ""  # calm, glad, upset: a hint, never a decision
    language: str = ""
    opened_at: datetime = Field(sa_type=UTC)
    waiting_since: datetime | None = Field(default=None, sa_type=UTC)  # the first unanswered word of the customer
    first_answer_at: datetime | None = Field(default=None, sa_type=UTC)
    closed_at: datetime | None = Field(default=None, sa_type=UTC)
    revision: int = 0  # moves with every entry: a stale answer is stopped


class EntryKind(enum.StrEnum):
    """What an entry in a conversation is."""

    REPLY = "reply"  # the customer's words
    ANSWER = "answer"  # ours
    NOTE = "note"  # among staff
    CALL = "call"  # the customer asks to be called


class Entry(SQLModel, table=True):
    """One reply, answer or note in a conversation."""

    __tablename__ = "entry"

    id: int | None = Field(default=None, primary_key=True)
    conversation_id: int = Field(foreign_key="conversation.id", index=True)
    kind: EntryKind = Field(sa_type=words(EntryKind))
    at: datetime = Field(sa_type=UTC)
    text: str
    staff_id: int | None = Field(default=None, foreign_key="staff.id")
    inbound_id: int | None = Field(default=None, foreign_key="inbound_email.id", unique=True)
    message_id: int | None = Field(default=None, foreign_key="message.id", unique=True)
