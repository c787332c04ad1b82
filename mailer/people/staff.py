"""Who answers, who plans, who runs the house, and when are they here?

A representative's working hours are civil times in their own zone. Whoever is absent names a deputy; the assignment
keeps both the rule and the name, so that the customer's own person is still theirs next time.
"""

import enum
from datetime import datetime

from sqlmodel import Field, SQLModel

from mailer.store import UTC, new_public_id, words


class Role(enum.StrEnum):
    """What a member of staff may do. An administrator may do everything."""

    REPRESENTATIVE = "representative"
    MARKETER = "marketer"
    ADMINISTRATOR = "administrator"


class Staff(SQLModel, table=True):
    """One member of staff: a name and a face customers come to know."""

    __tablename__ = "staff"

    id: int | None = Field(default=None, primary_key=True)
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


class WorkingHours(SQLModel, table=True):
    """When a representative is here on one weekday, in their own zone."""

    __tablename__ = "working_hours"

    staff_id: int = Field(foreign_key="staff.id", primary_key=True)
    weekday: int = Field(primary_key=True, ge=0, le=6)  # Monday is 0
    opens: str = "09:00"
    closes: str = "17:00"


class Absence(SQLModel, table=True):
    """A time somebody is away, and who stands in."""

    __tablename__ = "absence"

    id: int | None = Field(default=None, primary_key=True)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    deputy_id: int | None = Field(default=None, foreign_key="staff.id")
    starts_at: datetime = Field(sa_type=UTC)
    ends_at: datetime = Field(sa_type=UTC)
    why: str = ""
