from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import example, given
from hypothesis import strategies as st

from mailer.campaigns.civil import instant

ZONES = st.sampled_from(sorted(available_timezones() - {"Factory", "localtime"}))
CIVIL = st.datetimes(datetime(1975, 1, 1), datetime(2037, 12, 31)).map(lambda at: at.strftime("%Y-%m-%dT%H:%M"))
SECOND = timedelta(seconds=1)


def civil(at: datetime, zone: str) -> str:
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None).isoformat()


@given(CIVIL, ZONES)
@example("2026-03-29T02:30", "Europe/Berlin")
@example("2026-09-06T00:00", "America/Santiago")
@example("2011-12-30T09:00", "Pacific/Apia")
@example("2026-10-04T02:15", "Australia/Lord_Howe")
def test_an_instant_is_the_civil_time_or_the_first_one_after_a_gap(occurrence: str, zone: str) -> None:
    found = instant(occurrence, zone)
    said = f"{occurrence}:00"
    assert civil(found, zone) >= said
    if civil(found, zone) > said:
        assert civil(found - SECOND, zone) < said, "the second before is before the gap"


@given(CIVIL, ZONES)
@example("2026-10-25T02:30", "Europe/Berlin")
@example("2026-04-05T01:45", "Australia/Lord_Howe")
def test_of_a_repeated_hour_the_first_one_counts(occurrence: str, zone: str) -> None:
    found = instant(occurrence, zone)
    assert all(civil(found - timedelta(minutes=m), zone) != f"{occurrence}:00" for m in (30, 60, 120, 1440))


@given(st.datetimes(datetime(1975, 1, 1), datetime(2037, 12, 31)), st.integers(1, 4000), ZONES)
def test_later_civil_times_are_never_earlier_instants(start: datetime, minutes: int, zone: str) -> None:
    # a day and more apart: within one, a clock set back may overtake
    later = start + timedelta(days=1, minutes=minutes)
    assert instant(start.strftime("%Y-%m-%dT%H:%M"), zone) <= instant(later.strftime("%Y-%m-%dT%H:%M"), zone)


def test_a_run_started_by_hand_is_utc_in_every_zone() -> None:
    assert instant("2026-03-16T10:00Z", "Asia/Tokyo") == datetime(2026, 3, 16, 10, tzinfo=UTC)
