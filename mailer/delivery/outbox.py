"""Which messages are to leave, and what became of each?

A `Message` leaves at most once. Its life, with the durable write of each step:

    ready -claim-> claimed(owner, epoch, lease) -hand over-> handed_over -250-> sent
      ^               |                                         |-4xx-> waiting -> ready
      |<-lease ended--+                                         |-5xx-> failed
                      +- the gate says no -> held | suppressed  |-no answer, crash-> in_doubt
                         | capped | expired | cancelled         |
                      +- the template fails -> render_failed

Between the server's 250 and our commit nobody can have both "never twice" and "never lost". So the mark is made durably
just before the final dot: what was marked and never answered is in doubt, shown, and settled by evidence.
"""

import enum
from datetime import datetime
from typing import Any

from sqlmodel import Field, Index, SQLModel

from mailer.store import JSON, UTC, new_public_id, words


class Kind(enum.StrEnum):
    """What sort of email it is; the gate asks more of automation than of people."""

    CAMPAIGN = "campaign"  # by machine, with consent
    ANSWER = "answer"  # by a representative, in a conversation
    NOTICE = "notice"  # by machine, because somebody just asked: a confirmation
    TEST = "test"  # to ourselves


class State(enum.StrEnum):
    """Where a message is in its life."""

    READY = "ready"
    CLAIMED = "claimed"
    HANDED_OVER = "handed_over"
    SENT = "sent"
    WAITING = "waiting"  # deferred; next_at says until when
    FAILED = "failed"
    IN_DOUBT = "in_doubt"
    HELD = "held"
    SUPPRESSED = "suppressed"
    CAPPED = "capped"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    RENDER_FAILED = "render_failed"


class Message(SQLModel, table=True):
    """One email of ours that leaves at most once."""

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_state_next_at", "state", "next_at"),
        Index("ix_message_run_state", "run_id", "state"),
    )

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(default_factory=new_public_id, unique=True)
    kind: Kind = Field(sa_type=words(Kind))
    state: State = Field(default=State.READY, sa_type=words(State))
    customer_id: int | None = Field(default=None, foreign_key="customer.id", index=True)  # None: a test to staff
    recipient_id: int | None = Field(default=None, foreign_key="recipient.id", unique=True)
    run_id: int | None = Field(default=None, foreign_key="run.id")
    campaign_id: int | None = Field(default=None, foreign_key="campaign.id", index=True)
    topic_id: str | None = Field(default=None, foreign_key="topic.id")
    staff_id: int | None = Field(default=None, foreign_key="staff.id")  # the named representative it comes from
    address: str  # RCPT TO
    message_id: str = Field(unique=True)  # the Message-ID header without angle brackets
    priority: int = 50
    # what it says: set when it is written, never changed after
    template_version_id: int | None = Field(default=None, foreign_key="template_version.id")
    context: dict[str, Any] | None = Field(default=None, sa_type=JSON)  # snapshot; of an answer, the letter itself
    headers: dict[str, str] = Field(default_factory=dict, sa_type=JSON)  # more headers: In-Reply-To, References …
    subject: str = ""  # as rendered, for lists
    dated_at: datetime | None = Field(default=None, sa_type=UTC)  # the Date header
    # its life
    due_at: datetime = Field(sa_type=UTC)
    expires_at: datetime | None = Field(default=None, sa_type=UTC)
    next_at: datetime = Field(sa_type=UTC)  # not before this
    owner: str = ""
    epoch: int = 0
    lease_until: datetime | None = Field(default=None, sa_type=UTC)
    attempts: int = 0
    handed_over_at: datetime | None = Field(default=None, sa_type=UTC)
    settled_at: datetime | None = Field(default=None, sa_type=UTC)
    reply: str = ""  # the server's last words, verbatim
    queue_id: str = ""
    reason: str = ""  # why not, when it is held, suppressed, capped, expired, failed …
    bounced_at: datetime | None = Field(default=None, sa_type=UTC)
    bounce_status: str = ""  # RFC 3463
    complained_at: datetime | None = Field(default=None, sa_type=UTC)
    created_at: datetime = Field(sa_type=UTC)
