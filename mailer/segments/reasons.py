"""Why do these customers get it, in words to themselves? For a whole batch, in a few questions.

`proof.prove` asks much more, of one customer. Here every part of the question is asked of all of them at once, so that
a reason costs a thousandth of what a proof does; the words are the same, and a test holds the two together.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache, partial
from typing import Any as Anything

from mailer.insights.insight import named_in, say
from mailer.insights.layout import Tables
from mailer.insights.warehouse import Asking, Warehouse
from mailer.late import ibis
from mailer.segments.did import Did, Measured, When
from mailer.segments.known import Where
from mailer.segments.meant import EVERYBODY, holding
from mailer.segments.moment import Moment, moment
from mailer.segments.ours import Consents, Engaged
from mailer.segments.proof import distinct, reason, seldom, walk
from mailer.segments.tree import Criteria, Not

Found = Mapping[int, Anything]  # by customer id
Teller = Callable[[int, Mapping[str, Anything]], list[str]]  # their id, and their facts


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
        held = holding(asking, [EVERYBODY, *nodes], customer_ids, then)
        values = _values(asking, nodes, customer_ids, then)
    told = _teller(criteria, held, values)
    return {who: distinct(told(who, facts.get(who, {}))) for who in customer_ids if who in held[EVERYBODY]}


def _teller(node: Criteria, held: Mapping[Criteria, set[int]], values: Mapping[Criteria, Found]) -> Teller:
    """Return what says the reasons of one customer: a question is taken apart once, not for each."""
    those, found, nothing = held[node], values[node], _nothing(node)
    match node:
        case Where():
            insight = node.asked().insight
            return _known(insight.because, those) if insight else lambda who, facts: []
        case Did() | Measured() | When():
            said = _once(partial(_reason, node))
            return lambda who, facts: [said(found.get(who, nothing))] if who in those else []
        case Consents(topic=topic):
            return lambda who, facts: [f"You agreed to {topic} on {found[who]:%-d %B %Y}"] if who in those else []
        case Not(part=Did() as part):
            times, had = values[part], "" if isinstance(part, Engaged) else "had "
            few = _once(partial(seldom, part))
            return lambda who, facts: [f"You {had}{few(times.get(who, 0))}"] if who in those else []
        case Not():
            return lambda who, facts: []
    inside = [_teller(part, held, values) for part in node.inside()]
    return lambda who, facts: [line for each in inside for line in each(who, facts)] if who in those else []


def _known(words: str, those: set[int]) -> Teller:
    """Return what fills in the insights that are named in `words`."""
    names = named_in(words)
    said = _once(lambda found: say(words, dict(zip(names, found, strict=True))))
    return lambda who, facts: [said(tuple(map(facts.get, names)))] if who in those else []


def _nothing(node: Criteria) -> int | None:
    match node:
        case Did():
            return 0
        case Measured():
            return node.nothing
        case _:
            return None


def _reason(node: Did | Measured | When, value: Anything) -> str:
    return reason(node, node.said(value))


def _once(say: Callable[[Anything], str]) -> Callable[[Anything], str]:
    """Say the same of the same value without putting the words together again: in a batch many have it."""
    return lru_cache(maxsize=1_000)(say)


def _values(
    asking: Asking, nodes: Sequence[Criteria], customer_ids: Sequence[int], now: Moment
) -> dict[Criteria, Found]:
    """Return what each part finds of each of the customers; whatever is counted is counted in one question."""
    state = now.days if now.settled else now.at
    counted = tuple(node for node in nodes if isinstance(node, Did))
    counts: dict[Did, dict[int, Anything]] = {node: {} for node in counted}
    for row in asking.rows_of(
        customer_ids if counted else (),
        ("counted", counted, state),
        lambda of: _counted(asking.tables, counted, of, now),
    ):
        counts[counted[row["part"]]][row["customer_id"]] = row["found"]
    values: dict[Criteria, Found] = {node: counts[node] if isinstance(node, Did) else {} for node in nodes}
    for node in nodes:
        if isinstance(node, (Consents, Measured, When)):
            key, ask = ("value", node, state), partial(_found, asking.tables, node, now=now)
            values[node] = {row["customer_id"]: row["found"] for row in asking.rows_of(customer_ids, key, ask)}
    return values


def _counted(tables: Tables, nodes: Sequence[Did], theirs: Callable[[Anything], Anything], now: Moment) -> Anything:
    """Return how often each of the customers did what each of these parts asks for, a row for each part."""
    each = [
        events.group_by("customer_id").aggregate(found=events.count()).mutate(part=n)
        for n, node in enumerate(nodes)
        for events in [theirs(node.matching(tables, now))]
    ]
    return each[0] if len(each) == 1 else ibis.union(*each)


def _found(
    tables: Tables, node: Consents | Measured | When, theirs: Callable[[Anything], Anything], now: Moment
) -> Anything:
    match node:
        case Consents():
            return theirs(node.decisions(tables, now)).select("customer_id", found="at")
        case When():
            return node.instants(theirs(node.ever(tables, now))).rename(found="at")
        case Measured():
            return node.measures(theirs(node.matching(tables, now)))
