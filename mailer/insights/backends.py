"""What differs between the stores a warehouse can lie in? One small class a family; everything else is the same Ibis.

DuckDB      in this process, a file; the writer's transaction is the fold
PostgreSQL  a server; the writer's transaction is the fold
Staged      no transactions over tables: Spark, and by the same means ClickHouse, Trino and BigQuery. What is replaced
            is written beside the old first; events are added only if their id is not there, and the cursor moves last,
            so that a fold that died is simply done again.

A question is asked of a reader: it can change nothing, and is stopped when it takes too long.
"""

import contextlib
import json
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import duckdb
import ibis
import ibis.expr.operations as ops
import pyarrow as pa
import sqlglot as sg
import sqlglot.expressions as sge
from ibis.backends.duckdb import Backend as IbisDuckDB
from ibis.backends.duckdb.converter import DuckDBPyArrowData

from mailer.errors import Misconfigured, NotReady, Temporary
from mailer.insights.insight import COLUMN, Type
from mailer.insights.layout import PROPERTIES, Tables, tables

IDS = "{ids}"  # stands for a text of customer ids where a question is kept to be asked again
OURS = "lifeline"  # the schema of a server's database that is ours: the truth may lie beside it
SORTED = (
    "name",
    lambda event: event.day // 91,
    "customer_id",
)  # a window reads few of them, and each customer's together
DENSE_BITS = 22  # up to four million customers are counted in an array instead of a hash table
NUMBER = r"^-?[0-9]{1,15}([.][0-9]+)?([eE][-+]?[0-9])?$"
TOO_LONG = (
    "the question took more than {0:g} seconds and was stopped; ask for fewer days, for fewer parts, or for events "
    "without conditions on what they carry"
)


