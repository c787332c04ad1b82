"""Whose time has come, and whom do we write to?

A run is planned once per occurrence, and its recipients are chosen chunk by chunk: the cursor moves in the transaction
that writes the chunk, so that a crash goes on where it was. A run that comes too late is recorded as missed, never
silently skipped.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain

import sqlalchemy as sa
from sqlmodel import Session, col, select

from mailer import failpoints
from mailer.campaigns import audience
from mailer.campaigns.audience import Looked, Person
from mailer.campaigns.campaign import Campaign, CampaignState, RecipientState, Run, RunState
from mailer.campaigns.schedule import Schedule
from mailer.delivery import departed, gate, outbox
from mailer.errors import NotReady
from mailer.house import House
from mailer.insights.fold import Folded
from mailer.people.customer import Customer, least_loaded
from mailer.people.staff import Staff
from mailer.pipeline.launch import approval_of
from mailer.pipeline.record import record
from mailer.segments import segment as segments
from mailer.segments.criteria import from_data
from mailer.segments.segment import Segment
from mailer.store import CHUNK, Urgency

ASKED = 50 * CHUNK  # customers the warehouse is asked for at once
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
    chosen = 0
    while ids := segments.customers(house.warehouse, criteria, now, after=after, limit=ASKED):
        for start in range(0, len(ids), CHUNK):
            made = _choose_chunk(house, run_id, campaign, after, ids[start : start + CHUNK], free, now)
            if made is None:
                return chosen
            chosen, after = chosen + made, ids[min(start + CHUNK, len(ids)) - 1]
            failpoints.reach("campaigns.chunk")
    with house.store.write(Urgency.BULK) as session:
        run = session.get_one(Run, run_id)
        if run.state in (RunState.PLANNED, RunState.CHOOSING) and run.cursor == after:
            run.state = RunState.CHOSEN
    return chosen


def _choose_chunk(
    house: House, run_id: int, campaign: Campaign, after: int, ids: list[int], free: Iterator[Staff], now: datetime
) -> int | None:
    """Choose among these; None: it was cancelled, or somebody else goes on with it."""

    def judge(session: Session, asked: Sequence[Person]) -> dict[int, str]:
        refusals = gate.judge_customers(session, campaign, asked, now, house.settings.gate)
        return {customer_id: refusal.no.value for customer_id, refusal in refusals.items()}

    schedule = Schedule.from_data(
        campaign.schedule
    )  # an occurrence that a person started says by itself that it is UTC
    with house.store.write(Urgency.BULK) as session:
        run = session.get_one(Run, run_id)
        if run.state not in (RunState.PLANNED, RunState.CHOOSING) or run.cursor != after:
            return None
        customers = session.execute(_CUSTOMERS, {"ids": ids}).all()
        looked = audience.choose(session, run, campaign, schedule, customers, judge, now)
        run.cursor = ids[-1]
        chosen = [recipient for recipient in looked if recipient.state is RecipientState.CHOSEN]
        theirs = {customer.id: customer.representative_id for customer in customers}
        _assign_representatives(session, chosen, theirs, free)
        made = outbox.enqueue(session, run, campaign, chosen, theirs, now, house.settings.delivery.domain)
        departed.meet(session, run_id)
        return made


_C = Customer.metadata.tables["customer"]
_CUSTOMERS = (
    sa.select(_C.c.id, _C.c.email, _C.c.time_zone, _C.c.representative_id)
    .where(_C.c.id.in_(sa.bindparam("ids", expanding=True)))
    .order_by(_C.c.id)
)
_ASSIGN = (
    sa.update(_C)
    .where(_C.c.id == sa.bindparam("whose"), _C.c.representative_id.is_(None))
    .values(representative_id=sa.bindparam("who"))
)


def _assign_representatives(
    session: Session, chosen: Sequence[Looked], theirs: dict[int, int | None], free: Iterator[Staff]
) -> None:
    """Give every chosen customer their person before the first email names one."""
    lonely = [each.customer_id for each in chosen if theirs[each.customer_id] is None]
    given = {customer_id: staff.id for customer_id, staff in zip(lonely, free, strict=False)}
    if len(given) < len(lonely):
        raise NotReady("nobody can answer customers yet: add a representative, or make one active")
    if given:
        session.execute(_ASSIGN, [{"whose": whose, "who": who} for whose, who in given.items()])
        theirs.update(given)
