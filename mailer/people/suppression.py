"""Which addresses are never written to, and why?"""

import enum
from datetime import datetime

from sqlmodel import Field, SQLModel

from mailer.store import UTC, words


class Why(enum.StrEnum):
    """The reason an address is suppressed."""

    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    BY_HAND = "by_hand"


class Suppression(SQLModel, table=True):
    """One address that gets nothing automatic any more; a bounced one gets nothing at all."""

    __tablename__ = "suppression"

    address: str = Field(primary_key=True)
    why: Why = Field(sa_type=words(Why))
    at: datetime = Field(sa_type=UTC)
    evidence: str = ""  # the status line, the words, the report
    staff_id: int | None = Field(default=None, foreign_key="staff.id")