class Backend(ABC):
    """A store that tables lie in."""

    con: Any  # the Ibis backend that writes
    most_bits = 0  # of a set of customers; 0: it cannot give them as bits
    knows_again = False  # whether a question that is ready can be asked about others

    @abstractmethod
    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make what is done inside whole, as far as this family can."""

    @abstractmethod
    def reader(self) -> Any:
        """Return an Ibis backend that only reads, for one thread at a time."""

    @abstractmethod
    @contextmanager
    def asking(self, reader: Any, seconds: float) -> Iterator[None]:
        """Ask some questions; stop them after so many seconds. Raises Temporary if they were stopped."""

    def ready(self, question: Any) -> Any:
        """Return a question that need not be translated again when it is asked again."""
        return self.prepared(question)

    def answer(self, reader: Any, ready: Any, ids: str | None = None) -> pa.Table:
        """Answer a question that is ready, while asking; `ids` stand in it for IDS where a store `knows_again`."""
        return reader.to_pyarrow(ready)

    def members(self, customers: Any, below: int) -> Any:
        """Return a question for which ids below `below`, at most `most_bits`, there are: a bit for each."""
        raise NotImplementedError

    def release(self, reader: Any) -> None:
        """Let go of a reader."""
        reader.con.close()

    @abstractmethod
    @contextmanager
    def arriving(self, told: pa.Table) -> Iterator[Any]:
        """Give these rows as a table that can be asked."""

    def prepared(self, question: Any) -> Any:
        """Return a question as this family can be asked it."""
        return question

    def read(self, question: Any) -> pa.Table:
        """Answer a question of the writer's own, inside its transaction."""
        return self.con.to_pyarrow(self.prepared(question.as_table()))

    def stored(self) -> set[str]:
        """Return the names of our tables that are there."""
        return set(self.con.list_tables())

    def create(self, tables: Tables) -> None:
        """Make all tables, in place of those that are there."""
        there = self.stored()
        if tables.computed.get_name() in there:
            self.drop(tables.computed.get_name(), "VIEW")
        for table in tables.stored():
            if table.get_name() in there:
                self.drop(table.get_name())
            self.con.create_table(table.get_name(), schema=table.schema())

    def empty(self, table: Any) -> None:
        """Forget what is in a table."""
        self.con.truncate_table(table.get_name())

    def append(self, table: Any, rows: Any, key: str = "") -> None:
        """Add rows; `key` tells those that are there already, where a fold may have died half way."""
        self.con.insert(table.get_name(), _ordered(rows, table))

    def upsert(self, table: Any, rows: Any, key: str) -> None:
        """Replace rows with the same key, and add the others."""
        self.con.upsert(table.get_name(), _ordered(rows, table), on=key)

    def forget(self, table: Any, gone: Any) -> None:
        """Forget the rows of the customers in another table of ours."""
        names = table.get_name(), gone.get_name()
        self.con.raw_sql('DELETE FROM "{}" WHERE customer_id IN (SELECT customer_id FROM "{}")'.format(*names))  # noqa: S608 -- of the layout

    def replace(self, table: Any, rows: Any) -> None:
        """Replace everything."""
        self.empty(table)
        self.append(table, rows)

    def view(self, table: Any, of: Any) -> None:
        """Make a view of an expression."""
        self.con.create_view(table.get_name(), self.prepared(of), overwrite=True)

    def tidy(self, tables: Tables) -> None:  # noqa: B027 -- a server keeps its own order
        """Put the events into the order in which they are asked for."""

    def drop(self, name: str, kind: str = "TABLE") -> None:
        """Drop a table or a view of ours."""
        quoted = sg.to_identifier(name, quoted=True).sql(self.con.dialect)
        self.con.raw_sql(f"DROP {kind} IF EXISTS {quoted}")

    @contextmanager
    def arriving_events(self, told: pa.Table) -> Iterator[Any]:
        """Give events as a table, each with a column of its own for each property that is often asked for."""
        told_of = [own_properties(text) for text in told.column("properties").to_pylist()]
        for name, kind in PROPERTIES.items():
            column = ibis.dtype(COLUMN[kind]).to_pyarrow()
            told = told.append_column(name, pa.array([each[name] for each in told_of], column))
        with self.arriving(told) as arriving:
            yield arriving

    def close(self) -> None:
        """Let go of it."""
        self.con.disconnect()


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
        self.con.raw_sql(f"SET perfect_ht_threshold = {DENSE_BITS}")
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
        """Return it with its SQL, in which IDS stand as a parameter: translating takes longer than most answers."""
        sql = self.con.compiler.to_sqlglot(self.prepared(question.as_table()))
        for each in list(sql.find_all(sge.Literal)):
            if each.is_string and each.this == IDS:
                each.replace(sge.Placeholder(this="ids"))
        return question, sql.sql("duckdb")

    def answer(self, reader: Any, ready: Any, ids: str | None = None) -> pa.Table:
        """Ask the SQL."""
        question, sql = ready
        told = reader.con.sql(sql, params=None if ids is None else {"ids": ids}).to_arrow_table()
        return question.__pyarrow_result__(told, data_mapper=DuckDBPyArrowData)

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

    def view(self, table: Any, of: Any) -> None:
        """Make a view of an expression in which what is read more than once is found once and kept meanwhile."""
        sql = self.con.compiler.to_sqlglot(self.prepared(of))
        for each in sql.find_all(sge.CTE):
            each.set("materialized", True)
        self.con.raw_sql(f'CREATE OR REPLACE VIEW "{table.get_name()}" AS {sql.sql("duckdb")}')

    def tidy(self, tables: Tables) -> None:
        """Write the events anew, sorted: within this transaction, so that readers have the old until it ends."""
        name = tables.events.get_name()
        self.con.create_table("tidied", tables.events.order_by(*SORTED).select(*tables.events.columns))
        self.drop(name)
        self.con.raw_sql(f'ALTER TABLE tidied RENAME TO "{name}"')

    def stored(self) -> set[str]:
        """Return the tables of the file."""
        asked = "SELECT table_name FROM duckdb_tables() UNION SELECT view_name FROM duckdb_views() WHERE NOT internal"
        return {name for (name,) in self.con.con.execute(asked).fetchall()}

    def close(self) -> None:
        """Close the file, so that another process may open it."""
        self.con.con.close()


