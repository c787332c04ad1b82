from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.people.hours import Hours, sentence, spans

OFFICE = [Hours(day, "09:00", "17:00") for day in range(5)]
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Tokyo", "Australia/Lord_Howe", "America/Los_Angeles", "UTC")


@pytest.mark.parametrize(
    ("week", "words"),
    [
        (OFFICE, "Monday to Friday, 9:00 to 17:00 (Berlin)"),
        ([*OFFICE, Hours(5, "10:00", "14:00")], "Monday to Friday, 9:00 to 17:00; Saturday, 10:00 to 14:00 (Berlin)"),
        ([OFFICE[0], OFFICE[2], OFFICE[4]], "Monday, Wednesday and Friday, 9:00 to 17:00 (Berlin)"),
        ([OFFICE[0], OFFICE[1]], "Monday and Tuesday, 9:00 to 17:00 (Berlin)"),
        ([*OFFICE[:3], OFFICE[4]], "Monday to Wednesday and Friday, 9:00 to 17:00 (Berlin)"),
        ([], "no fixed hours"),
    ],
)
def test_hours_are_said_in_words(week: list[Hours], words: str) -> None:
    assert sentence(week, "Europe/Berlin") == words


def test_the_city_is_named_as_people_write_it() -> None:
    assert sentence(OFFICE[:1], "America/New_York").endswith("(New York)")


def test_nine_in_berlin_stays_nine_when_the_clocks_change() -> None:
    friday = datetime(2026, 3, 27, 0, 0, tzinfo=UTC)  # the clocks change on Sunday, 29 March
    opens = [begin for begin, _ in spans(OFFICE, "Europe/Berlin", friday, 5)]
    assert [f"{each:%a %H:%M}" for each in opens] == ["Thu 08:00", "Fri 08:00", "Mon 07:00", "Tue 07:00"]


def test_hours_that_close_before_they_open_run_past_midnight() -> None:
    monday = datetime(2026, 3, 16, 12, 0, tzinfo=UTC)
    ((opens, closes),) = spans([Hours(0, "22:00", "06:00")], "UTC", monday, 2)
    assert closes - opens == timedelta(hours=8)


def test_a_day_that_closes_at_24_00_ends_at_midnight() -> None:
    monday = datetime(2026, 3, 16, 12, 0, tzinfo=UTC)
    ((_, closes),) = spans([Hours(0, "08:00", "24:00")], "UTC", monday, 2)
    assert closes == datetime(2026, 3, 17, tzinfo=UTC)


@given(
    since=st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),
    zone=st.sampled_from(ZONES),
    days=st.sets(st.integers(0, 6)),
)
def test_spans_come_in_order_and_open_at_the_civil_time_that_was_promised(
    since: datetime, zone: str, days: set[int]
) -> None:
    found = list(spans([Hours(day, "09:00", "17:00") for day in days], zone, since, 14))
    assert all(earlier[1] < later[0] for earlier, later in pairwise(found))
    for opens, closes in found:
        there = opens.astimezone(ZoneInfo(zone))
        assert (there.weekday() in days, f"{there:%H:%M}") == (True, "09:00")
        assert f"{closes.astimezone(ZoneInfo(zone)):%H:%M}" == "17:00"
