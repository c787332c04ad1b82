"""When does a day begin, where each customer lives?

A question that speaks of days ("in the last 30 days", "on 1 March", "an anniversary within a week") means civil days in
the customer's own zone: a day begins at the first instant at which the clock there shows its date, and ends where the
next one begins. In spring that may be one o'clock, and some days last 23 or 25 hours. A zone nobody knows is UTC.

Time zones stay out of the warehouse, so that every one of them answers alike: the spans of days a question means are
turned into instants here, for each zone customers live in, and the warehouse only compares instants. Zones with the
same instants are asked about together.
"""

import operator
import zoneinfo
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache, reduce
from typing import Any

import ibis

from mailer.insights.insight import day_number, day_of
from mailer.insights.warehouse import Warehouse

Span = tuple[int | None, int | None]  # from a day, up to before another one; None has no end
Spans = tuple[Span, ...]
DaysMeant = Callable[[int], Spans]  # today -> the days that are meant
Instants = tuple[tuple[datetime | None, datetime | None], ...]


class Place:
    """The civil days of one zone."""

    def __init__(self, zone: str) -> None:
        try:
            self.zone: Any = zoneinfo.ZoneInfo(zone)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            self.zone = UTC

    def start(self, day: int) -> datetime:
        """Return the first instant of a day: of two midnights the first, after a gap the first there is."""
        return datetime.combine(day_of(day), time(), self.zone).astimezone(UTC)

    def day(self, at: datetime) -> int:
        """Return the day an instant lies in."""
        number = day_number(at.astimezone(self.zone).date())
        if at >= self.start(number + 1):  # the clock was put back over midnight, and shows yesterday again
            return number + 1
        return number

    def instants(self, spans: Spans) -> Instants:
        """Turn spans of days into spans of instants."""
        return tuple(
            (None if low is None else self.start(low), None if high is None else self.start(high))
            for low, high in spans
        )


@lru_cache(maxsize=1_000)
def place(zone: str) -> Place:
    """Return the civil days of a zone."""
    return Place(zone)


@lru_cache(maxsize=1)
def every_zone() -> tuple[str, ...]:
    """Return the zones there are."""
    return tuple(sorted(zoneinfo.available_timezones()))


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant, and the zones customers live in; without zones, every one there is."""

    at: datetime
    zones: tuple[str, ...] | None = None

    @property
    def literal(self) -> Any:
        """This instant as the warehouse keeps instants: in UTC, without saying so."""
        return instant(self.at)

    def groups(self, days: DaysMeant) -> dict[Instants, list[str]]:
        """Return the instants that days mean, each with its zones; those of UTC are the first."""
        found: dict[Instants, list[str]] = {}
        for name in ("UTC", *(every_zone() if self.zones is None else self.zones)):
            there = place(name)
            found.setdefault(there.instants(days(there.day(self.at))), []).append(name)
        return found

    def inside(self, column: Any, zone: Any, days: DaysMeant) -> Any:
        """Ask whether an instant lies in the days that are meant, where `zone` says."""
        groups = self.groups(days)
        asked = {spans: _within(column, spans, instant) for spans in groups}
        return _by_zone(asked, groups, zone)

    def inside_dates(self, column: Any, zone: Any, days: DaysMeant) -> Any:
        """Ask the same of a date without an hour, as a birthday: it is the same day everywhere, but today is not."""
        groups: dict[Spans, list[str]] = {}
        for name in ("UTC", *(every_zone() if self.zones is None else self.zones)):
            groups.setdefault(days(place(name).day(self.at)), []).append(name)
        asked = {spans: _within(column, spans, lambda day: ibis.literal(day_of(day))) for spans in groups}
        return _by_zone(asked, groups, zone)

    def anniversary(self, column: Any, zone: Any, days: Callable[[int], Sequence[int]]) -> Any:
        """Ask whether the day of the year of a past date is among those that are meant, as month * 100 + day."""
        groups: dict[int, list[str]] = {}
        for name in ("UTC", *(every_zone() if self.zones is None else self.zones)):
            groups.setdefault(place(name).day(self.at), []).append(name)
        of_year = column.month().cast("int64") * 100 + column.day().cast("int64")
        asked = {today: of_year.isin(days(today)) & (column < ibis.literal(day_of(today))) for today in groups}
        return _by_zone(asked, groups, zone)

    def during(self, events: Any, insights: Any, days: DaysMeant) -> Any:
        """Return the events in the days that are meant; the zone is looked up only where zones disagree."""
        groups = self.groups(days)
        if len(groups) == 1:
            return events.filter(_within(events["at"], next(iter(groups)), instant))
        lows = [low for spans in groups for low, _ in spans]
        if lows and all(low is not None for low in lows):
            events = events.filter(events["at"] >= instant(min(low for low in lows if low)))
        placed = events.inner_join(insights.select("customer_id", "time_zone"), "customer_id")
        return placed.filter(self.inside(placed["at"], placed.time_zone, days)).drop("time_zone")


def moment(warehouse: Warehouse, now: datetime) -> Moment:
    """Return `now`, with the zones this warehouse's customers live in."""
    asked = warehouse.tables.insights.select("time_zone").distinct()
    return Moment(now, tuple(sorted(row["time_zone"] for row in warehouse.rows(asked) if row["time_zone"])))


def instant(at: datetime) -> Any:
    """Return an instant as an Ibis literal."""
    return ibis.literal(at.astimezone(UTC).replace(tzinfo=None), "timestamp(6)")


def number(day: str) -> int:
    """Return the number of a day written as 2026-11-21."""
    return day_number(date.fromisoformat(day))


def _within(column: Any, spans: Sequence[tuple[Any, Any]], literal: Callable[[Any], Any]) -> Any:
    """Ask whether a column lies in one of the spans; of no value the answer is null."""
    if not spans:
        return ibis.literal(value=False)
    return _any([_one(column, low, high, literal) for low, high in spans])


def _any(asked: Sequence[Any]) -> Any:
    """Join questions evenly: a long chain of them would be a deep one."""
    half = len(asked) // 2
    return asked[0] if len(asked) == 1 else _any(asked[:half]) | _any(asked[half:])


def _one(column: Any, low: Any, high: Any, literal: Callable[[Any], Any]) -> Any:
    asked = [column >= literal(low)] if low is not None else []
    asked += [column < literal(high)] if high is not None else []
    return reduce(operator.and_, asked) if asked else column.notnull()


def _by_zone(asked: dict[Any, Any], groups: dict[Any, list[str]], zone: Any) -> Any:
    """Choose among the questions by zone; a zone that is not named is asked as UTC is."""
    (_, default), *others = asked.items()
    if not others:
        return default
    named = [name for spans in list(groups)[1:] for name in groups[spans]]
    chosen = default & ~zone.isin(named)
    return reduce(operator.or_, (zone.isin(groups[spans]) & question for spans, question in others), chosen)
