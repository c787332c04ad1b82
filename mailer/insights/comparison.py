"""How does what is known compare with a value? Each comparison is an Ibis boolean over a column.

What is not known is not more, not less, not equal to anything. Text is compared without regard to capitals.
"""

from collections.abc import Callable, Mapping
from typing import Any

from mailer.late import ibis

_KNOWN = ("known", "unknown")
NUMBERS = ("is", "is_not", "more_than", "at_least", "less_than", "at_most", "between", *_KNOWN)  # how they compare
TEXTS = ("is", "is_not", "one_of", "none_of", "contains", "starts_with", *_KNOWN)

Test = Callable[[Any, Any], Any]  # column, value -> Ibis boolean; null is no


def _plain(value: Any) -> Any:
    return value.lower() if value.type().is_string() else value


def _same(column: Any, value: Any) -> Any:
    return _plain(column) == _plain(ibis.literal(value))


def _one_of(column: Any, value: Any) -> Any:
    return _plain(column).isin([_plain(ibis.literal(each)) for each in value])


def _not(test: Test) -> Test:
    return lambda column, value: ~test(column, value).fill_null(False)


COMPARISONS: Mapping[str, Test] = {
    "is": _same,
    "is_not": _not(_same),
    "more_than": lambda column, value: column > value,
    "at_least": lambda column, value: column >= value,
    "less_than": lambda column, value: column < value,
    "at_most": lambda column, value: column <= value,
    "between": lambda column, value: column.between(*value),
    "one_of": _one_of,
    "none_of": _not(_one_of),
    "contains": lambda column, value: _plain(column).contains(_plain(ibis.literal(value))),
    "starts_with": lambda column, value: _plain(column).startswith(_plain(ibis.literal(value))),
    "known": lambda column, value: column.notnull(),
    "unknown": lambda column, value: column.isnull(),
}
