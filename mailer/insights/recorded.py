"""How far have the house's own rows become events? One cursor a source.

What is between customers and us (an email that left, a reply, a consent, a conversation) is told as events like any
other, so that segments ask of it what they ask of a basket. `pipeline.record` writes them; here is where it goes on.
"""

from datetime import datetime

from sqlmodel import Field, SQLModel

from mailer.store import ID, UTC


class Recorded(SQLModel, table=True):
    """Up to where one kind of row has become events."""

    __tablename__ = "recorded"

    source: str = Field(primary_key=True)
    after_id: int = Field(default=0, sa_type=ID)
    after_at: datetime | None = Field(default=None, sa_type=UTC)
