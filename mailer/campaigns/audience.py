"""Who gets this run? Its customers are looked at once, in chunks; each is chosen, or left out with the reason kept.

A run is unique by campaign and occurrence, a recipient by run and customer, and by run and address. The cursor moves in
the transaction that writes its chunk, so that a crash goes on where it was and a repeated chunk changes nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from mailer.campaigns.campaign import Campaign, Recipient, RecipientState, Run, RunState
from mailer.campaigns.schedule import Schedule
from mailer.errors import Invalid
from mailer.people.customer import Customer

SAME_ADDRESS = "same_address"  # another customer of this run has it; one email an address

_RECIPIENTS: sa.Table = Recipient.metadata.tables["recipient"]  # Core, not ORM: many rows
Judge = Callable[[Session, Sequence[Customer]], Mapping[int, str]]


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
    campaign: Campaign,
    schedule: Schedule,
    customers: Sequence[Customer],
    judge: Judge,
    now: datetime,
) -> list[Recipient]:
    """Choose among one chunk of customers, given by ascending id; return a row for each that was not looked at before.

    `judge` says why some are left out: customer id -> reason. No customers at all means that the run is chosen.
    """
    if run.state not in (RunState.PLANNED, RunState.CHOOSING):
        return []
    if not customers:
        run.state = RunState.CHOSEN
        session.add(run)
        return []
    fresh = [(customer.id, customer) for customer in customers if customer.id is not None and customer.id > run.cursor]
    refused = judge(session, [customer for _, customer in fresh])
    taken = _taken(session, run, [customer.email for _, customer in fresh])
    rows = []
    for customer_id, customer in fresh:
        reason, address = refused.get(customer_id, ""), customer.email
        if address in taken:
            reason, address = SAME_ADDRESS, f"{address} (customer {customer_id})"
        taken.add(address)
        rows.append(
            {
                "run_id": run.id,
                "customer_id": customer_id,
                "address": address,
                "state": RecipientState.LEFT_OUT if reason else RecipientState.CHOSEN,
                "reason": reason,
                "due_at": _due(schedule, run.occurrence, customer.time_zone),
                "chosen_at": now,
            }
        )
    if rows:
        session.execute(sa.insert(_RECIPIENTS), rows)
        run.cursor = fresh[-1][0]
    run.state = RunState.CHOOSING
    session.add(run)
    session.flush()
    ids = [customer_id for customer_id, _ in fresh]
    mine = select(Recipient).where(Recipient.run_id == run.id, col(Recipient.customer_id).in_(ids))
    return list(session.exec(mine.order_by(col(Recipient.customer_id))))


def left_out(session: Session, run_id: int) -> dict[str, int]:
    """Return how many were left out of a run, by reason, the most frequent first."""
    asked = (
        select(Recipient.reason, func.count())
        .where(Recipient.run_id == run_id, Recipient.state == RecipientState.LEFT_OUT)
        .group_by(Recipient.reason)
        .order_by(func.count().desc(), Recipient.reason)
    )
    return dict(session.exec(asked).all())


def _taken(session: Session, run: Run, addresses: Sequence[str]) -> set[str]:
    asked = select(Recipient.address).where(Recipient.run_id == run.id, col(Recipient.address).in_(addresses))
    return set(session.exec(asked))


def _due(schedule: Schedule, occurrence: str, zone: str) -> datetime:
    try:
        return schedule.instant(occurrence, zone)
    except Invalid:  # of a zone that nobody knows: better by UTC than not at all
        return schedule.instant(occurrence, "UTC")
