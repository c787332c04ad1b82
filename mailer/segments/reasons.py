"""Why do these customers get it, in words to themselves? For a whole batch, in a few questions.

`proof.prove` asks much more, of one customer. Here every part of the question is asked of all of them at once, so that
a reason costs a thousandth of what a proof does; the words are the same, and a test holds the two together.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any as Anything

from mailer.insights.insight import say
from mailer.insights.warehouse import Warehouse, of
from mailer.segments.did import Did, Happened, Measured, When
from mailer.segments.known import Where
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
    then = moment(warehouse, now)
    nodes = list(dict.fromkeys(walk(criteria)))
    insights = warehouse.tables.insights
    asked = {f"holds_{n}": node.holds(warehouse.tables, then) for n, node in enumerate(nodes)}
    rows = warehouse.rows(of(insights.select(insights.customer_id, **asked), customer_ids))
    facts = warehouse.facts(customer_ids) if facts is None else facts
    values = {node: _values(warehouse, node, customer_ids, then) for node in nodes}
    told = _teller(criteria, {node: f"holds_{n}" for n, node in enumerate(nodes)}, values)
    return {row["customer_id"]: distinct(told(row, facts.get(row["customer_id"], {}))) for row in rows}


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


def _values(warehouse: Warehouse, node: Criteria, customer_ids: Sequence[int], now: Moment) -> dict[int, Anything]:
    """Return what a part finds of each of the customers."""
    ids, tables = list(customer_ids), warehouse.tables
    if isinstance(node, Consents):
        asked = node.decisions(tables, now)
        return {row["customer_id"]: row["at"] for row in warehouse.rows(of(asked, ids))}
    if not isinstance(node, Happened):
        return {}
    matching = node.ever(tables, now) if isinstance(node, When) else node.matching(tables, now)
    theirs = of(matching, ids)
    match node:
        case When():
            counted = node.instants(theirs).rename(found="at")
        case Measured():
            counted = node.measures(theirs)
        case Did():
            counted = theirs.group_by("customer_id").aggregate(found=theirs.count())
        case _:
            return {}
    return {row["customer_id"]: row["found"] for row in warehouse.rows(counted)}
