"""Is this a question that can be asked? Data from a form, a file or the API becomes a tree here, or is told why not.

Everything is checked before a tree exists: names, operators, the type of each value, and that the tree stays so small
that a person can read it and the warehouse can answer it while somebody waits. A message names the place.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any as Anything

from mailer.errors import Invalid
from mailer.insights.events import NAME
from mailer.insights.insight import Type
from mailer.segments.fields import Field, carried, field
from mailer.segments.operators import OPERATORS, Takes
from mailer.segments.tree import All, Any, Criteria, Did, Not, Where

__all__ = ["All", "Any", "Criteria", "Did", "Not", "Where", "from_data"]

DEEPEST = 8
MOST = 200  # parts of one question
LONGEST = 200  # letters of a text, values of a list
DAYS = 3_660
TIMES = 1_000
LARGEST = 10**15


def from_data(data: Mapping[str, Anything]) -> Criteria:
    """Return the tree that `data` describes (see segments.tree for its form).

    Raises:
        Invalid: it describes none; the message names the place, and what can be given there.
    """
    return _Reader().part(data, "criteria", 1)


class _Reader:
    """One reading of a tree: it counts the parts."""

    def __init__(self) -> None:
        self.parts = 0

    def part(self, data: Anything, place: str, depth: int) -> Criteria:
        self.parts += 1
        if depth > DEEPEST or self.parts > MOST:
            raise Invalid(f"{place}: a question has at most {MOST} parts, {DEEPEST} deep; make two segments of it")
        kinds = [key for key in ("all", "any", "not", "did", "field") if isinstance(data, Mapping) and key in data]
        if len(kinds) != 1:
            raise Invalid(f"{place}: give a table with one of all, any, not, did, field; not {_short(data)}")
        match kinds[0]:
            case "all" | "any" as kind:
                _only(data, place, kind)
                given = data[kind]
                if not isinstance(given, (list, tuple)) or (kind == "any" and not given):
                    raise Invalid(f"{place}: {kind} is a list of parts; not {_short(given)}")
                parts = tuple(self.part(one, f"{place}, {kind} {n}", depth + 1) for n, one in enumerate(given, 1))
                return All(parts) if kind == "all" else Any(parts)
            case "not":
                _only(data, place, "not")
                return Not(self.part(data["not"], f"{place}, not", depth + 1))
            case "did":
                return self.did(data, place)
            case _:
                return _where(data, place, field)

    def did(self, data: Mapping[str, Anything], place: str) -> Did:
        _only(data, place, "did", "at_least", "within_days", "where")
        name, within, given = data["did"], data.get("within_days"), data.get("where", [])
        if not isinstance(name, str) or not re.fullmatch(NAME, name):
            raise Invalid(f"{place}: did names an event, as basket; not {_short(name)}")
        if not isinstance(given, (list, tuple)):
            raise Invalid(f"{place}: where is a list of {{field, op, value}}; not {_short(given)}")
        self.parts += len(given)
        if self.parts > MOST:
            raise Invalid(f"{place}: a question has at most {MOST} parts; make two segments of it")
        return Did(
            name,
            _whole(data.get("at_least", 1), 1, TIMES, f"{place}, at_least"),
            None if within is None else _whole(within, 0, DAYS, f"{place}, within_days"),
            tuple(_where(each, f"{place}, where {n}", carried) for n, each in enumerate(given, 1)),
        )


def _where(data: Anything, place: str, find: Callable[[str, Anything], Field]) -> Where:
    if not isinstance(data, Mapping):
        raise Invalid(f"{place}: give a table of field, op and value; not {_short(data)}")
    _only(data, place, "field", "op", "value")
    name, op, value = data.get("field"), data.get("op"), data.get("value")
    try:
        asked = find(name if isinstance(name, str) else repr(name), value)
    except Invalid as error:
        raise Invalid(f"{place}: {error}") from error
    if not isinstance(op, str) or op not in asked.operators:
        raise Invalid(f"{place}: {asked.name} cannot be asked with op {_short(op)}; give {', '.join(asked.operators)}")
    takes = OPERATORS[op].takes
    place = f"{place}: {asked.name} {op}"
    if takes is Takes.NOTHING:
        if value is not None:
            raise Invalid(f"{place} takes no value; not {_short(value)}")
        return Where(asked.name, op)
    if takes is Takes.DAYS:
        return Where(asked.name, op, _whole(value, 0, DAYS, place))
    if takes in (Takes.SOME, Takes.TWO):
        if not isinstance(value, (list, tuple)) or not 0 < len(value) <= LONGEST:
            raise Invalid(f"{place} takes a list of 1 to {LONGEST} values; not {_short(value)}")
        values = tuple(_value(each, asked.type, place) for each in value)
        if takes is Takes.TWO and (len(values) != 2 or values[0] > values[1]):
            raise Invalid(f"{place} takes two values, the lower first; not {_short(value)}")
        return Where(asked.name, op, values)
    return Where(asked.name, op, _value(value, asked.type, place))


def _value(value: Anything, kind: Type, place: str) -> Anything:
    match kind:
        case Type.TEXT:
            if isinstance(value, str) and 0 < len(value) <= LONGEST and value.isprintable():
                return value
            raise Invalid(f"{place} takes a text of 1 to {LONGEST} letters; not {_short(value)}")
        case Type.TIME:
            try:
                return date.fromisoformat(str(value)).isoformat()
            except ValueError as error:
                raise Invalid(f"{place} takes a date as 2026-11-21; not {_short(value)}") from error
        case Type.MONEY:
            return _whole(value, -LARGEST, LARGEST, f"{place} (in cents)")
        case _:
            number = isinstance(value, (int, float)) and not isinstance(value, bool)
            if number and abs(value) <= LARGEST:  # neither infinity nor “not a number” is
                return value
            raise Invalid(f"{place} takes a number; not {_short(value)}")


def _whole(value: Anything, lowest: int, highest: int, place: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and lowest <= value <= highest:
        return value
    raise Invalid(f"{place} takes a whole number from {lowest:,} to {highest:,}; not {_short(value)}")


def _only(data: Mapping[str, Anything], place: str, *allowed: str) -> None:
    if unknown := [str(key) for key in data if key not in allowed]:
        raise Invalid(f"{place}: {_short(unknown[0])} means nothing beside {allowed[0]}; it takes {', '.join(allowed)}")


def _short(value: Anything) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
