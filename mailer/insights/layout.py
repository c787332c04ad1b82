"""What does the warehouse hold? Its tables, as unbound Ibis tables: an expression over them runs on any backend.

event      what customers did, as told; properties that are often asked for have a column of their own
customer   what is asked about a customer; no address, no last name: the warehouse answers "which", not "who"
insight    one row a customer: their insights, and beside them the columns of `customer` that may be asked about
cursor     one row: how far the fold has come, how many events came since they were sorted, how many folds changed
           something, the newest instant of an event, the highest id of a customer, and how each insight was
           computed
gap        ids the fold went past that were not there (see insights.arrivals)
touched    whom the fold touched
computed   a view: their insights as of today
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from mailer.insights.insight import COLUMN, INSIGHTS, Insight, Type
from mailer.late import ibis

PROPERTIES: dict[str, Type] = {
    "amount_cents": Type.MONEY,
    "items": Type.INT,
    "department": Type.TEXT,
    "discount_cents": Type.MONEY,
    "answer": Type.TEXT,  # to whether an email felt understood
}
KEY = "customer_id"
IDS = "{ids}"  # stands for a text of ids where a question is kept to be asked again
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
          "untidy": "int64", "folds": "int64", "newest": "timestamp(6)", "highest": "int64",
          "recipes": "string"}  # fmt: skip
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
    """Return what tells one layout from another: a warehouse with another one is folded anew.

    The insights do not belong to it: their columns come and go as the insights do (see insights.recipes).
    """
    known = tables.insights.select("customer_id", *ASKED)
    others = [(table.get_name(), table.schema().items()) for table in tables.stored() if table is not tables.insights]
    return repr([*others, (tables.insights.get_name(), known.schema().items())])


def computed(tables: Tables, today: int, only: Collection[str] | None = None) -> Any:
    """Return the insights of the customers who were touched, as an expression with the columns of `insights`.

    With `only`, just these, and those they are made of: a much shorter expression.
    """
    asked = [each for each in INSIGHTS.values() if only is None or each.name in _made_of(only, tables, today)]
    customers = tables.customers.semi_join(tables.touched, "customer_id")
    events = tables.events.filter(tables.events.day <= today).semi_join(tables.touched, "customer_id")
    known = customers.select("customer_id", *ASKED)
    parts: list[Any] = []
    for names in dict.fromkeys(each.names for each in asked if each.names):
        read = events.filter(events["name"].isin(names))
        parts += _parts(read, [each for each in asked if each.names == names], today)
    known = _joined(known, parts)
    for each in asked:
        if not each.of:
            known = known.mutate(**{each.name: each.compute(known, today)})
    exact = {each.name: known[each.name].cast(COLUMN[each.type]) for each in asked}
    zeros = {each.name: exact[each.name].fill_null(each.none) for each in asked if each.none is not None}
    return known.select("customer_id", *ASKED, **{**exact, **zeros})


def renewed(tables: Tables, today: int, names: Collection[str]) -> Any:
    """Return the rows of the customers who were touched, with these insights computed anew and the others as they are.

    `names` hold whatever is made of one of them too (see `affected`).
    """
    fresh = computed(tables, today, names).select("customer_id", *names)
    kept = tables.insights.drop(*names).semi_join(tables.touched, "customer_id")
    return kept.left_join(fresh, "customer_id").drop("customer_id_right")


def affected(names: Collection[str], tables: Tables, today: int) -> list[str]:
    """Return these insights and every one that is computed from one of them, in their order."""
    return [each for each in INSIGHTS if not _made_of([each], tables, today).isdisjoint(names)]


def _made_of(names: Collection[str], tables: Tables, today: int) -> set[str]:
    """Return these insights, and every one they are computed from."""
    found: set[str] = set()
    waiting = [name for name in names if name in INSIGHTS]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            if not INSIGHTS[name].of:
                read = INSIGHTS[name].compute(tables.insights, today).op().find(ibis.expr.operations.Field)
                waiting += [each.name for each in read if each.name in INSIGHTS]
    return found


def _parts(events: Any, asked: Sequence[Insight], today: int) -> list[Any]:
    """Return tables of customer_id and insights: all that are reductions of these events in one, each other alone."""
    made = {each.name: each.compute(events, today) for each in asked}
    parts = [value for value in made.values() if isinstance(value, ibis.ir.Table)]
    reductions = {key: value for key, value in made.items() if not isinstance(value, ibis.ir.Table)}
    return [events.group_by("customer_id").aggregate(**reductions), *parts] if reductions else parts


def _joined(known: Any, parts: Sequence[Any]) -> Any:
    """Join all parts to the customers at one level: as many levels would take a store longer to plan than to answer."""
    names = [*known.columns, *(name for part in parts for name in part.columns if name != "customer_id")]
    for n, part in enumerate(parts):
        known = known.left_join(part, "customer_id", rname=f"{{name}}_{n}")
    return known.select(*names)
