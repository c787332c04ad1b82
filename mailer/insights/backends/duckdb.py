"""A warehouse in this process: DuckDB, in a file or in memory. The writer's transaction is the fold."""

import contextlib
import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from datetime import UTC
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pyarrow as pa
import sqlglot.expressions as sge
from ibis.backends.duckdb import Backend as IbisDuckDB
from ibis.expr.operations import Node
from ibis.formats.pyarrow import PyArrowData

from mailer.errors import NotReady, Temporary
from mailer.insights.backends.backend import TOO_LONG, Backend, known, ordered
from mailer.insights.insight import COLUMN, Type
from mailer.insights.layout import IDS, PROPERTIES, Tables

SORTED = "name", lambda event: event.day // 91, "customer_id"  # a window reads few of them, each customer's together
WORDED = 1_000  # questions of the writer's own that are kept in SQL: translating takes longer than most answers


class DuckDB(Backend):
    """In this process: a file, or in memory without a path."""

    most_bits = 2**26  # eight megabytes
    knows_again = True

    def __init__(self, path: Path | None) -> None:
        self.path = path
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self.con = _DuckDB()
            self.con.do_connect(path or ":memory:")
        except duckdb.IOException as error:
            raise NotReady(f"the warehouse {path} cannot be opened; has another mailer opened it? ({error})") from error
        self.con.raw_sql("SET enable_progress_bar = false")  # Ibis sets it, and a command prints what it found

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Begin, and commit or roll back."""
        self.con.con.begin()
        try:
            yield
        except BaseException:
            self.con.con.rollback()
            raise
        self.con.con.commit()

    def reader(self) -> Any:
        """Return a cursor: it sees the last fold that was committed whole."""
        return _DuckDB.from_connection(self.con.con.cursor())

    @contextmanager
    def asking(self, reader: Any, seconds: float) -> Iterator[None]:
        """Ask inside a transaction that only reads; interrupt it when it takes too long."""
        done = threading.Event()

        def watch() -> None:
            late = not done.wait(seconds)
            while late and not done.wait(0.05):  # what has not begun yet cannot be interrupted: again, until it ends
                reader.con.interrupt()

        watcher = threading.Thread(target=watch, name="patience", daemon=True)
        reader.con.execute("BEGIN TRANSACTION READ ONLY")
        try:
            watcher.start()
            yield
        except duckdb.InterruptException as error:
            raise Temporary(TOO_LONG.format(seconds)) from error
        finally:
            done.set()
            watcher.join()
            with contextlib.suppress(duckdb.TransactionException):
                reader.con.rollback()

    def ready(self, question: Any) -> Any:
        """Return what it answers with, and its SQL, in which IDS stand as a parameter."""
        question = question.as_table()
        return question.schema(), _worded(question.op())

    def answer(self, reader: Any, ready: Any, ids: str | None = None) -> pa.Table:
        """Ask the SQL."""
        schema, sql = ready
        told = reader.con.sql(sql, params=None if ids is None else {"ids": ids}).to_arrow_table()
        return PyArrowData.convert_table(told, schema)

    def rows(self, reader: Any, ready: Any, ids: str | None = None) -> list[dict[str, Any]]:
        """Ask the SQL for plain values: by way of Arrow a row takes longer than to find it."""
        schema, sql = ready
        told = reader.con.execute(sql, None if ids is None else {"ids": ids}).fetchall()
        names = list(schema)
        instants = [name for name, kind in schema.items() if kind.is_timestamp()]
        rows = [dict(zip(names, row, strict=True)) for row in told]
        for row in rows if instants else ():
            for name in instants:
                if at := row[name]:
                    row[name] = at.replace(tzinfo=UTC)
        return rows

    def read(self, question: Any) -> pa.Table:
        """Answer a question of the writer's own; the same one is translated once."""
        return self.answer(self.con, self.ready(question))

    def append(self, table: Any, rows: Any, key: str = "") -> None:
        """Add rows."""
        names = ", ".join(f'"{name}"' for name in table.columns)
        self.con.con.execute(f'INSERT INTO "{table.get_name()}" ({names}) {_worded(ordered(rows, table).op())}')

    def upsert(self, table: Any, rows: Any, key: str) -> None:
        """Replace rows with the same key, and add the others."""
        names = [f'"{name}"' for name in table.columns]
        given = ", ".join(f"fresh.{name}" for name in names)
        self.con.con.execute(
            f'MERGE INTO "{table.get_name()}" AS kept USING ({_worded(ordered(rows, table).op())}) AS fresh'  # noqa: S608 -- of the layout
            f' ON kept."{key}" = fresh."{key}"'
            f" WHEN MATCHED THEN UPDATE SET {', '.join(f'{name} = fresh.{name}' for name in names)}"
            f" WHEN NOT MATCHED THEN INSERT ({', '.join(names)}) VALUES ({given})"
        )

    def members(self, customers: Any, below: int) -> Any:
        """Set a bit for each: a million customers are an eighth of a megabyte, and no hash table is built."""
        inside = customers.customer_id.between(0, below - 1)
        return customers.aggregate(bits=_bits(customers.customer_id, 0, below - 1, where=inside).cast("binary"))

    @contextmanager
    def arriving(self, told: pa.Table) -> Iterator[Any]:
        """Let DuckDB read them where they lie."""
        self.con.con.register("arriving", told)
        yield ibis.table(ibis.Schema.from_pyarrow(told.schema), name="arriving")
        self.con.con.unregister("arriving")

    @contextmanager
    def arriving_events(self, told: pa.Table) -> Iterator[Any]:
        """Let DuckDB read the JSON."""
        with self.arriving(told) as arriving:
            inside = arriving.properties.try_cast("json")
            own = {
                name: inside[name].str if kind is Type.TEXT else inside[name].cast("string").try_cast(COLUMN[kind])
                for name, kind in PROPERTIES.items()
            }
            yield arriving.mutate(**own)

    def view(self, table: Any, of: Callable[[], Any], key: Hashable) -> None:
        """Make a view of an expression in which what is read more than once is found once and kept meanwhile."""

        def worded() -> str:
            sql = _compiler.to_sqlglot(of())
            for each in sql.find_all(sge.CTE):
                each.set("materialized", True)
            return str(sql.sql("duckdb"))

        sql = _views.get(key) or worded()
        if len(_views) < WORDED:
            _views[key] = sql
        self.con.con.execute(f'CREATE OR REPLACE VIEW "{table.get_name()}" AS {sql}')

    def tidy(self, tables: Tables) -> None:
        """Write the events anew, sorted: within this transaction, so that readers have the old until it ends."""
        self.swap(tables.events, tables.events.order_by(*SORTED))

    def stored(self) -> set[str]:
        """Return the tables of the file."""
        asked = "SELECT table_name FROM duckdb_tables() UNION SELECT view_name FROM duckdb_views() WHERE NOT internal"
        return {name for (name,) in self.con.con.execute(asked).fetchall()}

    def close(self) -> None:
        """Close the file, so that another process may open it."""
        self.con.con.close()


_compiler = IbisDuckDB.compiler
_views: dict[Hashable, str] = {}  # of an insight's day: the longest of all to translate


@lru_cache(maxsize=WORDED)
def _worded(question: Node) -> str:
    """Return a question in SQL, in which IDS stand as a parameter."""
    sql = _compiler.to_sqlglot(question.to_expr())
    for each in list(sql.find_all(sge.Literal)):
        if each.is_string and each.this == IDS:
            each.replace(sge.Placeholder(this="ids"))
    return str(sql.sql("duckdb"))


@ibis.udf.agg.builtin(name="bitstring_agg", signature=(("int64", "int64", "int64"), "string"))  # type: ignore[untyped-decorator,unused-ignore]
def _bits(number: Any, lowest: Any, highest: Any) -> Any:
    """DuckDB's own: a bit is set for each number there is."""


class _DuckDB(IbisDuckDB):  # type: ignore[misc]
    """Ibis on DuckDB, told the tables of the layout: it would ask for them by a call that DuckDB 2 deprecates."""

    def get_schema(self, name: str, **where: Any) -> Any:
        return known(name)
