"""Has somebody tried too often? So many times in a quarter of an hour, then a rest; a restart forgets none of them.

An attempt is noted before it is judged, so that a hundred at the same instant are a hundred. Whose it is and where it
came from are kept as keyed hashes only.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlmodel import Field, Session, SQLModel, col, delete, func, select

from mailer.store import ID, UTC

WINDOW = timedelta(minutes=15)


class Attempt(SQLModel, table=True):
    """One try at something that may be guessed."""

    __tablename__ = "attempt"

    id: int | None = Field(default=None, primary_key=True, sa_type=ID)
    key: str = Field(index=True)  # a keyed hash of an address, or of a network
    at: datetime = Field(sa_type=UTC, index=True)


def allowed(session: Session, limits: Mapping[str, int], now: datetime) -> bool:
    """Note one attempt under each key and say that it may go on, unless one had its number within `WINDOW`."""
    session.exec(delete(Attempt).where(col(Attempt.at) <= now - WINDOW))
    counted = select(Attempt.key, func.count()).where(col(Attempt.key).in_(limits)).group_by(Attempt.key)
    had: dict[str, int] = dict(session.exec(counted).all())
    if any(had.get(key, 0) >= limit for key, limit in limits.items()):
        return False
    session.add_all(Attempt(key=key, at=now) for key in limits)
    session.flush()
    return True


def forgive(session: Session, keys: Collection[str]) -> None:
    """Forget what was tried under these keys: it came right in the end."""
    session.exec(delete(Attempt).where(col(Attempt.key).in_(keys)))
