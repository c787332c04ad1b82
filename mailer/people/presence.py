"""When will somebody be here? Their working hours, less the times they are away."""

from collections.abc import Iterator
from datetime import datetime

from sqlmodel import Session, col, select

from mailer.people.hours import Hours, spans
from mailer.people.staff import Absence, Staff, WorkingHours

Span = tuple[datetime, datetime]


def here_between(session: Session, staff: Staff, since: datetime, until: datetime) -> Iterator[Span]:
    """Yield the spans in which `staff` is here, in order and cut to [since, until); none for who has left."""
    if not staff.active:
        return
    rows = session.exec(select(WorkingHours).where(WorkingHours.staff_id == staff.id)).all()
    week = [Hours(row.weekday, row.opens, row.closes) for row in rows]
    coming = select(Absence).where(Absence.staff_id == staff.id, Absence.ends_at > since, Absence.starts_at < until)
    away = session.exec(coming.order_by(col(Absence.starts_at))).all()
    for opens, closes in spans(week, staff.time_zone, since, (until - since).days + 2):
        left = max(opens, since)
        for each in away:
            if left < min(each.starts_at, closes, until):
                yield left, min(each.starts_at, closes, until)
            left = max(left, each.ends_at)
        if left < min(closes, until):
            yield left, min(closes, until)
