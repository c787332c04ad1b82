"""Where is the truth kept, and who may write it?

SQLite by default, PostgreSQL by URL; only this module and `engine` know which. On SQLite there is **one writer**:
several writing connections were measured at 64-104 ms p99 for a page and hundreds of false "database is locked", one
writer at 2-9 ms. Writers queue by urgency (a person waiting for a page goes before a bulk step, which writes in chunks
of at most `CHUNK` rows), begin IMMEDIATE and commit when the block ends. Readers get a snapshot and *cannot* write: the
database itself refuses, so that a GET is pure whatever its code does.
"""

import enum
import heapq
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC as utc  # noqa: N811
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator
from sqlmodel import Session, SQLModel

from mailer.engine import (
    UPGRADES,
    Claim,
    FileClaim,
    ServerClaim,
    address,
    open_postgresql,
    open_sqlite,
    refuse_old,
    unreachable,
)
from mailer.errors import Permanent

CHUNK = 500  # rows a bulk step writes before it lets others in
STEPS = Path(__file__).parent / "migrations" / "versions"  # a file each, which begins with its number

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UTC(TypeDecorator[datetime]):
    """An instant: aware in Python, UTC in the database. A naive one is refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Turn an aware instant into UTC."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        return None if value is None else value.astimezone(utc)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Give an aware instant back."""
        return None if value is None else value.replace(tzinfo=utc) if value.tzinfo is None else value.astimezone(utc)


JSON: Any = sa.JSON(none_as_null=True)
ID: Any = sa.BigInteger().with_variant(sa.Integer, "sqlite")  # of every numbered row; on SQLite it stays the rowid


def words(states: type[enum.StrEnum], *, checked: bool = True) -> Any:
    """Return the column type for a closed set of words, checked by the database; or by a check of the table's own."""
    return sa.Enum(
        states,
        values_callable=lambda each: [state.value for state in each],
        native_enum=False,
        create_constraint=checked,
        name=states.__name__.lower(),
        length=24,
    )


def new_public_id() -> str:
    """Return 64 random bits as 13 characters: what a URL may name a row by, which nobody can guess."""
    return letters(secrets.token_bytes(13))


def letters(random: bytes) -> str:
    """Return one letter or digit for five bits of each of these bytes: what a URL and an address can carry."""
    return random.translate(_LETTERS).decode("ascii")


_LETTERS = b"abcdefghijklmnopqrstuvwxyz234567" * 8


class Urgency(enum.IntEnum):
    """Who goes first when several want to write."""

    PERSON = 0  # somebody waits for a page, or a server for its answer
    MAIL = 1  # an email is at its final dot
    BULK = 2  # a step over many rows, between two chunks


