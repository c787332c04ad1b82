"""What do we write, to whom, when, and who said that we may?

A campaign leaves only when a person approved it, and the approval is of one template and one segment as they were:
change either and it has to be approved again.
"""

import enum
import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Field, Session, SQLModel, UniqueConstraint, col, select

from mailer.errors import Invalid
from mailer.store import ID, JSON, UTC, new_public_id, words


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

    id: int | None = Field(default=None, primary_key=True, sa_type=ID)
    public_id: str = Field(default_factory=new_public_id, unique=True)
    name: str = Field(unique=True)
    title: str
    segment_id: int = Field(foreign_key="segment.id", sa_type=ID)
    topic_id: str = Field(foreign_key="topic.id")
    template: str
    moment: str = ""  # what in the customer's journey it touches: "has not come back"
    stakes: Stakes = Field(default=Stakes.ROUTINE, sa_type=words(Stakes))
    schedule: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)  # see campaigns.schedule
    send_before_hours: float = 24  # later than this after its due time an email is expired, not sent
    again_after_days: int = 30  # a customer gets this campaign at most once in so many days
    priority: int = 50  # which campaign wins at the cap; more is stronger
    in_doubt: str = ""  # what is done with a message whose answer was lost: see delivery.release; empty: as the house
    state: CampaignState = Field(default=CampaignState.DRAFT, sa_type=words(CampaignState))
    staff_id: int | None = Field(default=None, foreign_key="staff.id", sa_type=ID)  # who made it
    created_at: datetime = Field(sa_type=UTC)

    def approve(self, session: Session, staff_id: int, of: str, now: datetime) -> "Approval":
        """Let it leave as it is now; `of` is the `digest` of what was looked at.

        Raises:
            Invalid: it is finished.
        """
        if self.state is CampaignState.FINISHED:
            raise Invalid(f"“{self.title}” is finished; make it a draft again before you approve it")
        approval = Approval(campaign_id=self.id or 0, staff_id=staff_id or None, at=now, of=of)
        self.state = CampaignState.APPROVED
        session.add_all((self, approval))
        session.flush()
        return approval

    def pause(self, session: Session) -> None:
        """Stop it for now: nothing more of it is handed over. Only an approved one runs; of others nothing changes."""
        self._from(session, CampaignState.APPROVED, CampaignState.PAUSED)

    def resume(self, session: Session) -> None:
        """Let a paused one go on, under the approval it has."""
        self._from(session, CampaignState.PAUSED, CampaignState.APPROVED)

    def withdraw(self, session: Session) -> None:
        """Make it a draft again, whatever it was: it is not what somebody approved any more."""
        self.state = CampaignState.DRAFT
        session.add(self)

    def finish(self, session: Session) -> None:
        """End it for good: it fires no more."""
        self.state = CampaignState.FINISHED
        session.add(self)

    def _from(self, session: Session, before: CampaignState, after: CampaignState) -> None:
        if self.state is before:
            self.state = after
            session.add(self)


class Approval(SQLModel, table=True):
    """Somebody said yes to this campaign as it was then."""

    __tablename__ = "approval"

    id: int | None = Field(default=None, primary_key=True, sa_type=ID)
    campaign_id: int = Field(foreign_key="campaign.id", sa_type=ID, index=True)
    staff_id: int | None = Field(default=None, foreign_key="staff.id", sa_type=ID)
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

    id: int | None = Field(default=None, primary_key=True, sa_type=ID)
    public_id: str = Field(default_factory=new_public_id, unique=True)
    campaign_id: int = Field(foreign_key="campaign.id", sa_type=ID)
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

    id: int | None = Field(default=None, primary_key=True, sa_type=ID)
    run_id: int = Field(foreign_key="run.id", sa_type=ID)
    customer_id: int = Field(foreign_key="customer.id", sa_type=ID, index=True)
    address: str
    state: RecipientState = Field(sa_type=words(RecipientState))
    reason: str = ""  # of being left out: a word of delivery.policy.No
    due_at: datetime = Field(sa_type=UTC)
    chosen_at: datetime = Field(sa_type=UTC)


def digest(template_source: str, criteria: Mapping[str, Any]) -> str:
    """Return what an approval is of: SHA-256 of a template's source, in all its languages, and of a segment's tree."""
    said = json.dumps([template_source, criteria], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()


def approved(session: Session, campaign: Campaign, of: str) -> bool:
    """Whether it may leave as it is now: its newest approval is of just this, and it is neither paused nor finished."""
    newest = select(Approval.of).where(Approval.campaign_id == campaign.id).order_by(col(Approval.id).desc()).limit(1)
    return campaign.state is CampaignState.APPROVED and session.exec(newest).first() == of
