"""Where are questions over many events answered? In a column store beside the truth, which can be rebuilt from it.

Asked and written through Ibis only: a value from outside is an Ibis literal, never text in a query. One writer at a
time; each reader has a connection of its own that can write nothing, and sees the last fold that was committed whole.
Which store it is, is the business of insights.backends.

A DuckDB file belongs to one process (see insights.desk). What a fold computes is the business of insights.fold.
"""

import json
import threading
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlmodel import Session

import mailer.insights.library  # noqa: F401 -- the shop's insights are known
from mailer.insights.arrivals import Folded
from mailer.insights.insight import INSIGHTS
from mailer.insights.layout import IDS, KEY, layout, tables
from mailer.insights.members import Members
from mailer.late import ibis

PATIENCE = 10.0  # seconds a question may take
READY = 2_000  # questions kept in the words of the store
KEPT = 2**26  # bytes of sets of customers that are kept


@dataclass(frozen=True, slots=True)
class State:
    """What is known of everything that was folded."""

    folds: int  # so many folds changed something
    newest: datetime  # of the events
    below: int  # every customer's id is lower; a power of two
    zones: tuple[str, ...]  # that customers live in, UTC first


def of(table: Any, ids: Sequence[int], by: str = KEY) -> Any:
    """Return the rows of these customers, or with these ids in another column."""
    if len(ids) == 1:
        return table.filter(table[by] == ids[0])
    return _theirs(table, _text(ids), by)


def _text(ids: Sequence[int]) -> str:
    return ",".join(map(str, ids))


def _theirs(table: Any, ids: str, by: str) -> Any:
    """Return the rows with these ids. They go as one text: as literals they would cost more than the rest."""
    told = ibis.literal(ids).split(",").unnest().cast("int64")
    return table.semi_join(told.name(by).as_table(), by)


