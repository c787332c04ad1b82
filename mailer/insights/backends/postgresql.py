"""A warehouse on a server: PostgreSQL, in a schema of ours. The writer's transaction is the fold."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any

import ibis
import psycopg
import pyarrow as pa

from mailer.errors import NotReady, Temporary
from mailer.insights.backends.backend import OURS, TOO_LONG, Backend, known
from mailer.insights.backends.own import without_nul
from mailer.insights.backends.reworded import without_try_cast
from mailer.insights.layout import Tables


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
                copy.write_row([without_nul(cell) if isinstance(cell, str) else cell for cell in row])
        self.con.raw_sql("ANALYZE pg_temp.arriving")
        yield ibis.table(schema, name="arriving")

    def prepared(self, question: Any) -> Any:
        """PostgreSQL has no TRY_CAST."""
        return without_try_cast(question)

    def create(self, tables: Tables) -> None:
        """Make the tables, with the indexes questions and folds need."""
        super().create(tables)
        with self.con.con.cursor() as cursor:
            cursor.execute("ALTER TABLE customer ADD PRIMARY KEY (customer_id)")
            cursor.execute("ALTER TABLE insight ADD PRIMARY KEY (customer_id)")
            cursor.execute("CREATE INDEX ON event (customer_id, at)")
            cursor.execute("CREATE INDEX ON event (name, at) INCLUDE (customer_id, day)")

    def swap(self, table: Any, rows: Any) -> None:
        """Put it there, with the key a fold needs; only insights change their shape."""
        super().swap(table, rows)
        self.con.raw_sql(f'ALTER TABLE "{table.get_name()}" ADD PRIMARY KEY (customer_id)')

    def empty(self, table: Any) -> None:
        """Forget what is in a table; TRUNCATE would let no reader in until the fold ends."""
        self.con.raw_sql(f'DELETE FROM "{table.get_name()}"')  # noqa: S608 -- a name of the layout

    def view(self, table: Any, of: Callable[[], Any], key: Hashable) -> None:
        """Make a view anew: its columns may have other types."""
        self.drop(table.get_name(), "VIEW")
        super().view(table, of, key)

    def close(self) -> None:
        """Hang up."""
        self.con.con.close()

    def _connect(self, options: str) -> Any:
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
        found.get_schema = known
        return found
