"""Whose time has come, and whom do we write to?

A run is planned once per occurrence, and its recipients are chosen chunk by chunk: the cursor moves in the transaction
that writes the chunk, so that a crash goes on where it was. A run that comes too late is recorded as missed, never
silently skipped.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from mailer import failpoints
from mailer.campaigns import audience
from mailer.campaigns.campaign import Campaign, CampaignState, Recipient, RecipientState, Run, RunState
from mailer.campaigns.schedule import Schedule
from mailer.delivery import departed, gate, outbox
from mailer.house import House
from mailer.insights.fold import Folded
from mailer.people.customer import Customer
from mailer.pipeline.launch import approval_of
from mailer.pipeline.record import record
from mailer.segments import segment as segments
from mailer.segments.criteria import from_data
from mailer.segments.segment import Segment
from mailer.store import CHUNK, Urgency

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
    chosen = 0
    while (chunk := _choose_chunk(house, run_id, now)) is not None:
        chosen += chunk
        failpoints.reach("campaigns.chunk")
    return chosen


def _choose_chunk(house: House, run_id: int, now: datetime) -> int | None:
    with house.store.read() as session:
        run = session.get_one(Run, run_id)
        after, criteria = run.cursor, from_data(run.criteria)
    ids = segments.customers(house.warehouse, criteria, now, after=after, limit=CHUNK)
    with house.store.write(Urgency.BULK) as session:
        run = session.get_one(Run, run_id)
        if run.state not in (RunState.PLANNED, RunState.CHOOSING) or run.cursor != after:
            return None  # cancelled, or somebody else goes on with it
        if not ids:
            run.state = RunState.CHOSEN
            return None
        campaign = session.get_one(Campaign, run.campaign_id)
        customers = session.exec(select(Customer).where(col(Customer.id).in_(ids)).order_by(col(Customer.id))).all()

        def judge(session: Session, asked: Sequence[Customer]) -> dict[int, str]:
            refusals = gate.judge_customers(session, campaign, asked, now, house.settings.gate)
            return {customer_id: refusal.no.value for customer_id, refusal in refusals.items()}

        recipients = audience.choose(session, run, campaign, _schedule(campaign, run), customers, judge, now)
        run.cursor = max(ids)
        by_id = {customer.id: customer for customer in customers if customer.id is not None}
        _assign_representatives(session, recipients, by_id)
        chosen = [recipient for recipient in recipients if recipient.state is RecipientState.CHOSEN]
        made = outbox.enqueue(session, run, campaign, chosen, by_id, now, house.settings.delivery.domain)
        departed.meet(session, run_id)
        return made


def _schedule(campaign: Campaign, run: Run) -> Schedule:
    """Return the schedule that `run` fires by: a run started by hand is due at once, wherever the customer lives."""
    if run.occurrence.endswith("Z"):
        return Schedule.from_data(
            {"kind": "once", "on": run.occurrence[:10], "at": run.occurrence[11:16], "zone": "UTC"}
        )
    return Schedule.from_data(campaign.schedule)


def _assign_representatives(session: Session, recipients: list[Recipient], customers: dict[int, Customer]) -> None:
    """Give every chosen customer their person before the first email names one."""
    from mailer.people.customer import representative

    for recipient in recipients:
        customer = customers[recipient.customer_id]
        if recipient.state is RecipientState.CHOSEN and customer.representative_id is None:
            representative(session, customer)