class Warehouse:
    """A column store of events, customers and insights."""

    def __init__(self, url: str = "duckdb://") -> None:
        """Open the store `url` names (see `backends.opened`); begin it anew where it is of another layout.

        Raises:
            Misconfigured: the URL is of another kind.
            NotReady: another process has the file open, or the server cannot be reached.
        """
        from mailer.insights.backends import opened  # here and below: with what speaks to a store it takes a second
        from mailer.insights.fold import create, reshape

        self.tables = tables()
        self.patience = PATIENCE
        self._lock = threading.Lock()
        self._idle: list[Any] = []
        self.ready: dict[Hashable, Any] = {}  # questions that were asked, in the words of the store
        self.kept: tuple[int, dict[Hashable, Any]] = (-1, {})  # of so many folds, what was found
        self.backend = opened(url)
        with self._writing():
            (reshape if self._is_current() else create)(self.backend, self.tables)

    def fold(self, session: Session, now: datetime) -> Folded:
        """Bring what is new in the truth, and compute the insights it touches. Doing it twice changes nothing more."""
        from mailer.insights.fold import Fold

        with self._writing():
            return Fold(self.backend, self.tables, session, now).run()

    def rebuild(self, session: Session, now: datetime) -> Folded:
        """Forget everything and bring it anew, in one transaction: readers see the old until the new is whole."""
        from mailer.insights.fold import Fold, empty

        with self._writing():
            empty(self.backend, self.tables)
            return Fold(self.backend, self.tables, session, now).run()

    @contextmanager
    def asking(self) -> Iterator["Asking"]:
        """Give somebody who answers questions, all of one state: what is folded meanwhile is not seen.

        Raises:
            Temporary: all of them together took longer than `patience`.
        """
        with self._reading() as reader, self.backend.asking(reader, self.patience):
            yield Asking(self, reader)

    def rows(self, question: Any) -> list[dict[str, Any]]:
        """Answer an Ibis expression over `tables`: each row as a dict of plain values.

        Raises:
            Temporary: it took longer than `patience`.
        """
        with self.asking() as asking:
            return asking.rows(question)

    def facts(self, customer_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
        """Return the insights of these customers, and their attributes beside them; None is "not known"."""
        asked = self.tables.insights.select(KEY, "attributes", *INSIGHTS)
        with self.asking() as asking:
            rows = asking.rows_of(customer_ids, ("facts", *INSIGHTS), lambda of: of(asked))
        return dict(map(_facts, rows))

    def last_events(self, customer_id: int, n: int, name: str | None = None) -> list[dict[str, Any]]:
        """Return the newest events of a customer, the newest first: name, at, properties."""
        events = self.tables.events

        def newest(of: Callable[[Any], Any]) -> Any:
            theirs = of(events.filter(events["name"] == name) if name else events)
            return theirs.order_by(ibis.desc("at"), ibis.desc("id")).limit(n).select("name", "at", "properties")

        with self.asking() as asking:
            return _with_properties(asking.rows_of([customer_id], ("last events", n, name), newest))

    def events(self, question: Any) -> list[dict[str, Any]]:
        """Answer an expression over `tables.events`: name, at, properties of each event."""
        return _with_properties(self.rows(question.select("name", "at", "properties")))

    def counts(self) -> dict[str, int]:
        """Return how many events and customers there are."""
        each = {"events": self.tables.events, "customers": self.tables.insights}
        with self.asking() as asking:
            return {
                name: asking.rows(table.aggregate(n=table.count()), ("counts", name))[0]["n"]
                for name, table in each.items()
            }

    def close(self) -> None:
        """Let go of the store, so that another process may open it."""
        with self._lock:
            while self._idle:
                self.backend.release(self._idle.pop())
            self.backend.close()

    def _is_current(self) -> bool:
        name = self.tables.cursor.get_name()
        if name not in self.backend.stored():
            return False
        try:
            told = self.backend.read(self.tables.cursor.select("layout")).to_pylist()
        except Exception:  # noqa: BLE001 -- each store says in its own way that there is no such column
            return False
        return [row["layout"] for row in told] == [layout(self.tables)]

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._lock, self.backend.transaction():
            yield

    @contextmanager
    def _reading(self) -> Iterator[Any]:
        try:
            reader = self._idle.pop()  # lists are safe to share between threads
        except IndexError:
            reader = self.backend.reader()
        try:
            yield reader
        finally:
            self._idle.append(reader)


class Asking:
    """Answers questions of one state of the warehouse."""

    def __init__(self, warehouse: Warehouse, reader: Any) -> None:
        self.warehouse, self._reader = warehouse, reader
        self.tables = warehouse.tables

    @cached_property
    def state(self) -> State:
        """What is known of everything that was folded."""
        (row,) = self.rows(self.tables.cursor.select("folds", "newest", "highest"), "cursor")
        below = 1 << max(13, row["highest"].bit_length())
        if self.warehouse.kept[0] != row["folds"]:
            self.warehouse.kept = (row["folds"], {})
        kept = self.warehouse.kept[1]
        if "zones" not in kept:
            told = self.rows(self.tables.insights.select("time_zone").distinct(), "zones")
            kept["zones"] = tuple(
                sorted({each["time_zone"] or "UTC" for each in told}, key=lambda one: (one != "UTC", one))
            )
        return State(row["folds"], row["newest"], below, kept["zones"])

    def rows(self, question: Any, key: Hashable = None) -> list[dict[str, Any]]:
        """Answer an Ibis expression: each row as a dict of plain values; by its `key` it is known again."""
        return self._rows(question.as_table, key)

    def rows_of(
        self, ids: Sequence[int], key: Hashable, question: Callable[[Callable[[Any], Any]], Any], by: str = KEY
    ) -> list[dict[str, Any]]:
        """Answer a question about these customers, known again by its `key` when it is asked about others.

        `question` is given what takes a table and returns the rows of these customers in it; `by` is the column that
        holds `ids`, where they are of something else.
        """
        if not ids:
            return []
        if self.warehouse.backend.knows_again:
            return self._rows(lambda: question(lambda table: _theirs(table, IDS, by)), ("of", key), _text(ids))
        return self._rows(lambda: question(lambda table: of(table, ids, by)), None)

    def members(self, key: Hashable, customers: Callable[[], Any]) -> Members | None:
        """Return which customers are in a table, known again by its `key`; None where the store cannot say."""
        state, backend = self.state, self.warehouse.backend
        folds, kept = self.warehouse.kept
        if folds == state.folds and key in kept:
            return kept[key]  # type: ignore[no-any-return]
        if state.below > backend.most_bits:
            return None
        ready = self._ready(
            lambda: backend.members(customers(), state.below), ("members", key, state.below, state.zones)
        )
        told = backend.answer(self._reader, ready)
        found = Members.told(told.column(0)[0].as_py(), state.below)
        if folds == state.folds:
            _put(kept, key, found, 1 + KEPT // (state.below // 8))
        return found

    def _rows(self, question: Callable[[], Any], key: Hashable, ids: str | None = None) -> list[dict[str, Any]]:
        return self.warehouse.backend.rows(self._reader, self._ready(question, key), ids)

    def _ready(self, question: Callable[[], Any], key: Hashable) -> Any:
        ready = self.warehouse.ready.get(key) if key is not None else None
        if ready is None:
            ready = self.warehouse.backend.ready(question())
            if key is not None:
                _put(self.warehouse.ready, key, ready, READY)
        return ready


def _facts(row: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Return whose row it is, and what it says of them: the row itself, for there are many."""
    customer_id, attributes = row.pop(KEY), row.pop("attributes")
    return customer_id, row if attributes in (None, "{}") else {**json.loads(attributes), **row}


def _with_properties(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "properties": json.loads(row["properties"] or "{}")} for row in rows]


def _put(kept: dict[Hashable, Any], key: Hashable, value: Any, most: int) -> None:
    """Keep a value, and let go of the oldest when there are too many."""
    for oldest in list(kept)[: max(0, len(kept) - most)]:
        kept.pop(oldest, None)
    kept[key] = value
