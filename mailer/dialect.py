"""What do we ask of both databases that each says in its own words?

A list of values as one parameter, a fingerprint, bits that nobody can guess: so that a step over a million rows is one
statement the database runs by itself, and no row travels to us and back.
"""

import json
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator
from sqlmodel import Session

DIGITS = 10  # of a number that is written so that it sorts as text


class Listed(TypeDecorator[Sequence[Any]]):
    """Many values as one parameter: IN with a mark for each costs more to write than the question costs to answer."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, of: Any) -> None:
        super().__init__()
        self.of = of

    def load_dialect_impl(self, dialect: sa.Dialect) -> Any:
        """Say what it is to the driver: an array where there are arrays."""
        return dialect.type_descriptor(sa.Text() if dialect.name == "sqlite" else sa.ARRAY(self.of))

    def process_bind_param(self, value: Sequence[Any] | None, dialect: sa.Dialect) -> Any:
        """Turn numbers or words into the parameter."""
        return json.dumps(list(value or ())) if dialect.name == "sqlite" else list(value or ())


class among(FunctionElement[Any]):  # noqa: N801 -- it is written like a function
    """Match rows whose `column` is one of many values: `among(T.c.id, "ids")`, run with {"ids": [1, 2, 3]}."""

    type = sa.types.NullType()  # as a Boolean it would become `(…) = 1` on SQLite, which no index answers
    inherit_cache = True

    def __init__(self, column: Any, parameter: str) -> None:
        of = sa.BigInteger() if isinstance(column.type, sa.Integer) else sa.Text()
        super().__init__(column, sa.bindparam(parameter, type_=Listed(of)))


class fingerprint(FunctionElement[str]):  # noqa: N801
    """The SHA-256 of a text, as 64 hexadecimal digits."""

    type = sa.String()
    inherit_cache = True


class unguessable(FunctionElement[str]):  # noqa: N801
    """Twenty hexadecimal digits, another in each row, of which at least 74 bits are random."""

    type = sa.String()
    inherit_cache = True


class written(FunctionElement[Any]):  # noqa: N801
    """JSON that is text already, as a column of JSON takes it."""

    type = sa.types.NullType()
    inherit_cache = True

    def __init__(self, parameter: str) -> None:
        super().__init__(sa.bindparam(parameter, type_=sa.Text()))


def insert_new(table: sa.Table, *unique: str) -> Any:
    """Return an INSERT that passes over a row if another has the same in `unique`, or in whatever has to be unique."""
    from sqlalchemy.dialects.postgresql import insert  # SQLite says it in the same words

    return insert(table).on_conflict_do_nothing(index_elements=unique or None)


def is_shared(session: Session) -> bool:
    """Whether others may write at this moment, so that what a decision rests on has to be locked."""
    return session.connection().dialect.name != "sqlite"  # there is one writer, and it is us


def row_by_row(asked: Any) -> Any:
    """Return a question that is asked for each row by its key, when it is asked whether it has an answer.

    PostgreSQL would make a join of it, or keep all its answers: after a table has grown by a million rows it does not
    know yet how many they are, and read them all for every chunk. What has an offset it leaves alone.
    """
    return asked.offset(_NONE)


_NONE: Any = sa.literal_column("0")


def sortable(number: Any) -> Any:
    """Write a number with leading zeros, so that texts that begin with it sort by it."""
    return sa.func.substr(sa.cast(number + 10**DIGITS, sa.String), 2)


def fingerprint_of(text: str) -> str:
    """Return what `fingerprint` gives for this text."""
    return sha256(text.encode()).hexdigest()


def teach(connection: Any) -> None:
    """Give a SQLite connection what PostgreSQL knows by itself."""
    connection.create_function("fingerprint", 1, fingerprint_of, deterministic=True)


@compiles(among, "sqlite")
def _among_sqlite(element: Any, compiler: SQLCompiler, **given: Any) -> str:
    column, values = (compiler.process(part, **given) for part in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 -- our own names and marks


@compiles(among, "postgresql")
def _among_postgresql(element: Any, compiler: SQLCompiler, **given: Any) -> str:
    column, values = (compiler.process(part, **given) for part in element.clauses)
    return f"{column} = ANY ({values})"


@compiles(fingerprint, "sqlite")
def _fingerprint_sqlite(element: Any, compiler: SQLCompiler, **given: Any) -> str:
    return f"fingerprint({compiler.process(element.clauses, **given)})"


@compiles(fingerprint, "postgresql")
def _fingerprint_postgresql(element: Any, compiler: SQLCompiler, **given: Any) -> str:
    return f"encode(sha256(convert_to({compiler.process(element.clauses, **given)}, 'UTF8')), 'hex')"


@compiles(unguessable, "sqlite")
def _unguessable_sqlite(element: Any, compiler: SQLCompiler, **given: Any) -> str:
    return "lower(hex(randomblob(10)))"


@compiles(unguessable, "postgresql")
def _unguessable_postgresql(element: Any, compiler: SQLCompiler, **given: Any) -> str:
    return "substr(replace(gen_random_uuid()::text, '-', ''), 1, 20)"  # a version in it: 74 of its 80 bits are random


@compiles(written, "sqlite")
def _written_sqlite(element: Any, compiler: SQLCompiler, **given: Any) -> str:
    return compiler.process(element.clauses, **given)


@compiles(written, "postgresql")
def _written_postgresql(element: Any, compiler: SQLCompiler, **given: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **given)} AS JSON)"
