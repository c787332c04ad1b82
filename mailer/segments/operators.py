"""How may a field be asked about? Each operator knows what it takes, its Ibis and its English.

Every answer is yes or no: what is not known is not more, not less, not equal to anything, so it answers no to all but
`unknown` and `is_not`. A question and its opposite therefore never leave a customer out of both.

Text is compared without regard to capitals. Times are compared by their civil day in UTC.
"""

import enum
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis

from mailer.insights.insight import Type, day_number


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
    test: Callable[[Any, Any, int], Any]  # column, value, today -> Ibis boolean; null is no
    amount: str = ""  # with the value's words: "at least {0}"; empty where a field of this type says `is` only
    is_: str = ""  # as a predicate: "is at least {0}"


def _ordered(name: str, words: str, test: Callable[[Any, Any, int], Any]) -> Operator:
    return Operator(name, f"is {words}", Takes.ONE, test, f"{words} {{0}}", f"is {words} {{0}}")


def _same(column: Any, value: Any, today: int) -> Any:
    return _plain(column) == _plain(ibis.literal(value))


def _other(column: Any, value: Any, today: int) -> Any:
    return ~_same(column, value, today).fill_null(False)


def _plain(value: Any) -> Any:
    return value.lower() if value.type().is_string() else value


def _day(column: Any) -> Any:
    return column.epoch_seconds() // 86_400


OPERATORS: dict[str, Operator] = {
    each.name: each
    for each in (
        Operator("is", "is", Takes.ONE, _same, "exactly {0}", "is {0}"),
        Operator("is_not", "is not", Takes.ONE, _other, "other than {0}", "is not {0}"),
        _ordered("more_than", "more than", lambda column, value, _: column > value),
        _ordered("at_least", "at least", lambda column, value, _: column >= value),
        _ordered("less_than", "less than", lambda column, value, _: column < value),
        _ordered("at_most", "at most", lambda column, value, _: column <= value),
        Operator("between", "is between", Takes.TWO, lambda column, value, _: column.between(*value),
                 "between {0} and {1}", "is between {0} and {1}"),
        Operator("one_of", "is one of", Takes.SOME, lambda column, value, _: _plain(column).isin(
                 [_plain(ibis.literal(each)) for each in value]), "", "is {0}"),
        Operator("contains", "has in it", Takes.TEXT, lambda column, value, _: _plain(column).contains(
                 _plain(ibis.literal(value))), "", "has “{0}” in it"),
        Operator("before", "was before", Takes.ONE, lambda column, value, _: _day(column) < _number(value),
                 "", "was before {0}"),
        Operator("since", "was on or after", Takes.ONE, lambda column, value, _: _day(column) >= _number(value),
                 "", "was on or after {0}"),
        Operator("in_last_days", "was in the last … days", Takes.DAYS,
                 lambda column, value, today: _day(column).between(today - value, today), "", "was in the last {0}"),
        Operator("known", "is known", Takes.NOTHING, lambda column, value, today: column.notnull()),
        Operator("unknown", "is not known", Takes.NOTHING, lambda column, value, today: column.isnull()),
    )
}  # fmt: skip

_NUMBERS = ("is", "is_not", "more_than", "at_least", "less_than", "at_most", "between", "known", "unknown")
ALLOWED: dict[Type, tuple[str, ...]] = {
    Type.INT: _NUMBERS,
    Type.FLOAT: _NUMBERS,
    Type.MONEY: _NUMBERS,
    Type.TEXT: ("is", "is_not", "one_of", "contains", "known", "unknown"),
    Type.TIME: ("before", "since", "in_last_days", "known", "unknown"),
}


def _number(day: str) -> int:
    return day_number(date.fromisoformat(day))
