"""Which shapes do insights have? Each is Ibis over the events of one kind, for the library and for files alike.

Those that look at all events of a customer together are tables of customer_id and the insight; the others are
reductions, of which many are computed in one pass. A *streak* goes up to this day or week, or to the one before if this
one has none yet: it is not broken while it may still go on. The *usual interval* is a median, for one long absence says
little about a habit, and is known from the third gap on.
"""

from typing import Any

import ibis

from mailer.insights.insight import day_of

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
    spans = events.select("customer_id", span=(events.day + shift) // width).distinct()
    by_customer = ibis.window(group_by="customer_id", order_by=ibis.desc("span"))
    spans = spans.mutate(place=ibis.row_number().over(by_customer), newest=spans.span.max().over(by_customer))
    unbroken = (spans.newest >= (today + shift) // width - 1) & (spans.span + spans.place == spans.newest)
    return spans.filter(unbroken).group_by("customer_id").aggregate(**{name: lambda one: one.count()})


def most(events: Any, name: str, value: Any, weight: Any = None) -> Any:
    """Return the value with most events, or with the greatest sum of `weight`; of equals, the first by the alphabet."""
    asked = events.select("customer_id", value=value, weight=1 if weight is None else weight)
    summed = asked.group_by("customer_id", "value").aggregate(weight=asked.weight.sum().fill_null(0))
    order = ibis.window(group_by="customer_id", order_by=[ibis.desc("weight"), ibis.asc("value")])
    first = summed.filter(summed.value.notnull()).mutate(place=ibis.row_number().over(order))
    return first.filter(first.place == 0).select("customer_id", **{name: first.value})


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


def days_until(day: Any, today: int) -> Any:
    """Return how many days from today a date is."""
    return day.cast("timestamp").epoch_seconds() // 86_400 - today
