"""Which customers? A named question, its answer, and why one customer is in it."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from mailer.store import JSON, UTC


class Segment(SQLModel, table=True):
    """A named question about customers."""

    __tablename__ = "segment"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)  # a slug: "win-back"; the file's name too
    title: str
    description: str = ""
    criteria: dict[str, Any] = Field(sa_type=JSON)  # the tree of segments.criteria, as data
    version: int = 1
    source: str = "form"  # "form", or the file it was read from
    created_at: datetime = Field(sa_type=UTC)
    updated_at: datetime = Field(sa_type=UTC)
