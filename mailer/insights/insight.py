"""What is an insight? A named, typed fact about one customer, computed from what they did.

It is written as a function over the warehouse's tables and joins the others by being decorated:

    @insight("baskets_30", Type.INT, "basket", "who had {amount} in the last 30 days", none=0)
    def baskets_30(baskets: ir.Table, today: int) -> ir.Scalar:
        return (baskets.day >= today - 30).sum()

One that reads events may return a reduction of them (all of those are computed in one pass) or a table of customer_id
and itself. One with `of=INSIGHTS_BEFORE` reads the insights before it, a row a customer, and returns a column.

What it means is the docstring of its function: the page of the insight shows it.

`today` and `day` count civil days in UTC since 1970: "in the last 30 days" is today and the thirty days before it, so
that a customer whose last basket was 30 days ago is one with a basket in the last 30 days, at any hour of the day.

**Why UTC, where a criterion means the customer's own day?** An insight is one number about each customer, computed for
all of them as of one day, so that they compare, and that a model trained on them sees the same history whoever moved
house since; with everybody's own day they would be computed anew at each of the 38 midnights of a day. So the two may
differ by one day, and only for what happened between the two midnights. Whoever needs the exact civil day asks for the
events themselves. `until` of a question about an insight is a midnight in UTC for the same reason: it is when the
answer really changes.
"""

import enum
import re
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

INSIGHTS_BEFORE = ""
IDIOMS = tuple(
    (re.compile(wooden), natural)
    for wooden, natural in (
        (r"\b0 days ago\b", "today"), (r"\b1 day ago\b", "yesterday"),
        (r"\bin 0 days\b", "today"), (r"\bin 1 day\b", "tomorrow"), (r"\bevery 1 day\b", "every day"),
    )
)  # fmt: skip
_EPOCH = date(1970, 1, 1)


class Type(enum.StrEnum):
    """What kind of value a field holds. Money is whole cents; a time is an instant."""

    INT = "int"
    FLOAT = "float"
    MONEY = "money"
    TEXT = "text"
    TIME = "time"


COLUMN: Mapping[Type, str] = {
    Type.INT: "int64", Type.FLOAT: "float64", Type.MONEY: "int64", Type.TEXT: "string", Type.TIME: "timestamp(6)",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Window:
    """Which events are counted, or added up: known, so that it can be foreseen when each of them leaves."""

    oldest: int  # days ago, this day included
    youngest: int = 0
    of: str = ""  # the property that is added up; "" counts the events


@dataclass(frozen=True, slots=True)
class Insight:
    """A named fact: how it is computed, and how it is said."""

    name: str
    type: Type
    unit: str  # the word for one of it: "day"
    english: (
        str  # a clause about customers, with {amount} or {is} for the question: "who had {amount} in the last year"
    )
    label: str  # its name among others: "baskets in the last 365 days"
    compute: Callable[[Any, int], Any]
    of: str = INSIGHTS_BEFORE  # the name of the events it reads
    also: tuple[str, ...] = ()  # the names of others it reads as well
    none: int | None = None  # its value for a customer without such events; None is "not known"
    line: str = ""  # for the representative, with insights in braces: "last basket {days_since_basket} ago"
    because: str = ""  # for the customer themselves, in the foot of an email
    daily: int = 0  # how it changes by the day when nothing happens: 1 rises, -1 falls, 0 neither
    lasts: bool = False  # it stays as it is when nothing happens
    window: Window | None = None  # it is the number of these events, or the sum of a property of theirs
    such: Callable[[Any], Any] | None = None  # events -> whether each of them counts; None: all of them do
    about: str = ""  # what it means, in a sentence or more
    source: str = ""  # the file that declares it; "": a program
    recipe: str = ""  # how it is computed, in words that differ when it does; "": its program says so

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the events it reads; none where it reads the insights before it."""
        return (self.of, *self.also) if self.of else ()


INSIGHTS: dict[str, Insight] = {}


def insight(
    name: str, kind: Type, unit: str, english: str, *, label: str = "", of: str = "basket", **more: Any
) -> Callable[[Callable[[Any, int], Any]], Callable[[Any, int], Any]]:
    """Make the decorated function an insight; the names of `Insight` say what else can be given."""

    def add(compute: Callable[[Any, int], Any]) -> Callable[[Any, int], Any]:
        if name in INSIGHTS:
            raise ValueError(f"there are two insights named {name}")
        more.setdefault("about", " ".join((compute.__doc__ or "").split()))
        INSIGHTS[name] = Insight(name, kind, unit, english, label or name.replace("_", " "), compute, of, **more)
        return compute

    return add


def day_number(day: date) -> int:
    """Return the days from 1970-01-01 to `day`; an instant counts as its day in UTC."""
    return ((day.astimezone(UTC).date() if isinstance(day, datetime) else day) - _EPOCH).days


def day_of(number: int) -> date:
    """Return the day so many days after 1970-01-01."""
    return _EPOCH + timedelta(number)


def say(template: str, facts: Mapping[str, Any]) -> str:
    """Fill in the insights named in `template`, each with its unit; "" if one of them is not known."""
    named = {name: facts.get(name) for name in named_in(template)}
    if None in named.values():
        return ""
    words = {name: amount(INSIGHTS[name].type, INSIGHTS[name].unit, value) for name, value in named.items()}
    return _filled(template, tuple(words.items()))


@lru_cache(maxsize=512)
def named_in(template: str) -> tuple[str, ...]:
    """Return the insights that a template names."""
    return tuple(name for _, name, _, _ in string.Formatter().parse(template) if name)


@lru_cache(maxsize=4096)  # in a batch of letters many say the same
def _filled(template: str, words: tuple[tuple[str, str], ...]) -> str:
    said = template.format(**dict(words))
    for wooden, natural in IDIOMS:
        said = wooden.sub(natural, said)
    return said


def amount(kind: Type, unit: str, value: Any) -> str:
    """Say a value with its unit: "31 days", "1 day", "9.5 days", "12.50", "4 March 2026", "Produce"."""
    if kind is Type.TIME:
        return f"{value:%-d %B %Y}"
    if kind is Type.MONEY:
        return f"{value / 100:,.2f}"
    if kind is Type.TEXT:
        return str(value)
    number = f"{value:,.2f}".rstrip("0").rstrip(".")
    return f"{number} {unit if number == '1' else many(unit)}" if unit else number


def many(unit: str) -> str:
    """Return the word for more than one of a unit: "day" gives "days"."""
    return f"{unit}s"
