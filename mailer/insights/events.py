"""What did a customer do? One stream of named events, each taken once.

`key` is the sender's own id for the event: taking the same one twice changes nothing.
"""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from mailer.store import JSON, UTC


class Event(SQLModel, table=True):
    """Something a customer did."""

    __tablename__ = "event"

    id: int | None = Field(default=None, primary_key=True)  # also the cursor the warehouse folds by
    key: str = Field(unique=True)
    customer_id: int = Field(foreign_key="customer.id", index=True)
    name: str
    at: datetime = Field(sa_type=UTC)
    properties: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
