"""How may a field be asked about? Each operator knows what it takes, its Ibis and its English.

Every answer is yes or no: what is not known is not more, not less, not equal to anything, so it answers no to all but
`unknown`, `is_not` and `none_of`. A question and its opposite therefore never leave a customer out of both.

Text is compared without regard to capitals. A time is compared by the civil days it lies in where the customer lives
(see segments.moment), so its operators say which days are meant. "In the last 30 days" is today and the thirty days
before it. An anniversary of 29 February is on the 28th where there is no 29th.
"""

import enum
import operator
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import reduce
from typing import Any

from mailer.insights.comparison import COMPARISONS, TEXTS
from mailer.insights.insight import Type, day_number, day_of
from mailer.segments.moment import Spans, number

OLDEST = 30  # years the instant of an anniversary may lie back; a written date, as a birthday, has no such limit


class Takes(enum.StrEnum):
    """What an operator is given beside the field."""

    NOTHING = "nothing"
    ONE = "one"  # a value of the field's type; for a time, a date
    TWO = "two"  # the lowest and the highest
    SOME = "some"  # a list of values
    DAYS = "days"  # a number of days
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Operator:
    """One way to ask about a field."""

    name: str
    english: str  # on a form: "is at least"
    takes: Takes
    test: Callable[[Any, Any], Any] | None  # column, value -> Ibis boolean; null is no
    amount: str = ""  # with the value's words: "at least {0}"; empty where a field of this type says `is` only
    is_: str = ""  # as a predicate: "is at least {0}"
    days: Callable[[Any, int], Spans] | None = None  # of a time: value, today -> the days that are meant


def _plain(name: str, english: str, takes: Takes, amount: str = "", is_: str = "", **more: Any) -> Operator:
    return Operator(name, english, takes, COMPARISONS[name], amount, is_, **more)


def _ordered(name: str, words: str) -> Operator:
    return _plain(name, f"is {words}", Takes.ONE, f"{words} {{0}}", f"is {words} {{0}}")


def _time(name: str, english: str, takes: Takes, is_: str, days: Callable[[Any, int], Spans]) -> Operator:
    return Operator(name, english, takes, None, "", is_, days)


def _anniversary(within: int, today: int) -> Spans:
    """Return the days whose anniversary, from the first on, comes today or within so many days (fewer than 365)."""
    first, last = day_of(today), day_of(today + within)
    spans = ((_earliest(first, back), _latest(last, back)) for back in range(1, OLDEST + 1))
    return tuple((day_number(low), day_number(high) + 1) for low, high in spans if low <= high)


def anniversaries(within: int, today: int) -> list[int]:
    """Return month * 100 + day of every date whose anniversary comes today or within so many days."""
    days = [day_of(today + ahead) for ahead in range(within + 1)]
    leap = {229} if any((day.month, day.day) == (2, 28) and not _leaps(day.year) for day in days) else set()
    return sorted({day.month * 100 + day.day for day in days} | leap)


def _earliest(day: date, back: int) -> date:
    """Return the first day whose anniversary so many years later is not before `day`."""
    try:
        return day.replace(year=day.year - back)
    except ValueError:  # the 29th of February
        return date(day.year - back, 3, 1)


def _latest(day: date, back: int) -> date:
    """Return the last day whose anniversary so many years later is not after `day`."""
    if (day.month, day.day) == (2, 28) and not _leaps(day.year) and _leaps(day.year - back):
        return date(day.year - back, 2, 29)
    try:
        return day.replace(year=day.year - back)
    except ValueError:
        return date(day.year - back, 2, 28)


