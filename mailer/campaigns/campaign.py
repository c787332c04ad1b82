"""What do we write, to whom, when, and who said that we may?

A campaign leaves only when a person approved it, and the approval is of one template and one segment as they were:
change either and it has to be approved again.
"""

import enum
from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel, UniqueConstraint

from mailer.store import JSON, UTC, new_public_id, words


class Stakes(enum.StrEnum):
    """How much feeling is at stake in what the email touches."""

    ROUTINE = "routine"
    SENSITIVE = "sensitive"
    CRITICAL = "critical"


class CampaignState(enum.StrEnum):
    """draft -> approved <-> paused -> finished."""

    DRAFT = "draft"
    APPROVED = "approved"
    PAUSED = "paused"
    FINISHED = "finished"


class Campaign(SQLModel, table=True):
    """The plan: a segment, a topic, a template and a schedule."""

    __tablename__ = "campaign"

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, unique=True)
    name: str = Field(unique=True)
    title: str
    segment_id: int = Field(foreign_key="segment.id")
    topic_id: str = Field(foreign_key="topic.id")
    template: str
    moment: str = ""  # what in the customer's journey it touches: "has not come back"
    stakes: Stakes = Field(default=Stakes.ROUTINE, sa_type=words(Stakes))
    schedule: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)  # see campaigns.schedule
    send_before_hours: float = 24  # later than this after its due time an email is expired, not sent
    again_after_days: int = 30  # a customer gets this campaign at most once in so many days
    priority: int = 50  # which campaign wins at the cap; more is stronger
    state: CampaignState = Field(default=CampaignState.DRAFT, sa_type=words(CampaignState))
    staff_id: int | None = Field(default=None, foreign_key="staff.id")  # who made it
    created_at: datetime = Field(sa_type=UTC)


class Approval(SQLModel, table=True):
    """Somebody said yes to this campaign as it was then."""

    __tablename__ = "approval"

    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="campaign.id", index=True)
    staff_id: int | None = Field(default=None, foreign_key="staff.id")
    at: datetime = Field(sa_type=UTC)
    of: str  # digest of the template source and criteria that were approved


class RunState(enum.StrEnum):
    """planned -> choosing -> chosen; or missed (too late), or cancelled by a person."""

    PLANNED = "planned"
    CHOOSING = "choosing"
    CHOSEN = "chosen"
    MISSED = "missed"
    CANCELLED = "cancelled"


class Run(SQLModel, table=True):
    """One firing of a campaign."""

    __tablename__ = "run"
    __table_args__ = (UniqueConstraint("campaign_id", "occurrence"),)

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, unique=True)
    campaign_id: int = Field(foreign_key="campaign.id")
    occurrence: str  # civil time without offset, "2026-03-29T09:00": the unique key
    state: RunState = Field(default=RunState.PLANNED, sa_type=words(RunState))
    cursor: int = 0  # the last customer id looked at; moves with each chunk, in its transaction
    late: bool = False
    planned_at: datetime = Field(sa_type=UTC)
    criteria: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)  # as they were when it was planned
    segment_version: int = 1


class RecipientState(enum.StrEnum):
    """Chosen, or left out (and `reason` says why)."""

    CHOSEN = "chosen"
    LEFT_OUT = "left_out"


class Recipient(SQLModel, table=True):
    """A customer of a run's audience: chosen, or left out and why."""

    __tablename__ = "recipient"
    __table_args__ = (UniqueConstraint("run_id", "customer_id"), UniqueConstraint("run_id", "address"))

    id: int | None = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="run.id")
    customer_id: int = Field(foreign_key="customer.id", index=True)
    address: str
    state: RecipientState = Field(sa_type=words(RecipientState))
    reason: str = ""  # of being left out: a word of delivery.gate.No
    due_at: datetime = Field(sa_type=UTC)
    chosen_at: datetime = Field(sa_type=UTC)
