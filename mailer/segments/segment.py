"""Which customers? A named question, its answer, and why one customer is in it.

A question may name other segments. They are looked up when it is asked, and what is asked then is one tree without
names; a run and an approval keep that tree, so that a change of the inner segment is a change of the outer one.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import count as count_up
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import object_session
from sqlmodel import Field, Session, SQLModel, col, select

from mailer.errors import Invalid
from mailer.insights.warehouse import Warehouse
from mailer.segments.criteria import SLUG, Criteria, from_data, looked_up, members
from mailer.segments.meant import Overlap, count, customers, overlap, sample
from mailer.segments.proof import Proof
from mailer.segments.prover import prove, prove_each
from mailer.store import ID, JSON, UTC

__all__ = [
    "Overlap", "Segment", "SegmentVersion", "archive", "count", "customers", "delete", "duplicate", "overlap", "sample",
    "save", "share", "used_by", "versions", "whole", "why", "why_each", "without_questions",
]  # fmt: skip


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
    starred: bool = False  # the first of the list
    archived_at: datetime | None = Field(
        default=None, sa_type=UTC
    )  # since then it is offered nowhere; it still answers

    @property
    def tree(self) -> Criteria:
        """The question as a tree. Raises Invalid if a field or a segment it asks for is no longer there."""
        return from_data(self.whole)

    @property
    def whole(self) -> dict[str, Any]:
        """The question as data, with those of the segments it names inside; what an approval and a run are of."""
        if not members(self.criteria):
            return self.criteria
        session = object_session(self)
        if session is None:
            raise Invalid(f"the segment {self.name} asks for others, and has left the session that could look them up")
        return whole(session, self.criteria, self.name)  # type: ignore[arg-type]


class SegmentVersion(SQLModel, table=True):
    """A question as it was: each version of a segment, for ever."""

    __tablename__ = "segment_version"
    __table_args__ = (UniqueConstraint("segment_id", "version"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=ID)
    segment_id: int = Field(sa_type=ID, index=True)  # no foreign key: what a run remembers outlives the segment
    name: str
    version: int
    title: str
    criteria: dict[str, Any] = Field(sa_type=JSON)
    source: str
    at: datetime = Field(sa_type=UTC)


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
        Invalid: the name is not a slug, there is no title, or it asks for a segment that is not there, or for itself.
    """
    if not re.fullmatch(SLUG, name) or len(name) > 60:
        raise Invalid(f"a segment is named in small letters, digits and single hyphens, as win-back; not {name!r}")
    if not (title := title.strip()):
        raise Invalid("a segment needs a title")
    asked = without_questions(criteria.to_data())
    from_data(whole(session, asked, name))
    segment = session.exec(select(Segment).where(Segment.name == name)).one_or_none()
    fresh = segment is None or segment.criteria != asked
    if segment is None:
        segment = Segment(name=name, title=title, criteria=asked, created_at=now, updated_at=now)
    elif fresh:
        segment.version = max(segment.version, _newest(session, segment)) + 1
        segment.criteria = asked
    segment.title, segment.description, segment.source, segment.updated_at = title, description.strip(), source, now
    session.add(segment)
    session.flush()
    if fresh:
        kept = segment.model_dump(include={"name", "version", "title", "criteria", "source"})
        session.add(SegmentVersion(segment_id=segment.id or 0, at=now, **kept))
        session.flush()
    return segment


def whole(session: Session, data: Mapping[str, Any], name: str = "") -> dict[str, Any]:
    """Return a question as data, with those of the segments it names inside; `name` is the segment's own.

    Raises:
        Invalid: one of them is not there, or asks for this one.
    """

    def lookup(asked: str) -> Mapping[str, Any] | None:
        return session.exec(select(Segment.criteria).where(Segment.name == asked)).one_or_none()

    return looked_up(data, lookup, (name,) if name else ())


def without_questions(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data of a question with segments by name only, as it is kept."""
    told = {key: value for key, value in data.items() if not (key == "is" and "segment" in data)}
    for key in ("all", "any"):
        if key in told:
            told[key] = [without_questions(part) for part in told[key]]
    if "not" in told:
        told["not"] = without_questions(told["not"])
    return told


def used_by(session: Session, name: str) -> list[str]:
    """Return the names of the segments that ask for this one."""
    others = session.exec(select(Segment).order_by(Segment.name)).all()
    return [each.name for each in others if name in members(each.criteria)]


def delete(session: Session, segment: Segment, campaigns: Sequence[str]) -> None:
    """Delete a segment that nobody uses; its versions stay, for the runs that remember them.

    `campaigns` are the names of those that use it: they lie on a floor above.

    Raises:
        Invalid: a campaign or another segment uses it; the message names them.
    """
    _unused(session, segment, campaigns, "deleted")
    session.delete(segment)
    session.flush()


def archive(session: Session, segment: Segment, campaigns: Sequence[str], now: datetime) -> None:
    """Put a segment that nobody uses into the archive: it is offered nowhere, until it is taken out again.

    Raises:
        Invalid: a campaign or another segment uses it; the message names them.
    """
    _unused(session, segment, campaigns, "archived")
    segment.archived_at, segment.starred = now, False
    session.add(segment)


def duplicate(session: Session, segment: Segment, now: datetime) -> Segment:
    """Make another segment that asks the same, under a name of its own."""
    taken = set(session.exec(select(Segment.name)))
    stem = f"{segment.name[:50].rstrip('-')}-copy"
    name = next(each for n in count_up(1) if (each := stem if n == 1 else f"{stem}-{n}") not in taken)
    return save(
        session,
        name=name,
        title=f"{segment.title} (copy)",
        description=segment.description,
        criteria=from_data(segment.criteria),
        now=now,
    )


def _unused(session: Session, segment: Segment, campaigns: Sequence[str], what: str) -> None:
    others = used_by(session, segment.name)
    users = [f"the campaign {name}" for name in campaigns] + [f"the segment {name}" for name in others]
    if users:
        raise Invalid(f"the segment {segment.name} cannot be {what}: it is used by {', '.join(users)}")


def versions(session: Session, name: str) -> Sequence[SegmentVersion]:
    """Return every version of a segment, the newest first."""
    order = col(SegmentVersion.at).desc(), col(SegmentVersion.version).desc()
    return session.exec(select(SegmentVersion).where(SegmentVersion.name == name).order_by(*order)).all()


def share(warehouse: Warehouse, criteria: Criteria, now: datetime) -> tuple[int, int]:
    """Return how many customers are meant, and how many there are."""
    return count(warehouse, criteria, now), warehouse.counts()["customers"]


def why(warehouse: Warehouse, criteria: Criteria, customer_id: int, now: datetime) -> Proof:
    """Return why a customer is meant, or why not: each part, with its evidence."""
    return prove(warehouse, criteria, customer_id, now)


def why_each(warehouse: Warehouse, criteria: Criteria, customer_ids: Sequence[int], now: datetime) -> dict[int, Proof]:
    """Return the same of several customers, by id, for hardly more than of one."""
    return prove_each(warehouse, criteria, customer_ids, now)


def _newest(session: Session, segment: Segment) -> int:
    kept = select(SegmentVersion.version).where(SegmentVersion.segment_id == segment.id)
    return max(session.exec(kept).all(), default=0)
