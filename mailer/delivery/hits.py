"""Who opened, clicked or looked? An append-only log: the only thing a GET may leave behind.

Machines fetch links and images too, so a hit proves nothing by itself and nothing branches on it.
"""

from datetime import datetime

from sqlmodel import Field, SQLModel

from mailer.store import ID, UTC


class Hit(SQLModel, table=True):
    """One request for something a message pointed to."""

    __tablename__ = "hit"

    id: int | None = Field(default=None, primary_key=True, sa_type=ID)
    message_id: int = Field(foreign_key="message.id", sa_type=ID, index=True)
    what: str  # open, click, human, view, survey …
    target: str = ""
    at: datetime = Field(sa_type=UTC)
    agent: str = ""
