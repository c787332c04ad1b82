"""Where is everybody who was chosen, and does anything stand still?

Counted from the rows themselves each time, never kept: chosen = sent + failed + held + suppressed + capped + expired +
cancelled + render_failed + in_doubt + pending. A run that does not balance, and one whose emails are due and do not
move, is an alarm: in the log, on the page of its campaign, and in `mailer check`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, select

from mailer.campaigns.campaign import Campaign, CampaignState, RecipientState, Run, RunState
from mailer.delivery.message import PENDING, State, T
from mailer.delivery.policy import No

STANDS_STILL = timedelta(minutes=10)
EVERYWHERE = T.c.state.in_(list(State))  # true of every message; said, because their index goes by the state first
RECENT = timedelta(days=7)  # runs planned since are watched
REASONS = 5  # why emails wait, at most so many are told


@dataclass(frozen=True, slots=True)
class Accounts:
    """Where the chosen recipients of a run are: each in exactly one place."""

    chosen: int
    sent: int = 0
    failed: int = 0
    held: int = 0
    suppressed: int = 0
    capped: int = 0
    expired: int = 0
    cancelled: int = 0
    render_failed: int = 0
    in_doubt: int = 0
    pending: int = 0  # not yet in the outbox, ready, claimed, handed over or waiting

    @property
    def balance(self) -> bool:
        """Whether everybody is accounted for, and nobody twice."""
        return self.chosen == self.total

    @property
    def total(self) -> int:
        """How many are in some place."""
        places = (self.sent, self.failed, self.held, self.suppressed, self.capped, self.expired, self.cancelled)
        return sum(places) + self.render_failed + self.in_doubt + self.pending


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something about a run that a person has to look at."""

    run: str  # its public id
    campaign: str
    occurrence: str
    what: str


def accounts(session: Session, run_id: int) -> Accounts:
    """Count where every chosen recipient of a run is now, from the rows themselves."""
    recipient = SQLModel.metadata.tables["recipient"]
    ours = sa.and_(recipient.c.run_id == run_id, recipient.c.state == RecipientState.CHOSEN)
    count = sa.select(sa.func.count()).select_from(recipient).where(ours)
    unwritten = count.where(~sa.exists().where(T.c.recipient_id == recipient.c.id))
    by_state = sa.select(T.c.state, sa.func.count()).where(EVERYWHERE, T.c.run_id == run_id).group_by(T.c.state)
    counts: dict[State, int] = {row[0]: row[1] for row in session.execute(by_state)}
    pending = session.execute(unwritten).scalar_one() + sum(counts.pop(state, 0) for state in PENDING)
    settled = {state.value: n for state, n in counts.items()}
    return Accounts(chosen=session.execute(count).scalar_one(), pending=pending, **settled)


@dataclass(frozen=True, slots=True)
class Wait:
    """Why some of a run wait although they are due, how many, and when the first of them goes on."""

    why: str
    count: int
    until: datetime


def waits(session: Session, run_id: int) -> list[Wait]:
    """Return why emails of a run wait for a relay or for their domain, the most first."""
    count, first = sa.func.count(), sa.func.min(T.c.next_at)
    asked = sa.select(T.c.reason, count, first).where(
        T.c.run_id == run_id, T.c.state == State.WAITING, T.c.reason.startswith(f"{No.PACED}: ")
    )
    found = session.execute(asked.group_by(T.c.reason).order_by(count.desc()).limit(REASONS))
    return [Wait(reason.partition(": ")[2], many, until) for reason, many, until in found]


def recent(session: Session, now: datetime) -> Sequence[Run]:
    """Return the runs that are watched: planned lately, and not missed."""
    since = sa.and_(col(Run.planned_at) > now - RECENT, col(Run.state) != RunState.MISSED)
    return session.exec(select(Run).where(since).order_by(col(Run.id).desc())).all()


def alarms(session: Session, runs: Sequence[Run], now: datetime) -> list[Alarm]:
    """Return what is wrong with these runs."""
    found = []
    for run in runs:
        campaign = session.get_one(Campaign, run.campaign_id)
        books = accounts(session, run.id or 0)
        if not books.balance:
            what = f"the accounts do not balance: {books.chosen} chosen, {books.total} found"
            found.append(Alarm(run.public_id, campaign.name, run.occurrence, what))
        stands = campaign.state is CampaignState.APPROVED and run.state is not RunState.CANCELLED
        if stands and books.pending and (since := _stands_still(session, run.id or 0, now)):
            what = f"{books.pending} emails wait, due since {since:%Y-%m-%d %H:%M} UTC, and none has moved since"
            found.append(Alarm(run.public_id, campaign.name, run.occurrence, what))
    return found


def _stands_still(session: Session, run_id: int, now: datetime) -> datetime | None:
    """Return since when the oldest of a run is due, if none has moved for long."""
    long_ago = now - STANDS_STILL
    due = sa.select(sa.func.min(T.c.next_at)).where(
        T.c.run_id == run_id, T.c.state.in_(PENDING), T.c.next_at <= long_ago
    )
    since: datetime | None = session.execute(due).scalar_one()
    if since is None:
        return None
    lately = sa.or_(T.c.settled_at > long_ago, T.c.handed_over_at > long_ago)
    moved = session.execute(sa.select(T.c.id).where(EVERYWHERE, T.c.run_id == run_id, lately).limit(1)).first()
    return None if moved else since
