"""How is one statement run very often, with the least work for each time?

SQLAlchemy looks up, expands and turns a statement anew each time it runs, which takes ten times as long as SQLite needs
for it. What is run at every final dot is therefore compiled once for each kind of database, and given to the driver as
text. A list of values is one parameter (`dialect.among`), so that the text stays the same however many there are.

SQLite is in this process, so its driver is asked without anything between; what it raises is told as SQLAlchemy tells
it. A server's answer takes longer than SQLAlchemy does, and its connection may break, which SQLAlchemy has to know.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from mailer.store import UTC

Turn = Callable[[Any], Any]


class Prepared:
    """A statement, compiled at its first run on each kind of database; it holds no `in_` (see `among`)."""

    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self._made: dict[str, tuple[str, Callable[[Mapping[str, Any]], Any]]] = {}

    def run(self, session: Session, given: Mapping[str, Any]) -> Sequence[Any]:
        """Run it once, and return its rows as the driver gives them."""
        connection = session.connection()
        text, turned = self._on(connection.dialect)
        if connection.dialect.name != "sqlite":
            return connection.exec_driver_sql(text, turned(given)).all()
        found: Sequence[Any] = _driven(connection, "execute", text, turned(given)).fetchall()
        return found

    def count(self, session: Session, given: Mapping[str, Any]) -> int:
        """Run it once, and return how many rows it made or changed."""
        connection = session.connection()
        text, turned = self._on(connection.dialect)
        if connection.dialect.name != "sqlite":
            return int(connection.exec_driver_sql(text, turned(given)).rowcount)
        return int(_driven(connection, "execute", text, turned(given)).rowcount)

    def run_each(self, session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run it for each of these."""
        if rows:
            connection = session.connection()
            text, turned = self._on(connection.dialect)
            if connection.dialect.name != "sqlite":
                connection.exec_driver_sql(text, [turned(row) for row in rows])
                return
            _driven(connection, "executemany", text, [turned(row) for row in rows])

    def _on(self, dialect: sa.Dialect) -> tuple[str, Callable[[Mapping[str, Any]], Any]]:
        if dialect.name not in self._made:
            compiled: Any = self._statement.compile(dialect=dialect)
            turns: dict[str, Turn] = dict(compiled._bind_processors)
            said = {compiled.bind_names[bind]: bind for bind in compiled.bind_names}
            for name, bind in said.items():
                if name in turns and isinstance(bind.type, UTC):
                    turns[name] = lru_cache(maxsize=16)(turns[name])  # all rows of a round have the same instant
            fixed = {
                name: turns[name](bind.effective_value) if name in turns else bind.effective_value
                for name, bind in said.items()
                if not bind.required
            }
            names = compiled.positiontup or list(compiled.params)
            self._made[dialect.name] = str(compiled), _turner(names, fixed, turns, bool(compiled.positiontup))
        return self._made[dialect.name]


def _driven(connection: sa.Connection, how: str, text: str, given: Any) -> Any:
    """Ask SQLite's own driver, and give its cursor back."""
    driver: Any = connection.connection.driver_connection
    try:
        return getattr(driver, how)(text, given)
    except connection.dialect.loaded_dbapi.Error as error:
        told = sa.exc.DBAPIError.instance(text, given, error, connection.dialect.loaded_dbapi.Error)
        raise told from error


def _turner(names: Sequence[str], fixed: Mapping[str, Any], turns: Mapping[str, Turn], by_place: bool) -> Turn:
    """Return what makes the driver's parameters of values by name."""
    if not by_place:
        open_ = [(name, turns.get(name)) for name in names if name not in fixed]
        return lambda given: {**fixed, **{name: turn(given[name]) if turn else given[name] for name, turn in open_}}
    places = [(name, turns.get(name), fixed.get(name), name in fixed) for name in names]
    return lambda given: tuple(
        [value if is_fixed else turn(given[name]) if turn else given[name] for name, turn, value, is_fixed in places]
    )
