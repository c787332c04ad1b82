"""How do very many rows go into a table with the least work for each?

By the database's own short way: on SQLite one prepared statement for all rows, on PostgreSQL COPY. A value that is the
same in every row is turned into what the driver takes once, not a million times; so is each different instant.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session


def insert_many(
    session: Session, table: sa.Table, constants: Mapping[str, Any], names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert `rows`, whose values are those of the columns `names`, each with `constants` beside them.

    No default of the model is filled in, and no trigger of the ORM runs: this is for rows that were just made.
    """
    connection = session.connection()
    dialect = connection.dialect
    same = tuple(_plain(table, name, dialect)(value) for name, value in constants.items())
    turned = [_turned(table, name, dialect) for name in names]
    made = [(*same, *(turn(value) if turn else value for turn, value in zip(turned, row, strict=True))) for row in rows]
    if not made:
        return
    columns = ", ".join((*constants, *names))
    if dialect.name == "sqlite":
        marks = ", ".join("?" * (len(constants) + len(names)))
        connection.exec_driver_sql(f"INSERT INTO {table.name} ({columns}) VALUES ({marks})", made)  # noqa: S608
        return
    cursor: Any = connection.connection.cursor()
    with cursor, cursor.copy(f"COPY {table.name} ({columns}) FROM STDIN") as copy:
        for row in made:
            copy.write_row(row)


def _plain(table: sa.Table, name: str, dialect: sa.Dialect) -> Callable[[Any], Any]:
    """Return what turns a value of this column into what the driver takes."""
    return table.c[name].type.dialect_impl(dialect).bind_processor(dialect) or (lambda value: value)


def _turned(table: sa.Table, name: str, dialect: sa.Dialect) -> Callable[[Any], Any] | None:
    """Like `_plain`, remembering what it turned: there are few different instants and states. None: nothing to do."""
    processor = table.c[name].type.dialect_impl(dialect).bind_processor(dialect)
    return lru_cache(maxsize=1024)(processor) if processor else None
