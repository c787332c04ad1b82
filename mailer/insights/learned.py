"""What could be asked that nobody declared? The events, properties and attributes that really came, each with its type.

Nothing has to be announced before it may be asked about: whatever an import or a program told is found here, with its
type, how many carry it and a few examples, so that a form can offer it. The type is that of all values together: whole
numbers, numbers, yes or no, dates as 2026-11-21, else text. Of many events the newest are looked at.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mailer.insights.warehouse import Warehouse
from mailer.late import ibis

LOOKED_AT = 5_000  # events of a name, and customers, whose properties are read
EXAMPLES = 8
DATE = re.compile(r"\d{4}-\d{2}-\d{2}([T ].*)?")
KINDS = ("int", "float", "bool", "date", "text")


@dataclass(frozen=True, slots=True)
class Learned:
    """A property of an event, or an attribute of customers, as it came."""

    name: str
    kind: str  # one of KINDS
    count: int  # of those looked at, how many carry it
    examples: tuple[Any, ...]  # the most frequent first


@dataclass(frozen=True, slots=True)
class LearnedEvent:
    """An event by its name."""

    name: str
    count: int
    customers: int
    properties: tuple[Learned, ...] = field(default=())


def events(warehouse: Warehouse) -> list[LearnedEvent]:
    """Return every event that came, the most frequent first, with what it carries."""
    told = warehouse.tables.events
    named = told.group_by("name").aggregate(n=told.count(), who=told.customer_id.nunique())
    found = warehouse.rows(named.order_by(ibis.desc("n"), "name"))
    return [LearnedEvent(row["name"], row["n"], row["who"], properties(warehouse, row["name"])) for row in found]


def properties(warehouse: Warehouse, name: str) -> tuple[Learned, ...]:
    """Return what the events of this name carry, as the newest of them tell."""
    told = warehouse.tables.events
    newest = told.filter(told["name"] == name).order_by(ibis.desc("id")).limit(LOOKED_AT)
    return _learned(row["properties"] for row in warehouse.rows(newest.select("properties")))


def attributes(warehouse: Warehouse) -> tuple[Learned, ...]:
    """Return what was brought beside the customers' own columns."""
    newest = warehouse.tables.insights.order_by(ibis.desc("customer_id")).limit(LOOKED_AT)
    return _learned(row["attributes"] for row in warehouse.rows(newest.select("attributes")))


def often(values: Iterable[Any]) -> list[Any]:
    """Return the most frequent of these values, those that are not known left out."""
    found = Counter(value for value in values if value not in (None, ""))
    return [value for value, _ in found.most_common(EXAMPLES)]


def _learned(documents: Iterable[str | None]) -> tuple[Learned, ...]:
    seen: dict[str, Counter[Any]] = {}
    for document in documents:
        told = json.loads(document or "{}")
        for name, value in told.items() if isinstance(told, Mapping) else ():
            if isinstance(value, (str, int, float)):
                seen.setdefault(name, Counter())[(type(value), value)] += 1
    return tuple(_one(name, values) for name, values in sorted(seen.items()))


def _one(name: str, values: Counter[Any]) -> Learned:
    often = [value for (_, value), _ in values.most_common(EXAMPLES)]
    return Learned(name, _kind([value for _, value in values]), values.total(), tuple(often))


def _kind(values: Iterable[Any]) -> str:
    kinds = {_kind_of(value) for value in values}
    if kinds == {"int", "float"}:
        return "float"
    return kinds.pop() if len(kinds) == 1 else "text"


def _kind_of(value: Any) -> str:
    match value:
        case bool():
            return "bool"
        case int():
            return "int"
        case float():
            return "float"
        case str() if DATE.fullmatch(value):
            return "date"
        case _:
            return "text"
