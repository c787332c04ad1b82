"""What did a customer agree to, when, and by which words?

Consent is a list of decisions, never a flag: the newest one for a topic counts, the others are its history. Newest is
by the time it was made, not by when we heard of it, so that an old list brought in late cannot undo a withdrawal.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Field, Session, SQLModel, and_, col, or_, select

from mailer.dialect import row_by_row
from mailer.errors import Invalid
from mailer.store import CHUNK, ID, UTC


class Topic(SQLModel, table=True):
    """What mail can be about; customers choose among these."""

    __tablename__ = "topic"

    id: str = Field(primary_key=True)  # a slug: "offers"
    name: str
    description: str = ""


class Consent(SQLModel, table=True):
    """One decision of a customer about one topic."""

    __tablename__ = "consent"

    id: int | None = Field(default=None, primary_key=True, sa_type=ID)
    customer_id: int = Field(foreign_key="customer.id", sa_type=ID, index=True)
    topic_id: str = Field(foreign_key="topic.id")
    granted: bool
    at: datetime = Field(sa_type=UTC)
    source: str  # import, preferences page, one-click, their own words …
    wording: str = ""  # what they agreed to, or wrote


def decide(
    session: Session, customer_id: int, topic_id: str, granted: bool, now: datetime, source: str, wording: str = ""
) -> Consent:
    """Write down a decision and return it.

    Raises:
        Invalid: there is no such topic.
    """
    if session.get(Topic, topic_id) is None:
        known = ", ".join(session.exec(select(Topic.id).order_by(Topic.id))) or "none yet"
        raise Invalid(f"there is no topic {topic_id!r}; the topics are: {known}")
    decision = Consent(
        customer_id=customer_id, topic_id=topic_id, granted=granted, at=now, source=source, wording=wording
    )
    session.add(decision)
    session.flush()
    return decision


def withdraw_all(session: Session, customer_id: int, now: datetime, source: str, wording: str) -> list[Consent]:
    """Withdraw every consent that stands, and return the withdrawals: none when asked a second time."""
    stands = [topic for topic, consent in standing(session, customer_id).items() if consent.granted]
    return [decide(session, customer_id, topic, False, now, source, wording) for topic in stands]


def standing(session: Session, customer_id: int) -> dict[str, Consent]:
    """Return the decision that counts for each topic the customer ever decided about."""
    newest = session.exec(select(Consent).where(Consent.customer_id == customer_id, _is_newest())).all()
    return {consent.topic_id: consent for consent in newest}


def consenting(session: Session, customer_ids: Iterable[int], topic_id: str) -> set[int]:
    """Return those of the customers whose newest decision about the topic is yes."""
    ids = list(customer_ids)
    chunks = (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))
    given = ({"topic": topic_id, "customers": chunk} for chunk in chunks)
    return {each for those in given for each in session.execute(_CONSENTING, those).scalars()}


def agrees(customer_id: Any, topic_id: Any) -> Any:
    """Match rows whose customer's newest decision about their topic is yes; both are columns of the row."""
    theirs = and_(Consent.customer_id == customer_id, Consent.topic_id == topic_id)
    return row_by_row(select(Consent.id).where(theirs, col(Consent.granted), _is_newest())).exists()


def _is_newest() -> Any:
    """Match decisions after which the customer made no other about the topic."""
    later = aliased(Consent)
    after = or_(later.at > Consent.at, and_(later.at == Consent.at, col(later.id) > Consent.id))
    same = and_(later.customer_id == Consent.customer_id, later.topic_id == Consent.topic_id)
    return ~select(later.id).where(same, after).exists()


_CONSENTING = sa.select(col(Consent.customer_id)).where(
    col(Consent.topic_id) == sa.bindparam("topic"),
    col(Consent.granted),
    _is_newest(),
    col(Consent.customer_id).in_(sa.bindparam("customers", expanding=True)),
)
