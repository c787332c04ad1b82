"""How many were meant in the last weeks?

The question is asked of the past itself: of the events that had happened by then, and of the insights as they were,
computed anew from those events. So a question that is still being thought about has a past too. What customers are
(language, attributes) is only known as it is now.
"""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from mailer.insights.insight import day_number
from mailer.insights.layout import Tables, computed
from mailer.insights.warehouse import Warehouse
from mailer.segments.known import Where
from mailer.segments.moment import instant, moment
from mailer.segments.proof import walk
from mailer.segments.segment import count
from mailer.segments.tree import Criteria

DAYS = 30
STEP = 5  # days from one look to the next
_KEPT = 2_000  # counts of days gone by; they do not change, but for what arrives late
_known: WeakKeyDictionary[Warehouse, OrderedDict[tuple[Criteria, int], int]] = WeakKeyDictionary()


def history(warehouse: Warehouse, criteria: Criteria, now: datetime) -> list[tuple[datetime, int]]:
    """Return how many were meant every few days of the last thirty, the oldest first, and now."""
    kept = _known.setdefault(warehouse, OrderedDict())
    found = []
    for at in _looks(now):
        key = criteria, day_number(at)
        if key not in kept:
            kept[key] = _then(warehouse, criteria, at)
        found.append((at, kept[key]))
    while len(kept) > _KEPT:
        kept.popitem(last=False)
    return [*found, (now, count(warehouse, criteria, now))]


def _looks(now: datetime) -> Iterable[datetime]:
    for days in range(DAYS, 0, -STEP):
        yield now - timedelta(days=days)


def _then(warehouse: Warehouse, criteria: Criteria, at: datetime) -> int:
    with warehouse.asking() as asking:
        meant = criteria.expression(as_of(warehouse.tables, criteria, at), moment(asking, at))
        return int(asking.rows(meant.aggregate(n=meant.count()))[0]["n"])


def as_of(tables: Tables, criteria: Criteria, at: datetime) -> Tables:
    """Return the tables as they were at an instant, with the insights this question asks for."""
    then = replace(tables, events=tables.events.filter(tables.events["at"] <= instant(at)))
    asked = {each.field for each in walk(criteria) if isinstance(each, Where)}
    everybody = replace(then, touched=tables.customers.select("customer_id"))
    return replace(then, insights=computed(everybody, day_number(at), asked))
