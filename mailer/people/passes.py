"""How does somebody come to a password of their own? With a pass: one long code, for a short time, good once.

It leaves in an email to their own address. Only its hash is kept; a newer pass ends the older ones, and using it signs
out every browser.
"""

import enum
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe

from sqlmodel import Field, Session, SQLModel, col, update

from mailer.errors import Invalid
from mailer.people import sign_in
from mailer.people.staff import Staff, set_password
from mailer.store import ID, UTC, words


class PassFor(enum.StrEnum):
    """What somebody was given a pass for."""

    RESET = "reset"  # they forgot their password
    INVITATION = "invitation"  # they never had one


LASTS = {PassFor.RESET: timedelta(minutes=30), PassFor.INVITATION: timedelta(hours=72)}


class Pass(SQLModel, table=True):
    """The right to choose a password, once."""

    __tablename__ = "password_pass"

    digest: str = Field(primary_key=True)  # SHA-256 of the code
    staff_id: int = Field(foreign_key="staff.id", sa_type=ID, index=True)
    what: PassFor = Field(sa_type=words(PassFor))
    at: datetime = Field(sa_type=UTC)
    until: datetime = Field(sa_type=UTC)
    ended_at: datetime | None = Field(default=None, sa_type=UTC)


def issue(session: Session, staff: Staff, what: PassFor, now: datetime) -> str:
    """Give `staff` a pass, in place of any before it; return the code."""
    assert staff.id is not None
    code = token_urlsafe(32)
    _end(session, staff.id, now)
    session.add(Pass(digest=_digest(code), staff_id=staff.id, what=what, at=now, until=now + LASTS[what]))
    return code


def holder(session: Session, code: str, now: datetime) -> Staff | None:
    """Return who may choose a password with this code now."""
    found = session.get(Pass, _digest(code))
    if found is None or found.ended_at is not None or found.until <= now:
        return None
    staff = session.get(Staff, found.staff_id)
    return staff if staff and staff.active else None


def redeem(session: Session, code: str, password: str, now: datetime) -> Staff:
    """Use a pass: the password is theirs from now on, and every browser is signed out.

    Raises:
        Invalid: the code is not good any more, or the password is too short.
    """
    staff = holder(session, code, now)
    if staff is None or staff.id is None:
        raise Invalid("this link is not good any more; ask for a new one")
    set_password(staff, password)
    if not _end(session, staff.id, now, code):  # of two presses at the same instant, one
        raise Invalid("this link was used already")
    session.add(staff)
    sign_in.end_all(session, staff.id, now)
    return staff


def _end(session: Session, staff_id: int, now: datetime, code: str = "") -> int:
    ended = update(Pass).where(col(Pass.staff_id) == staff_id, col(Pass.ended_at).is_(None))
    ended = ended.where(col(Pass.digest) == _digest(code)) if code else ended
    return int(session.exec(ended.values(ended_at=now)).rowcount)


def _digest(code: str) -> str:
    return sha256(code.encode()).hexdigest()
