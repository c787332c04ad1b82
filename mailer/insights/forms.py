"""Which shapes do insights have? Each is Ibis over the events of one kind, for the library and for files alike.

At the end stands the table of the forms a file may declare (see insights.declared).

Those that look at all events of a customer together are tables of customer_id and the insight; the others are
reductions, of which many are computed in one pass. A *streak* goes up to this day or week, or to the one before if this
one has none yet: it is not broken while it may still go on. The *usual interval* is a median, for one long absence says
little about a habit, and is known from the third gap on.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

from mailer.insights.comparison import COMPARISONS
from mailer.insights.insight import Type, day_of
from mailer.insights.layout import PROPERTIES
from mailer.insights.told import carried
from mailer.late import ibis

YEAR = 365
NUMBER = (Type.INT, Type.FLOAT, Type.MONEY)
GAPS = 3  # the least that make an interval usual
WIDTHS = {"day": 1, "week": 7}  # of what a streak counts; a week begins on Monday
_THURSDAY = 3  # days from a Monday to the first day of all, 1970-01-01


def usual_interval(events: Any, today: int, name: str, days: int) -> Any:
    """Return how many days usually lie between two days with such an event, of the last so many days."""
    each = events.filter(events.day >= today - days).select("customer_id", "day").distinct()
    before = each.day.lag().over(ibis.window(group_by="customer_id", order_by="day"))
    gaps = each.mutate(gap=(each.day - before).cast("float64")).filter(lambda one: one.gap.notnull())
    usual = gaps.group_by("customer_id").aggregate(**{name: gaps.gap.median()}, gaps=gaps.count())
    return usual.filter(usual.gaps >= GAPS).drop("gaps")


def streak(events: Any, today: int, name: str, unit: str) -> Any:
    """Return how many days or weeks in a row had such an event, up to now."""
    width = WIDTHS[unit]
    shift = _THURSDAY if unit == "week" else 0
    now = (today + shift) // width
    spans = events.select("customer_id", span=(events.day + shift) // width).distinct()
    begun = spans.anti_join(spans.select("customer_id", span=spans.span + 1), ["customer_id", "span"])
    newest = spans.group_by("customer_id").aggregate(newest=spans.span.max())
    unbroken = newest.filter(newest.newest >= now - 1)
    first = begun.group_by("customer_id").aggregate(begun=begun.span.max())
    return unbroken.inner_join(first, "customer_id").select("customer_id", **{name: ibis._.newest - ibis._.begun + 1})


def most(events: Any, name: str, value: Any, weight: Any = None) -> Any:
    """Return the value with most events, or with the greatest sum of `weight`; of equals, the first by the alphabet."""
    asked = events.select("customer_id", value=value, weight=1 if weight is None else weight)
    summed = asked.group_by("customer_id", "value").aggregate(weight=asked.weight.sum().fill_null(0))
    known = summed.filter(summed.value.notnull())
    best = known.group_by("customer_id").aggregate(best=known.weight.max())
    equals = known.inner_join(best, ["customer_id", known.weight == best.best])
    return equals.group_by("customer_id").aggregate(**{name: equals.value.min()})


def newest(events: Any, name: str, value: Any, *, oldest: bool = False) -> Any:
    """Return what the newest event carries, or the oldest; of events at the same instant the id decides."""
    way = ibis.asc if oldest else ibis.desc
    order = ibis.window(group_by="customer_id", order_by=[way("at"), way("id")])
    asked = events.select("customer_id", "at", "id", **{name: value}).mutate(place=ibis.row_number().over(order))
    return asked.filter(asked.place == 0).select("customer_id", name)


def next_anniversary(first: Any, today: int) -> Any:
    """Return the date on which the day of an instant comes round again, today or later; 29 February counts as 28."""
    first = first.date()
    so_far = ibis.greatest(day_of(today).year - first.year(), 1)
    soon = first + so_far.as_interval("Y")
    later = first + (so_far + 1).as_interval("Y")
    return ibis.ifelse(soon.cast("date") >= ibis.literal(day_of(today)), soon, later).cast("date")


def rounded(number: Any) -> Any:
    """Return the nearest whole number, of two the greater: stores differ in how they round a half by themselves."""
    return (number + 0.5).floor()


def days_until(day: Any, today: int) -> Any:
    """Return how many days from today a date is."""
    return day.cast("timestamp").epoch_seconds() // 86_400 - today


@dataclass(frozen=True, slots=True)
class Condition:
    """What a property of an event has to be."""

    field: str
    kind: Type
    op: str
    value: Any = None

    def holds(self, events: Any) -> Any:
        """Return whether an event is such; what is not known is not."""
        return COMPARISONS[self.op](carried(events, self.field, self.kind), self.value).fill_null(False)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is computed: of which events, and of which of their properties."""

    name: str
    event: str
    kind: Type
    of: str = ""  # the property
    days: int | None = None
    unit: str = ""
    where: tuple[Condition, ...] = ()

    def such(self, events: Any) -> Any:
        """Return whether an event meets every condition."""
        return reduce(operator.and_, (each.holds(events) for each in self.where))

    def mask(self, events: Any, today: int, youngest: int = 0, oldest: int | None = None) -> Any:
        """Return whether an event counts, or None if every one does."""
        oldest = self.days if oldest is None else oldest
        asked = [self.such(events)] if self.where else []
        asked += [events.day >= today - oldest] if oldest is not None else []
        asked += [events.day <= today - youngest] if youngest else []
        return reduce(operator.and_, asked) if asked else None

    def only(self, events: Any, today: int) -> Any:
        """Return the events that count."""
        mask = self.mask(events, today)
        return events if mask is None else events.filter(mask)

    def told(self, events: Any, kind: Type | None = None) -> Any:
        """Return the property; a number nobody declared is read as one with a fraction, and rounded in the end."""
        kind = PROPERTIES.get(self.of) or kind or self.kind
        return carried(events, self.of, Type.FLOAT if kind in NUMBER and not self.own else kind)

    @property
    def own(self) -> bool:
        """Whether the property has a column of its own."""
        return self.of in PROPERTIES

    def whole(self, value: Any) -> Any:
        """Return a value as whole as the insight is."""
        return value if self.kind is Type.FLOAT or self.own else rounded(value)