class Store:
    """One operational database; on SQLite with its one writer, on PostgreSQL with as many as it likes."""

    def __init__(self, url: str) -> None:
        self.address = address(url)
        self.url = self.address.render_as_string(hide_password=False)
        self.is_sqlite = self.address.get_backend_name() == "sqlite"
        self._turn = _Turn()
        opened = open_sqlite if self.is_sqlite else open_postgresql
        self._writer = opened(self.address, read_only=False)
        self._reader = opened(self.address, read_only=True)
        self._claim: Claim | None = None

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Give a session on a snapshot; whatever tries to write through it fails."""
        with Session(self._reader, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self, urgency: Urgency = Urgency.PERSON) -> Iterator[Session]:
        """Give a writing session, on SQLite the only one; commit when the block ends, roll back when it raises.

        Raises:
            Permanent: the code that asks is inside such a block already. It would wait for itself for ever: on SQLite
                for the one writer's place, on PostgreSQL for the first row that both of its transactions touch.
        """
        with (
            self._turn.at(urgency if self.is_sqlite else None),
            Session(self._writer, expire_on_commit=False) as session,
        ):
            yield session
            session.commit()

    @property
    def is_wanted(self) -> bool:
        """Whether somebody waits for the one writer's place: a step that goes on by itself had better commit now."""
        return self._turn.is_wanted

    def create(self) -> None:
        """Make all tables at once, as tests do; a real house is `upgrade`d."""
        SQLModel.metadata.create_all(self._writer)

    def upgrade(self) -> None:
        """Bring the tables to the newest migration, all of it or nothing; of two processes one does it.

        Raises:
            NotReady: the database does not answer, or is too old.
        """
        try:
            if self._revision() == newest():
                return
            from alembic import command  # large, and most starts find the tables as they should be
            from alembic.config import Config

            config = Config()
            config.set_main_option("script_location", "mailer:migrations")
            with self._writer.connect() as connection, self._unchecked(connection), connection.begin():
                if not self.is_sqlite:  # there the transaction itself has the one writer's place already
                    refuse_old(connection)
                    connection.execute(sa.text("set local statement_timeout = 0"))
                    connection.execute(sa.text("set local lock_timeout = 0"))
                    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(UPGRADES)))
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
                if self.is_sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first()):
                    raise Permanent(f"the upgrade would break a reference ({broken}); nothing was changed: tell us")
        except sa.exc.OperationalError as error:
            raise unreachable(self.address, error) from error

    @contextmanager
    def _unchecked(self, connection: sa.Connection) -> Iterator[None]:
        """Let SQLite change a table others refer to: it does so by copying it, and cannot while references are checked.

        The switch works outside a transaction only (https://sqlite.org/lang_altertable.html, 7); all of them are
        checked before the commit.
        """
        plain: Any = connection.connection.driver_connection
        if self.is_sqlite:
            plain.execute("PRAGMA foreign_keys=OFF")
        try:
            yield
        finally:
            if self.is_sqlite:
                plain.execute("PRAGMA foreign_keys=ON")

    def _revision(self) -> str | None:
        """Return the migration the tables are at; None where there are none yet."""
        with self._reader.connect() as connection:
            if not sa.inspect(connection).has_table("alembic_version"):
                return None
            return connection.execute(sa.text("select version_num from alembic_version")).scalar_one_or_none()

    def version(self) -> str:
        """Return the name and version of the database, for `mailer check`."""
        with self.read() as session:
            ask = "select sqlite_version()" if self.is_sqlite else "show server_version"
            return f"{'SQLite' if self.is_sqlite else 'PostgreSQL'} {session.execute(sa.text(ask)).scalar_one()}"

    def lock(self) -> None:
        """Claim the house for this process until it ends: for `mailer run` on one machine.

        Raises:
            NotReady: another process has it. Two engines on one SQLite file would each think they are the one writer;
                on PostgreSQL each would take the other for dead. Or the database does not answer.
        """
        try:
            where = Path(self.address.database or "")
            self._claim = FileClaim(where) if self.is_sqlite else ServerClaim(self.address)
        except sa.exc.OperationalError as error:
            raise unreachable(self.address, error) from error

    @property
    def is_locked(self) -> bool:
        """Whether this process has claimed the house for itself, and still has it."""
        return self._claim is not None and self._claim.holds()

    def close(self) -> None:
        """Give back every connection and the lock."""
        self._writer.dispose()
        self._reader.dispose()
        if self._claim:
            self._claim.close()
            self._claim = None


def newest() -> str:
    """Return the number of the newest migration, without Alembic: importing it takes longer than to open the house."""
    return max(step.name.partition("_")[0] for step in STEPS.glob("[0-9]*.py"))


class _Turn:
    """A lock that serves the most urgent first, and first come first served among equals; no thread has it twice."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._waiting: list[tuple[int, int]] = []
        self._busy = False
        self._ticket = 0
        self._inside: set[int] = set()  # threads that are writing

    @property
    def is_wanted(self) -> bool:
        return bool(self._waiting)

    @contextmanager
    def at(self, urgency: Urgency | None) -> Iterator[None]:
        me = threading.get_ident()
        if me in self._inside:
            raise Permanent("a write inside a write would wait for itself: pass the session of the first one on")
        if urgency is not None:
            self._take(urgency)
        self._inside.add(me)
        try:
            yield
        finally:
            self._inside.discard(me)
            if urgency is not None:
                self._give_back()

    def _take(self, urgency: Urgency) -> None:
        with self._condition:
            self._ticket += 1
            mine = (int(urgency), self._ticket)
            heapq.heappush(self._waiting, mine)
            self._condition.wait_for(lambda: not self._busy and self._waiting[0] == mine)
            heapq.heappop(self._waiting)
            self._busy = True

    def _give_back(self) -> None:
        with self._condition:
            self._busy = False
            self._condition.notify_all()