class PostgreSQL(Backend):
    """A server's database, in a schema of ours."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.con = self._connect("")
        with self.con.con.cursor() as cursor:
            cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {OURS}")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Begin, and commit or roll back; what Ibis begins inside are savepoints."""
        with self.con.con.transaction():
            yield

    def reader(self) -> Any:
        """Return a connection of its own that may write nothing."""
        return self._connect(" -c default_transaction_read_only=on")

    @contextmanager
    def asking(self, reader: Any, seconds: float) -> Iterator[None]:
        """Ask, with the server's own limit."""
        import psycopg

        with reader.con.cursor() as cursor:
            cursor.execute(f"SET statement_timeout = {int(seconds * 1000)}")
        try:
            yield
        except psycopg.errors.QueryCanceled as error:
            raise Temporary(TOO_LONG.format(seconds)) from error

    @contextmanager
    def arriving(self, told: pa.Table) -> Iterator[Any]:
        """Copy them into a table that ends with the transaction."""
        schema = ibis.Schema.from_pyarrow(told.schema)
        self.con.raw_sql("DROP TABLE IF EXISTS pg_temp.arriving")
        self.con.create_table("arriving", schema=schema, temp=True)
        names = ", ".join(f'"{name}"' for name in schema)
        with self.con.con.cursor() as cursor, cursor.copy(f"COPY pg_temp.arriving ({names}) FROM STDIN") as copy:
            for row in zip(*(told.column(name).to_pylist() for name in schema), strict=True):
                copy.write_row([_without_nul(cell) if isinstance(cell, str) else cell for cell in row])
        self.con.raw_sql("ANALYZE pg_temp.arriving")
        yield ibis.table(schema, name="arriving")

    def prepared(self, question: Any) -> Any:
        """PostgreSQL has no TRY_CAST."""
        return without_try_cast(question)

    def create(self, tables: Tables) -> None:
        """Make the tables, with the indexes questions and folds need."""
        super().create(tables)
        with self.con.con.cursor() as cursor:
            for table in (tables.customers, tables.insights):
                cursor.execute(f'ALTER TABLE "{table.get_name()}" ADD PRIMARY KEY (customer_id)')
            cursor.execute("CREATE INDEX ON event (customer_id, at)")
            cursor.execute("CREATE INDEX ON event (name, at) INCLUDE (customer_id, day)")

    def empty(self, table: Any) -> None:
        """Forget what is in a table; TRUNCATE would let no reader in until the fold ends."""
        self.con.raw_sql(f'DELETE FROM "{table.get_name()}"')  # noqa: S608 -- a name of the layout

    def view(self, table: Any, of: Any) -> None:
        """Make a view anew: its columns may have other types."""
        self.drop(table.get_name(), "VIEW")
        super().view(table, of)

    def close(self) -> None:
        """Hang up."""
        self.con.con.close()

    def _connect(self, options: str) -> Any:
        import psycopg

        try:
            con = psycopg.connect(
                self._url,
                autocommit=True,
                options=f"-c search_path={OURS} -c TimeZone=UTC{options}",
                connect_timeout=10,
            )
        except psycopg.OperationalError as error:
            raise NotReady(f"the warehouse cannot be reached: {error}") from error
        found = ibis.postgres.from_connection(con)
        found.get_schema = _known  # the layout is ours: nothing to ask the server for
        return found


class Staged(Backend):
    """A store without transactions over tables."""

    def __init__(self, con: Any) -> None:
        self.con = con

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """There is none."""
        yield

    def reader(self) -> Any:
        """Return the one connection."""
        return self.con

    def release(self, reader: Any) -> None:
        """Keep it: it is the writer's too."""

    @contextmanager
    def asking(self, reader: Any, seconds: float) -> Iterator[None]:
        """Ask; a limit is the server's to keep."""
        yield

    @contextmanager
    def arriving(self, told: pa.Table) -> Iterator[Any]:
        """Give them as Ibis gives rows of ours to this backend."""
        yield ibis.memtable(told)

    def append(self, table: Any, rows: Any, key: str = "") -> None:
        """Add those that a fold that died has not added."""
        rows = rows.anti_join(table, key) if key else rows
        self.con.insert(table.get_name(), self.prepared(_ordered(rows, table)))

    def upsert(self, table: Any, rows: Any, key: str) -> None:
        """Write what stays and what is new beside it, then over it."""
        self.replace(table, _ordered(table.anti_join(rows, key), table).union(_ordered(rows, table)))

    def forget(self, table: Any, gone: Any) -> None:
        """Write what stays over what was."""
        self.replace(table, table.anti_join(gone, "customer_id"))

    def replace(self, table: Any, rows: Any) -> None:
        """Write the new beside the old, then over it: a table cannot be overwritten while it is read."""
        name = f"{table.get_name()}_next"
        self.con.create_table(name, self.prepared(_ordered(rows, table)), overwrite=True)
        self.con.insert(table.get_name(), ibis.table(table.schema(), name=name), overwrite=True)