def _leaps(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def anniversary(day: date, year: int) -> date:
    """Return the anniversary of a day in a year; of 29 February on the 28th where there is no 29th."""
    return date(year, 2, 28) if (day.month, day.day) == (2, 29) and not _leaps(year) else day.replace(year=year)


OPERATORS: dict[str, Operator] = {
    each.name: each
    for each in (
        _plain("is", "is", Takes.ONE, "exactly {0}", "is {0}"),
        _plain("is_not", "is not", Takes.ONE, "other than {0}", "is not {0}"),
        _ordered("more_than", "more than"),
        _ordered("at_least", "at least"),
        _ordered("less_than", "less than"),
        _ordered("at_most", "at most"),
        _plain("between", "is between", Takes.TWO, "between {0} and {1}", "is between {0} and {1}",
               days=lambda value, today: ((number(value[0]), number(value[1]) + 1),)),
        _plain("one_of", "is one of", Takes.SOME, "", "is {0}"),
        _plain("none_of", "is none of", Takes.SOME, "", "is not {0}"),
        _plain("contains", "has in it", Takes.TEXT, "", "has “{0}” in it"),
        _plain("starts_with", "begins with", Takes.TEXT, "", "begins with “{0}”"),
        _time("on", "was on", Takes.ONE, "was on {0}", lambda value, today: ((number(value), number(value) + 1),)),
        _time("before", "was before", Takes.ONE, "was before {0}", lambda value, today: ((None, number(value)),)),
        _time("since", "was on or after", Takes.ONE, "was on or after {0}",
              lambda value, today: ((number(value), None),)),
        _time("in_last_days", "was in the last … days", Takes.DAYS, "was in the last {0}",
              lambda value, today: ((today - value, today + 1),)),
        _time("more_than_days_ago", "was more than … days ago", Takes.DAYS, "was more than {0} ago",
              lambda value, today: ((None, today - value),)),
        _time("in_next_days", "is in the next … days", Takes.DAYS, "is in the next {0}",
              lambda value, today: ((today, today + value + 1),)),
        _time("anniversary_within_days", "has an anniversary within … days", Takes.DAYS,
              "has its anniversary within {0}", _anniversary),
        _plain("known", "is known", Takes.NOTHING),
        _plain("unknown", "is not known", Takes.NOTHING),
    )
}  # fmt: skip

NUMBERS = ("is", "is_not", "more_than", "at_least", "less_than", "at_most", "between")
TIMES = tuple(each.name for each in OPERATORS.values() if each.days)
_KNOWN = ("known", "unknown")
ALLOWED: dict[Type, tuple[str, ...]] = {
    Type.INT: (*NUMBERS, *_KNOWN),
    Type.FLOAT: (*NUMBERS, *_KNOWN),
    Type.MONEY: (*NUMBERS, *_KNOWN),
    Type.TEXT: TEXTS,
    Type.TIME: (*TIMES, *_KNOWN),
}


def compares(op: str, found: Any, value: Any) -> bool:
    """Compare plain values as the warehouse compares columns; for what a proof foresees. Times have their own."""
    if op in _KNOWN:
        return (found is None) == (op == "unknown")
    if op in ("is_not", "none_of"):
        return not compares({"is_not": "is", "none_of": "one_of"}[op], found, value)
    if found is None:
        return False
    if isinstance(found, str):
        found = found.lower()
        value = [each.lower() for each in value] if isinstance(value, tuple) else str(value).lower()
    plain: dict[str, Callable[[], bool]] = {
        "is": lambda: found == value,
        "more_than": lambda: found > value,
        "at_least": lambda: found >= value,
        "less_than": lambda: found < value,
        "at_most": lambda: found <= value,
        "between": lambda: value[0] <= found <= value[1],
        "one_of": lambda: found in value,
        "contains": lambda: value in found,
        "starts_with": lambda: found.startswith(value),
    }
    return bool(plain[op]())


def turns(op: str, value: Any, day: int, today: int) -> list[int]:
    """Return the days, later than today, on which the answer about a time on `day` may change by itself."""
    match op:
        case "in_last_days" | "more_than_days_ago":
            found = [day, day + value + 1]
        case "in_next_days":
            found = [day - value, day + 1]
        case "anniversary_within_days":
            born, year = day_of(day), day_of(today).year
            days = (day_number(anniversary(born, year + n)) for n in range(-1, 4) if year + n > born.year)
            found = reduce(operator.iadd, ([each - value, each + 1] for each in days), [])
        case _:
            found = []
    return sorted(each for each in found if each > today)
