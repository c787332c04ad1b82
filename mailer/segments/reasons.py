"""Why do these customers get it, in words to themselves? For a whole batch, in a few questions.

`proof.prove` asks much more, of one customer. Here every part of the question is asked of all of them at once, so that
a reason costs a thousandth of what a proof does; the words are the same, and a test holds the two together.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any as Anything

from mailer.insights.insight import say
from mailer.insights.layout import Tables
from mailer.insights.warehouse import Asking, Warehouse, of
from mailer.segments.did import Did, Measured, When
from mailer.segments.known import Where
from mailer.segments.meant import EVERYBODY, members
from mailer.segments.moment import Moment, moment
from mailer.segments.ours import Consents, Engaged
from mailer.segments.proof import distinct, reason, seldom, walk
from mailer.segments.tree import Criteria, Not

Found = Mapping[int, Anything]  # by customer id
Teller = Callable[[Mapping[str, Anything], Mapping[str, Anything]], list[str]]  # their row, and their facts


def because(
    warehouse: Warehouse,
    criteria: Criteria,
    customer_ids: Sequence[int],
    now: datetime,
    facts: Mapping[int, Mapping[str, Anything]] | None = None,
) -> dict[int, list[str]]:
    """Return, by customer id, what the parts that hold say to the customer; nobody who is not folded is in it.

    `facts` are theirs as `Warehouse.facts` gives them, where they were asked already.
    """
    if not customer_ids:
        return {}
    facts = warehouse.facts(customer_ids) if facts is None else facts
    nodes = list(dict.fromkeys(walk(criteria)))
    with warehouse.asking() as asking:
        then = moment(asking, now)
        rows = _rows(asking, nodes, customer_ids, then)
        values = {node: _values(asking, node, customer_ids, then) for node in nodes}
    told = _teller(criteria, {node: f"holds_{n}" for n, node in enumerate(nodes)}, values)
    return {row["customer_id"]: distinct(told(row, facts.get(row["customer_id"], {}))) for row in rows}


def _rows(
    asking: Asking, nodes: Sequence[Criteria], customer_ids: Sequence[int], now: Moment
) -> list[dict[str, Anything]]:
    """Return a row for each of the customers who is folded: whether each part holds, as holds_0, holds_1, …"""
    everybody = members(asking, EVERYBODY, now)
    if everybody is not None:
        found = {f"holds_{n}": members(asking, node, now) or () for n, node in enumerate(nodes)}
        return [
            {"customer_id": who, **{name: who in each for name, each in found.items()}}
            for who in customer_ids
            if who in everybody
        ]
    insights = asking.tables.insights
    asked = {f"holds_{n}": node.holds(asking.tables, now) for n, node in enumerate(nodes)}
    return asking.rows(of(insights.select(insights.customer_id, **asked), customer_ids))


def _teller(node: Criteria, columns: Mapping[Criteria, str], values: Mapping[Criteria, Found]) -> Teller:
    """Return what says the reasons of one customer, given their row: a question is taken apart once, not for each."""
    holds, found, nothing = columns[node], values[node], _nothing(node)
    match node:
        case Where():
            insight = node.asked().insight
            if insight is None:
                return lambda row, facts: []
            words = insight.because
            return lambda row, facts: [say(words, facts)] if row[holds] else []
        case Did() | Measured() | When():
            asked = node
            return lambda row, facts: (
                [reason(asked, asked.said(found.get(row["customer_id"], nothing)))] if row[holds] else []
            )
        case Consents(topic=topic):
            return lambda row, facts: (
                [f"You agreed to {topic} on {found[row['customer_id']]:%-d %B %Y}"] if row[holds] else []
            )
        case Not(part=Did() as part):
            times, had = values[part], "" if isinstance(part, Engaged) else "had "
            return lambda row, facts: (
                [f"You {had}{seldom(part, times.get(row['customer_id'], 0))}"] if row[holds] else []
            )
        case Not():
            return lambda row, facts: []
    inside = [_teller(part, columns, values) for part in node.inside()]
    return lambda row, facts: [line for each in inside for line in each(row, facts)] if row[holds] else []


def _nothing(node: Criteria) -> int | None:
    match node:
        case Did():
            return 0
        case Measured():
            return node.nothing
        case _:
            return None


def _values(asking: Asking, node: Criteria, customer_ids: Sequence[int], now: Moment) -> dict[int, Anything]:
    """Return what a part finds of each of the customers."""
    if not isinstance(node, (Consents, Did, Measured, When)):
        return {}
    key = ("value", node, now.days if now.settled else now.at)
    rows = asking.rows_of(customer_ids, key, lambda theirs: _found(asking.tables, node, theirs, now))
    return {row["customer_id"]: row["found"] for row in rows}


def _found(
    tables: Tables, node: Consents | Did | Measured | When, theirs: Callable[[Anything], Anything], now: Moment
) -> Anything:
    match node:
        case Consents():
            return theirs(node.decisions(tables, now)).select("customer_id", found="at")
        case When():
            return node.instants(theirs(node.ever(tables, now))).rename(found="at")
        case Measured():
            return node.measures(theirs(node.matching(tables, now)))
        case Did():
            events = theirs(node.matching(tables, now))
            return events.group_by("customer_id").aggregate(found=events.count())
