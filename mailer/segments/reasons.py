"""Why do these customers get it, in words to themselves? For a whole batch, in a few questions.

`proof.prove` asks much more, of one customer. Here every part of the question is asked of all of them at once, so that
a reason costs a thousandth of what a proof does; the words are the same, and a test holds the two together.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any as Anything

from mailer.insights.insight import day_number, say
from mailer.insights.warehouse import Warehouse
from mailer.segments.proof import distinct, seldom, walk
from mailer.segments.tree import Criteria, Did, Not, Where


def because(
    warehouse: Warehouse, criteria: Criteria, customer_ids: Sequence[int], now: datetime
) -> dict[int, list[str]]:
    """Return, by customer id, what the parts that hold say to the customer; nobody who is not folded is in it."""
    if not customer_ids:
        return {}
    today = day_number(now)
    nodes = list(dict.fromkeys(walk(criteria)))
    insights = warehouse.tables.insights
    asked = {f"holds_{n}": node.holds(warehouse.tables, today) for n, node in enumerate(nodes)}
    rows = warehouse.rows(
        insights.filter(insights.customer_id.isin(list(customer_ids))).select(insights.customer_id, **asked)
    )
    facts = warehouse.facts(customer_ids)
    counts = {node: _counts(warehouse, node, customer_ids, today) for node in nodes if isinstance(node, Did)}
    found = {}
    for row in rows:
        who = row["customer_id"]
        holding = {node for n, node in enumerate(nodes) if row[f"holds_{n}"]}
        often = {node: each.get(who, 0) for node, each in counts.items()}
        found[who] = distinct(_reasons(criteria, holding, facts.get(who, {}), often))
    return found


def _reasons(
    node: Criteria, holding: set[Criteria], facts: Mapping[str, Anything], counts: Mapping[Did, int]
) -> list[str]:
    if node not in holding:
        return []
    match node:
        case Where():
            insight = node.asked().insight
            return [say(insight.because, facts)] if insight else []
        case Did():
            return [f"You had {node.said(counts[node])}"]
        case Not(part=Did() as part):
            return [f"You had {seldom(part, counts[part])}"]
        case Not():
            return []
        case _:
            return [line for part in node.parts for line in _reasons(part, holding, facts, counts)]  # type: ignore[attr-defined]


def _counts(warehouse: Warehouse, node: Did, customer_ids: Sequence[int], today: int) -> dict[int, int]:
    matching = node.matching(warehouse.tables, today)
    theirs = matching.filter(matching.customer_id.isin(list(customer_ids)))
    rows = warehouse.rows(theirs.group_by("customer_id").aggregate(n=theirs.count()))
    return {row["customer_id"]: row["n"] for row in rows}