class Spark(Staged):
    """Spark: `pyspark:///folder?spark.master=local[2]`; each setting of Spark may stand behind the question mark."""

    def __init__(self, url: str) -> None:
        try:
            from pyspark.sql import SparkSession  # type: ignore[import-not-found,unused-ignore]
        except ImportError as error:
            raise Misconfigured('warehouse.url asks for Spark; pip install "ibis-framework[pyspark]"') from error
        parts = urlsplit(url)
        builder = SparkSession.builder.appName(OURS)
        if parts.path:
            builder = builder.config("spark.sql.warehouse.dir", parts.path)
        for key, value in parse_qsl(parts.query):
            builder = builder.config(key, value)
        self.session = builder.getOrCreate()
        super().__init__(ibis.pyspark.connect(self.session))
        self.con.raw_sql(f"CREATE DATABASE IF NOT EXISTS {OURS}")
        self.con.raw_sql(f"USE {OURS}")

    @contextmanager
    def asking(self, reader: Any, seconds: float) -> Iterator[None]:
        """Ask, and cancel its jobs when it takes too long."""
        stopped = threading.Event()

        def stop() -> None:
            stopped.set()
            self.session.interruptTag(tag)

        tag = f"question-{threading.get_ident()}"
        timer = threading.Timer(seconds, stop)
        self.session.addTag(tag)
        timer.start()
        try:
            yield
        except Exception as error:
            if stopped.is_set():
                raise Temporary(TOO_LONG.format(seconds)) from error
            raise
        finally:
            timer.cancel()
            self.session.removeTag(tag)

    @contextmanager
    def arriving(self, told: pa.Table) -> Iterator[Any]:
        """Give Spark the columns as they are: by way of pandas a whole number beside a null would become a float."""
        self.session.createDataFrame(told).createOrReplaceTempView("arriving")
        yield ibis.table(ibis.Schema.from_pyarrow(told.schema), name="arriving")

    def prepared(self, question: Any) -> Any:
        """Spark reads JSON from text only."""
        return json_from_text(question)

    def close(self) -> None:
        """End the session."""
        self.session.stop()


class ClickHouse(Staged):
    """ClickHouse, whose own JSON type is not what a text holds."""

    def prepared(self, question: Any) -> Any:
        """Read JSON from its text."""
        return json_extracted(question)


class Exact(Staged):
    """Trino and BigQuery, which know a median only about."""

    def prepared(self, question: Any) -> Any:
        """Take the middle of all values in order."""
        return exact_median(question)


def opened(url: str) -> Backend:
    """Open the store a URL names.

    Raises:
        Misconfigured: there is no such family, or what speaks to it is not installed.
        NotReady: it cannot be reached, or another process has the file open.
    """
    kind, found, rest = url.partition("://")
    if found and kind == "duckdb" and (not rest or rest.startswith("/")):
        return DuckDB(Path(rest) if rest else None)
    if found and rest and kind in ("postgresql", "postgres"):
        return PostgreSQL(url)
    if found and kind == "pyspark":
        return Spark(url)
    if found and rest and kind in ("clickhouse", "trino", "bigquery"):
        try:
            return (ClickHouse if kind == "clickhouse" else Exact)(ibis.connect(url))
        except ImportError as error:
            raise Misconfigured(f'warehouse.url asks for {kind}; pip install "ibis-framework[{kind}]"') from error
    raise Misconfigured(
        f"warehouse.url is {url!r}; give duckdb:///path/to/file, duckdb:// for one in memory, or the URL of a server: "
        "postgresql://user:password@host/database, pyspark:///folder, clickhouse://…, trino://…, bigquery://…"
    )


def own_properties(text: str | None) -> Mapping[str, Any]:
    """Read from an event's JSON what has a column of its own; a value of another type is as if not told."""
    try:
        told = json.loads(text or "{}")
    except ValueError:
        told = {}
    told = told if isinstance(told, dict) else {}
    return {name: _typed(told.get(name), kind) for name, kind in PROPERTIES.items()}


def _typed(value: Any, kind: Type) -> Any:
    if kind is Type.TEXT:
        return _without_nul(value) if isinstance(value, str) else None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    whole = int(Decimal(str(value)).to_integral_value(ROUND_HALF_UP))
    return whole if -(2**63) <= whole < 2**63 else None


def _without_nul(text: str) -> str:
    return text.replace("\\u0000", "").replace("\0", "")


