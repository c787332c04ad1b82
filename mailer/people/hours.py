"""When is somebody here? Working hours are civil times in their own zone.

Hours that close at or before they open run past midnight. Nobody's hours follow UTC: nine in Berlin stays nine in
Berlin when the clocks change. A time that a spring change skips is taken as the instant it would have been.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import NamedTuple
from zoneinfo import ZoneInfo

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Hours(NamedTuple):
    """One weekday's hours: Monday is 0, times are "09:00"; "24:00" is the end of the day."""

    weekday: int
    opens: str
    closes: str


def spans(week: Sequence[Hours], zone: str, since: datetime, days: int) -> Iterator[tuple[datetime, datetime]]:
    """Yield each (opens, closes) in UTC, in order, from the day before `since` for so many days."""
    first = since.astimezone(ZoneInfo(zone)).date() - timedelta(days=1)
    by_weekday = {hours.weekday: hours for hours in week}
    for day in (first + timedelta(days=n) for n in range(days + 1)):
        if hours := by_weekday.get(day.weekday()):
            opens, closes = _minutes(hours.opens), _minutes(hours.closes)
            yield _instant(day, opens, zone), _instant(day, closes if closes > opens else closes + 1440, zone)


def sentence(week: Sequence[Hours], zone: str) -> str:
    """Say the hours in words: "Monday to Friday, 9:00 to 17:00; Saturday, 10:00 to 14:00 (Berlin)"."""
    if not week:
        return "no fixed hours"
    same: dict[tuple[str, str], list[int]] = {}
    for hours in sorted(week):
        same.setdefault((hours.opens, hours.closes), []).append(hours.weekday)
    parts = [f"{_days(days)}, {_short(opens)} to {_short(closes)}" for (opens, closes), days in same.items()]
    return f"{'; '.join(parts)} ({zone.rpartition('/')[2].replace('_', ' ')})"


def _days(days: Sequence[int]) -> str:
    """Name weekdays, joining three or more in a row: "Monday to Wednesday, Friday and Sunday"."""
    names: list[str] = []
    for _, together in groupby(enumerate(days), lambda pair: pair[1] - pair[0]):
        run = [WEEKDAYS[day] for _, day in together]
        names += run if len(run) < 3 else [f"{run[0]} to {run[-1]}"]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _short(time: str) -> str:
    return time.removeprefix("0")


def _minutes(time: str) -> int:
    hour, _, minute = time.partition(":")
    return int(hour) * 60 + int(minute)


def _instant(day: date, minutes: int, zone: str) -> datetime:
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
    return (midnight + timedelta(minutes=minutes)).astimezone(UTC)  # civil arithmetic: the zone's own day
