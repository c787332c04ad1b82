"""How far have the house's own rows become events? One cursor a source.

What is between customers and us (an email that left, a reply, a consent, a conversation) is told as events like any
other, so that segments ask of it what they ask of a basket. `pipeline.record` writes them; here is where it goes on.
"""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from mailer.store import ID, UTC


class Recorded(SQLModel, table=True):
    """Up to where one kind of row has become events."""

    __tablename__ = "recorded"

    source: str = Field(primary_key=True)
    after_id: int = Field(default=0, sa_type=ID)
    after_at: datetime | None = Field(default=None, sa_type=UTC)


def ours(key: str, customer_id: int, name: str, at: datetime, **properties: str | None) -> dict[str, Any]:
    """Return an event of our own, known by `key`, for `events.take`; what is empty is left out."""
    known = {name: value for name, value in properties.items() if value}
    return {"key": f"house:{key}", "customer_id": customer_id, "name": name, "at": at, "properties": known}
