"""How does what is new come into the warehouse, and become insights?

The cursor lies in the warehouse and moves in the transaction that brings the rows, so that a crash folds nothing twice
and leaves nothing out. Events are added, and customers replaced by id. Then the insights of whoever was touched, by an
event that an insight reads, are computed anew: the same as computing everybody's, for less. Everybody's are when a
civil day in UTC begins, or the clock is moved to another one; and those insights that are made otherwise than they were
(see insights.recipes).

Customers who were deleted from the truth are forgotten with all they did; an event that was deleted while its customer
stays is forgotten at a rebuild.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
from sqlmodel import Session

from mailer import failpoints
from mailer.insights import arrivals, recipes
from mailer.insights.arrivals import CUSTOMER, EVENT, GAPS, LATE, Folded, Gap, Rows
from mailer.insights.backends.backend import Backend, plain
from mailer.insights.insight import INSIGHTS, day_number
from mailer.insights.layout import Tables, affected, computed, layout, renewed

START = datetime(1970, 1, 1, tzinfo=UTC)
AT_ONCE = 200_000  # customers whose insights are computed in one piece, when everybody's are
UNTIDY = 5  # events are sorted anew when one in so many came since they were


@dataclass(slots=True)
class Fold:
    """One fold, in a transaction of the warehouse that its maker has begun and will end."""

    backend: Backend
    tables: Tables
    session: Session
    now: datetime
    touched: set[int] = field(default_factory=set)
    newest: datetime = START  # of the events that were brought
    read: Collection[str] = field(default_factory=lambda: {name for each in INSIGHTS.values() for name in each.names})

    def run(self) -> Folded:
        """Bring what is new, compute the insights it touches, move the cursor."""
        (before,) = plain(self.backend.read(self.tables.cursor))
        made = recipes.recipes()
        after = {**before, "today": day_number(self.now), "recipes": recipes.written(made)}
        folded = Folded(self._events(after), self._customers(after), self._forget())
        failpoints.reach("insights.before-compute")
        after["untidy"] += folded.events
        if folded.events and after["untidy"] * UNTIDY > self._how_many(self.tables.events):
            self.backend.tidy(self.tables)
            after["untidy"] = 0
        then = recipes.read(before["recipes"])
        stale = [name for name in made if before["today"] != after["today"] or then.get(name) != made[name]]
        if stale or before["recipes"] != after["recipes"]:
            key = after["today"], after["recipes"], after["layout"]
            self.backend.view(self.tables.computed, lambda: computed(self.tables, after["today"]), key)
        self._compute(after["today"], stale)
        if stale or folded != Folded(0, 0):
            after["folds"] += 1
            after["newest"] = max(before["newest"], self.newest)
            after["highest"] = max(before["highest"], max(self.touched, default=0))
        if after != before:
            self._replace(self.tables.cursor, [after])
        failpoints.reach("insights.before-commit")
        return folded

    def _events(self, cursor: dict[str, Any]) -> int:
        known = [Gap(**row) for row in plain(self.backend.read(self.tables.gaps))]
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

    def _forget(self) -> int:
        """Forget whom the truth has forgotten: seldom anybody, so the two are only counted, as long as they agree."""
        ids = self.tables.customers.select("customer_id")
        if self._how_many(self.tables.customers) == arrivals.how_many(self.session):
            return 0
        gone = arrivals.gone(self.session, (row["customer_id"] for row in plain(self.backend.read(ids))))
        self._replace(self.tables.touched, [{"customer_id": id_} for id_ in gone])
        for table in (self.tables.events, self.tables.insights, self.tables.customers):  # these last: they are counted
            self.backend.forget(table, self.tables.touched)
        self.touched.difference_update(gone)
        return len(gone)

    def _bring_events(self, rows: Rows) -> Sequence[int]:
        with self.backend.arriving_events(_arrow(rows, EVENT, self.tables.events)) as told:
            day = (told["at"].epoch_seconds() // 86_400).cast("int32")
            self.backend.append(self.tables.events, told.mutate(day=day), key="id")
        self.touched.update(row[1] for row in rows if row[2] in self.read)
        newest = max(row[3] for row in rows)
        self.newest = max(self.newest, newest if newest.tzinfo else newest.replace(tzinfo=UTC))
        return [row[0] for row in rows]

    def _bring_customers(self, rows: Rows) -> int:
        with self.backend.arriving(_arrow(rows, CUSTOMER, self.tables.customers)) as told:
            self.backend.upsert(self.tables.customers, told, key="customer_id")
        self.touched.update(row[0] for row in rows)
        return len(rows)

    def _sums(self, since: datetime) -> Mapping[datetime, tuple[int, int]]:
        """Return how many customers changed at each instant, and the sum of their ids, as far as folded."""
        changed = self.tables.customers.filter(self.tables.customers.updated_at >= since.replace(tzinfo=None))
        sums = changed.group_by("updated_at").aggregate(count=changed.count(), total=changed.customer_id.sum())
        return {row["updated_at"]: (row["count"], row["total"]) for row in plain(self.backend.read(sums))}

    def _compute(self, today: int, stale: Sequence[str]) -> None:
        """Compute the insights of the touched, and those that are stale of everybody."""
        stale = affected(stale, self.tables, today) if stale else stale
        if stale and len(stale) == len(INSIGHTS):
            self.backend.empty(self.tables.insights)
            for _ in self._pieces():
                self.backend.append(self.tables.insights, self.tables.computed, key="customer_id")
            return
        if self.touched:
            self._replace(self.tables.touched, [{"customer_id": id_} for id_ in sorted(self.touched)])
            self.backend.upsert(self.tables.insights, self.tables.computed, key="customer_id")
        for _ in self._pieces() if stale else ():
            self.backend.upsert(self.tables.insights, renewed(self.tables, today, stale), key="customer_id")

    def _pieces(self) -> Iterator[int]:
        """Let everybody be the touched, so many at once; give the highest id of each piece."""
        ids, last = self.tables.customers.select("customer_id"), -1
        while piece := plain(self.backend.read(_piece(ids, last))):
            until = piece[-1]["customer_id"]
            self.backend.replace(self.tables.touched, ids.filter(ids.customer_id > last, ids.customer_id <= until))
            yield until
            last = until

    def _how_many(self, table: Any) -> int:
        return int(plain(self.backend.read(table.aggregate(n=table.count())))[0]["n"])

    def _replace(self, table: Any, rows: Sequence[dict[str, Any]]) -> None:
        names = list(table.schema())
        told = _arrow([[row[name] for name in names] for row in rows], names, table)
        with self.backend.arriving(told) as arriving:
            self.backend.replace(table, arriving)


def create(backend: Backend, tables: Tables) -> None:
    """Make all tables of a new warehouse."""
    backend.create(tables)
    _begin(backend, tables)


def empty(backend: Backend, tables: Tables) -> None:
    """Forget everything, so that the next fold brings all of it."""
    (before,) = plain(backend.read(tables.cursor))
    for table in tables.stored():
        backend.empty(table)
    _begin(backend, tables, before["folds"])


def reshape(backend: Backend, tables: Tables) -> None:
    """Give the insights the columns that they have now; those that are new are computed by the next fold."""
    (before,) = plain(backend.read(tables.cursor))
    told = recipes.read(before["recipes"])
    if list(recipes.columns(told).items()) == list(recipes.unmade().items()):
        return
    kept = {name: told[name] for name, kind in recipes.unmade().items() if told.get(name, "").startswith(f"{kind} ")}
    kept = recipes.unmade() | kept if backend.keeps_columns else recipes.unmade()
    _tell(backend, tables.cursor, {**before, "recipes": recipes.written(kept)})
    backend.reshape(tables.insights, recipes.columns(told))


def _begin(backend: Backend, tables: Tables, folds: int = 0) -> None:
    first = {"event_id": 0, "customer_at": START, "customer_id": 0, "today": None, "untidy": 0}
    first |= {"folds": folds, "newest": START, "highest": 0}
    _tell(backend, tables.cursor, first | {"recipes": recipes.written(recipes.unmade()), "layout": layout(tables)})


def _tell(backend: Backend, table: Any, row: Mapping[str, Any]) -> None:
    names = list(table.schema())
    with backend.arriving(_arrow([[row[name] for name in names]], names, table)) as told:
        backend.replace(table, told)


def _piece(ids: Any, after: int) -> Any:
    """Ask for the highest id of the next customers."""
    piece = ids.filter(ids.customer_id > after).order_by("customer_id").limit(AT_ONCE)
    return piece.aggregate(customer_id=piece.customer_id.max()).filter(lambda highest: highest.customer_id.notnull())


def _arrow(rows: Rows, names: Sequence[str], table: Any) -> pa.Table:
    schema = table.schema().to_pyarrow()
    return pa.table(
        {name: _column([row[place] for row in rows], schema.field(name).type) for place, name in enumerate(names)}
    )


def _column(values: Sequence[Any], kind: Any) -> Any:
    if pa.types.is_timestamp(kind):
        return pa.array(values, pa.timestamp("us", "UTC")).cast(kind)
    return pa.array(values, kind)
