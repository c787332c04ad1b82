"""Which customers? A named question, its answer, and why one customer is in it."""

import re
from datetime import datetime
from typing import Any

from sqlmodel import Field, Session, SQLModel, select

from mailer.errors import Invalid
from mailer.insights.warehouse import Warehouse
from mailer.segments.criteria import Criteria, from_data
from mailer.segments.proof import Proof, prove
from mailer.store import ID, JSON, UTC

_SPREAD, _MOST = 2_654_435_761, 2**31  # Knuth's multiplicative hash: neighbours land far apart


class Segment(SQLModel, table=True):
    """A named question about customers."""

    __tablename__ = "segment"

    id: int | None = Field(default=None, primary_key=True, sa_type=ID)
    name: str = Field(unique=True)  # a slug: "win-back"; the file's name too
    title: str
    description: str = ""
    criteria: dict[str, Any] = Field(sa_type=JSON)  # the tree of segments.criteria, as data
    version: int = 1
    source: str = "form"  # "form", or the file it was read from
    created_at: datetime = Field(sa_type=UTC)
    updated_at: datetime = Field(sa_type=UTC)

    @property
    def tree(self) -> Criteria:
        """The question as a tree. Raises Invalid if a field it asks for is no longer there."""
        return from_data(self.criteria)


def save(
    session: Session,
    *,
    name: str,
    title: str,
    description: str,
    criteria: Criteria,
    now: datetime,
    source: str = "form",
) -> Segment:
    """Make the segment, or change it; its version rises when the question changes, for approvals are of a version.

    Raises:
        Invalid: the name is not a slug, or there is no title.
    """
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) or len(name) > 60:
        raise Invalid(f"a segment is named in small letters, digits and single hyphens, as win-back; not {name!r}")
    if not (title := title.strip()):
        raise Invalid("a segment needs a title")
    asked = criteria.to_data()
    segment = session.exec(select(Segment).where(Segment.name == name)).one_or_none()
    if segment is None:
        segment = Segment(name=name, title=title, criteria=asked, created_at=now, updated_at=now)
    elif segment.criteria != asked:
        segment.version += 1
        segment.criteria = asked
    segment.title, segment.description, segment.source, segment.updated_at = title, description.strip(), source, now
    session.add(segment)
    session.flush()
    return segment


def count(warehouse: Warehouse, criteria: Criteria, now: datetime) -> int:
    """Return how many customers are meant, as of the last fold."""
    meant = criteria.expression(warehouse.tables, now)
    return int(warehouse.rows(meant.aggregate(n=meant.count()))[0]["n"])


def customers(warehouse: Warehouse, criteria: Criteria, now: datetime, after: int = 0, limit: int = 500) -> list[int]:
    """Return the ids of customers who are meant, ascending, from the first above `after`."""
    meant = criteria.expression(warehouse.tables, now)
    return _ids(warehouse, meant.filter(meant.customer_id > after).order_by("customer_id").limit(limit))


def sample(warehouse: Warehouse, criteria: Criteria, now: datetime, n: int) -> list[int]:
    """Return some customers who are meant, spread over all of them, and the same ones each time."""
    meant = criteria.expression(warehouse.tables, now)
    spread = (meant.customer_id % _MOST) * _SPREAD % _MOST
    return _ids(warehouse, meant.order_by(spread, "customer_id").limit(n))


def why(warehouse: Warehouse, criteria: Criteria, customer_id: int, now: datetime) -> Proof:
    """Return why a customer is meant, or why not: each part, with its evidence."""
    return prove(warehouse, criteria, customer_id, now)


def _ids(warehouse: Warehouse, meant: Any) -> list[int]:
    return [row["customer_id"] for row in warehouse.rows(meant)]
