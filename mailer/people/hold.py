"""Is a person talking with this customer right now? Then automation steps aside.

A hold is opened with a conversation and ended with it; who is in two conversations is held until both have ended. It
lies this low so that the gate can ask for it without knowing of conversations.
"""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from mailer.store import CHUNK, ID, UTC


class Hold(SQLModel, table=True):
    """A time in which no campaign email leaves for one customer."""

    __tablename__ = "hold"

    id: int | None = Field(default=None, primary_key=True, sa_type=ID)
    customer_id: int = Field(foreign_key="customer.id", sa_type=ID, index=True)
    why: str
    opened_at: datetime = Field(sa_type=UTC)
    ended_at: datetime | None = Field(default=None, sa_type=UTC)


def open_hold(session: Session, customer_id: int, why: str, now: datetime) -> Hold:
    """Hold automation back for a customer from now on."""
    hold = Hold(customer_id=customer_id, why=why, opened_at=now)
    session.add(hold)
    session.flush()
    return hold


def end_hold(session: Session, hold: Hold, now: datetime) -> None:
    """Let automation go on, as far as this hold is concerned; an ended one stays as it is."""
    hold.ended_at = hold.ended_at or now
    session.add(hold)
    session.flush()


def holds(session: Session, customer_ids: Iterable[int]) -> dict[int, Hold]:
    """Return the open hold of each of the customers who has one; of several, the first opened."""
    ids = list(customer_ids)
    chunks = (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))
    return {h.customer_id: h for chunk in chunks for h in session.execute(_OPEN, {"customers": chunk}).scalars()}


_OPEN = (
    select(Hold)
    .where(col(Hold.ended_at).is_(None), col(Hold.customer_id).in_(sa.bindparam("customers", expanding=True)))
    .order_by(col(Hold.opened_at).desc(), col(Hold.id).desc())
)
