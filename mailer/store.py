"""Where is the truth kept, and who may write it?

SQLite by default, PostgreSQL by URL; this is the only module that knows which. On SQLite there is **one writer**:
several writing connections were measured at 64-104 ms p99 for a page and hundreds of false "database is locked", one
writer at 2-9 ms. Writers queue by urgency (a person waiting for a page goes before a bulk step, which writes in chunks
of at most `CHUNK` rows), begin IMMEDIATE and commit when the block ends. Readers get a snapshot and *cannot* write: the
database itself refuses, so that a GET is pure whatever its code does.
"""

import enum
import fcntl
import heapq
import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC as utc  # noqa: N811
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.types import TypeDecorator
from sqlmodel import Session, SQLModel

from mailer.errors import Misconfigured, NotReady

try:  # a current SQLite, where it is installed: before 3.51.3 two writers could lose a WAL frame
    from pysqlite3 import dbapi2 as sqlite
except ImportError:
    import sqlite3 as sqlite

CHUNK = 500  # rows a bulk step writes before it lets others in

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


def words(states: type[enum.StrEnum]) -> Any:
    """Return the column type for a closed set of words, checked by the database."""
    return sa.Enum(
        states,
        values_callable=lambda each: [state.value for state in each],
        native_enum=False,
        create_constraint=True,
        name=states.__name__.lower(),
        length=24,
    )


def new_public_id() -> str:
    """Return 64 random bits as 13 characters: what a URL may name a row by, which nobody can guess."""
    return "".join(secrets.choice("abcdefghijklmnopqrstuvwxyz234567") for _ in range(13))


class Urgency(enum.IntEnum):
    """Who goes first when several want to write."""

    PERSON = 0  # somebody waits for a page, or a server for its answer
    MAIL = 1  # an email is at its final dot
    BULK = 2  # a step over many rows, between two chunks


class Store:
    """One operational database, and its one writer."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        self._turn = _Turn()
        if self.is_sqlite:
            self._writer = _sqlite(url, read_only=False)
            self._reader = _sqlite(url, read_only=True)
        else:
            self._writer = sa.create_engine(url, pool_size=4, pool_pre_ping=True)
            self._reader = sa.create_engine(
                url, pool_size=16, pool_pre_ping=True, execution_options={"postgresql_readonly": True}
            )
        self._locked: IO[str] | None = None

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Give a session on a snapshot; whatever tries to write through it fails."""
        with Session(self._reader, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self, urgency: Urgency = Urgency.PERSON) -> Iterator[Session]:
        """Give the one writing session; commit when the block ends, roll back when it raises."""
        with (
            self._turn.at(urgency if self.is_sqlite else None),
            Session(self._writer, expire_on_commit=False) as session,
        ):
            yield session
            session.commit()

    def create(self) -> None:
        """Make all tables at once, as tests do; a real house is `upgrade`d."""
        SQLModel.metadata.create_all(self._writer)

    def upgrade(self) -> None:
        """Bring the tables to the newest migration."""
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", "mailer:migrations")
        with self._writer.connect() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()

    def version(self) -> str:
        """Return the name and version of the database, for `mailer check`."""
        with self.read() as session:
            ask = "select sqlite_version()" if self.is_sqlite else "show server_version"
            return f"{'SQLite' if self.is_sqlite else 'PostgreSQL'} {session.execute(sa.text(ask)).scalar_one()}"

    def lock(self) -> None:
        """Claim the house for this process until it ends.

        Raises:
            NotReady: another process has it. Two engines on one SQLite file would each think they are the one writer.
        """
        path = make_url(self.url).database
        if not self.is_sqlite or not path:
            return
        handle = Path(path).with_suffix(".lock").open("w", encoding="ascii")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            handle.close()
            raise NotReady(f"another mailer already runs on {path}; stop it first") from error
        self._locked = handle

    @property
    def is_locked(self) -> bool:
        """Whether this process has claimed the house for itself."""
        return self._locked is not None

    def close(self) -> None:
        """Give back every connection and the lock."""
        self._writer.dispose()
        self._reader.dispose()
        if self._locked:
            self._locked.close()
            self._locked = None


class _Turn:
    """A lock that serves the most urgent first, and first come first served among equals."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._waiting: list[tuple[int, int]] = []
        self._busy = False
        self._ticket = 0

    @contextmanager
    def at(self, urgency: Urgency | None) -> Iterator[None]:
        if urgency is None:
            yield
            return
        with self._condition:
            self._ticket += 1
            mine = (int(urgency), self._ticket)
            heapq.heappush(self._waiting, mine)
            self._condition.wait_for(lambda: not self._busy and self._waiting[0] == mine)
            heapq.heappop(self._waiting)
            self._busy = True
        try:
            yield
        finally:
            with self._condition:
                self._busy = False
                self._condition.notify_all()


def _sqlite(url: str, *, read_only: bool) -> Engine:
    database = make_url(url).database
    if not database or database == ":memory:":
        raise Misconfigured("a house needs a database file: readers and the writer are different connections")
    Path(database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(
        url,
        module=sqlite,
        poolclass=sa.QueuePool,
        pool_size=16 if read_only else 1,
        max_overflow=16 if read_only else 0,
        connect_args={"check_same_thread": False, "timeout": 30, "isolation_level": None},
        json_serializer=lambda value: json.dumps(value, ensure_ascii=False, separators=(",", ":")),
    )

    @sa.event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
            connection.execute(f"PRAGMA {pragma}")
        if read_only:
            connection.execute("PRAGMA query_only=ON")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine
