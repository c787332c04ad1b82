"""Whose is a conversation, since when, and by which rule?

Exactly one responsible person at every moment: the row without an end.
"""

from datetime import datetime

from sqlmodel import Field, Index, SQLModel, text

from mailer.store import UTC


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

    id: int | None = Field(default=None, primary_key=True)
    conversation_id: int = Field(foreign_key="conversation.id", index=True)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    since: datetime = Field(sa_type=UTC)
    ended_at: datetime | None = Field(default=None, sa_type=UTC)
    rule: str  # the line of inbox.routing that decided, or "by hand"
    why: str = ""  # the same in words: "Maya is away until Monday; Jonas stands in"
    by_staff_id: int | None = Field(default=None, foreign_key="staff.id")
