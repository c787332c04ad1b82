"""A warehouse in a store without transactions over tables: ClickHouse, Trino and BigQuery.

What is replaced is written beside the old first; events are added only if their id is not there, and the cursor moves
last, so that a fold that died is simply done again.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import ibis
import pyarrow as pa

from mailer.insights.backends.backend import NEXT, Backend, ordered
from mailer.insights.backends.reworded import exact_median, json_extracted


class Staged(Backend):
    """A store without transactions over tables."""

    keeps_columns = False

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
        self.con.insert(table.get_name(), self.prepared(ordered(rows, table)))

    def upsert(self, table: Any, rows: Any, key: str) -> None:
        """Write what stays and what is new beside it, then over it."""
        self.replace(table, ordered(table.anti_join(rows, key), table).union(ordered(rows, table)))

    def reshape(self, table: Any, columns: Mapping[str, str]) -> None:
        """Begin the table anew: most of these cannot take a column away."""
        self.drop(table.get_name())
        self.con.create_table(table.get_name(), schema=table.schema())

    def forget(self, table: Any, gone: Any) -> None:
        """Write what stays over what was."""
        self.replace(table, table.anti_join(gone, "customer_id"))

    def replace(self, table: Any, rows: Any) -> None:
        """Write the new beside the old, then over it: a table cannot be overwritten while it is read."""
        name = table.get_name() + NEXT
        self.con.create_table(name, self.prepared(ordered(rows, table)), overwrite=True)
        self.con.insert(table.get_name(), ibis.table(table.schema(), name=name), overwrite=True)


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
