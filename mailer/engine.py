"""How is each database opened, so that it behaves as the store promises?

SQLite: one writing connection, readers that cannot write, a write-ahead log, every commit on the disk. PostgreSQL: the
same promises by its own means: read-only snapshots, time-outs that the server itself keeps, locks that end with the
connection that holds them. Beside `store` this is the only module that knows which is which.
"""

import fcntl
import json
import re
from pathlib import Path
from typing import IO, Any, Protocol

import sqlalchemy as sa
from sqlalchemy.engine import URL, Engine, make_url

from mailer.dialect import teach
from mailer.errors import Misconfigured, NotReady

try:  # a current SQLite, where it is installed: before 3.51.3 two writers could lose a WAL frame
    from pysqlite3 import dbapi2 as sqlite
except ImportError:
    import sqlite3 as sqlite

OLDEST_POSTGRESQL = 15
WAIT_SECONDS = 30  # for another's lock, on both
STATEMENT_SECONDS = 120  # one statement on PostgreSQL; the longest of ours takes a second or two
IDLE_SECONDS = 600  # a transaction nobody works in: the server ends it, so that it holds up nobody for ever
RUNS, UPGRADES = 7_310_001, 7_310_002  # the advisory locks of a house
READERS, WRITERS = 16, 8
CACHE_MEGABYTES, LOG_MEGABYTES = 32, 16  # of SQLite's writer: pages it keeps; the log before it is folded back


def address(url: str) -> URL:
    """Read the address of a database; plain `postgresql://` means the driver that is installed here.

    Raises:
        Misconfigured: it is neither SQLite nor PostgreSQL.
    """
    try:
        found = make_url(url)
    except sa.exc.ArgumentError as error:
        raise Misconfigured(
            f"[store] url {url!r} is not an address; give postgresql+psycopg://…, or nothing"
        ) from error
    if found.get_backend_name() == "sqlite":
        return found
    if found.get_backend_name() in ("postgresql", "postgres"):
        return found.set(drivername="postgresql+psycopg")
    raise Misconfigured(f"[store] url begins with {found.drivername}; SQLite and PostgreSQL are known")


def open_sqlite(url: URL, *, read_only: bool) -> Engine:
    """Open a SQLite file: the writer is one connection, and a reader's connection refuses to write."""
    if not url.database or url.database == ":memory:":
        raise Misconfigured("a house needs a database file: readers and the writer are different connections")
    Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(
        url,
        module=sqlite,
        poolclass=sa.QueuePool,
        pool_size=READERS if read_only else 1,
        max_overflow=READERS if read_only else 0,
        connect_args={"check_same_thread": False, "timeout": WAIT_SECONDS, "isolation_level": None},
        json_serializer=_json,
    )

    @sa.event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        waits = f"busy_timeout={WAIT_SECONDS * 1000}"
        for pragma in (waits, "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        teach(connection)
        if read_only:
            connection.execute("PRAGMA query_only=ON")
        else:
            connection.execute(f"PRAGMA cache_size={-CACHE_MEGABYTES * 1024}")
            connection.execute(f"PRAGMA wal_autocheckpoint={LOG_MEGABYTES * 256}")  # pages of 4 kB

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine


def connect_sqlite(path: str | Path) -> Any:
    """Connect to a SQLite file directly, for what no transaction may be around: a copy of it, a mode of its own."""
    return sqlite.connect(str(path), timeout=WAIT_SECONDS)


def open_postgresql(url: URL, *, read_only: bool) -> Engine:
    """Open a PostgreSQL database: a reader's transactions are read-only snapshots, and the server keeps the time-outs.

    Raises:
        Misconfigured: its driver is not installed.
    """
    limits = {
        "statement_timeout": STATEMENT_SECONDS,
        "lock_timeout": WAIT_SECONDS,
        "idle_in_transaction_session_timeout": IDLE_SECONDS,
    }
    said = " ".join(f"-c {name}={seconds}s" for name, seconds in limits.items())
    said += " -c jit=off"  # a question about a table that just grew would be compiled for longer than it takes
    given = {"options": f"{said} -c timezone=UTC", "application_name": "mailer", "connect_timeout": 10, "keepalives": 1}
    reader = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    try:
        engine = sa.create_engine(
            url,
            pool_size=READERS if read_only else WRITERS,
            max_overflow=READERS,
            pool_pre_ping=True,
            connect_args=given,
            execution_options=reader if read_only else {},
            json_serializer=_json,
        )
    except ModuleNotFoundError as error:
        raise Misconfigured("for PostgreSQL its driver is needed: pip install 'mailer[postgresql]'") from error
    sa.event.listen(engine, "connect", _without_nul)
    return engine


def _without_nul(connection: Any, _record: Any) -> None:
    """Let no NUL reach PostgreSQL, whose text cannot hold one: strangers put them into emails. It is shown as �."""
    from psycopg.types.string import StrDumper

    class Shown(StrDumper):
        def dump(self, obj: str) -> Any:
            return super().dump(obj.replace("\0", "�") if "\0" in obj else obj)

    connection.adapters.register_dumper(str, Shown)


def refuse_old(connection: sa.Connection) -> None:
    """Refuse a PostgreSQL that is older than what this was written for."""
    number = int(connection.execute(sa.text("show server_version_num")).scalar_one()) // 10_000
    if number < OLDEST_POSTGRESQL:
        raise NotReady(f"this PostgreSQL is version {number}; {OLDEST_POSTGRESQL} or newer is needed")


def unreachable(url: URL, error: Exception) -> NotReady:
    """Say that the database does not answer, in one line and without its password."""
    why = re.sub(r"\s+", " ", str(getattr(error, "orig", error))).strip()
    return NotReady(f"the database {url.render_as_string(hide_password=True)} does not answer: {why}")


class Claim(Protocol):
    """A house that one process has for itself."""

    def holds(self) -> bool:
        """Whether it still has it."""

    def close(self) -> None:
        """Let go of it."""


class FileClaim:
    """The claim on a SQLite file: a lock on a file beside it, which ends with the process whatever happens."""

    def __init__(self, database: Path) -> None:
        self._file: IO[str] = database.with_suffix(".lock").open("w", encoding="ascii")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._file.close()
            raise NotReady(f"another mailer already runs on {database}; stop it first") from error

    def holds(self) -> bool:
        """Whether it still has it."""
        return not self._file.closed

    def close(self) -> None:
        """Let go of it."""
        self._file.close()


class ServerClaim:
    """The claim on a PostgreSQL database: an advisory lock, held by a connection that does nothing else."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._engine = sa.create_engine(
            url,
            poolclass=sa.NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args={"application_name": "mailer, the one that runs", "keepalives_idle": 30},
        )
        self._connection = self._take()

    def _take(self) -> sa.Connection:
        connection = self._engine.connect()
        if not connection.execute(sa.select(sa.func.pg_try_advisory_lock(RUNS))).scalar_one():
            connection.close()
            where = self._url.render_as_string(hide_password=True)
            raise NotReady(f"another mailer already runs on {where}; stop it first")
        self._driver: Any = connection.connection.dbapi_connection
        return connection

    def holds(self) -> bool:
        """Whether it still has it; a lost connection lost the lock, so it is taken again, or refused."""
        try:
            self._connection.execute(sa.text("select 1"))
        except sa.exc.DBAPIError:
            self._connection.invalidate()
            self._driver.close()  # a connection that broke is let go of by nobody else
            try:
                self._connection = self._take()
            except (sa.exc.DBAPIError, NotReady):
                return False
        return True

    def close(self) -> None:
        """Let go of it."""
        self._connection.close()
        self._engine.dispose()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
