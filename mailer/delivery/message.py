"""What is a message, and where is it in its life?

The table of all emails of ours, the closed words of their life (see `outbox`, which moves them through it), and the
conditions that several questions about them share. Every index is work for every message: of a million at once each
costs more than all its columns, so each has to say what asks for it.
"""

import enum
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, Index, SQLModel

from mailer.store import ID, JSON, UTC, new_public_id, words


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


_SETTLED_ONLY: dict[str, Any] = dict.fromkeys(
    ("sqlite_where", "postgresql_where"), sa.text("settled_at IS NOT NULL")
)  # a million that still wait cost it nothing


def _of(state: State) -> dict[str, Any]:
    """Say to both databases that an index holds messages in one state alone; a query must name it literally."""
    only = sa.text(f"state = '{state.value}'")
    return {"sqlite_where": only, "postgresql_where": only}


def _one_of(column: str, among: type[enum.StrEnum]) -> sa.CheckConstraint:
    """Let a column hold one of these words alone, the most frequent first.

    Said with OR: SQLite makes the list of an IN anew for each row it checks, which took 4.4 us of the 15.5 that a
    message cost to make, and as much again for each step of its life.
    """
    return sa.CheckConstraint(" OR ".join(f"{column} = '{word}'" for word in among), name=column)


class Message(SQLModel, table=True):
    """One email of ours that leaves at most once."""

    __tablename__ = "message"
    __table_args__ = (
        # what leaves next, and what waits until when: only these, because every index is work for every message
        Index("ix_message_ready", sa.text("priority DESC"), "id", **_of(State.READY)),
        Index("ix_message_waiting", "next_at", **_of(State.WAITING)),
        Index("ix_message_state", "state", "run_id"),  # where everybody is, of one run or of all
        Index("ix_message_settled_at", "settled_at", "id", **_SETTLED_ONLY),  # what became an event, and what is next
        _one_of("kind", Kind),
        _one_of("state", State),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=ID)
    public_id: str = Field(default_factory=new_public_id, unique=True)
    kind: Kind = Field(sa_type=words(Kind, checked=False))
    state: State = Field(default=State.READY, sa_type=words(State, checked=False))
    # None: a test to staff
    customer_id: int | None = Field(default=None, foreign_key="customer.id", sa_type=ID, index=True)
    recipient_id: int | None = Field(default=None, foreign_key="recipient.id", sa_type=ID, unique=True)
    run_id: int | None = Field(default=None, foreign_key="run.id", sa_type=ID)
    campaign_id: int | None = Field(default=None, foreign_key="campaign.id", sa_type=ID)
    topic_id: str | None = Field(default=None, foreign_key="topic.id")
    # the named representative it comes from
    staff_id: int | None = Field(default=None, foreign_key="staff.id", sa_type=ID)
    address: str  # RCPT TO
    message_id: str = Field(unique=True)  # the Message-ID header without angle brackets
    priority: int = 50
    # what it says: set when it is written, never changed after
    template_version_id: int | None = Field(default=None, foreign_key="template_version.id", sa_type=ID)
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


T = SQLModel.metadata.tables["message"]


def guard(table: Any) -> Any:
    """Return the state as a condition, never as the way to the row: its index would lead through half the table."""
    return sa.func.coalesce(table.c.state, sa.literal_column("''"))


GUARD = guard(T)
PENDING = (State.READY, State.WAITING, State.CLAIMED, State.HANDED_OVER)
LEFT = (State.HANDED_OVER, State.SENT, State.IN_DOUBT)  # left the house, as far as we can know
TO_LEAVE = tuple(state for state in PENDING if state not in LEFT)


def in_one_of(states: Iterable[State], state: Any = GUARD) -> sa.ColumnElement[bool]:
    """Like IN, which cannot be run for many rows at once, and which no `Prepared` may hold."""
    return sa.or_(*(state == each for each in states))
