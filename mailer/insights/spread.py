"""How are customers spread over an insight, and what is it made of? For the page of each, with three small questions.

Numbers fall into about ten ranges of a round width around the middle of most of them; what lies far out is counted in
the first or the last range, which has no end. A time falls into its month, or its year where they reach further; of
texts the most frequent are shown. Whoever has none is counted apart.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from mailer.insights.insight import INSIGHTS, Insight, Type, amount, day_of
from mailer.insights.layout import tables
from mailer.insights.warehouse import Asking, Warehouse
from mailer.late import ibis

RANGES = 10
TEXTS = 12  # values shown
MONTHS = 24  # and from then on years
SHOWN = 5  # customers who have none, or some


@dataclass(frozen=True, slots=True)
class Line:
    """So many customers with a value of this range."""

    said: str
    customers: int


@dataclass(frozen=True, slots=True)
class Spread:
    """All customers by the value they have."""

    lines: tuple[Line, ...]
    customers: int
    known: int
    without: tuple[int, ...]  # the ids of some customers who have none
    some: int | None  # the id of a customer who has one

    @property
    def none(self) -> int:
        """How many customers have none."""
        return self.customers - self.known

    @property
    def most(self) -> int:
        """How many are in the fullest range."""
        return max((line.customers for line in self.lines), default=0)


def spread(warehouse: Warehouse, insight: Insight) -> Spread:
    """Return how the customers are spread over an insight."""
    asked = warehouse.tables.insights.select("customer_id", value=warehouse.tables.insights[insight.name])
    known = asked.filter(_has(asked.value, insight))
    without = asked.filter(~_has(asked.value, insight)).order_by("customer_id").limit(SHOWN)
    with warehouse.asking() as asking:
        (row,) = asking.rows(_summary(asked, insight), ("summary", insight.name))
        some = row["n"] > row["known"]
        ids = [each["customer_id"] for each in asking.rows(without, ("without", insight.name))] if some else []
        lines = _lines(asking, known, insight, row) if row["known"] else []
    return Spread(tuple(lines), row["n"], row["known"], tuple(ids), row["some"])


def known(warehouse: Warehouse) -> dict[str, int]:
    """Return for each insight how many customers have one, and how many customers there are as ""."""
    asked = warehouse.tables.insights
    counted = {each.name: _has(asked[each.name], each).sum().fill_null(0) for each in INSIGHTS.values()}
    with warehouse.asking() as asking:
        (row,) = asking.rows(asked.aggregate(**counted, every=asked.count()), ("known", *INSIGHTS))
    return {"": row.pop("every"), **row}


@cache
def reads(insight: Insight) -> tuple[str, ...]:
    """Return the names of the insights that this one is made of; none where it reads events."""
    if insight.names:
        return ()
    asked = insight.compute(tables().insights, 0).op()
    found = {field.name for field in asked.find(ibis.expr.operations.Field)}
    return tuple(name for name in INSIGHTS if name in found and name != insight.name)


@dataclass(frozen=True, slots=True)
class Freshness:
    """As of which day insights are, and how many events one reads, up to when."""

    day: date | None
    events: int
    newest: datetime | None


def freshness(warehouse: Warehouse, names: Iterable[str]) -> Freshness:
    """Return how fresh what reads events of these names is."""
    wanted, events = tuple(names), warehouse.tables.events
    read = events.filter(events["name"].isin(wanted))
    with warehouse.asking() as asking:
        (cursor,) = asking.rows(warehouse.tables.cursor.select("today"), "today")
        (row,) = asking.rows(read.aggregate(n=read.count(), newest=read["at"].max()), ("freshness", *wanted))
    return Freshness(None if cursor["today"] is None else day_of(cursor["today"]), row["n"], row["newest"])


def _has(value: Any, insight: Insight) -> Any:
    """Whether it is known, and more than the nothing that is said of whoever did nothing."""
    return value.notnull() if insight.none is None else value.notnull() & (value != insight.none)


def _summary(asked: Any, insight: Insight) -> Any:
    has = _has(asked.value, insight)
    told = {"n": asked.count(), "known": has.sum().fill_null(0), "some": asked.customer_id.min(where=has)}
    if insight.type is not Type.TEXT:
        told |= {"low": asked.value.min(where=has), "high": asked.value.max(where=has)}
    if insight.type in (Type.INT, Type.FLOAT, Type.MONEY):
        number = asked.value.cast("float64")
        told |= {"mean": number.mean(where=has), "far": number.std(where=has, how="pop")}
    return asked.aggregate(**told)


def _lines(asking: Asking, known: Any, insight: Insight, row: dict[str, Any]) -> list[Line]:
    match insight.type:
        case Type.TEXT:
            return _texts(asking, known, insight, row["known"])
        case Type.TIME:
            return _times(asking, known, insight, row["low"], row["high"])
        case _:
            return _numbers(asking, known, insight, row)


def _texts(asking: Asking, known: Any, insight: Insight, count: int) -> list[Line]:
    counted = known.group_by("value").aggregate(n=known.count())
    rows = asking.rows(counted.order_by(ibis.desc("n"), "value").limit(TEXTS), ("texts", insight.name))
    lines = [Line(row["value"], row["n"]) for row in rows]
    others = count - sum(line.customers for line in lines)
    return [*lines, Line("others", others)] if others else lines


def _times(asking: Asking, known: Any, insight: Insight, low: datetime, high: datetime) -> list[Line]:
    by_month = (high.year - low.year) * 12 + high.month - low.month < MONTHS
    month = known.value.month() if by_month else ibis.literal(1)
    dated = known.mutate(year=known.value.year().cast("int64"), month=month.cast("int64"))
    counted = dated.group_by("year", "month").aggregate(n=dated.count())
    found = {(row["year"], row["month"]): row["n"] for row in asking.rows(counted, ("times", insight.name, by_month))}
    spans = range(low.year * 12 + low.month - 1, high.year * 12 + high.month) if by_month else ()
    places = [(n // 12, n % 12 + 1) for n in spans] or [(year, 1) for year in range(low.year, high.year + 1)]
    return [
        Line(f"{date(year, month, 1):%B %Y}" if by_month else str(year), found.get((year, month), 0))
        for year, month in places
    ]


def _numbers(asking: Asking, known: Any, insight: Insight, row: dict[str, Any]) -> list[Line]:
    near, far = row["mean"] - 2 * row["far"], row["mean"] + 2 * row["far"]
    low, high = max(row["low"], near), min(row["high"], far)
    width = _round_width((high - low) / RANGES, insight.type)
    first, last = math.floor(low / width), math.floor(high / width)
    place = (known.value / ibis.literal(float(width))).floor().cast("int64").clip(first, last)
    counted = known.select(place=place).group_by("place").aggregate(n=lambda each: each.count())
    found = {each["place"]: each["n"] for each in asking.rows(counted, ("numbers", insight.name, first, last, width))}
    ends = row["low"] < first * width, row["high"] >= (last + 1) * width
    return [
        Line(
            _range(insight, n * width, width, under=n == first and ends[0], over=n == last and ends[1]), found.get(n, 0)
        )
        for n in range(first, last + 1)
    ]


def _round_width(width: float, kind: Type) -> float:
    """Return the least of 1, 2, 5, 10, … that is not less; for whole numbers at least 1, for money a whole unit."""
    least = {Type.INT: 1.0, Type.MONEY: 100.0}.get(kind, 0.01)
    power = 10.0 ** math.floor(math.log10(max(width, least)))
    steps: Sequence[float] = (1, 2, 5, 10)
    return next(power * step for step in steps if power * step >= max(width, least) * (1 - 1e-9))


def _range(insight: Insight, start: float, width: float, *, under: bool, over: bool) -> str:
    step = {Type.INT: 1, Type.MONEY: 1}.get(insight.type, 0)
    if under:
        return f"under {_said(insight, start + width)}"
    if over:
        return f"{_said(insight, start)} or more"
    if step and width == 1:
        return _said(insight, start)
    return f"{_said(insight, start, bare=True)} to {'' if step else 'under '}{_said(insight, start + width - step)}"


def _said(insight: Insight, value: float, *, bare: bool = False) -> str:
    exact = round(value) if insight.type in (Type.INT, Type.MONEY) else round(value, 6)
    return amount(insight.type, "" if bare else insight.unit, exact)
