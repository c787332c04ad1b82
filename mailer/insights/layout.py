"""What does the warehouse hold? Its tables, as unbound Ibis tables: an expression over them runs on any backend.

event      what customers did, as told; properties that are often asked for have a column of their own
customer   what is asked about a customer; no address, no last name: the warehouse answers "which", not "who"
insight    one row a customer: their insights, and beside them the columns of `customer` that may be asked about
cursor     one row: how far the fold has come, how many events came since they were sorted, how many folds changed
           something, the newest instant of an event and the highest id of a customer
gap        ids the fold went past that were not there (see insights.arrivals)
touched    whom the fold touched
computed   a view: their insights as of today
"""

from dataclasses import dataclass
from typing import Any

import ibis

from mailer.insights.insight import COLUMN, INSIGHTS, Type

PROPERTIES: dict[str, Type] = {
    "amount_cents": Type.MONEY,
    "items": Type.INT,
    "department": Type.TEXT,
    "discount_cents": Type.MONEY,
    "answer": Type.TEXT,  # to whether an email felt understood
}
ASKED = {"first_name": "string", "language": "string", "time_zone": "string", "attributes": "string",
         "created_at": "timestamp(6)"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of a warehouse."""

    events: Any
    customers: Any
    insights: Any
    cursor: Any
    gaps: Any
    touched: Any
    computed: Any

    def stored(self) -> tuple[Any, ...]:
        """Return those that are tables."""
        return self.events, self.customers, self.insights, self.cursor, self.gaps, self.touched


def tables() -> Tables:
    """Return the tables as they are with the insights known now."""
    told = {"id": "int64", "customer_id": "int64", "name": "string", "at": "timestamp(6)", "properties": "string"}
    own = {name: COLUMN[kind] for name, kind in PROPERTIES.items()}
    insights = {"customer_id": "int64", **ASKED, **{each.name: COLUMN[each.type] for each in INSIGHTS.values()}}
    at = {"event_id": "int64", "customer_at": "timestamp(6)", "customer_id": "int64", "today": "int32",
          "untidy": "int64", "folds": "int64", "newest": "timestamp(6)", "highest": "int64"}  # fmt: skip
    return Tables(
        events=ibis.table({**told, "day": "int32", **own}, name="event"),
        customers=ibis.table({"customer_id": "int64", **ASKED, "updated_at": "timestamp(6)"}, name="customer"),
        insights=ibis.table(insights, name="insight"),
        cursor=ibis.table({**at, "layout": "string"}, name="cursor"),
        gaps=ibis.table({"first": "int64", "last": "int64", "seen_at": "timestamp(6)"}, name="gap"),
        touched=ibis.table({"customer_id": "int64"}, name="touched"),
        computed=ibis.table(insights, name="computed"),
    )


def layout(tables: Tables) -> str:
    """Return what tells one layout from another: a warehouse with another one is folded anew."""
    return repr([(table.get_name(), table.schema().items()) for table in tables.stored()])


def computed(tables: Tables, today: int) -> Any:
    """Return the insights of the customers who were touched, as an expression with the columns of `insights`."""
    customers = tables.customers.semi_join(tables.touched, "customer_id")
    events = tables.events.filter(tables.events.day <= today).semi_join(tables.touched, "customer_id")
    known = customers.select("customer_id", *ASKED)
    for names in dict.fromkeys(each.names for each in INSIGHTS.values() if each.names):
        known = _joined(known, events.filter(events["name"].isin(names)), names, today)
    for each in INSIGHTS.values():
        if not each.of:
            known = known.mutate(**{each.name: each.compute(known, today)})
    exact = {each.name: known[each.name].cast(COLUMN[each.type]) for each in INSIGHTS.values()}
    zeros = {each.name: exact[each.name].fill_null(each.none) for each in INSIGHTS.values() if each.none is not None}
    return known.select("customer_id", *ASKED, **{**exact, **zeros})


def _joined(known: Any, events: Any, names: tuple[str, ...], today: int) -> Any:
    made = {each.name: each.compute(events, today) for each in INSIGHTS.values() if each.names == names}
    reductions = {key: value for key, value in made.items() if not isinstance(value, ibis.ir.Table)}
    parts = [value for value in made.values() if isinstance(value, ibis.ir.Table)]
    if reductions:
        parts.insert(0, events.group_by("customer_id").aggregate(**reductions))
    for part in parts:
        known = known.left_join(part, "customer_id").drop("customer_id_right")
    return known
