"""Is a person talking with this customer right now? Then automation steps aside.

A hold is opened with a conversation and ended with it. It lies this low so that the gate can ask for it without
knowing of conversations.
"""

from datetime import datetime

from sqlmodel import Field, SQLModel

from mailer.store import UTC


class Hold(SQLModel, table=True):
    """A time in which no campaign email leaves for one customer."""

    __tablename__ = "hold"

    id: int | None = Field(default=None, primary_key=True)
    customer_id: int = Field(foreign_key="customer.id", index=True)
    why: str
    opened_at: datetime = Field(sa_type=UTC)
    ended_at: datetime | None = Field(default=None, sa_type=UTC)
