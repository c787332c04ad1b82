"""Who is signed in? Sign-ins are rows, so that one can be ended from here, whatever the browser remembers."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from mailer.store import UTC


class SignIn(SQLModel, table=True):
    """One browser a member of staff is signed in with."""

    __tablename__ = "sign_in"

    token: str = Field(primary_key=True)  # SHA-256 of what the cookie holds
    staff_id: int = Field(foreign_key="staff.id", index=True)
    at: datetime = Field(sa_type=UTC)
    until: datetime = Field(sa_type=UTC)
    ended_at: datetime | None = Field(default=None, sa_type=UTC)
