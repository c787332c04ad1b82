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

from mailer.insights.insight import day_number, day_of
from mailer.insights.warehouse import Asking, Warehouse
from mailer.late import ibis

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
    settled: bool = False  # no event was told with a time to come, so that none has to be left out

    @property
    def names(self) -> tuple[str, ...]:
        """The zones that are asked about; a zone that is not among them is asked as the first of them is."""
        return ("UTC", *every_zone()) if self.zones is None else self.zones or ("UTC",)

    @property
    def days(self) -> tuple[int, ...]:
        """Today in each zone: when nothing is to come, a question about civil days depends on no other instant."""
        return tuple(place(name).day(self.at) for name in self.names)

    @property
    def literal(self) -> Any:
        """This instant as the warehouse keeps instants: in UTC, without saying so."""
        return instant(self.at)

    def groups(self, days: DaysMeant) -> dict[Instants, list[str]]:
        """Return the instants that days mean, each with its zones."""
        found: dict[Instants, list[str]] = {}
        for name in self.names:
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
        for name in self.names:
            groups.setdefault(days(place(name).day(self.at)), []).append(name)
        asked = {spans: _within(column, spans, lambda day: ibis.literal(day_of(day))) for spans in groups}
        return _by_zone(asked, groups, zone)

    def anniversary(self, column: Any, zone: Any, days: Callable[[int], Sequence[int]]) -> Any:
        """Ask whether the day of the year of a past date is among those that are meant, as month * 100 + day."""
        groups: dict[int, list[str]] = {}
        for name in self.names:
            groups.setdefault(place(name).day(self.at), []).append(name)
        of_year = column.month().cast("int64") * 100 + column.day().cast("int64")
        asked = {today: of_year.isin(days(today)) & (column < ibis.literal(day_of(today))) for today in groups}
        return _by_zone(asked, groups, zone)

    def during(self, events: Any, insights: Any, days: DaysMeant) -> Any:
        """Return the events, none later than now, in the days that are meant.

        The zone is looked up only for those on which zones disagree: at the edges of the days.
        """
        groups = self.groups(days)
        if len(groups) == 1:
            return events.filter(_within(events["at"], next(iter(groups)), instant))
        sure, edges = _sure(list(groups), self.at)
        unsure = events.filter(_within(events["at"], edges, instant)) if edges else events
        placed = unsure.inner_join(insights.select("customer_id", "time_zone"), "customer_id")
        inside = placed.filter(self.inside(placed["at"], placed.time_zone, days)).select(*events.columns)
        if not sure:
            return inside
        certain = events.filter(_within(events["at"], sure, instant)).select(*events.columns)
        return certain.union(inside) if edges else certain


def moment(asked: Warehouse | Asking, now: datetime) -> Moment:
    """Return `now`, with what has to be known of the warehouse's customers and events."""
    if isinstance(asked, Warehouse):
        with asked.asking() as asking:
            return moment(asking, now)
    state = asked.state
    return Moment(now, state.zones, state.newest <= now)


def _sure(groups: Sequence[Instants], now: datetime) -> tuple[Instants, Instants]:
    """Return the instants that are meant in every zone, and those that are in some: both empty if it cannot be told."""
    if any(len(spans) != 1 for spans in groups):
        return (), ()
    lows, highs = zip(*(spans[0] for spans in groups), strict=True)
    if all(high is None or high > now for high in highs):  # nothing lies there
        highs = (None,)
    first, low = (None, None) if None in lows else (min(lows), max(lows))
    high, last = (None, None) if None in highs else (min(highs), max(highs))
    if low and high and low >= high:
        return (), ((first, last),)
    edges = [(first, low)] if low else []
    return ((low, high),), (*edges, *([(high, last)] if high else []))


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
