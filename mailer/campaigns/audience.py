"""Who gets this run? Its customers are looked at once, in chunks; each is chosen, or left out with the reason kept.

A run is unique by campaign and occurrence, a recipient by run and customer, and by run and address. The cursor moves in
the transaction that writes its chunk, so that a crash goes on where it was and a repeated chunk changes nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, func, select

from mailer.bulk import insert_many
from mailer.campaigns.campaign import Campaign, Recipient, RecipientState, Run, RunState
from mailer.campaigns.schedule import Schedule
from mailer.errors import Invalid

SAME_ADDRESS = "same_address"  # another customer of this run has it; one email an address

_RECIPIENTS: sa.Table = Recipient.metadata.tables["recipient"]  # Core, not ORM: many rows
_OF_EACH = ("customer_id", "address", "state", "reason", "due_at")
_IDS = sa.select(_RECIPIENTS.c.customer_id, _RECIPIENTS.c.id).where(
    _RECIPIENTS.c.run_id == sa.bindparam("run"),
    _RECIPIENTS.c.customer_id.between(sa.bindparam("first"), sa.bindparam("last")),
)
_TAKEN = sa.select(_RECIPIENTS.c.address).where(
    _RECIPIENTS.c.run_id == sa.bindparam("run"),
    _RECIPIENTS.c.address.in_(sa.bindparam("addresses", expanding=True)),
)


class Person(Protocol):
    """What is looked at of a customer: a `Customer`, or a row of just these columns."""

    @property
    def id(self) -> int | None: ...  # noqa: D102
    @property
    def email(self) -> str: ...  # noqa: D102
    @property
    def time_zone(self) -> str: ...  # noqa: D102


class Looked(NamedTuple):
    """A recipient, as its row is now."""

    id: int
    customer_id: int
    address: str
    state: RecipientState
    reason: str
    due_at: datetime


Judge = Callable[[Session, Sequence[Person]], Mapping[int, str]]


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
    customers: Sequence[Person],
    judge: Judge,
    now: datetime,
) -> list[Looked]:
    """Choose among one chunk of customers, given by ascending id; return those that were not looked at before.

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
    due = {zone: _due(schedule, run.occurrence, zone) for zone in {customer.time_zone for _, customer in fresh}}
    rows: list[tuple[int, str, RecipientState, str, datetime]] = []
    for customer_id, customer in fresh:
        reason, address = refused.get(customer_id, ""), customer.email
        if address in taken:
            reason, address = SAME_ADDRESS, f"{address} (customer {customer_id})"
        taken.add(address)
        state = RecipientState.LEFT_OUT if reason else RecipientState.CHOSEN
        rows.append((customer_id, address, state, reason, due[customer.time_zone]))
    ids: dict[int, int] = {}
    if rows:
        insert_many(session, _RECIPIENTS, {"run_id": run.id, "chosen_at": now}, _OF_EACH, rows)
        given = {"run": run.id, "first": rows[0][0], "last": rows[-1][0]}
        ids = {row[0]: row[1] for row in session.execute(_IDS, given)}
        run.cursor = fresh[-1][0]
    run.state = RunState.CHOOSING
    session.add(run)
    session.flush()
    return [Looked(ids[row[0]], *row) for row in rows]


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
    return set(session.execute(_TAKEN, {"run": run.id, "addresses": list(addresses)}).scalars())


def _due(schedule: Schedule, occurrence: str, zone: str) -> datetime:
    try:
        return schedule.instant(occurrence, zone)
    except Invalid:  # of a zone that nobody knows: better by UTC than not at all
        return schedule.instant(occurrence, "UTC")
