"""When can somebody be called, and when did we promise to?

The times offered are the representative's own: their working hours without their absences, in slots of half an hour on
the next five days they work, less what is promised already. A slot is promised to one customer (the database says so),
and the promise belongs to the entry in which they asked.
"""

from collections.abc import Iterator
from datetime import UTC as utc  # noqa: N811
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session, SQLModel, UniqueConstraint, col, select

from mailer.inbox.conversation import Conversation, ConversationState, Entry, EntryKind
from mailer.people.customer import Customer
from mailer.people.staff import Staff, here_between
from mailer.store import ID, UTC

SLOT = timedelta(minutes=30)
SOONEST = timedelta(minutes=30)  # from now: somebody has to read it first
DUE = timedelta(days=1)  # for which a promise is still shown after its time
DAYS = 5  # working days that are offered
AHEAD = timedelta(days=21)  # within which they are looked for


class PromisedCall(SQLModel, table=True):
    """A time at which somebody calls a customer."""

    __tablename__ = "promised_call"
    __table_args__ = (UniqueConstraint("staff_id", "at"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=ID)
    entry_id: int = Field(foreign_key="entry.id", sa_type=ID, unique=True)  # in which they asked
    staff_id: int = Field(foreign_key="staff.id", sa_type=ID)
    at: datetime = Field(sa_type=UTC)


def slots(session: Session, staff: Staff, now: datetime) -> list[datetime]:
    """Return the instants at which `staff` can still promise a call, in order."""
    coming = select(PromisedCall.at).where(PromisedCall.staff_id == staff.id, col(PromisedCall.at) > now)
    taken = set(session.exec(coming))
    zone, days, found = ZoneInfo(staff.time_zone), set[date](), []
    for at in _starts(session, staff, now):
        if at in taken:
            continue
        days.add(at.astimezone(zone).date())
        if len(days) > DAYS:
            break
        found.append(at)
    return found


def promise(session: Session, talk: Conversation, staff: Staff, at: datetime, now: datetime) -> PromisedCall | None:
    """Promise the newest wish for a call in `talk` that `staff` calls at `at`; None if that time is no longer free.

    Asked again for the same wish, the promise that stands is returned.
    """
    wish = select(Entry).where(Entry.conversation_id == talk.id, Entry.kind == EntryKind.CALL)
    entry = session.exec(wish.order_by(col(Entry.id).desc())).first()
    if entry is None or entry.id is None:
        return None
    known = session.exec(select(PromisedCall).where(PromisedCall.entry_id == entry.id)).one_or_none()
    if known is not None:
        return known
    if staff.id is None or at not in slots(session, staff, now):
        return None
    promised = PromisedCall(entry_id=entry.id, staff_id=staff.id, at=at)
    try:
        with session.begin_nested():
            session.add(promised)
    except IntegrityError:  # somebody else has just been promised that time
        return None
    return promised


def coming(session: Session, message_id: int, now: datetime) -> PromisedCall | None:
    """Return the next call promised to whoever got this message of ours, if there is one."""
    asked = (
        select(PromisedCall)
        .join(Entry, col(Entry.id) == col(PromisedCall.entry_id))
        .join(Conversation, col(Conversation.id) == col(Entry.conversation_id))
        .where(Conversation.message_id == message_id, col(PromisedCall.at) > now)
    )
    return session.exec(asked.order_by(col(PromisedCall.at))).first()


def promised(session: Session, talk: Conversation, now: datetime) -> list[tuple[Staff, datetime]]:
    """Return who calls when in `talk`, in order: what is to come, and for a day what was due."""
    asked = (
        select(Staff, PromisedCall.at)
        .join(PromisedCall, col(PromisedCall.staff_id) == col(Staff.id))
        .join(Entry, col(Entry.id) == col(PromisedCall.entry_id))
        .where(Entry.conversation_id == talk.id, col(PromisedCall.at) > now - DUE)
    )
    return list(session.exec(asked.order_by(col(PromisedCall.at))))


def of(session: Session, staff: Staff, now: datetime) -> list[tuple[Conversation, Customer | None, datetime]]:
    """Return whom `staff` calls when, in order: what is to come, and for a day what was due; not what is closed."""
    asked = (
        select(Conversation, Customer, PromisedCall.at)
        .join(Entry, col(Entry.conversation_id) == col(Conversation.id))
        .join(PromisedCall, col(PromisedCall.entry_id) == col(Entry.id))
        .join(Customer, col(Customer.id) == col(Conversation.customer_id), isouter=True)
        .where(PromisedCall.staff_id == staff.id, col(PromisedCall.at) > now - DUE)
        .where(Conversation.state != ConversationState.CLOSED)
    )
    return list(session.exec(asked.order_by(col(PromisedCall.at))))


def _starts(session: Session, staff: Staff, now: datetime) -> Iterator[datetime]:
    """Yield the full and half hours in which `staff` is here for a whole slot."""
    for since, until in here_between(session, staff, now + SOONEST, now + AHEAD):
        at = _next_half(since)
        while at + SLOT <= until:
            yield at
            at += SLOT


def _next_half(at: datetime) -> datetime:
    """Return the first full or half hour from `at` on."""
    floor = at.astimezone(utc).replace(minute=0, second=0, microsecond=0)
    while floor < at:
        floor += SLOT
    return floor
