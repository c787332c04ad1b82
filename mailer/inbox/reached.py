"""How easily did customers reach a person, and how fast did one answer?

An answer is timed in working hours of whoever gave it: who writes on Saturday evening and is answered on Monday at nine
waited no time in which anybody was there. The wait as the customer felt it, nights and Sundays included, stands beside.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from mailer.delivery.message import Kind, Message, State
from mailer.inbox.conversation import Conversation, Entry, EntryKind
from mailer.people.hours import Hours, spans
from mailer.people.staff import Staff, WorkingHours

MOST = 5_000  # conversations that are timed, the newest


@dataclass(frozen=True, slots=True)
class Answered:
    """One conversation's first answer."""

    staff_id: int | None
    opened_at: datetime
    answered_at: datetime | None
    worked: timedelta = timedelta()  # of the wait, what lay in working hours

    @property
    def waited(self) -> timedelta:
        """The wait as the customer felt it."""
        return self.answered_at - self.opened_at if self.answered_at else timedelta()


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a number of conversations were answered."""

    begun: int
    answered: int
    median: timedelta | None
    ninety: timedelta | None  # nine of ten were answered within it
    felt: timedelta | None  # the median as customers felt it


def sent(session: Session, since: datetime) -> int:
    """Return how many emails of campaigns left since then: each a way to reach a person."""
    left = Message.kind == Kind.CAMPAIGN, Message.state == State.SENT, col(Message.handed_over_at) >= since
    return session.exec(select(func.count()).select_from(Message).where(*left)).one()


def conversations(session: Session, since: datetime) -> list[Answered]:
    """Return every conversation begun since then with its first answer, the newest first."""
    first = (
        select(col(Entry.conversation_id).label("talk"), func.min(Entry.id).label("entry"))
        .where(Entry.kind == EntryKind.ANSWER)
        .group_by(col(Entry.conversation_id))
        .subquery()
    )
    asked = (
        select(Conversation.opened_at, Conversation.first_answer_at, Entry.staff_id)
        .join(first, first.c.talk == Conversation.id, isouter=True)
        .join(Entry, col(Entry.id) == first.c.entry, isouter=True)
        .where(Conversation.opened_at >= since)
        .order_by(col(Conversation.opened_at).desc())
        .limit(MOST)
    )
    weeks, zones = _weeks(session)
    found = []
    for opened, answered, staff_id in session.exec(asked):
        worked = timedelta()
        if answered:
            week = weeks.get(staff_id or 0, ())
            worked = within_hours(week, zones.get(staff_id or 0, "UTC"), opened, answered)
        found.append(Answered(staff_id if answered else None, opened, answered, worked))
    return found


def within_hours(week: Sequence[Hours], zone: str, since: datetime, until: datetime) -> timedelta:
    """Return how much of the time between two instants lay in working hours; all of it, where there are none."""
    if not week:
        return max(until - since, timedelta())
    days = (until - since).days + 3
    return sum(
        (max(min(closes, until) - max(opens, since), timedelta()) for opens, closes in spans(week, zone, since, days)),
        timedelta(),
    )


def pace(found: Iterable[Answered]) -> Pace:
    """Say how fast these were answered."""
    all_of_them = list(found)
    done = [each for each in all_of_them if each.answered_at]
    worked = sorted(each.worked for each in done)
    return Pace(
        begun=len(all_of_them),
        answered=len(done),
        median=quantile(worked, 0.5),
        ninety=quantile(worked, 0.9),
        felt=quantile(sorted(each.waited for each in done), 0.5),
    )


def quantile(ordered: Sequence[timedelta], share: float) -> timedelta | None:
    """Return the least wait that this share of them did not exceed; None of nothing."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else None


def _weeks(session: Session) -> tuple[dict[int, list[Hours]], dict[int, str]]:
    weeks: dict[int, list[Hours]] = {}
    for row in session.exec(select(WorkingHours)):
        weeks.setdefault(row.staff_id, []).append(Hours(row.weekday, row.opens, row.closes))
    return weeks, {staff.id or 0: staff.time_zone for staff in session.exec(select(Staff))}
