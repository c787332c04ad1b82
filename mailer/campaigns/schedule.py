"""When does a campaign fire, and which instant is that for one customer?

A schedule speaks of civil time ("Tuesdays at 9:00") and a zone: a named one, or each customer's own. An *occurrence* is
a civil time without an offset, "2026-03-29T09:00"; it is a run's unique key. So the hour that autumn repeats is one run
and not two, and a time that spring skips maps to the first instant after the gap instead of disappearing.
"""

import calendar
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from mailer.campaigns.civil import civil, instant, zone_of
from mailer.errors import Invalid

CUSTOMER = "customer"  # the zone of whoever gets the email
EARLIEST = timedelta(hours=14)  # Kiritimati, UTC+14, is the first to see a civil time …
LATEST = timedelta(hours=12)  # … and UTC-12 the last
KINDS = ("once", "daily", "weekly", "monthly")
_KEYS = {
    "once": {"on"},
    "daily": {"from", "until"},
    "weekly": {"weekdays", "from", "until"},
    "monthly": {"day", "from", "until"},
}


@dataclass(frozen=True, slots=True)
class Schedule:
    """Civil times at which a campaign fires, and the zone they are read in."""

    kind: str
    at: time
    zone: str = CUSTOMER
    on: date | None = None  # once
    weekdays: tuple[int, ...] = ()  # weekly; Monday is 0
    day: int = 1  # monthly; at most 28, so that every month has it
    starts: date | None = None
    ends: date | None = None

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Schedule":
        """Read a schedule from plain data.

        Raises:
            Invalid: the message names the key, and what it may be.
        """
        kind = data.get("kind")
        if kind not in KINDS:
            raise Invalid(f"schedule.kind is {kind!r}; give one of {', '.join(KINDS)}")
        if unknown := set(data) - {"kind", "at", "zone"} - _KEYS[kind]:
            raise Invalid(f"schedule.{min(unknown)} is not known for {kind}; known: {', '.join(sorted(_KEYS[kind]))}")
        zone = str(data.get("zone", CUSTOMER))
        if zone != CUSTOMER:
            zone_of(zone)
        starts, ends = _date(data, "from"), _date(data, "until")
        if starts and ends and ends < starts:
            raise Invalid("schedule.until is before schedule.from; exchange them")
        on = _date(data, "on")
        if kind == "once" and on is None:
            raise Invalid("schedule.on is missing; give the day, as 2026-11-21")
        weekdays = tuple(sorted(set(data.get("weekdays", ()))))
        if kind == "weekly" and (not weekdays or any(day not in range(7) for day in weekdays)):
            raise Invalid("schedule.weekdays has to name at least one day, Monday 0 to Sunday 6")
        day = data.get("day", 1)
        if not isinstance(day, int) or not 1 <= day <= 28:
            raise Invalid("schedule.day has to be 1 to 28, so that every month has it")
        return cls(kind, _time(data), zone, on, weekdays, day, starts, ends)

    def to_data(self) -> dict[str, Any]:
        """Return the plain data that `from_data` reads back."""
        data: dict[str, Any] = {"kind": self.kind, "at": f"{self.at:%H:%M}", "zone": self.zone}
        if self.kind == "weekly":
            data["weekdays"] = list(self.weekdays)
        if self.kind == "monthly":
            data["day"] = self.day
        for key, value in (("on", self.on), ("from", self.starts), ("until", self.ends)):
            if value:
                data[key] = value.isoformat()
        return data

    def sentence(self) -> str:
        """Return the schedule in English: "every Tuesday at 9:00 in each customer's own time"."""
        where = "in each customer's own time" if self.zone == CUSTOMER else f"({self.zone})"
        said = f"{self._days()} at {self.at.hour}:{self.at:%M} {where}"
        if self.starts:
            said += f", from {_english(self.starts)}"
        if self.ends:
            said += f", until {_english(self.ends)}"
        return said

    def occurrences(self, since: datetime, until: datetime) -> list[str]:
        """Return the civil times, oldest first, whose first instant anywhere lies in (since, until]."""
        days = _each_day(since.astimezone(UTC).date() - timedelta(days=2), until.astimezone(UTC).date())
        named = (f"{day:%Y-%m-%d}T{self.at:%H:%M}" for day in days if self._fires_on(day))
        return [each for each in named if since < self.first_instant(each) <= until]

    def instant(self, occurrence: str, zone: str | None = None) -> datetime:
        """Return when `occurrence` is in `zone` (of the customer; not needed where the schedule names its own)."""
        return instant(occurrence, self.zone if self.zone != CUSTOMER else zone or "UTC")

    def first_instant(self, occurrence: str) -> datetime:
        """Return the first instant at which it is due for anybody on Earth."""
        if self.zone == CUSTOMER and not occurrence.endswith("Z"):
            return civil(occurrence).replace(tzinfo=UTC) - EARLIEST
        return self.instant(occurrence)

    def last_instant(self, occurrence: str) -> datetime:
        """Return the last instant at which it becomes due for anybody."""
        if self.zone == CUSTOMER and not occurrence.endswith("Z"):
            return civil(occurrence).replace(tzinfo=UTC) + LATEST
        return self.instant(occurrence)

    def _fires_on(self, day: date) -> bool:
        if (self.starts and day < self.starts) or (self.ends and day > self.ends):
            return False
        match self.kind:
            case "once":
                return day == self.on
            case "weekly":
                return day.weekday() in self.weekdays
            case "monthly":
                return day.day == self.day
        return True

    def _days(self) -> str:
        match self.kind:
            case "once":
                return f"once, on {_english(self.on)}" if self.on else "once"
            case "weekly" if self.weekdays == (0, 1, 2, 3, 4):
                return "every weekday"
            case "weekly" if len(self.weekdays) < 7:
                names = [calendar.day_name[day] for day in self.weekdays]
                return "every " + " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
            case "monthly":
                return f"on day {self.day} of every month"
        return "every day"


def _each_day(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 2):
        yield first + timedelta(days=number)


def _time(data: Mapping[str, Any]) -> time:
    given = data.get("at")
    if isinstance(given, time):
        return given.replace(second=0, microsecond=0, tzinfo=None)
    try:
        return datetime.strptime(str(given), "%H:%M").time()  # noqa: DTZ007
    except ValueError as error:
        raise Invalid(f"schedule.at is {given!r}; give a time of day as 09:00") from error


def _date(data: Mapping[str, Any], key: str) -> date | None:
    given = data.get(key)
    if given is None or given == "":
        return None
    try:
        return given if isinstance(given, date) else date.fromisoformat(str(given))
    except ValueError as error:
        raise Invalid(f"schedule.{key} is {given!r}; give a day as 2026-11-21") from error


def _english(day: date) -> str:
    return f"{day.day} {calendar.month_name[day.month]} {day.year}"
