"""Who gets this run? Its customers are looked at once, in chunks; each is chosen, or left out with the reason kept.

A run is unique by campaign and occurrence, a recipient by run and customer, and by run and address. The cursor moves in
the transaction that writes its chunk, so that a crash goes on where it was and a repeated chunk changes nothing.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, func, select

from mailer.bulk import insert_many
from mailer.campaigns.campaign import Campaign, Recipient, RecipientState, Run, RunState
from mailer.campaigns.schedule import Schedule
from mailer.dialect import among
from mailer.errors import Invalid
from mailer.people.customer import Customer
from mailer.store import UTC

SAME_ADDRESS = "same_address"  # another customer of this run has it; one email an address

Judge = Callable[[Session, Sequence[int]], Mapping[int, str]]

_R: sa.Table = Recipient.metadata.tables["recipient"]  # Core, not ORM: many rows
_C: sa.Table = Customer.metadata.tables["customer"]
_CHOSEN = ("run_id", "customer_id", "address", "state", "reason", "due_at", "chosen_at")
_LEFT_OUT = ("customer_id", "address", "reason", "due_at")
_ZONES = sa.select(_C.c.time_zone).where(among(_C.c.id, "ids")).distinct()
_TAKEN = (
    sa.select(_C.c.id)
    .join(_R, sa.and_(_R.c.run_id == sa.bindparam("run"), _R.c.address == _C.c.email))
    .where(among(_C.c.id, "ids"))
)
_REFUSED = sa.select(_C.c.id, _C.c.email, _C.c.time_zone).where(among(_C.c.id, "ids")).order_by(_C.c.id)


def plan(
    session: Session,
    campaign: Campaign,
    occurrence: str,
    criteria: Mapping[str, Any],
    segment_version: int,
    now: datetime,
    late: bool = False,
    missed: bool = False,
) -> Run | None:
    """Make the run of `campaign` at `occurrence`, with the criteria as they are; None if there is one already."""
    known = select(Run.id).where(Run.campaign_id == campaign.id, Run.occurrence == occurrence)
    if session.exec(known).first() is not None:
        return None
    run = Run(
        campaign_id=campaign.id or 0,
        occurrence=occurrence,
        state=RunState.MISSED if missed else RunState.PLANNED,
        late=late or missed,
        planned_at=now,
        criteria=dict(criteria),
        segment_version=segment_version,
    )
    try:
        with session.begin_nested():
            session.add(run)
    except IntegrityError:  # another process planned it between our look and our row
        return None
    return run


def choose(session: Session, run: Run, schedule: Schedule, ids: Sequence[int], judge: Judge, now: datetime) -> int:
    """Choose among one chunk of customers, ids ascending, and return how many were chosen.

    `judge` says why some are left out: customer id -> reason. Nobody at all means that the run is chosen. Most of a
    million have nothing against them, so the database copies those by itself; only who is left out comes to us.
    """
    if run.state not in (RunState.PLANNED, RunState.CHOOSING):
        return 0
    if not ids:
        run.state = RunState.CHOSEN
        session.add(run)
        return 0
    run.state = RunState.CHOOSING
    session.add(run)
    cursor = run.cursor
    fresh = [customer for customer in ids if customer > cursor]
    if not fresh:
        return 0
    refused = dict(judge(session, fresh))
    due = {zone: _due(schedule, run.occurrence, zone) for zone in session.execute(_ZONES, {"ids": fresh}).scalars()}
    try:
        with session.begin_nested():
            chosen = _copy(session, run, (each for each in fresh if each not in refused), due, now)
    except IntegrityError:  # addresses moved from one customer to another while we chose
        refused |= dict.fromkeys(_taken(session, run, fresh), SAME_ADDRESS)
        chosen = _copy(session, run, (each for each in fresh if each not in refused), due, now)
    if refused:
        _leave_out(session, run, refused, due, now)
    run.cursor = fresh[-1]
    session.flush()
    return chosen


def _copy(session: Session, run: Run, ids: Iterable[int], due: Mapping[str, datetime], now: datetime) -> int:
    """Make these customers recipients, and return how many they are."""
    given: dict[str, Any] = {"ids": list(ids), "run": run.id, "now": now}
    for place, (zone, at) in enumerate(due.items()):
        given |= {f"zone_{place}": zone, f"due_{place}": at}
    done: Any = session.execute(_copying(len(due)), given, execution_options={"preserve_rowcount": True})
    return int(done.rowcount)


@lru_cache(maxsize=512)
def _copying(zones: int) -> sa.Insert:
    """Return the statement that makes recipients of customers who live in so many time zones."""
    due = ((_C.c.time_zone == sa.bindparam(f"zone_{n}"), sa.bindparam(f"due_{n}", type_=UTC)) for n in range(zones))
    each = sa.select(
        sa.bindparam("run", type_=_R.c.run_id.type),
        _C.c.id,
        _C.c.email,
        sa.literal(RecipientState.CHOSEN, _R.c.state.type),
        sa.literal(""),
        sa.case(*due) if zones else sa.null(),
        sa.bindparam("now", type_=UTC),
    )
    return _R.insert().from_select(_CHOSEN, each.where(among(_C.c.id, "ids")).order_by(_C.c.id))


def _leave_out(session: Session, run: Run, refused: dict[int, str], due: Mapping[str, datetime], now: datetime) -> None:
    """Keep who is left out, with the reason; an address that is taken is told with whose it is."""
    taken = _taken(session, run, list(refused))
    rows = [
        (ident, f"{email} (customer {ident})", SAME_ADDRESS, due[zone])
        if ident in taken
        else (ident, email, refused[ident], due[zone])
        for ident, email, zone in session.execute(_REFUSED, {"ids": list(refused)})
    ]
    same = {"run_id": run.id, "state": RecipientState.LEFT_OUT, "chosen_at": now}
    insert_many(session, _R, same, _LEFT_OUT, rows)


def left_out(session: Session, run_id: int) -> dict[str, int]:
    """Return how many were left out of a run, by reason, the most frequent first."""
    asked = (
        select(Recipient.reason, func.count())
        .where(Recipient.run_id == run_id, Recipient.state == RecipientState.LEFT_OUT)
        .group_by(Recipient.reason)
        .order_by(func.count().desc(), Recipient.reason)
    )
    return dict(session.exec(asked).all())


def _taken(session: Session, run: Run, ids: Sequence[int]) -> set[int]:
    """Return those whose address another recipient of this run has."""
    return set(session.execute(_TAKEN, {"run": run.id, "ids": ids}).scalars())


def _due(schedule: Schedule, occurrence: str, zone: str) -> datetime:
    try:
        return schedule.instant(occurrence, zone)
    except Invalid:  # of a zone that nobody knows: better by UTC than not at all
        return schedule.instant(occurrence, "UTC")
