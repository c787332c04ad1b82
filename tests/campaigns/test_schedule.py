from datetime import UTC, date, datetime
from itertools import pairwise
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.campaigns.schedule import Schedule
from mailer.errors import Invalid

NOT_PLACES = {"Factory", "localtime"}
ZONES = st.sampled_from(sorted(available_timezones() - NOT_PLACES))
CIVIL = st.datetimes(datetime(1975, 1, 1), datetime(2037, 12, 31)).map(lambda at: at.strftime("%Y-%m-%dT%H:%M"))


def weekly(**more: object) -> Schedule:
    return Schedule.from_data({"kind": "weekly", "at": "09:00", "weekdays": [1], **more})


@given(CIVIL, ZONES)
def test_no_customer_is_due_before_the_first_instant_or_after_the_last(occurrence: str, zone: str) -> None:
    schedule = weekly()
    due = schedule.instant(occurrence, zone)
    assert schedule.first_instant(occurrence) <= due <= schedule.last_instant(occurrence)


SCHEDULES = st.one_of(
    st.fixed_dictionaries({"kind": st.just("daily")}),
    st.fixed_dictionaries({"kind": st.just("weekly"), "weekdays": st.lists(st.integers(0, 6), min_size=1)}),
    st.fixed_dictionaries({"kind": st.just("monthly"), "day": st.integers(1, 28)}),
    st.fixed_dictionaries({"kind": st.just("once"), "on": st.dates(date(2026, 1, 1), date(2026, 3, 1)).map(str)}),
).flatmap(
    lambda data: st.tuples(st.times(), ZONES | st.just("customer")).map(
        lambda more: {**data, "at": more[0].strftime("%H:%M"), "zone": more[1]}
    )
)


@given(SCHEDULES, st.lists(st.datetimes(datetime(2025, 12, 20), datetime(2026, 6, 1)), min_size=3, max_size=5))
def test_however_time_is_cut_each_occurrence_comes_once(data: dict[str, object], cuts: list[datetime]) -> None:
    schedule = Schedule.from_data(data)
    instants = sorted(cut.replace(tzinfo=UTC) for cut in cuts)
    whole = schedule.occurrences(instants[0], instants[-1])
    pieces = [each for a, b in pairwise(instants) for each in schedule.occurrences(a, b)]
    assert pieces == whole
    assert len(set(whole)) == len(whole)


@given(SCHEDULES)
def test_data_is_read_back_the_same(data: dict[str, object]) -> None:
    schedule = Schedule.from_data(data)
    assert Schedule.from_data(schedule.to_data()) == schedule


def test_every_day_of_a_year_with_two_changes_of_the_clock_fires_once() -> None:
    schedule = Schedule.from_data({"kind": "daily", "at": "02:30", "zone": "Europe/Berlin"})
    found = schedule.occurrences(datetime(2025, 12, 31, 12, tzinfo=UTC), datetime(2026, 12, 31, 12, tzinfo=UTC))
    assert len(found) == 365
    assert len({schedule.instant(each) for each in found}) == 365


def test_midnight_that_spring_skips_is_not_a_lost_day() -> None:
    schedule = Schedule.from_data({"kind": "daily", "at": "00:00", "zone": "America/Santiago"})
    assert schedule.instant("2026-09-06T00:00") == datetime(2026, 9, 6, 4, tzinfo=UTC)
    assert schedule.occurrences(datetime(2026, 9, 6, tzinfo=UTC), datetime(2026, 9, 6, 4, tzinfo=UTC)) == [
        "2026-09-06T00:00"
    ]


def test_a_customers_own_morning_fires_when_it_begins_in_kiritimati() -> None:
    schedule = weekly()
    found = schedule.occurrences(datetime(2026, 3, 16, 18, 59, tzinfo=UTC), datetime(2026, 3, 16, 19, 0, tzinfo=UTC))
    assert found == ["2026-03-17T09:00"]
    assert schedule.instant(found[0], "Pacific/Kiritimati") == datetime(2026, 3, 16, 19, tzinfo=UTC)
    assert schedule.instant(found[0], "Europe/Berlin") == datetime(2026, 3, 17, 8, tzinfo=UTC)


def test_nothing_fires_outside_its_dates() -> None:
    schedule = weekly(**{"from": "2026-03-10", "until": "2026-03-17"})
    assert schedule.occurrences(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)) == [
        "2026-03-10T09:00",
        "2026-03-17T09:00",
    ]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"kind": "weekly", "weekdays": [1]}, "every Tuesday at 9:05 in each customer's own time"),
        ({"kind": "weekly", "weekdays": [5, 0, 3]}, "every Monday, Thursday and Saturday at 9:05 in each customer's"),
        ({"kind": "weekly", "weekdays": [0, 1, 2, 3, 4]}, "every weekday at 9:05"),
        ({"kind": "daily", "zone": "Asia/Tokyo", "from": "2026-03-01"}, "every day at 9:05 (Asia/Tokyo), from 1 March"),
        ({"kind": "monthly", "day": 3}, "on day 3 of every month at 9:05"),
        ({"kind": "once", "on": "2026-11-21"}, "once, on 21 November 2026 at 9:05"),
    ],
)
def test_a_schedule_is_said_in_english(data: dict[str, object], sentence: str) -> None:
    assert Schedule.from_data({"at": "09:05", **data}).sentence().startswith(sentence)


@pytest.mark.parametrize(
    ("data", "named"),
    [
        ({"kind": "hourly", "at": "09:00"}, "kind"),
        ({"kind": "daily", "at": "9 o'clock"}, "at"),
        ({"kind": "daily"}, "at"),
        ({"kind": "daily", "at": "09:00", "zone": "Mars/Olympus"}, "time zone"),
        ({"kind": "daily", "at": "09:00", "zone": "../../etc/passwd"}, "time zone"),
        ({"kind": "weekly", "at": "09:00", "weekdays": []}, "weekdays"),
        ({"kind": "weekly", "at": "09:00", "weekdays": [7]}, "weekdays"),
        ({"kind": "monthly", "at": "09:00", "day": 31}, "day"),
        ({"kind": "once", "at": "09:00"}, "on"),
        ({"kind": "daily", "at": "09:00", "weekdays": [1]}, "weekdays"),
        ({"kind": "daily", "at": "09:00", "from": "2026-03-02", "until": "2026-03-01"}, "until"),
    ],
)
def test_a_wrong_schedule_is_refused_by_name(data: dict[str, object], named: str) -> None:
    with pytest.raises(Invalid, match=named):
        Schedule.from_data(data)
