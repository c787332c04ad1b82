"""Why do these customers get it, in words to themselves? For a whole batch, in a few questions.

`proof.prove` asks much more, of one customer. Here every part of the question is asked of all of them at once, so that
a reason costs a thousandth of what a proof does; the words are the same, and a test holds the two together.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any as Anything

from mailer.insights.insight import say
from mailer.insights.warehouse import Warehouse
from mailer.segments.did import Did, Happened, Measured, When
from mailer.segments.known import Where
from mailer.segments.moment import Moment, moment
from mailer.segments.ours import Consents, Engaged
from mailer.segments.proof import distinct, reason, seldom, walk
from mailer.segments.tree import Criteria, Not

Found = Mapping[Criteria, Anything]


def because(
    warehouse: Warehouse, criteria: Criteria, customer_ids: Sequence[int], now: datetime
) -> dict[int, list[str]]:
    """Return, by customer id, what the parts that hold say to the customer; nobody who is not folded is in it."""
    if not customer_ids:
        return {}
    then = moment(warehouse, now)
    nodes = list(dict.fromkeys(walk(criteria)))
    insights = warehouse.tables.insights
    asked = {f"holds_{n}": node.holds(warehouse.tables, then) for n, node in enumerate(nodes)}
    rows = warehouse.rows(
        insights.filter(insights.customer_id.isin(list(customer_ids))).select(insights.customer_id, **asked)
    )
    facts = warehouse.facts(customer_ids)
    values = {node: _values(warehouse, node, customer_ids, then) for node in nodes}
    found = {}
    for row in rows:
        who = row["customer_id"]
        holding = {node for n, node in enumerate(nodes) if row[f"holds_{n}"]}
        theirs = {node: each.get(who, _nothing(node)) for node, each in values.items()}
        found[who] = distinct(_reasons(criteria, holding, facts.get(who, {}), theirs))
    return found


def _reasons(node: Criteria, holding: set[Criteria], facts: Mapping[str, Anything], found: Found) -> list[str]:
    if node not in holding:
        return []
    match node:
        case Where():
            insight = node.asked().insight
            return [say(insight.because, facts)] if insight else []
        case Did() | Measured() | When():
            return [reason(node, node.said(found[node]))]
        case Consents():
            return [f"You agreed to {node.topic} on {found[node]:%-d %B %Y}"]
        case Not(part=Did() as part):
            return [f"You {'' if isinstance(part, Engaged) else 'had '}{seldom(part, found[part])}"]
        case Not():
            return []
        case _:
            return [line for part in node.inside() for line in _reasons(part, holding, facts, found)]


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
        return {row["customer_id"]: row["at"] for row in warehouse.rows(asked.filter(asked.customer_id.isin(ids)))}
    if not isinstance(node, Happened):
        return {}
    matching = node.ever(tables, now) if isinstance(node, When) else node.matching(tables, now)
    theirs = matching.filter(matching.customer_id.isin(ids))
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
