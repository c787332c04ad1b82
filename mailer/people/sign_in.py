"""Who is signed in? Sign-ins are rows, so that one can be ended from here, whatever the browser remembers.

The cookie holds 256 random bits; the row holds only their SHA-256, so that nobody who reads the database can use what
they find. A slow hash is for what people choose, and these bits nobody chose.

A sign-in also remembers under which password and role it began. With another of either it is over, whoever changed
them and by whatever way: no code has to think of it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any

from sqlmodel import Field, Session, SQLModel, col, select, update

from mailer.people.staff import Staff, fits
from mailer.store import ID, UTC, new_public_id

MAX_AGENT = 200  # characters kept of what a browser calls itself


class SignIn(SQLModel, table=True):
    """One browser a member of staff is signed in with."""

    __tablename__ = "sign_in"

    token: str = Field(primary_key=True)  # SHA-256 of what the cookie holds
    public_id: str = Field(default_factory=new_public_id, unique=True)
    staff_id: int = Field(foreign_key="staff.id", sa_type=ID, index=True)
    standing: str  # of the password and the role it began under
    agent: str = ""  # what the browser calls itself
    at: datetime = Field(sa_type=UTC)
    until: datetime = Field(sa_type=UTC)
    ended_at: datetime | None = Field(default=None, sa_type=UTC)

    def is_of(self, cookie_token: str) -> bool:
        """Whether this is the sign-in of the browser with this cookie."""
        return self.token == _digest(cookie_token)


def recognise(session: Session, email: str, password: str) -> Staff | None:
    """Return the active member of staff with this address and password; an unknown address takes as long to refuse."""
    staff = session.exec(select(Staff).where(Staff.email == email.strip().lower())).one_or_none()
    right = staff.accepts(password) if staff else fits("", password)
    return staff if right else None


def begin(session: Session, staff: Staff, now: datetime, hours: float, agent: str = "") -> tuple[SignIn, str]:
    """Sign `staff` in for so many hours; return the row, and what the cookie is to hold."""
    assert staff.id is not None
    token = token_urlsafe(32)
    row = SignIn(
        token=_digest(token), staff_id=staff.id, standing=standing(staff), agent=agent[:MAX_AGENT], at=now,
        until=now + timedelta(hours=hours),
    )  # fmt: skip
    session.add(row)
    return row, token


def signed_in(session: Session, cookie_token: str, now: datetime) -> Staff | None:
    """Return who the cookie belongs to, while it lasts, they are active, and password and role are the same."""
    row = session.get(SignIn, _digest(cookie_token))
    if row is None or row.ended_at is not None or row.until <= now:
        return None
    staff = session.get(Staff, row.staff_id)
    return staff if staff and staff.active and row.standing == standing(staff) else None


def standing(staff: Staff) -> str:
    """Return a digest of what a sign-in depends on: the hash of the password, and the role."""
    return _digest(f"{staff.password_hash}|{staff.role.value}")


def open_ones(session: Session, staff: Staff, now: datetime) -> Sequence[SignIn]:
    """Return the sign-ins of `staff` that are good now, the newest first."""
    good = select(SignIn).where(SignIn.staff_id == staff.id, col(SignIn.ended_at).is_(None), SignIn.until > now)
    return session.exec(good.where(SignIn.standing == standing(staff)).order_by(col(SignIn.at).desc())).all()


def end(session: Session, cookie_token: str, now: datetime) -> None:
    """Sign this browser out; a token nobody knows changes nothing."""
    _end(session, now, SignIn.token == _digest(cookie_token))


def end_one(session: Session, staff_id: int, public_id: str, now: datetime) -> bool:
    """Sign one of somebody's own browsers out; whether there was one."""
    return _end(session, now, SignIn.staff_id == staff_id, SignIn.public_id == public_id) > 0


def end_others(session: Session, staff_id: int, cookie_token: str, now: datetime) -> int:
    """Sign somebody out everywhere but here; return of how many browsers."""
    return _end(session, now, SignIn.staff_id == staff_id, SignIn.token != _digest(cookie_token))


def end_all(session: Session, staff_id: int, now: datetime) -> None:
    """Sign somebody out everywhere: after a new password, or when they leave."""
    _end(session, now, SignIn.staff_id == staff_id)


def _end(session: Session, now: datetime, *which: Any) -> int:
    session.flush()
    ended = session.exec(update(SignIn).where(*which, col(SignIn.ended_at).is_(None)).values(ended_at=now))
    return int(ended.rowcount)


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
