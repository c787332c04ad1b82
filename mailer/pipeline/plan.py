"""Whose time has come, and whom do we write to?

A run is planned once per occurrence, and its recipients are chosen chunk by chunk: the cursor moves in the transaction
that writes the chunk, so that a crash goes on where it was. A run that comes too late is recorded as missed, never
silently skipped.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from mailer import failpoints
from mailer.campaigns import audience
from mailer.campaigns.campaign import Campaign, CampaignState, Recipient, RecipientState, Run, RunState
from mailer.campaigns.schedule import Schedule
from mailer.delivery import departed, departing, gate
from mailer.errors import NotReady
from mailer.house import House
from mailer.insights.arrivals import Folded
from mailer.people.customer import Customer, least_loaded
from mailer.people.staff import Staff
from mailer.pipeline.launch import approval_of
from mailer.pipeline.record import record
from mailer.prepared import Prepared
from mailer.segments import segment as segments
from mailer.segments.criteria import from_data
from mailer.segments.segment import Segment
from mailer.store import CHUNK, Urgency

ASKED = 500 * CHUNK  # customers the warehouse is asked for at once
TOGETHER = 10  # chunks in a transaction at most; see `_choose_some`
LOOK_BACK = timedelta(days=7)  # how far back an occurrence that nobody planned is still looked for
LATE = timedelta(minutes=10)  # a run planned later than this after its first instant is marked late
DAY_AHEAD = timedelta(hours=26)  # the first customer of a civil day is this far ahead of the last


def fold(house: House, now: datetime) -> Folded:
    """Bring the warehouse up to date with the truth, and with what is between customers and us."""
    record(house, now)
    with house.store.read() as session:
        return house.warehouse.fold(session, now)


def plan(house: House, now: datetime) -> list[int]:
    """Plan a run for every occurrence that came due; return the runs that still have recipients to choose."""
    if house.safe_mode:
        return []
    with house.store.write(Urgency.BULK) as session:
        for campaign in session.exec(select(Campaign).where(Campaign.state == CampaignState.APPROVED)):
            _plan(house, session, campaign, now)
        return [
            found
            for found in session.exec(
                select(Run.id).where(col(Run.state).in_([RunState.PLANNED, RunState.CHOOSING])).order_by(col(Run.id))
            )
            if found is not None
        ]


def _plan(house: House, session: Session, campaign: Campaign, now: datetime) -> None:
    approval = approval_of(house, session, campaign)
    segment = session.get_one(Segment, campaign.segment_id)
    if approval is None:
        return
    schedule = Schedule.from_data(campaign.schedule)
    limit = timedelta(hours=house.settings.scheduler.late_hours)
    for occurrence in schedule.occurrences(max(approval.at - DAY_AHEAD, now - LOOK_BACK), now):
        last = schedule.last_instant(occurrence)
        if last < approval.at:
            continue  # over before anybody said yes
        audience.plan(
            session,
            campaign,
            occurrence,
            segment.whole,
            segment.version,
            now,
            late=now > max(schedule.first_instant(occurrence), approval.at) + LATE,
            missed=now > last + limit,
        )


def choose(house: House, run_id: int, now: datetime) -> int:
    """Choose the recipients of a run, chunk by chunk, and put their messages into the outbox; return how many."""
    with house.store.read() as session:
        run = session.get_one(Run, run_id)
        after, criteria = run.cursor, from_data(run.criteria)
        campaign = session.get_one(Campaign, run.campaign_id)
        free = least_loaded(session)
        first = next(free, None)  # it counts when it is first asked, and goes on counting by itself
    free = chain([first], free) if first else free
    chosen, due = 0, dict[str, datetime]()
    while ids := segments.customers(house.warehouse, criteria, now, after=after, limit=ASKED):
        chunks = deque(ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))
        while chunks:
            made = _choose_some(house, run_id, campaign, after, chunks, free, now, due)
            if made is None:
                return chosen
            chosen += made.chosen
            after = made.cursor
            failpoints.reach("campaigns.chunk")
    with house.store.write(Urgency.BULK) as session:
        run = session.get_one(Run, run_id)
        if run.state in (RunState.PLANNED, RunState.CHOOSING) and run.cursor == after:
            run.state = RunState.CHOSEN
    return chosen


class _Made(NamedTuple):
    chosen: int
    cursor: int


def _choose_some(
    house: House, run_id: int, campaign: Campaign, after: int, chunks: deque[list[int]], free: Iterator[Staff],
    now: datetime, due: dict[str, datetime],
) -> _Made | None:  # fmt: skip
    """Choose among some chunks, in one transaction; None: it was cancelled, or somebody else goes on with it.

    As many as nobody has to wait for: a statement copies `CHUNK` rows at most, and as soon as somebody waits for the
    writer's place the transaction ends. So a button pressed meanwhile waits for one chunk, which takes 13 ms of a
    processor, and one commit: while a million were chosen on two cores that had twice the work they could do, it was
    answered within 106 ms (p99, twenty presses a second). A commit takes 5 us a row after ten chunks, 13 after one.
    """

    def judge(session: Session, ids: Sequence[int]) -> dict[int, str]:
        refusals = gate.refuse(session, campaign, ids, now, house.settings.gate)
        return {customer_id: refusal.no.value for customer_id, refusal in refusals.items()}

    clear = gate.clear_for(campaign, now, house.settings.gate)
    # an occurrence that a person started says by itself that it is UTC
    schedule = Schedule.from_data(campaign.schedule)
    chosen = 0
    with house.store.write(Urgency.BULK) as session:
        run = session.get_one(Run, run_id)
        if run.state not in (RunState.PLANNED, RunState.CHOOSING) or run.cursor != after:
            return None
        for _ in range(TOGETHER):
            ids = chunks.popleft()
            chosen += audience.choose(session, run, schedule, ids, judge, now, clear, due)
            _assign_representatives(session, run_id, after, ids[-1], free)
            departing.enqueue(session, run, campaign, now, house.settings.delivery.domain, after, set(due.values()))
            after = ids[-1]
            if not chunks or house.store.is_wanted:
                break
        departed.meet(session, run_id)
    return _Made(chosen, after)


_C, _R = Customer.metadata.tables["customer"], Recipient.metadata.tables["recipient"]
_LONELY = Prepared(
    sa.select(_C.c.id)
    .where(_C.c.representative_id.is_(None), _C.c.id > sa.bindparam("after"), _C.c.id <= sa.bindparam("last"))
    .where(
        sa.exists().where(
            _R.c.run_id == sa.bindparam("run"), _R.c.customer_id == _C.c.id, _R.c.state == RecipientState.CHOSEN
        )
    )
    .order_by(_C.c.id)
)  # by the index of representatives: who has none are few, or none
_ASSIGN = (
    sa.update(_C)
    .where(_C.c.id == sa.bindparam("whose"), _C.c.representative_id.is_(None))
    .values(representative_id=sa.bindparam("who"))
)


def _assign_representatives(session: Session, run_id: int, after: int, last: int, free: Iterator[Staff]) -> None:
    """Give every customer chosen between these their person, before the first email names one."""
    lonely = [customer_id for (customer_id,) in _LONELY.run(session, {"run": run_id, "after": after, "last": last})]
    given = [{"whose": customer_id, "who": staff.id} for customer_id, staff in zip(lonely, free, strict=False)]
    if len(given) < len(lonely):
        raise NotReady("nobody can answer customers yet: add a representative, or make one active")
    if given:
        session.execute(_ASSIGN, given)
