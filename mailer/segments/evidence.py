"""Which events does each part of a question rest on? Asked once, for all its parts and several customers.

A part says which events it looks at: their names, what each has to carry, and the property that is measured. They come
in one question, each with which of the parts it counts for; what else an event carried is read only of those few that
are shown, for reading it of all of them would cost more than everything else.
"""

import json
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from mailer.insights.insight import Type, amount
from mailer.insights.layout import PROPERTIES
from mailer.insights.warehouse import Asking
from mailer.late import ibis
from mailer.segments.did import Happened, Measured, Then, meeting
from mailer.segments.fields import CARRIED, Field, carried
from mailer.segments.future import Seen
from mailer.segments.known import Where
from mailer.segments.moment import Moment
from mailer.segments.ours import DECISIONS, TALKS, Consents, Talking
from mailer.segments.tree import Criteria

SHOWN = 3  # events as evidence
MOST = 5_000  # events looked at; of a customer with more, the future is not foreseen


@dataclass(frozen=True, slots=True)
class Wanted:
    """The events that a part of a question looks at: the newest of each customer."""

    names: tuple[str, ...]
    where: tuple[Where, ...] = ()
    such: Callable[[Any], Any] | None = None  # what an insight asks of its events
    told: Field | None = None  # the property that is measured
    few: bool = False  # no more than are shown

    @property
    def most(self) -> int:
        """So many at most."""
        return SHOWN if self.few else MOST

    def tests(self, events: Any, now: Moment) -> list[Any]:
        """Return what an event of these names has to be."""
        return [*meeting(events, now, self.where), *([self.such(events)] if self.such else [])]


def wanted(node: Criteria) -> tuple[Wanted, ...]:
    """Return which events a part looks at: none, some, or those that come first and those that come after."""
    match node:
        case Where():
            if (insight := node.asked().insight) is None:
                return ()
            window = insight.window
            told = carried(window.of, 0) if window and window.of else None
            return (Wanted(insight.names or ("basket",), (), insight.such, told, few=not window),)
        case Then():
            return Wanted(node.names, node.conditions), Wanted((node.other,), node.other_where)
        case Measured():
            return (Wanted(node.names, node.conditions, told=node.asked),)
        case Happened():
            return (Wanted(node.names, node.conditions),)
        case Consents():
            return (Wanted(DECISIONS, node.conditions, few=True),)
        case Talking():
            return (Wanted(TALKS, few=True),)
    return ()


class Evidence:
    """The events that the parts of a question look at, of some customers."""

    def __init__(self, asking: Asking, nodes: Iterable[Criteria], customer_ids: Sequence[int], now: Moment) -> None:
        self._asking = asking
        self._asked = {each: n for n, each in enumerate(dict.fromkeys(one for node in nodes for one in wanted(node)))}
        asked = tuple(self._asked)
        key = ("evidence", asked, now.days if now.settled else now.at)
        rows = asking.rows_of(customer_ids if asked else (), key, lambda of: _events(asking, asked, now, of))
        self._rows: dict[int, list[dict[str, Any]]] = {}
        for row in sorted(rows, key=lambda row: (row["at"], row["id"]), reverse=True):
            self._rows.setdefault(row["customer_id"], []).append(row)

    def of(self, customer_id: int, node: Criteria) -> tuple[list[Seen], ...]:
        """Return the events of a customer for each of what a part looks at, the newest first."""
        rows = self._rows.get(customer_id, [])
        return tuple(self._such(rows, each) for each in wanted(node))

    def said(self, events: Iterable[Seen]) -> Mapping[int, str]:
        """Say each of these events with what it carried, by id."""
        ids = {each.id: each for each in events}
        carried = self._asking.rows_of(
            sorted(ids), "carried", lambda of: of(self._asking.tables.events).select("id", "properties"), by="id"
        )
        told = {row["id"]: _properties(row["properties"]) for row in carried}
        return {id_: _said(each, told.get(id_, {})) for id_, each in ids.items()}

    def _such(self, rows: Sequence[Mapping[str, Any]], each: Wanted) -> list[Seen]:
        n = self._asked[each]
        named = [row for row in rows if row["name"] in each.names and row.get(f"is_{n}", True)]
        return [Seen(row["at"], row.get(f"told_{n}"), row["id"], row["name"]) for row in named[: each.most]]


def _events(asking: Asking, asked: Sequence[Wanted], now: Moment, of: Callable[[Any], Any]) -> Any:
    """Return the events any of these asks for: is_0, is_1, … say whether one counts, told_0, … what is measured.

    Those that count for the same parts are cut off together, so that no part misses one that it would look at.
    """
    events = asking.tables.events
    names = sorted({name for each in asked for name in each.names})
    told = [events["name"].isin(names)] if now.settled else [events["name"].isin(names), events["at"] <= now.literal]
    theirs = of(events.filter(told))
    tests = {n: each.tests(theirs, now) for n, each in enumerate(asked)}
    counts = {f"is_{n}": reduce(operator.and_, some).fill_null(False) for n, some in tests.items() if some}
    measured = {f"told_{n}": each.told.column(theirs) for n, each in enumerate(asked) if each.told}
    found = theirs.select("customer_id", "id", "name", "at", **counts, **measured)
    count = [
        found["name"].isin(each.names) & found[f"is_{n}"] if tests[n] else found["name"].isin(each.names)
        for n, each in enumerate(asked)
    ]
    order = ibis.window(group_by=["customer_id", "name", *counts], order_by=[ibis.desc("at"), ibis.desc("id")])
    ranked = found.filter(reduce(operator.or_, count)).mutate(place=ibis.row_number().over(order))
    many = sorted({name for each in asked if not each.few for name in each.names})
    near = ranked.place < SHOWN
    return ranked.filter(near | (ranked["name"].isin(many) & (ranked.place < MOST)) if many else near).drop("place")


def _properties(text: str | None) -> dict[str, Any]:
    told = json.loads(text or "{}")
    return told if isinstance(told, dict) else {}


def _said(event: Seen, told: Mapping[str, Any]) -> str:
    words = [
        f"{each.label} {amount(each.type, each.unit, told[name])}"
        for name, each in CARRIED.items()
        if isinstance(told.get(name), str if each.type is Type.TEXT else int)
    ]
    words += [
        f"{name.replace('_', ' ')} {value}"
        for name, value in told.items()
        if name not in PROPERTIES and name != "message" and isinstance(value, (str, int, float)) and value != ""
    ][:SHOWN]
    return f"{event.name.replace('_', ' ')} on {event.at:%-d %B %Y}{': ' if words else ''}{', '.join(words)}"
