"""Who answers, who plans, who runs the house, and when are they here?

A representative's working hours are civil times in their own zone. Whoever is absent names a deputy; the assignment
keeps both the rule and the name, so that the customer's own person is still theirs next time.
"""

import enum
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache
from secrets import token_urlsafe

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlmodel import Field, Session, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from mailer.errors import Invalid
from mailer.people.face import draw, initials
from mailer.people.hours import Hours, Span, here, sentence
from mailer.store import ID, UTC, new_public_id, words

__all__ = [
    "Absence", "Role", "Staff", "WorkingHours", "absence", "face", "fits", "here_between", "hours_sentence", "initials",
    "is_here", "next_here", "present", "representatives", "set_password",
]  # fmt: skip

AHEAD = timedelta(days=400)  # looked ahead for somebody's next hour
INSTANT = timedelta.resolution
SHORTEST = 8  # characters of a password
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)  # OWASP's least; about 80 ms


class Role(enum.StrEnum):
    """What a member of staff may do. An administrator may do everything."""

    REPRESENTATIVE = "representative"
    MARKETER = "marketer"
    ADMINISTRATOR = "administrator"


class Staff(SQLModel, table=True):
    """One member of staff: a name and a face customers come to know."""

    __tablename__ = "staff"

    id: int | None = Field(default=None, primary_key=True, sa_type=ID)
    public_id: str = Field(default_factory=new_public_id, unique=True)
    email: str = Field(unique=True)
    name: str
    title: str = ""
    role: Role = Field(sa_type=words(Role))
    password_hash: str = ""
    time_zone: str = "UTC"
    colour: str = "#3b6e5c"  # of the drawn face
    active: bool = True
    created_at: datetime = Field(sa_type=UTC)

    @property
    def first_name(self) -> str:
        """What a customer calls them: the first word of the name."""
        return self.name.split()[0] if self.name.split() else ""

    def accepts(self, password: str) -> bool:
        """Whether this is the password of somebody who may still come in. Takes about 80 ms, on purpose."""
        return fits(self.password_hash, password) and self.active


class WorkingHours(SQLModel, table=True):
    """When a representative is here on one weekday, in their own zone."""

    __tablename__ = "working_hours"

    staff_id: int = Field(foreign_key="staff.id", sa_type=ID, primary_key=True)
    weekday: int = Field(primary_key=True, ge=0, le=6)  # Monday is 0
    opens: str = "09:00"
    closes: str = "17:00"


class Absence(SQLModel, table=True):
    """A time somebody is away, and who stands in."""

    __tablename__ = "absence"

    id: int | None = Field(default=None, primary_key=True, sa_type=ID)
    staff_id: int = Field(foreign_key="staff.id", sa_type=ID, index=True)
    deputy_id: int | None = Field(default=None, foreign_key="staff.id", sa_type=ID)
    starts_at: datetime = Field(sa_type=UTC)
    ends_at: datetime = Field(sa_type=UTC)
    why: str = ""


def set_password(staff: Staff, password: str) -> None:
    """Give `staff` a new password; only its hash is kept.

    Raises:
        Invalid: it is too short.
    """
    if len(password) < SHORTEST:
        raise Invalid(f"a password needs at least {SHORTEST} characters; a few words are easier to keep than signs")
    staff.password_hash = _HASHER.hash(password)


def fits(password_hash: str, password: str) -> bool:
    """Whether the hash is of this password; that there is none takes as long to find out."""
    try:
        return _HASHER.verify(password_hash or _nobody(), password)
    except (VerificationError, InvalidHashError):
        return False


def representatives() -> SelectOfScalar[Staff]:
    """Ask for the active representatives, by name."""
    return select(Staff).where(Staff.role == Role.REPRESENTATIVE, col(Staff.active)).order_by(Staff.name, col(Staff.id))


def absence(session: Session, staff_id: int, now: datetime) -> Absence | None:
    """Return the absence somebody is in now, the one that lasts longest if there are several."""
    away = select(Absence).where(Absence.staff_id == staff_id, Absence.starts_at <= now, Absence.ends_at > now)
    return session.exec(away.order_by(col(Absence.ends_at).desc(), col(Absence.id)).limit(1)).first()


def is_here(session: Session, staff_id: int, now: datetime) -> bool:
    """Whether somebody is active, not absent, and within their working hours."""
    return next_here(session, staff_id, now) == now


def present(session: Session, people: Sequence[Staff], now: datetime) -> list[tuple[Staff, bool]]:
    """Return each with whether they are here, as `is_here` says it: two questions, however many they are."""
    ids = [person.id for person in people]
    weeks: dict[int, list[Hours]] = {}
    for row in session.exec(select(WorkingHours).where(col(WorkingHours.staff_id).in_(ids))):
        weeks.setdefault(row.staff_id, []).append(Hours(row.weekday, row.opens, row.closes))
    now_away = select(Absence.staff_id).where(Absence.starts_at <= now, Absence.ends_at > now)
    away = set(session.exec(now_away.where(col(Absence.staff_id).in_(ids))))

    def is_open(person: Staff) -> bool:
        return any(here(weeks.get(person.id or 0, ()), person.time_zone, now, now + INSTANT))

    return [(person, person.active and person.id not in away and is_open(person)) for person in people]


def next_here(session: Session, staff_id: int, now: datetime) -> datetime | None:
    """Return the first instant from `now` on at which somebody is here, or None within `AHEAD`."""
    staff = session.get(Staff, staff_id)
    return next((since for since, _ in here_between(session, staff, now, now + AHEAD)), None) if staff else None


def here_between(session: Session, staff: Staff, since: datetime, until: datetime) -> Iterator[Span]:
    """Yield the spans of [since, until) in which `staff` is here, in order; none for who has left."""
    if not staff.active:
        return
    coming = select(Absence).where(Absence.staff_id == staff.id, Absence.ends_at > since, Absence.starts_at < until)
    away = session.exec(coming.order_by(col(Absence.starts_at))).all()
    times = [(each.starts_at, each.ends_at) for each in away]
    yield from here(_week(session, staff.id), staff.time_zone, since, until, times)


def hours_sentence(session: Session, staff: Staff, language: str = "en") -> str:
    """Say when `staff` is here, in words: "Monday to Friday, 9:00 to 17:00 (Berlin)"; English where need be."""
    return sentence(_week(session, staff.id), staff.time_zone, language)


def face(staff: Staff) -> str:
    """Return the drawn face of `staff`, an SVG picture."""
    return draw(staff.name, staff.colour)


def _week(session: Session, staff_id: int | None) -> list[Hours]:
    rows = session.exec(select(WorkingHours).where(WorkingHours.staff_id == staff_id)).all()
    return [Hours(row.weekday, row.opens, row.closes) for row in rows]


@cache
def _nobody() -> str:
    """Return the hash of nobody's password, so that an account without one takes as long as any other to refuse."""
    return _HASHER.hash(token_urlsafe())
