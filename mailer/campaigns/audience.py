"""Who gets this run? Its customers are looked at once, in chunks; each is chosen, or left out with the reason kept.

A run is unique by campaign and occurrence, a recipient by run and customer, and by run and address. The cursor moves in
the transaction that writes its chunk, so that a crash goes on where it was and a repeated chunk changes nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, func, select

from mailer.bulk import insert_many
from mailer.campaigns.campaign import Campaign, Recipient, RecipientState, Run, RunState
from mailer.campaigns.schedule import Schedule
from mailer.dialect import among, insert_new
from mailer.errors import Invalid
from mailer.people.customer import Customer
from mailer.prepared import Prepared
from mailer.store import UTC

SAME_ADDRESS = "same_address"  # another customer of this run has it; one email an address

Judge = Callable[[Session, Sequence[int]], Mapping[int, str]]


@dataclass(frozen=True, slots=True)
class Clear:
    """What is true of a customer against whom nothing speaks: a condition on the table of customers, and its values."""

    condition: Any
    given: Mapping[str, Any]


_R: sa.Table = Recipient.metadata.tables["recipient"]  # Core, not ORM: many rows
_C: sa.Table = Customer.metadata.tables["customer"]
_CHOSEN = ("run_id", "customer_id", "address", "state", "reason", "due_at", "chosen_at")
_LEFT_OUT = ("customer_id", "address", "reason", "due_at")
_ZONES = Prepared(sa.select(_C.c.time_zone).where(among(_C.c.id, "ids")).distinct())
_KNOWN = Prepared(sa.select(_R.c.customer_id).where(_R.c.run_id == sa.bindparam("run"), among(_R.c.customer_id, "ids")))
_TAKEN = Prepared(
    sa.select(_C.c.id)
    .join(_R, sa.and_(_R.c.run_id == sa.bindparam("run"), _R.c.address == _C.c.email))
    .where(among(_C.c.id, "ids"))
)
_REFUSED = Prepared(sa.select(_C.c.id, _C.c.email, _C.c.time_zone).where(among(_C.c.id, "ids")).order_by(_C.c.id))


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


def choose(
    session: Session,
    run: Run,
    schedule: Schedule,
    ids: Sequence[int],
    judge: Judge,
    now: datetime,
    clear: Clear | None = None,
    due: dict[str, datetime] | None = None,
) -> int:
    """Choose among one chunk of customers, ids ascending, and return how many were chosen.

    `judge` says why some are left out: customer id -> reason. Nobody at all means that the run is chosen. Most of a
    million have nothing against them: who is `clear` is copied by the database itself, and only the rest comes to us.
    `due` remembers from chunk to chunk when the run is due in the time zones met so far.
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
    due = {} if due is None else due
    chosen = _copy(session, run, fresh, due, now, clear) if clear and due else 0
    if chosen < len(fresh):
        rest = sorted(set(fresh) - _known(session, run, fresh)) if chosen else fresh
        chosen += _choose_each(session, run, schedule, rest, judge, now, due)
    run.cursor = fresh[-1]
    session.flush()
    return chosen


def _choose_each(
    session: Session,
    run: Run,
    schedule: Schedule,
    ids: Sequence[int],
    judge: Judge,
    now: datetime,
    due: dict[str, datetime],
) -> int:
    """Choose among customers against whom something may speak, or who live where nobody was met yet."""
    refused = dict(judge(session, ids))
    zones = {zone: _due(schedule, run.occurrence, zone) for (zone,) in _ZONES.run(session, {"ids": ids})}
    due.update(zones)
    free = [customer for customer in ids if customer not in refused]
    chosen = _copy(session, run, free, zones, now)
    if chosen < len(free):  # addresses moved from one customer to another while we chose
        refused |= dict.fromkeys(set(free) - _known(session, run, free), SAME_ADDRESS)
    if refused:
        _leave_out(session, run, refused, due, now)
    return chosen


def _copy(
    session: Session,
    run: Run,
    ids: Sequence[int],
    due: Mapping[str, datetime],
    now: datetime,
    clear: Clear | None = None,
) -> int:
    """Make recipients of these customers, or of those who are clear, and return how many they are.

    Whoever's address another recipient of the run has is passed over, and so is who lives elsewhere.
    """
    if not ids:
        return 0
    given: dict[str, Any] = {"ids": ids, "run": run.id, "now": now} | dict(clear.given if clear else {})
    for place, (zone, at) in enumerate(due.items()):
        given |= {f"zone_{place}": zone, f"due_{place}": at}
    return _copying(len(due), clear.condition if clear else None).count(session, given)


@lru_cache(maxsize=512)
def _copying(zones: int, clear: Any) -> Prepared:
    """Return the statement that makes recipients of customers who live in so many time zones."""
    due = sa.case(
        *((_C.c.time_zone == sa.bindparam(f"zone_{n}"), sa.bindparam(f"due_{n}", type_=UTC)) for n in range(zones))
    )
    each = sa.select(
        sa.bindparam("run", type_=_R.c.run_id.type),
        _C.c.id,
        _C.c.email,
        sa.literal(RecipientState.CHOSEN, _R.c.state.type),
        sa.literal(""),
        due,
        sa.bindparam("now", type_=UTC),
    ).where(among(_C.c.id, "ids"), due.is_not(None))
    if clear is not None:
        each = each.where(clear)
    return Prepared(insert_new(_R).from_select(_CHOSEN, each.order_by(_C.c.id)))


def _leave_out(
    session: Session, run: Run, refused: Mapping[int, str], due: Mapping[str, datetime], now: datetime
) -> None:
    """Keep who is left out, with the reason; an address that is taken is told with whose it is."""
    given = {"run": run.id, "ids": list(refused)}
    taken = {ident for (ident,) in _TAKEN.run(session, given)}
    rows = [
        (ident, f"{email} (customer {ident})", SAME_ADDRESS, due[zone])
        if ident in taken
        else (ident, email, refused[ident], due[zone])
        for ident, email, zone in _REFUSED.run(session, given)
    ]
    same = {"run_id": run.id, "state": RecipientState.LEFT_OUT, "chosen_at": now}
    insert_many(session, _R, same, _LEFT_OUT, rows)


def _known(session: Session, run: Run, ids: Sequence[int]) -> set[int]:
    """Return those of the customers who are recipients of this run."""
    return {ident for (ident,) in _KNOWN.run(session, {"run": run.id, "ids": ids})}


def left_out(session: Session, run_id: int) -> dict[str, int]:
    """Return how many were left out of a run, by reason, the most frequent first."""
    asked = (
        select(Recipient.reason, func.count())
        .where(Recipient.run_id == run_id, Recipient.state == RecipientState.LEFT_OUT)
        .group_by(Recipient.reason)
        .order_by(func.count().desc(), Recipient.reason)
    )
    return dict(session.exec(asked).all())


def _due(schedule: Schedule, occurrence: str, zone: str) -> datetime:
    try:
        return schedule.instant(occurrence, zone)
    except Invalid:  # of a zone that nobody knows: better by UTC than not at all
        return schedule.instant(occurrence, "UTC")
