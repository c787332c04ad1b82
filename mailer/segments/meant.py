"""Who is meant by a question? How many, which ones, some of them.

Where the warehouse gives sets of customers (see insights.members) each part of a question is asked for its own set, and
the sets are joined here: a part that was asked since the last fold is not asked again. Parts that only speak of what we
know of customers are asked in one. Elsewhere the whole question is one expression.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import and_, or_
from typing import Any as Anything

from mailer.insights.members import Members
from mailer.insights.warehouse import Asking, Warehouse, of
from mailer.late import numpy as np
from mailer.segments.moment import Moment, moment
from mailer.segments.tree import All, Among, Any, Criteria, Member, Not

_SPREAD, _MOST = 2_654_435_761, 2**31  # Knuth's multiplicative hash: neighbours land far apart
EVERYBODY = All(())


@dataclass(frozen=True, slots=True)
class Overlap:
    """How many customers are in one question, in the other, and in both."""

    one: int
    other: int
    both: int


def count(warehouse: Warehouse, criteria: Criteria, now: datetime) -> int:
    """Return how many customers are meant, as of the last fold."""
    with warehouse.asking() as asking:
        then = moment(asking, now)
        if (found := members(asking, criteria, then)) is not None:
            return len(found)
        meant = criteria.expression(warehouse.tables, then)
        return int(asking.rows(meant.aggregate(n=meant.count()))[0]["n"])


def overlap(warehouse: Warehouse, one: Criteria, other: Criteria, now: datetime) -> Overlap:
    """Return how many customers are in two questions, and how many in both."""
    with warehouse.asking() as asking:
        then, insights = moment(asking, now), warehouse.tables.insights
        first = members(asking, one, then)
        if first is not None and (second := members(asking, other, then)) is not None:
            return Overlap(len(first), len(second), len(first & second))
        asked = insights.select(one=one.holds(warehouse.tables, then), other=other.holds(warehouse.tables, then))
        both = (asked.one & asked.other).sum()
        row = asking.rows(asked.aggregate(one=asked.one.sum(), other=asked.other.sum(), both=both))[0]
        return Overlap(*(int(row[name] or 0) for name in ("one", "other", "both")))


def customers(warehouse: Warehouse, criteria: Criteria, now: datetime, after: int = 0, limit: int = 500) -> list[int]:
    """Return the ids of customers who are meant, ascending, from the first above `after`."""
    with warehouse.asking() as asking:
        then = moment(asking, now)
        if (found := members(asking, criteria, then)) is not None:
            return found.after(after, limit)
        meant = criteria.expression(warehouse.tables, then)
        return _ids(asking, meant.filter(meant.customer_id > after).order_by("customer_id").limit(limit))


def sample(warehouse: Warehouse, criteria: Criteria, now: datetime, n: int) -> list[int]:
    """Return some customers who are meant, spread over all of them, and the same ones each time."""
    with warehouse.asking() as asking:
        then = moment(asking, now)
        if (found := members(asking, criteria, then)) is not None:
            ids = found.ids()
            spread = ids % _MOST * _SPREAD % _MOST
            near = np.argpartition(spread, n)[:n] if len(ids) > n else np.arange(len(ids))
            return [int(ids[place]) for place in sorted(near, key=lambda place: (spread[place], ids[place]))]
        meant = criteria.expression(warehouse.tables, then)
        spread = (meant.customer_id % _MOST) * _SPREAD % _MOST
        return _ids(asking, meant.order_by(spread, "customer_id").limit(n))


def members(asking: Asking, criteria: Criteria, now: Moment) -> Members | None:
    """Return the set of customers who are meant; None where the warehouse gives no sets."""
    everybody = _part(asking, EVERYBODY, now)
    return None if everybody is None else _joined(asking, criteria, now, everybody)


def holding(
    asking: Asking, nodes: Sequence[Criteria], customer_ids: Sequence[int], now: Moment
) -> dict[Criteria, set[int]]:
    """Return for each of these questions which of the customers it means."""
    if (everybody := _part(asking, EVERYBODY, now)) is not None:
        return {node: _joined(asking, node, now, everybody).among(customer_ids) for node in nodes}
    insights = asking.tables.insights
    asked = {f"holds_{n}": node.holds(asking.tables, now) for n, node in enumerate(nodes)}
    rows = asking.rows(of(insights.select(insights.customer_id, **asked), customer_ids))
    return {node: {row["customer_id"] for row in rows if row[f"holds_{n}"]} for n, node in enumerate(nodes)}


def _joined(asking: Asking, node: Criteria, now: Moment, everybody: Members) -> Members:
    def joined(part: Criteria) -> Members:
        return _joined(asking, part, now, everybody)

    match node:
        case Among() if (found := _part(asking, node, now)) is not None:
            return everybody - found if node.others else everybody & found
        case _ if _still(node) and (found := _part(asking, node, now)) is not None:
            return found
        case All(parts=parts):
            return reduce(and_, map(joined, _gathered(parts, All)))
        case Any(parts=parts):
            return reduce(or_, map(joined, _gathered(parts, Any)))
        case Not(part=part):
            return everybody - joined(part)
        case Member(question=Criteria() as question):
            return joined(question)
    raise TypeError(f"{node!r} is no part of a question")


def _part(asking: Asking, node: Criteria, now: Moment) -> Members | None:
    """Return the set that one part finds by itself."""
    tables = asking.tables
    momentary = not now.settled or (isinstance(node, Among) and node.momentary)
    key = (node, now.at if momentary else now.days, now.settled)
    if isinstance(node, Among):
        return asking.members(key, lambda: node.among(tables, now))
    return asking.members(key, lambda: tables.insights.filter(node.holds(tables, now)))


def _still(node: Criteria) -> bool:
    """Whether a question only speaks of what we know of customers, and of nothing they did."""
    return not isinstance(node, Among) and all(_still(part) for part in node.inside())


def _gathered(parts: Sequence[Criteria], kind: Callable[[tuple[Criteria, ...]], Criteria]) -> Sequence[Criteria]:
    """Put the parts that only speak of what we know of customers together into one."""
    known = tuple(part for part in parts if _still(part))
    return [kind(known), *(part for part in parts if part not in known)] if len(known) > 1 else parts


def _ids(asking: Asking, meant: Anything) -> list[int]:
    return [row["customer_id"] for row in asking.rows(meant)]
