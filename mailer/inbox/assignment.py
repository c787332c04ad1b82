"""Whose is a conversation, since when, and by which rule?

Exactly one responsible person at every moment: the row without an end. The database allows one such row a conversation;
giving it to somebody else ends one row and begins the next in one transaction, and giving it to whoever has it already
changes nothing, so that routing may run twice. Closing a conversation ends no assignment: a customer who writes again
finds the same person.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from sqlmodel import Field, Index, Session, SQLModel, col, select, text

from mailer.errors import Invalid
from mailer.store import CHUNK, ID, UTC

if TYPE_CHECKING:  # a conversation asks whose it is, so the import at run time goes the other way
    from mailer.inbox.conversation import Conversation

BY_HAND = "by hand"


class Assignment(SQLModel, table=True):
    """A conversation is this person's for a time."""

    __tablename__ = "assignment"
    __table_args__ = (
        Index(
            "uq_assignment_current",
            "conversation_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=ID)
    conversation_id: int = Field(foreign_key="conversation.id", sa_type=ID, index=True)
    staff_id: int = Field(foreign_key="staff.id", sa_type=ID, index=True)
    since: datetime = Field(sa_type=UTC)
    ended_at: datetime | None = Field(default=None, sa_type=UTC)
    rule: str  # the line of inbox.routing that decided, or "by hand"
    why: str = ""  # the same in words: "Maya is away until Monday; Jonas stands in"
    by_staff_id: int | None = Field(default=None, foreign_key="staff.id", sa_type=ID)


def assign(
    session: Session,
    conversation: "Conversation",
    staff_id: int,
    rule: str,
    why: str,
    now: datetime,
    by_staff_id: int | None = None,
) -> Assignment:
    """Make a conversation this person's, and return the assignment that says so.

    Raises:
        Invalid: the conversation has not been stored yet, so nothing can refer to it.
    """
    if conversation.id is None:
        raise Invalid("store a conversation before giving it to somebody")
    held = current(session, [conversation.id]).get(conversation.id)
    if held is not None and held.staff_id == staff_id:
        return held
    if held is not None:
        held.ended_at = now
        session.add(held)
        session.flush()  # SQLAlchemy inserts before it updates, and there may never be two
    fresh = Assignment(
        conversation_id=conversation.id, staff_id=staff_id, since=now, rule=rule, why=why, by_staff_id=by_staff_id
    )
    session.add(fresh)
    session.flush()
    return fresh


def current(session: Session, conversation_ids: Iterable[int | None]) -> dict[int, Assignment]:
    """Return whose each of these conversations is now, by conversation id."""
    ids = [each for each in conversation_ids if each is not None]
    held = select(Assignment).where(col(Assignment.ended_at).is_(None))
    chunks = (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))
    return {
        each.conversation_id: each
        for chunk in chunks
        for each in session.exec(held.where(col(Assignment.conversation_id).in_(chunk)))
    }
