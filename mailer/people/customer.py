"""Whom do we write to? One human, one address, their language and zone, and the person who answers them.

A customer keeps their representative: a deputy stands in for a time, but only somebody who has left is replaced.
"""

import heapq
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Field, Session, SQLModel, and_, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from mailer.errors import NotReady
from mailer.people.staff import Staff, representatives
from mailer.store import ID, JSON, UTC, new_public_id

FAMILY_FIRST = {"hu", "ja", "ko", "vi", "zh"}  # languages that put the family's name first


class Customer(SQLModel, table=True):
    """A human we may write to."""

    __tablename__ = "customer"

    id: int | None = Field(default=None, primary_key=True, sa_type=ID)
    public_id: str = Field(default_factory=new_public_id, unique=True)
    external_id: str | None = Field(default=None, unique=True)  # what the importing system calls them
    email: str = Field(unique=True)  # normalised: see mail.address
    first_name: str = ""
    last_name: str = ""
    language: str = "en"
    time_zone: str = "UTC"
    attributes: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    representative_id: int | None = Field(default=None, foreign_key="staff.id", sa_type=ID, index=True)
    created_at: datetime = Field(sa_type=UTC)
    updated_at: datetime = Field(sa_type=UTC, index=True)  # moves with every change: the warehouse folds by it

    @property
    def name(self) -> str:
        """Both names in the order their language puts them, or the address of somebody who has none."""
        names = (self.first_name, self.last_name)
        family_first = self.language.partition("-")[0] in FAMILY_FIRST
        return " ".join(name for name in (reversed(names) if family_first else names) if name) or self.email


def find(text: str) -> SelectOfScalar[Customer]:
    """Ask for the customers whose name, address or external id holds every word of `text`, by name."""
    asked = and_(True, *(_holds(word) for word in text.split()))
    return select(Customer).where(asked).order_by(Customer.last_name, Customer.first_name, col(Customer.id))


def representative(session: Session, customer: Customer) -> Staff:
    """Return who answers this customer: theirs, or from now on the active representative with the fewest customers.

    Raises:
        NotReady: there is no active representative.
    """
    session.flush()  # those just given count
    theirs = would_answer(session, customer)
    if customer.representative_id != theirs.id:
        customer.representative_id = theirs.id
        session.add(customer)
    return theirs


def would_answer(session: Session, customer: Customer) -> Staff:
    """Return who answers this customer, or who would if they were given somebody now; nothing is written.

    Raises:
        NotReady: there is no active representative.
    """
    theirs = session.get(Staff, customer.representative_id) if customer.representative_id else None
    if theirs is None or not theirs.active:
        theirs = next(least_loaded(session), None)
    if theirs is None:
        raise NotReady("nobody can answer customers yet: add a representative, or make one active")
    return theirs


def least_loaded(session: Session) -> Iterator[Staff]:
    """Yield without end the representative who has the fewest customers, counting those just given; none if no one is.

    For many customers at once: counting anew for each would cost more than all the rest.
    """
    mine = select(func.count(col(Customer.id))).where(Customer.representative_id == Staff.id).scalar_subquery()
    loads = session.execute(representatives().add_columns(mine)).all()
    heap = [(load, staff.id, staff) for staff, load in loads]
    heapq.heapify(heap)
    while heap:
        load, staff_id, staff = heap[0]
        yield staff
        heapq.heapreplace(heap, (load + 1, staff_id, staff))


def _holds(word: str) -> Any:
    """Match one word in any of the columns; SQLite folds the case of ASCII only, so others are asked in each case."""
    spellings = {word} if word.isascii() else {word, word.lower(), word.upper(), word.capitalize()}
    columns = (Customer.first_name, Customer.last_name, Customer.email)
    within = [col(column).icontains(spelling, autoescape=True) for column in columns for spelling in spellings]
    return or_(Customer.external_id == word, *within)
