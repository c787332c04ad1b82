"""How does what is new come into the warehouse, and become insights?

The cursor lies in the warehouse and moves in the transaction that brings the rows, so that a crash folds nothing twice
and leaves nothing out. Events are added, and customers replaced by id. Then the insights of whoever was touched are
computed anew: the same as computing everybody's, for less. What is *deleted* from the truth stays until a rebuild.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import ibis
import pyarrow as pa
from sqlmodel import Session

from mailer import failpoints
from mailer.insights import arrivals
from mailer.insights.arrivals import CUSTOMER, EVENT, GAPS, LATE, Gap, Rows
from mailer.insights.insight import COLUMN, Type, day_number
from mailer.insights.layout import PROPERTIES, Tables, computed, layout

START = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Folded:
    """How many events and customers a fold brought."""

    events: int
    customers: int


@dataclass(slots=True)
class Fold:
    """One fold, in a transaction of the warehouse that its maker has begun and will end."""

    backend: Any
    tables: Tables
    session: Session
    now: datetime
    anew: bool  # compute everybody's insights, whatever day it was at the last fold
    touched: set[int] = field(default_factory=set)

    def run(self) -> Folded:
        """Bring what is new, compute the insights it touches, move the cursor."""
        (before,) = plain(self.backend.to_pyarrow(self.tables.cursor))
        after = {**before, "today": day_number(self.now)}
        folded = Folded(self._events(after), self._customers(after))
        failpoints.reach("insights.before-compute")
        self._compute(after["today"], everybody=self.anew or before["today"] != after["today"])
        if after != before:
            self._replace(self.tables.cursor, [after])
        failpoints.reach("insights.before-commit")
        return folded

    def _events(self, cursor: dict[str, Any]) -> int:
        known = [Gap(**row) for row in plain(self.backend.to_pyarrow(self.tables.gaps))]
        young = [gap for gap in known if self.now - gap.seen_at < LATE]
        late = sorted(id_ for rows in arrivals.late_events(self.session, young) for id_ in self._bring_events(rows))
        count, gaps = len(late), [left for gap in young for left in arrivals.missing(gap, late)]
        for rows in arrivals.events(self.session, cursor["event_id"]):
            ids = self._bring_events(rows)
            gaps += arrivals.missing(Gap(cursor["event_id"] + 1, ids[-1], self.now), ids)
            cursor["event_id"] = ids[-1]
            count += len(ids)
        if gaps[-GAPS:] != known:
            self._replace(self.tables.gaps, [gap._asdict() for gap in gaps[-GAPS:]])
        return count

    def _customers(self, cursor: dict[str, Any]) -> int:
        before, count = cursor["customer_at"], 0
        for rows in arrivals.customers(self.session, before, cursor["customer_id"]):
            count += self._bring_customers(rows)
            cursor["customer_id"], cursor["customer_at"] = rows[-1][0], rows[-1][-1]
        for rows in arrivals.late_customers(self.session, before - LATE, before, self._sums(before - LATE)):
            count += self._bring_customers(rows)
        return count

    def _bring_events(self, rows: Rows) -> Sequence[int]:
        told = _arrow(rows, EVENT, self.tables.events)
        with self._arriving(told) as arriving:
            self.backend.insert("event", _with_properties(arriving))
        self.touched.update(row[1] for row in rows)
        return [row[0] for row in rows]

    def _bring_customers(self, rows: Rows) -> int:
        with self._arriving(_arrow(rows, CUSTOMER, self.tables.customers)) as arriving:
            self.backend.upsert("customer", arriving, on="customer_id")
        self.touched.update(row[0] for row in rows)
        return len(rows)

    def _sums(self, since: datetime) -> Mapping[datetime, tuple[int, int]]:
        """Return how many customers changed at each instant, and the sum of their ids, as far as folded."""
        changed = self.tables.customers.filter(self.tables.customers.updated_at >= since.replace(tzinfo=None))
        sums = changed.group_by("updated_at").aggregate(count=changed.count(), total=changed.customer_id.sum())
        return {row["updated_at"]: (row["count"], row["total"]) for row in plain(self.backend.to_pyarrow(sums))}

    def _compute(self, today: int, *, everybody: bool) -> None:
        """Compute the insights of the touched; the long expression is compiled once a day, as a view over them."""
        if everybody:
            self.backend.create_view("computed", computed(self.tables, today), overwrite=True)
            self.backend.insert("touched", self.tables.customers.select("customer_id"), overwrite=True)
            self.backend.insert("insight", self.tables.computed, overwrite=True)
        elif self.touched:
            self._replace(self.tables.touched, [{"customer_id": id_} for id_ in sorted(self.touched)])
            self.backend.upsert("insight", self.tables.computed, on="customer_id")

    def _replace(self, table: Any, rows: Sequence[dict[str, Any]]) -> None:
        names = list(table.schema())
        told = _arrow([[row[name] for name in names] for row in rows], names, table)
        with self._arriving(told) as arriving:
            self.backend.insert(table.get_name(), arriving, overwrite=True)

    @contextmanager
    def _arriving(self, told: pa.Table) -> Iterator[Any]:
        self.backend.con.register("arriving", told)
        yield ibis.table(ibis.Schema.from_pyarrow(told.schema), name="arriving")
        self.backend.con.unregister("arriving")


def create(backend: Any, tables: Tables) -> None:
    """Make all tables of a new warehouse."""
    for table in tables.stored():
        backend.create_table(table.get_name(), schema=table.schema())
    _begin(backend, tables)


def empty(backend: Any, tables: Tables) -> None:
    """Forget everything, so that the next fold brings all of it."""
    for table in tables.stored():
        backend.truncate_table(table.get_name())
    _begin(backend, tables)


def _begin(backend: Any, tables: Tables) -> None:
    first = {"event_id": 0, "customer_at": START, "customer_id": 0, "today": None, "layout": layout(tables)}
    names = list(tables.cursor.schema())
    backend.insert("cursor", ibis.memtable(_arrow([[first[name] for name in names]], names, tables.cursor)))


def plain(table: pa.Table) -> list[dict[str, Any]]:
    """Return each row as a dict; instants are aware, in UTC."""
    for place, each in enumerate(table.schema):
        if pa.types.is_timestamp(each.type) and not each.type.tz:
            utc = table.column(place).cast(pa.timestamp("us")).cast(pa.timestamp("us", "UTC"))
            table = table.set_column(place, each.name, utc)
    return table.to_pylist()  # type: ignore[no-any-return]


def _arrow(rows: Rows, names: Sequence[str], table: Any) -> pa.Table:
    schema = table.schema().to_pyarrow()
    columns = zip(*rows, strict=True) if rows else ((),) * len(names)
    return pa.table(
        {name: _column(values, schema.field(name).type) for name, values in zip(names, columns, strict=True)}
    )


def _column(values: Sequence[Any], kind: Any) -> Any:
    if pa.types.is_timestamp(kind):
        return pa.array(values, pa.timestamp("us", "UTC")).cast(kind)
    return pa.array(values, kind)


def _with_properties(told: Any) -> Any:
    """Give each property that is often asked for its own column; a value of another type is as if not told."""
    json = told.properties.try_cast("json")
    own = {
        name: json[name].str if kind is Type.TEXT else json[name].cast("string").try_cast(COLUMN[kind])
        for name, kind in PROPERTIES.items()
    }
    return told.mutate(day=(told["at"].epoch_seconds() // 86_400).cast("int32"), **own)
