"""Is this the database that belongs to this home?

A database that was restored or copied does not know what left since: were it to go on, it would write to people again.
So a random generation is kept in the database and in `var/generation` beside it, with the number the file system gave
that file: a copied folder has another. Where they differ, or where the journal knows of emails that left and the
database does not, the house is in *safe mode*: nothing is sent and nothing planned until a person accepts.
"""

import os
from datetime import datetime
from pathlib import Path

from sqlmodel import Field, Session, SQLModel, select

from mailer.store import UTC, new_public_id

RESTORED = "this database was restored, or copied here"


class Generation(SQLModel, table=True):
    """The one row that says whose database this is."""

    __tablename__ = "generation"

    id: str = Field(primary_key=True)
    since: datetime = Field(sa_type=UTC)
    safe_mode: str = ""  # why nothing may leave yet, if the journal told so


def is_known(session: Session) -> bool:
    """Whether this database has a generation already."""
    return _row(session) is not None


def begin(session: Session, file: Path, now: datetime) -> None:
    """Give a database that has none a generation, and write it beside; a second time changes nothing."""
    if _row(session) is None:
        renew(session, file, now)


def renew(session: Session, file: Path | None, now: datetime) -> None:
    """Begin a new generation; without `file` one that no home has, so that whoever opens it is in safe mode."""
    for row in session.exec(select(Generation)):
        session.delete(row)
    session.flush()
    fresh = Generation(id=new_public_id(), since=now)
    session.add(fresh)
    session.flush()
    if file is not None:
        _write(file, fresh.id)


def suspect(session: Session, why: str) -> None:
    """Put the house into safe mode; it stays there, whatever is restarted, until a person accepts."""
    row = _row(session)
    if row is not None and not row.safe_mode:
        row.safe_mode = why
        session.add(row)


def safe_mode(session: Session, file: Path) -> str:
    """Return why nothing may be sent or planned, or nothing if all is well."""
    row = _row(session)
    if row is None:
        return ""
    if row.safe_mode:
        return row.safe_mode
    try:
        said = file.read_text(encoding="ascii").split()
        inode = str(file.stat().st_ino)
    except (OSError, UnicodeDecodeError):
        return RESTORED
    return "" if said == [row.id, inode] else RESTORED


def _row(session: Session) -> Generation | None:
    return session.exec(select(Generation)).first()


def _write(file: Path, generation: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    with part.open("w", encoding="ascii") as handle:
        handle.write(f"{generation} {os.fstat(handle.fileno()).st_ino}\n")
        handle.flush()
        os.fsync(handle.fileno())
    part.rename(file)
