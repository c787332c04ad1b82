from datetime import datetime, timedelta

from sqlmodel import Session

from mailer.people.presence import here_between
from mailer.people.staff import Absence, Role, Staff, WorkingHours, is_here


def somebody(session: Session, now: datetime, *away: tuple[datetime, datetime], zone: str = "Europe/Berlin") -> Staff:
    staff = Staff(email=f"{zone}{len(away)}@x", name="Maya", role=Role.REPRESENTATIVE, time_zone=zone, created_at=now)
    session.add(staff)
    session.flush()
    session.add_all(WorkingHours(staff_id=staff.id or 0, weekday=day) for day in range(5))
    session.add_all(Absence(staff_id=staff.id or 0, starts_at=since, ends_at=until) for since, until in away)
    session.flush()
    return staff


def test_an_absence_in_the_middle_of_a_day_leaves_both_its_ends(session: Session, now: datetime) -> None:
    hour = timedelta(hours=1)  # Maya is here from 8 to 16 UTC, and it is 10
    staff = somebody(session, now, (now + hour, now + 2 * hour), (now + 3 * hour, now + 30 * hour))
    spans = list(here_between(session, staff, now, now + timedelta(days=2)))
    assert spans == [(now, now + hour), (now + 2 * hour, now + 3 * hour), (now + 46 * hour, now + 48 * hour)]


def test_who_has_left_is_never_here(session: Session, now: datetime) -> None:
    staff = somebody(session, now)
    staff.active = False
    assert list(here_between(session, staff, now, now + timedelta(days=7))) == []


def test_it_agrees_with_is_here_at_every_half_hour_of_a_month(session: Session, now: datetime) -> None:
    """Over the change of clocks on 29 March, with absences that touch, overlap and hide whole days."""
    hours = [(3, 9), (5, 30), (30, 54), (96, 97), (97, 98), (200, 420)]
    staff = somebody(session, now, *((now + timedelta(hours=a), now + timedelta(hours=b)) for a, b in hours))
    spans = list(here_between(session, staff, now, now + timedelta(days=30)))
    assert spans == sorted(spans)
    for each in range(30 * 48):
        at = now + timedelta(minutes=30 * each)
        assert any(since <= at < until for since, until in spans) is is_here(session, staff.id or 0, at), at
