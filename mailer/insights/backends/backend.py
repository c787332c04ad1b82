"""What does a warehouse ask of a store that its tables lie in?"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import ibis
import pyarrow as pa
import sqlglot as sg

from mailer.insights.backends.own import own_properties
from mailer.insights.insight import COLUMN
from mailer.insights.layout import ASKED, KEY, PROPERTIES, Tables, tables

NEXT = "_next"  # ends the name of a table that is to take another's place
OURS = "lifeline"  # the schema of a server's database that is ours: the truth may lie beside it
TOO_LONG = (
    "the question took more than {0:g} seconds and was stopped; ask for fewer days, for fewer parts, or for events "
    "without conditions on what they carry"
)


class Backend(ABC):
    """A store that tables lie in."""

    con: Any  # the Ibis backend that writes
    most_bits = 0  # of a set of customers; 0: it cannot give them as bits
    keeps_columns = True  # whether a table can be given other columns and keep the rest
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

    def rows(self, reader: Any, ready: Any, ids: str | None = None) -> list[dict[str, Any]]:
        """Answer with rows as dicts of plain values; instants are aware, in UTC."""
        return plain(self.answer(reader, ready, ids))

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
        self.con.insert(table.get_name(), ordered(rows, table))

    def upsert(self, table: Any, rows: Any, key: str) -> None:
        """Replace rows with the same key, and add the others."""
        self.con.upsert(table.get_name(), ordered(rows, table), on=key)

    def forget(self, table: Any, gone: Any) -> None:
        """Forget the rows of the customers in another table of ours."""
        names = table.get_name(), gone.get_name()
        self.con.raw_sql('DELETE FROM "{}" WHERE customer_id IN (SELECT customer_id FROM "{}")'.format(*names))  # noqa: S608 -- of the layout

    def replace(self, table: Any, rows: Any) -> None:
        """Replace everything."""
        self.empty(table)
        self.append(table, rows)

    def view(self, table: Any, of: Callable[[], Any], key: Hashable) -> None:
        """Make a view of an expression, known again by `key`."""
        self.con.create_view(table.get_name(), self.prepared(of()), overwrite=True)

    def reshape(self, table: Any, columns: Mapping[str, str]) -> None:
        """Give a table the columns it has now, where it had these of insights, by name and type; new ones are null.

        It is made anew, for the order of its columns is that of the layout.
        """
        schema = table.schema()
        asked = {name: schema[name] for name in (KEY, *ASKED)}
        old = ibis.table({**asked, **columns}, name=table.get_name())
        kept = [name for name, kind in schema.items() if name in old.columns and old.schema()[name] == kind]
        rows = old.select(*kept)
        self.swap(table, rows.mutate(**{name: ibis.null(kind) for name, kind in schema.items() if name not in kept}))

    def swap(self, table: Any, rows: Any) -> None:
        """Put a new table with these rows in the place of a table."""
        name = table.get_name()
        self.con.create_table(name + NEXT, self.prepared(ordered(rows, table)))
        self.drop(name)
        self.con.raw_sql(f'ALTER TABLE "{name}{NEXT}" RENAME TO "{name}"')

    def tidy(self, tables: Tables) -> None:  # noqa: B027 -- a server keeps its own order
        """Put the events into the order in which they are asked for."""

    def drop(self, name: str, kind: str = "TABLE") -> None:
        """Drop a table or a view of ours."""
        self.con.raw_sql(f"DROP {kind} IF EXISTS {sg.to_identifier(name, quoted=True).sql(self.con.dialect)}")

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


def plain(table: pa.Table) -> list[dict[str, Any]]:
    """Return each row as a dict; instants are aware, in UTC."""
    for place, each in enumerate(table.schema):
        if pa.types.is_timestamp(each.type) and not each.type.tz:
            utc = table.column(place).cast(pa.timestamp("us")).cast(pa.timestamp("us", "UTC"))
            table = table.set_column(place, each.name, utc)
    return table.to_pylist()  # type: ignore[no-any-return]


def ordered(rows: Any, table: Any) -> Any:
    """Return rows with the columns of a table, in its order and of its types."""
    return rows.select(*(rows[name].cast(kind) if rows[name].type() != kind else rows[name]
                         for name, kind in table.schema().items()))  # fmt: skip


def known(name: str, **_where: Any) -> Any:
    """Return the schema of a table of ours: the layout is ours, so there is nothing to ask a store for."""
    told = tables()
    name = name.removesuffix(NEXT)
    return next(each.schema() for each in (*told.stored(), told.computed) if each.get_name() == name)