Compute = Callable[[Asked, Any, int], Any]


@dataclass(frozen=True, slots=True)
class Form:
    """A common form: what it takes beside the event, of which type it is, and how it is computed."""

    compute: Compute
    kinds: tuple[Type, ...]
    of: str = ""  # a property is "needed", "may" be given, or "" not
    days: str = ""
    unit: str = ""
    units: tuple[str, ...] = ()  # those there are, if it means something
    none: int | None = None
    daily: int = 0
    lasts: bool = False  # without days it stays as it is when nothing happens
    window: bool = False  # with days it is a window


def _added(asked: Asked, events: Any, mask: Any) -> Any:
    return asked.told(events).sum(where=mask) if asked.of else events.count(where=mask)


def _first_or_last(asked: Asked, events: Any, today: int, *, oldest: bool) -> Any:
    if not asked.of:
        at, mask = events["at"], asked.mask(events, today)
        return at.min(where=mask) if oldest else at.max(where=mask)
    those = asked.only(events, today)
    value = asked.told(those)
    value = asked.whole(value) if asked.kind in NUMBER else value
    return newest(those, asked.name, value, oldest=oldest)


def _most_frequent(asked: Asked, events: Any, today: int) -> Any:
    those = asked.only(events, today)
    return most(those, asked.name, asked.told(those))


def _ratio(asked: Asked, events: Any, today: int) -> Any:
    days = asked.days or 0
    lately = _added(asked, events, asked.mask(events, today))
    before = _added(asked, events, asked.mask(events, today, youngest=days + 1, oldest=2 * days))
    return lately.fill_null(0) / before.nullif(0).cast("float64")


def _anniversary(asked: Asked, events: Any, today: int) -> Any:
    first = events["at"].min(where=asked.mask(events, today))
    return days_until(next_anniversary(first, today), today)


FORMS: Mapping[str, Form] = {
    "count": Form(lambda asked, events, today: _added(asked, events, asked.mask(events, today)), (Type.INT,),
                  days="may", none=0, lasts=True, window=True),
    "sum": Form(lambda asked, events, today: asked.whole(_added(asked, events, asked.mask(events, today))),
                (Type.FLOAT, Type.MONEY, Type.INT), "needed", "may", none=0, lasts=True, window=True),
    "first": Form(lambda asked, events, today: _first_or_last(asked, events, today, oldest=True),
                  (Type.TEXT, Type.INT, Type.FLOAT, Type.MONEY), "may", lasts=True),
    "last": Form(lambda asked, events, today: _first_or_last(asked, events, today, oldest=False),
                 (Type.TEXT, Type.INT, Type.FLOAT, Type.MONEY), "may", lasts=True),
    "most_frequent": Form(_most_frequent, (Type.TEXT,), "needed", "may", lasts=True),
    "distinct": Form(
        lambda asked, events, today: asked.told(events, Type.TEXT).nunique(where=asked.mask(events, today)),
        (Type.INT,), "needed", "may", none=0, lasts=True),
    "days_since": Form(lambda asked, events, today: today - events.day.max(where=asked.mask(events, today)),
                       (Type.INT,), unit="day", daily=1),
    "usual_interval": Form(
        lambda asked, events, today: usual_interval(
            asked.only(events, today), today, asked.name, YEAR if asked.days is None else asked.days
        ), (Type.FLOAT,), days="may", unit="day"),
    "streak": Form(lambda asked, events, today: streak(asked.only(events, today), today, asked.name, asked.unit),
                   (Type.INT,), unit="week", units=tuple(WIDTHS), none=0),
    "ratio": Form(_ratio, (Type.FLOAT,), "may", "needed", unit="time"),
    "anniversary": Form(_anniversary, (Type.INT,), unit="day", daily=-1),
}  # fmt: skip
