"""Who is signed in? Sign-ins are rows, so that one can be ended from here, whatever the browser remembers.

The cookie holds 256 random bits; the row holds only their SHA-256, so that nobody who reads the database can use what
they find. A slow hash is for what people choose, and these bits nobody chose.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any

from sqlmodel import Field, Session, SQLModel, col, select, update

from mailer.people.staff import Staff, fits
from mailer.store import ID, UTC


class SignIn(SQLModel, table=True):
    """One browser a member of staff is signed in with."""

    __tablename__ = "sign_in"

    token: str = Field(primary_key=True)  # SHA-256 of what the cookie holds
    staff_id: int = Field(foreign_key="staff.id", sa_type=ID, index=True)
    at: datetime = Field(sa_type=UTC)
    until: datetime = Field(sa_type=UTC)
    ended_at: datetime | None = Field(default=None, sa_type=UTC)


def recognise(session: Session, email: str, password: str) -> Staff | None:
    """Return the active member of staff with this address and password; an unknown address takes as long to refuse."""
    staff = session.exec(select(Staff).where(Staff.email == email.strip().lower())).one_or_none()
    right = staff.accepts(password) if staff else fits("", password)
    return staff if right else None


def begin(session: Session, staff: Staff, now: datetime, hours: float) -> tuple[SignIn, str]:
    """Sign `staff` in for so many hours; return the row, and what the cookie is to hold."""
    assert staff.id is not None
    token = token_urlsafe(32)
    row = SignIn(token=_digest(token), staff_id=staff.id, at=now, until=now + timedelta(hours=hours))
    session.add(row)
    return row, token


def signed_in(session: Session, cookie_token: str, now: datetime) -> Staff | None:
    """Return who the cookie belongs to, while the sign-in lasts and they are active."""
    row = session.get(SignIn, _digest(cookie_token))
    if row is None or row.ended_at is not None or row.until <= now:
        return None
    staff = session.get(Staff, row.staff_id)
    return staff if staff and staff.active else None


def end(session: Session, cookie_token: str, now: datetime) -> None:
    """Sign this browser out; a token nobody knows changes nothing."""
    _end(session, now, SignIn.token == _digest(cookie_token))


def end_all(session: Session, staff_id: int, now: datetime) -> None:
    """Sign somebody out everywhere: after a new password, or when they leave."""
    _end(session, now, SignIn.staff_id == staff_id)


def _end(session: Session, now: datetime, which: Any) -> None:
    session.flush()
    session.exec(update(SignIn).where(which, col(SignIn.ended_at).is_(None)).values(ended_at=now))


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
