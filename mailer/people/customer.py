"""Whom do we write to? One human, one address, their language and zone, and the person who answers them."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from mailer.store import JSON, UTC, new_public_id


class Customer(SQLModel, table=True):
    """A human we may write to."""

    __tablename__ = "customer"

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, unique=True)
    external_id: str | None = Field(default=None, unique=True)  # what the importing system calls them
    email: str = Field(unique=True)  # normalised: see mail.address
    first_name: str = ""
    last_name: str = ""
    language: str = "en"
    time_zone: str = "UTC"
    attributes: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    representative_id: int | None = Field(default=None, foreign_key="staff.id", index=True)
    created_at: datetime = Field(sa_type=UTC)
    updated_at: datetime = Field(sa_type=UTC, index=True)  # moves with every change: the warehouse folds by it