def without_try_cast(question: Any) -> Any:
    """Return a question that casts only what can be cast: JSON is always ours, and a number looks like one."""

    def sure(node: Any, given: Any) -> Any:
        node = node.__recreate__(given) if given else node
        if isinstance(node, ops.UnwrapJSONString) and isinstance(node.arg, ops.JSONGetItem):
            quoted = node.arg.to_expr().cast("string").startswith('"')
            return ibis.ifelse(quoted, _text_at(node.arg.arg, node.arg.index), ibis.null("string")).op()
        if not isinstance(node, ops.TryCast):
            return node
        value = node.arg.to_expr()
        if node.to.is_numeric() and node.arg.dtype.is_string():
            value = ibis.ifelse(value.re_search(NUMBER), value, ibis.null("string"))
            return value.cast("float64").cast(node.to).op() if not node.to.is_integer() else value.cast(node.to).op()
        return ops.Cast(value, node.to)

    return question.op().replace(sure).to_expr()


def exact_median(question: Any) -> Any:
    """Return a question that takes a median as the middle of all values in order."""

    def middle(node: Any, given: Any) -> Any:
        node = node.__recreate__(given) if given else node
        if not isinstance(node, ops.Median):
            return node
        values = ops.ArrayCollect(node.arg, where=node.where).to_expr().sort()
        count = values.length()
        return ((values[(count - 1) // 2] + values[count // 2]) / 2).op()

    return question.op().replace(middle).to_expr()


def _ordered(rows: Any, table: Any) -> Any:
    return rows.select(*(rows[name].cast(kind) if rows[name].type() != kind else rows[name]
                         for name, kind in table.schema().items()))  # fmt: skip


def _known(name: str, **_where: Any) -> Any:
    known = tables()
    return next(each.schema() for each in (*known.stored(), known.computed) if each.get_name() == name)


def json_from_text(question: Any) -> Any:
    """Return a question that reads a field of JSON from its text, as Spark does it: a text without its quotes."""

    def read(node: Any, given: Any) -> Any:
        if isinstance(node, ops.JSONGetItem):
            inside = node.arg.arg  # the text that was cast
            return _json_object(inside, ibis.literal(f"$.{node.index.value}")).op()
        if isinstance(node, ops.UnwrapJSONString):
            return given["arg"]
        return node.__recreate__(given) if given else node

    return question.op().replace(read).to_expr()


def json_extracted(question: Any) -> Any:
    """Return a question that reads a field of JSON from its text, as ClickHouse does it: what is not there is ""."""

    def read(node: Any, given: Any) -> Any:
        if isinstance(node, ops.JSONGetItem):
            return _json_raw(node.arg.arg, node.index).nullif("").op()
        if isinstance(node, ops.UnwrapJSONString):
            return _json_text(node.arg.arg.arg, node.arg.index).nullif("").op()
        return node.__recreate__(given) if given else node

    return question.op().replace(read).to_expr()


@ibis.udf.agg.builtin(name="bitstring_agg", signature=(("int64", "int64", "int64"), "string"))  # type: ignore[untyped-decorator,unused-ignore]
def _bits(number: Any, lowest: Any, highest: Any) -> Any:
    """DuckDB's own: a bit is set for each number there is."""


@ibis.udf.scalar.builtin(name="get_json_object", signature=(("string", "string"), "string"))  # type: ignore[untyped-decorator,unused-ignore]
def _json_object(text: Any, path: Any) -> Any:
    """Spark's own."""


@ibis.udf.scalar.builtin(name="JSONExtractRaw", signature=(("string", "string"), "string"))  # type: ignore[untyped-decorator,unused-ignore]
def _json_raw(text: Any, name: Any) -> Any:
    """ClickHouse's own."""


@ibis.udf.scalar.builtin(name="JSONExtractString", signature=(("string", "string"), "string"))  # type: ignore[untyped-decorator,unused-ignore]
def _json_text(text: Any, name: Any) -> Any:
    """ClickHouse's own: only what is a text there."""


@ibis.udf.scalar.builtin(name="json_extract_path_text", signature=(("json", "string"), "string"))  # type: ignore[untyped-decorator,unused-ignore]
def _text_at(told: Any, name: Any) -> Any:
    """PostgreSQL's own; Ibis writes the same call in a way that PostgreSQL does not read."""


class _DuckDB(IbisDuckDB):  # type: ignore[misc]
    """Ibis on DuckDB, told the tables of the layout: it would ask for them by a call that DuckDB 2 deprecates."""

    def get_schema(self, name: str, **where: Any) -> Any:
        return _known("event" if name == "tidied" else name)
