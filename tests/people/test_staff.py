from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import Session

from mailer.errors import Invalid
from mailer.people.staff import (
    Absence,
    Role,
    Staff,
    WorkingHours,
    absence,
    face,
    here_between,
    hours_sentence,
    is_here,
    next_here,
    present,
    representatives,
    set_password,
)

NewStaff = Callable[..., Staff]


def test_somebody_is_here_within_their_hours_in_their_own_zone(
    session: Session, now: datetime, new_staff: NewStaff
) -> None:
    maya = new_staff("Maya Lindqvist")  # Monday, 10:00 UTC: 11:00 in Berlin, 6:00 in New York
    amara = new_staff("Amara Okafor", time_zone="America/New_York")
    assert is_here(session, maya.id, now)
    assert not is_here(session, amara.id, now)
    assert next_here(session, amara.id, now) == now + timedelta(hours=3)


def test_the_closing_time_itself_is_too_late(session: Session, now: datetime, new_staff: NewStaff) -> None:
    maya = new_staff("Maya Lindqvist")
    closes = now.replace(hour=16)
    assert is_here(session, maya.id, closes - timedelta(seconds=1))
    assert not is_here(session, maya.id, closes)


def test_after_friday_comes_monday(session: Session, now: datetime, new_staff: NewStaff) -> None:
    maya = new_staff("Maya Lindqvist")
    friday_evening = now + timedelta(days=4, hours=9)
    assert next_here(session, maya.id, friday_evening) == now.replace(hour=8) + timedelta(days=7)


def test_who_is_absent_is_back_when_the_absence_ends_or_at_their_next_hour(
    session: Session, now: datetime, new_staff: NewStaff
) -> None:
    maya, jonas = new_staff("Maya Lindqvist"), new_staff("Jonas Weber")
    away = Absence(
        staff_id=maya.id, deputy_id=jonas.id, starts_at=now - timedelta(days=1), ends_at=now + timedelta(hours=2)
    )
    session.add(away)
    session.flush()
    assert absence(session, maya.id, now) == away
    assert absence(session, jonas.id, now) is None
    assert not is_here(session, maya.id, now)
    assert next_here(session, maya.id, now) == now + timedelta(hours=2)
    away.ends_at = now + timedelta(hours=20)
    session.flush()
    assert next_here(session, maya.id, now) == now.replace(hour=8) + timedelta(days=1)


def test_absences_that_overlap_are_one(session: Session, now: datetime, new_staff: NewStaff) -> None:
    maya = new_staff("Maya Lindqvist")
    for begins, ends in ((-1, 1), (0, 3), (3, 4)):
        session.add(
            Absence(staff_id=maya.id, starts_at=now + timedelta(hours=begins), ends_at=now + timedelta(hours=ends))
        )
    session.flush()
    assert next_here(session, maya.id, now) == now + timedelta(hours=4)


def test_nobody_inactive_without_hours_or_unknown_is_ever_here(
    session: Session, now: datetime, new_staff: NewStaff
) -> None:
    gone, hourless = new_staff("Gone Away", active=False), new_staff("Hourless Soul", range(0))
    for staff_id in (gone.id, hourless.id, 999):
        assert next_here(session, staff_id, now) is None
        assert not is_here(session, staff_id, now)


def test_hours_are_said_in_words(session: Session, new_staff: NewStaff) -> None:
    assert hours_sentence(session, new_staff("Maya Lindqvist")) == "Monday to Friday, 9:00 to 17:00 (Berlin)"


def test_representatives_are_the_active_ones_by_name(session: Session, new_staff: NewStaff) -> None:
    maya, jonas = new_staff("Maya Lindqvist"), new_staff("Jonas Weber")
    new_staff("Gone Away", active=False)
    new_staff("Nora Feld", role=Role.MARKETER)
    assert session.exec(representatives()).all() == [jonas, maya]


def test_only_the_hash_of_a_password_is_kept(new_staff: NewStaff) -> None:
    maya = new_staff("Maya Lindqvist")
    assert not maya.accepts("")
    set_password(maya, "lifeline")
    assert maya.accepts("lifeline")
    assert not maya.accepts("Lifeline")
    assert maya.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    maya.active = False
    assert not maya.accepts("lifeline")


def test_a_short_password_is_refused(new_staff: NewStaff) -> None:
    with pytest.raises(Invalid, match="at least 8 characters"):
        set_password(new_staff("Maya Lindqvist"), "short")


def test_a_face_names_the_person(new_staff: NewStaff) -> None:
    assert 'aria-label="Maya Lindqvist"' in face(new_staff("Maya Lindqvist"))
    assert new_staff("Jonas Weber").first_name == "Jonas"


def test_all_at_once_are_here_as_each_of_them_is(session: Session, now: datetime, new_staff: NewStaff) -> None:
    people = [
        new_staff("Maya Lindqvist"),
        new_staff("Amara Okafor", time_zone="America/New_York"),
        new_staff("Away Today"),
        new_staff("Gone For Good", active=False),
        new_staff("Night Owl", time_zone="Pacific/Auckland"),
    ]
    session.add(Absence(staff_id=people[2].id, starts_at=now, ends_at=now + timedelta(hours=30)))
    session.flush()
    for hour in range(0, 24 * 8, 5):
        at = now + timedelta(hours=hour)
        assert [here for _, here in present(session, people, at)] == [is_here(session, each.id, at) for each in people]


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


def test_they_are_what_the_clock_on_their_wall_says_at_every_half_hour_of_a_month(
    session: Session, now: datetime
) -> None:
    """Over the change of clocks on 29 March, with absences that touch, overlap and hide whole days."""
    hours = [(3, 9), (5, 30), (30, 54), (96, 97), (97, 98), (200, 420)]
    away = [(now + timedelta(hours=a), now + timedelta(hours=b)) for a, b in hours]
    staff = somebody(session, now, *away)
    spans = list(here_between(session, staff, now, now + timedelta(days=30)))
    assert spans == sorted(spans)
    for each in range(30 * 48):
        at = now + timedelta(minutes=30 * each)
        wall = at.astimezone(ZoneInfo("Europe/Berlin"))
        works = wall.weekday() < 5 and 9 <= wall.hour < 17 and not any(gone <= at < back for gone, back in away)
        assert any(since <= at < until for since, until in spans) is works, at
        assert is_here(session, staff.id or 0, at) is works, at
