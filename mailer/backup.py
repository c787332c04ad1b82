"""How is a whole house saved while it works, and made anew from what was saved?

A backup is one file, a `tar.gz`: the database as it was at one moment, then what it names (the spool, the journal, the
secret), then what is kept by hand (settings, segments, templates). The database comes first, so that whatever it
mentions is in the file. The warehouse is left out: it is computed from the truth. A restored house is in safe mode (see
`generation`): nothing leaves until a person accepts.
"""

import contextlib
import os
import shutil
import subprocess
import tarfile
import tempfile
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import URL

from mailer import generation, settings
from mailer.engine import address, connect_sqlite
from mailer.errors import Invalid, Misconfigured, NotReady
from mailer.house import House
from mailer.paths import Home
from mailer.store import Store

SQLITE, POSTGRESQL = "var/mailer.db", "var/mailer.dump"
BY_HAND = ("config", "segments", "templates")
KEPT = ("var/spool", "var/secret", "var/journal.log")  # after the database, which names what is in them


def save(house: House, target: Path, now: datetime) -> int:
    """Write a backup of `house`, which may be working, to `target`; return its size in bytes.

    Raises:
        Invalid: the file is there already.
        NotReady: the program that saves a PostgreSQL database is missing, or failed.
    """
    if target.exists():
        raise Invalid(f"{target} is there already; nothing is overwritten, choose another name")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
        part = Path(folder) / "backup.tar.gz"
        with tarfile.open(part, "w:gz", compresslevel=3) as tar:
            if house.store.is_sqlite:
                tar.add(_copy(house.store, Path(folder) / "mailer.db", now), SQLITE)
            else:
                tar.add(_dump(house.store.address, Path(folder) / "mailer.dump"), POSTGRESQL)
            for name in (*KEPT, *BY_HAND):
                if (house.home.root / name).exists():
                    tar.add(house.home.root / name, name, filter=_whole)
        part.chmod(0o600)  # the secret is in it
        with part.open("rb") as file:
            os.fsync(file.fileno())
        try:
            os.link(part, target)  # whole or not at all, and never over another
        except FileExistsError as error:
            raise Invalid(f"{target} was made meanwhile; nothing is overwritten") from error
    return target.stat().st_size


def restore(source: Path, folder: Path, store_url: str = "", journal: Path | None = None) -> Home:
    """Make a new home in `folder` from a backup; it will open in safe mode.

    Args:
        source: the backup.
        folder: where the home is made; it must not be there, or be empty.
        store_url: for PostgreSQL, an empty database to restore into.
        journal: the journal of the house that was lost, if it survived: it knows what left after the backup.

    Raises:
        Invalid: there is something in the folder, or the file is no backup.
        NotReady: the database is missing, is not empty, or could not be filled.
    """
    if folder.exists() and any(folder.iterdir()):
        raise Invalid(f"{folder} is not empty; a house is restored into a new folder, and nothing is overwritten")
    if journal is not None and not journal.is_file():
        raise Invalid(f"{journal} is not a file")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".restore-") as temporary:
        made = Path(temporary) / "home"
        try:
            with tarfile.open(source, "r:gz") as tar:
                tar.extractall(made, filter="data")
        except (OSError, tarfile.TarError, EOFError) as error:
            raise Invalid(f"{source} is not a whole backup: {error}") from error
        dump = made / POSTGRESQL
        if not dump.exists() and not (made / SQLITE).exists():
            raise Invalid(f"{source} is not a backup: no database is in it")
        if dump.exists():
            _fill(dump, store_url)
            dump.unlink()
        if journal is not None:
            shutil.copy(journal, made / "var" / "journal.log")
        made.replace(folder) if not folder.exists() else _into(made, folder)
    return Home(folder)


def misnamed(home: Home, store_url: str) -> str:
    """Return what the restored settings call their database, if it is not the one restored into."""
    try:
        named = settings.load(home).store.url
    except Misconfigured as error:
        return str(error)
    return "" if named == store_url else named or "nothing"


def _into(made: Path, folder: Path) -> None:
    for each in list(made.iterdir()):
        each.replace(folder / each.name)


def _whole(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    return None if member.name.endswith(".part") else member  # an email that is being written is not in the database


def _copy(store: Store, path: Path, now: datetime) -> Path:
    """Copy a SQLite database as it is at one moment, and give the copy a generation of its own."""
    with contextlib.closing(connect_sqlite(store.address.database or "")) as connection:
        connection.execute("VACUUM INTO ?", (str(path),))
    copy = Store(f"sqlite:///{path}")
    try:
        with copy.write() as session:
            if generation.is_known(session):
                generation.renew(session, None, now)
    finally:
        copy.close()
    with contextlib.closing(connect_sqlite(path)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it
    return path


def _dump(url: URL, path: Path) -> Path:
    _run("pg_dump", url, "--format=custom", "--compress=0", f"--file={path}")
    return path


def _fill(dump: Path, store_url: str) -> None:
    if not store_url:
        raise NotReady("this backup is of a PostgreSQL database: name an empty one to restore into with --store URL")
    url = address(store_url)
    store = Store(store_url)
    try:
        with store.read() as session:
            if sa.inspect(session.connection()).get_table_names():
                where = url.render_as_string(hide_password=True)
                raise Invalid(f"{where} is not empty; make a new database, nothing is overwritten")
    except sa.exc.OperationalError as error:
        raise NotReady(f"the database does not answer: {error.orig}") from error
    finally:
        store.close()
    _run("pg_restore", url, "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", str(dump))


def _run(program: str, url: URL, *given: str) -> None:
    """Run a program of PostgreSQL's own; the password goes by a file, since lists of processes show arguments."""
    found = shutil.which(program)
    if found is None:
        raise NotReady(f"{program} is needed and not on PATH; install PostgreSQL's client programs")
    with tempfile.TemporaryDirectory(prefix="mailer-") as folder:
        plain = url.set(drivername="postgresql", password=None)
        if url.password:
            secret = str(url.password).replace("\\", "\\\\").replace(":", "\\:")
            file = Path(folder) / "pgpass"
            file.touch(mode=0o600)
            file.write_text(f"*:*:*:*:{secret}\n", encoding="utf-8")
            plain = plain.update_query_dict({"passfile": str(file)})
        named = f"--dbname={plain.render_as_string(hide_password=False)}"
        done = subprocess.run([found, *given, named], capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise NotReady(f"{program} failed: {done.stderr.strip()}")
