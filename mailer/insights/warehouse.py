"""Where are questions over many events answered? In a column store beside the truth, which can be rebuilt from it.

DuckDB in process, asked and written through Ibis only: a value from outside is an Ibis literal, never text in a query.
One writer at a time; each reader has a cursor of its own, and sees the last fold that was committed whole.

A DuckDB file belongs to one process. Insights are computed anew for the customers a fold touched, and for everybody
when a civil day in UTC begins, when the clock is moved to another one, and at the first fold of a process.
"""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import ibis
from ibis.backends.duckdb import Backend
from sqlmodel import Session

import mailer.insights.library  # noqa: F401 -- the shop's insights are known
from mailer.errors import Misconfigured, NotReady
from mailer.insights.fold import Fold, Folded, create, empty, plain
from mailer.insights.insight import INSIGHTS
from mailer.insights.layout import layout, tables


class Warehouse:
    """A column store of events, customers and insights."""

    def __init__(self, url: str = "duckdb://") -> None:
        """Open `duckdb:///path`, or `duckdb://` in memory; begin it anew where it is of another layout.

        Raises:
            Misconfigured: the URL is of another kind.
            NotReady: another process has the file open.
        """
        kind, found, path = url.partition("://")
        if kind != "duckdb" or not found or (path and not path.startswith("/")):
            raise Misconfigured(
                f"warehouse.url is {url!r}; give duckdb:///path/to/file, or duckdb:// for one in memory"
            )
        self.tables = tables()
        self._lock = threading.Lock()
        self._idle: list[Any] = []
        self._computed = False  # by the insights as this process knows them
        self._path = Path(path) if path else None
        self._writer = self._open()
        if not self._is_current() and self._path:
            self.close()
            self._path.unlink()
            self._writer = self._open()
        if not self._is_current():
            with self._writing():
                create(self._writer, self.tables)

    def fold(self, session: Session, now: datetime) -> Folded:
        """Bring what is new in the truth, and compute the insights it touches. Doing it twice changes nothing more."""
        with self._writing():
            folded = Fold(self._writer, self.tables, session, now, anew=not self._computed).run()
        self._computed = True
        return folded

    def rebuild(self, session: Session, now: datetime) -> Folded:
        """Forget everything and bring it anew, in one transaction: readers see the old until the new is whole."""
        with self._writing():
            empty(self._writer, self.tables)
            folded = Fold(self._writer, self.tables, session, now, anew=True).run()
        self._computed = True
        return folded

    def rows(self, question: Any) -> list[dict[str, Any]]:
        """Answer an Ibis expression over `tables`: each row as a dict of plain values."""
        with self._reading() as reader:
            return plain(reader.to_pyarrow(question.as_table()))

    def facts(self, customer_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
        """Return the insights of these customers, and their attributes beside them; None is "not known"."""
        if not customer_ids:
            return {}
        asked = self.tables.insights
        rows = self.rows(asked.filter(asked.customer_id.isin(list(customer_ids))))
        return {
            row["customer_id"]: {**json.loads(row["attributes"] or "{}"), **{name: row[name] for name in INSIGHTS}}
            for row in rows
        }

    def last_events(self, customer_id: int, n: int, name: str | None = None) -> list[dict[str, Any]]:
        """Return the newest events of a customer, the newest first: name, at, properties."""
        events = self.tables.events
        theirs = events.filter(events.customer_id == customer_id, *([events["name"] == name] if name else []))
        return self.events(theirs.order_by(ibis.desc("at"), ibis.desc("id")).limit(n))

    def events(self, question: Any) -> list[dict[str, Any]]:
        """Answer an expression over `tables.events`: name, at, properties of each event."""
        rows = self.rows(question.select("name", "at", "properties"))
        return [{**row, "properties": json.loads(row["properties"] or "{}")} for row in rows]

    def counts(self) -> dict[str, int]:
        """Return how many events and customers there are."""
        each = {"events": self.tables.events, "customers": self.tables.insights}
        return {name: self.rows(table.aggregate(n=table.count()))[0]["n"] for name, table in each.items()}

    def close(self) -> None:
        """Close the file, so that another process may open it."""
        with self._lock:
            while self._idle:
                self._idle.pop().con.close()
            self._writer.con.close()

    def _open(self) -> Any:
        if self._path:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        try:
            backend = _DuckDB()
            backend.do_connect(self._path or ":memory:")
        except duckdb.IOException as error:
            raise NotReady(
                f"the warehouse {self._path} cannot be opened; has another mailer opened it? ({error})"
            ) from error
        return backend

    def _is_current(self) -> bool:
        try:
            return [row["layout"] for row in self.rows(self.tables.cursor.select("layout"))] == [layout(self.tables)]
        except (duckdb.CatalogException, duckdb.BinderException):  # no such table, or no such column
            return False

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._lock:
            self._writer.con.begin()
            try:
                yield
            except BaseException:
                self._writer.con.rollback()
                raise
            self._writer.con.commit()

    @contextmanager
    def _reading(self) -> Iterator[Any]:
        try:
            reader = self._idle.pop()  # lists are safe to share between threads
        except IndexError:
            reader = _DuckDB.from_connection(self._writer.con.cursor())
        yield reader
        self._idle.append(reader)


class _DuckDB(Backend):  # type: ignore[misc]
    """Ibis on DuckDB, told the tables of the layout: it would ask for them by a call that DuckDB 2 deprecates."""

    def get_schema(self, name: str, **_where: Any) -> Any:
        known = tables()
        return next(each.schema() for each in (*known.stored(), known.computed) if each.get_name() == name)
