"""What is in the truth that the warehouse may not have yet?

Events are read by id, customers by (updated_at, id). Neither is the order of commits:

- **Events.** PostgreSQL hands an id out before its row is committed, so a lower id may appear after a higher one. The
  ids that are not there when the cursor goes past them are kept as *gaps*, and asked for again at each fold until they
  are an hour old: no transaction of ours lives that long. What is still missing then was rolled back. Only the newest
  gaps are kept, for what is in flight lies near the head. SQLite has one writer, and no such gaps.
- **Customers.** `updated_at` is told by whoever changes the row, before the commit, and an import tells one instant for
  all of its rows. So for the hour before the cursor both stores are compared: for each instant the number of customers
  and the sum of their ids. Where these differ, that instant is read again.
- **Customers who are gone.** Whoever was deleted from the truth has to be forgotten here too, so both stores are
  counted, and their ids compared where the counts differ.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session

from mailer.insights.events import Event
from mailer.people.customer import Customer
from mailer.store import CHUNK

BATCH = 20_000  # rows read at once
LATE = timedelta(hours=1)  # no transaction of ours lives longer
GAPS = 500  # how many are kept

EVENT = ("id", "customer_id", "name", "at", "properties")
CUSTOMER = ("customer_id", "first_name", "language", "time_zone", "attributes", "created_at", "updated_at")
Rows = Sequence[Sequence[Any]]

_E: Any = Event.__table__.c  # type: ignore[attr-defined]
_C: Any = Customer.__table__.c  # type: ignore[attr-defined]
_events = sa.select(  # an instant as the driver gives it: without a zone it is UTC
    _E.id, _E.customer_id, _E.name, sa.type_coerce(_E.at, sa.DateTime), sa.cast(_E.properties, sa.Text)
).order_by(_E.id)
_customers = sa.select(
    _C.id, _C.first_name, _C.language, _C.time_zone, sa.cast(_C.attributes, sa.Text), _C.created_at, _C.updated_at
).order_by(_C.updated_at, _C.id)


@dataclass(frozen=True, slots=True)
class Folded:
    """How many events and customers a fold brought, and how many customers it forgot."""

    events: int
    customers: int
    gone: int = 0


class Gap(NamedTuple):
    """Ids, both ends included, that were not there when the cursor went past them."""

    first: int
    last: int
    seen_at: datetime


def events(session: Session, after: int) -> Iterator[Rows]:
    """Yield the events with an id above `after`, in order, in batches of rows as `EVENT` names them."""
    while rows := session.execute(_events.where(_E.id > after).limit(BATCH)).all():
        yield rows
        after = rows[-1][0]


def late_events(session: Session, gaps: Sequence[Gap]) -> Iterator[Rows]:
    """Yield the events that have turned up in gaps."""
    for start in range(0, len(gaps), 100):
        inside = sa.or_(*(_E.id.between(gap.first, gap.last) for gap in gaps[start : start + 100]))
        after = 0
        while rows := session.execute(_events.where(inside, _E.id > after).limit(BATCH)).all():
            yield rows
            after = rows[-1][0]


def missing(gap: Gap, present: Sequence[int]) -> Iterator[Gap]:
    """Yield what of a gap is left when the ids `present`, in order, are there."""
    first = gap.first
    for id_ in (*(id_ for id_ in present if gap.first <= id_ <= gap.last), gap.last + 1):
        if id_ > first:
            yield Gap(first, id_ - 1, gap.seen_at)
        first = id_ + 1


def customers(session: Session, at: datetime, id_: int) -> Iterator[Rows]:
    """Yield the customers changed after (at, id), in order, in batches of rows as `CUSTOMER` names them."""
    while True:
        later = sa.or_(_C.updated_at > at, sa.and_(_C.updated_at == at, _C.id > id_))
        rows = session.execute(_customers.where(later).limit(BATCH)).all()
        if not rows:
            return
        yield rows
        at, id_ = rows[-1][-1], rows[-1][0]


def how_many(session: Session) -> int:
    """Return how many customers there are."""
    return int(session.execute(sa.select(sa.func.count()).select_from(Customer)).scalar_one())


def gone(session: Session, known: Iterable[int]) -> list[int]:
    """Return those of these ids that no customer has any more."""
    there = set(session.execute(sa.select(_C.id)).scalars())
    return [id_ for id_ in known if id_ not in there]


def late_customers(
    session: Session, since: datetime, until: datetime, folded: Mapping[datetime, tuple[int, int]]
) -> Iterator[Rows]:
    """Yield the customers changed at an instant from `since` to `until` for which `folded` has other sums."""
    changed = _C.updated_at
    sums = (
        sa.select(changed, sa.func.count(), sa.func.sum(_C.id)).where(changed.between(since, until)).group_by(changed)
    )
    differing = [at for at, count, total in session.execute(sums) if folded.get(at) != (count, int(total))]
    for start in range(0, len(differing), CHUNK):
        yield session.execute(_customers.where(changed.in_(differing[start : start + CHUNK]))).all()
