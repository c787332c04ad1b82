"""Which addresses are never written to, and why?

An address is suppressed once; telling it again changes nothing, unless the new reason is the stronger one. Then it
counts, and the evidence of both is kept.
"""

import enum
from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from mailer.store import CHUNK, ID, UTC, words


class Why(enum.StrEnum):
    """The reason an address is suppressed."""

    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    BY_HAND = "by_hand"


STRENGTH = (Why.BOUNCED, Why.COMPLAINED, Why.BY_HAND, Why.UNSUBSCRIBED)  # the strongest first


class Suppression(SQLModel, table=True):
    """One address that gets nothing automatic any more; a bounced one gets nothing at all."""

    __tablename__ = "suppression"

    address: str = Field(primary_key=True)
    why: Why = Field(sa_type=words(Why))
    at: datetime = Field(sa_type=UTC)
    evidence: str = ""  # the status line, the words, the report
    staff_id: int | None = Field(default=None, foreign_key="staff.id", sa_type=ID)


def suppress(
    session: Session, address: str, why: Why, now: datetime, evidence: str = "", staff_id: int | None = None
) -> Suppression:
    """Make sure that the address is suppressed, and return the row that says so."""
    address = address.strip().lower()
    known = session.get(Suppression, address)
    if known is None:
        known = Suppression(address=address, why=why, at=now, evidence=evidence, staff_id=staff_id)
    elif STRENGTH.index(why) < STRENGTH.index(known.why):
        before = f"before that, {known.at:%Y-%m-%d}: {known.why.value} {known.evidence}".rstrip()
        known.why, known.at, known.staff_id = why, now, staff_id
        known.evidence = f"{evidence}\n{before}".lstrip()
    session.add(known)
    session.flush()
    return known


def lift(session: Session, address: str) -> bool:
    """Take a suppression away, because a person knows that it is wrong; say whether there was one."""
    known = session.get(Suppression, address.strip().lower())
    if known is not None:
        session.delete(known)
        session.flush()
    return known is not None


def suppressed(session: Session, addresses: Iterable[str]) -> dict[str, Suppression]:
    """Return, for those of the addresses that are suppressed, the row that says so, under the spelling given."""
    given = {address: address.strip().lower() for address in addresses}
    plain = sorted(set(given.values()))
    rows: dict[str, Suppression] = {}
    for start in range(0, len(plain), CHUNK):
        asked = session.execute(_SUPPRESSED, {"addresses": plain[start : start + CHUNK]})
        rows.update((row.address, row) for row in asked.scalars())
    return {address: rows[low] for address, low in given.items() if low in rows}


_SUPPRESSED = select(Suppression).where(col(Suppression.address).in_(sa.bindparam("addresses", expanding=True)))
