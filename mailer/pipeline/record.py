"""What of our own becomes an event, so that segments can ask for it?

    email_sent             it left, by an answer or by later evidence: message, campaign, topic, kind
    replied                a reply a person has to read, from the customer's own mailbox as far as we can tell
    wrote, asked_for_call  on the page behind the human link
    answered               a representative wrote back
    consent_given, unsubscribed                   a decision about a topic
    conversation_opened, conversation_ended       automation is on hold between the two
    felt_understood        the survey page writes it itself
    clicked                a link was followed, and what they said about the same email proves that it was a human

Rows become events once, by a key made of the row; a cursor a source says where to go on, so that a tick in which
nothing happened only looks. PostgreSQL commits ids out of order, so there the newest ids are looked at again. An open,
or a click that nothing proves, is no event: a program may have done it (see delivery.hits).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, select

from mailer import clock
from mailer.campaigns.campaign import Campaign
from mailer.delivery.hits import Hit
from mailer.delivery.message import Message, State, T
from mailer.house import House
from mailer.inbox.conversation import Conversation, Entry, EntryKind
from mailer.insights import events
from mailer.insights.events import Event
from mailer.insights.recorded import Recorded, ours
from mailer.people.consent import Consent
from mailer.people.hold import Hold
from mailer.pipeline.proving import clicked
from mailer.replies.inbound import InboundEmail, Trust
from mailer.segments.ours import GIVEN, TALK_ENDED, TALK_OPENED, WITHDRAWN
from mailer.store import CHUNK, Urgency

AGAIN = 500  # ids looked at again where they may be committed out of order
LATE = timedelta(minutes=10)  # `ended_at` and `settled_at` are told before the commit
THEIRS = (Trust.VERIFIED, Trust.LIKELY)
NAMES = {EntryKind.REPLY: "wrote", EntryKind.CALL: "asked_for_call", EntryKind.ANSWER: "answered"}

_CAMPAIGN = SQLModel.metadata.tables["campaign"]

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Batch:
    """What a source has to tell, and where it goes on."""

    events: Sequence[Row]
    after_id: int
    after_at: datetime | None = None
    whole: bool = True  # nothing more is waiting


def record(house: House, now: datetime) -> int:
    """Write events for what happened since the last time; return how many."""
    again = 0 if house.store.is_sqlite else AGAIN
    return sum(_record(house, source, read, again) for source, read in SOURCES.items())


def _record(house: House, source: str, read: Callable[[Session, Recorded, int], Batch], again: int) -> int:
    written = 0
    while True:
        with house.store.read() as session:
            cursor = session.get(Recorded, source) or Recorded(source=source)
            batch = read(session, cursor, again)
            if not _unknown(session, batch.events) and (batch.after_id, batch.after_at) == (
                cursor.after_id, cursor.after_at,
            ):  # fmt: skip
                return written
        with house.store.write(Urgency.BULK) as session:
            written += events.take(session, batch.events)
            session.merge(Recorded(source=source, after_id=batch.after_id, after_at=batch.after_at))
        if batch.whole:
            return written


def _unknown(session: Session, rows: Sequence[Row]) -> bool:
    keys = [row["key"] for row in rows]
    known = sum(
        session.execute(
            sa.select(sa.func.count()).select_from(Event).where(col(Event.key).in_(keys[start : start + CHUNK]))
        ).scalar_one()
        for start in range(0, len(keys), CHUNK)
    )
    return bool(known < len(set(keys)))


def _sent(session: Session, cursor: Recorded, _again: int) -> Batch:
    """Tell what left, in the order in which it was settled."""
    return _sent_until(session, cursor, None)


def _sent_late(session: Session, cursor: Recorded, _again: int) -> Batch:
    """Look again at what was settled a while ago: the instant is told before the commit, which may come later."""
    return _sent_until(session, cursor, clock.now() - LATE)


def _sent_until(session: Session, cursor: Recorded, until: datetime | None) -> Batch:
    asked = (
        sa.select(
            T.c.settled_at, T.c.id, T.c.customer_id, T.c.public_id, T.c.kind, T.c.topic_id, T.c.state, _CAMPAIGN.c.name
        )
        .outerjoin(_CAMPAIGN, _CAMPAIGN.c.id == T.c.campaign_id)
        .where(T.c.settled_at.is_not(None))
        .order_by(T.c.settled_at, T.c.id)
        .limit(CHUNK)
    )
    if cursor.after_at:
        same = sa.and_(T.c.settled_at == cursor.after_at, T.c.id > cursor.after_id)
        asked = asked.where(T.c.settled_at >= cursor.after_at, sa.or_(T.c.settled_at > cursor.after_at, same))
    if until:
        asked = asked.where(T.c.settled_at <= until)
    rows = session.execute(asked).all()
    told = [
        ours(f"sent:{id_}", who, "email_sent", at, message=public, kind=str(kind), topic=topic, campaign=name)
        for at, id_, who, public, kind, topic, state, name in rows
        if state is State.SENT and who is not None
    ]
    at, id_ = rows[-1][:2] if rows else (cursor.after_at, cursor.after_id)
    return Batch(told, id_, at, whole=len(rows) < CHUNK)


def _consents(session: Session, cursor: Recorded, again: int) -> Batch:
    asked = select(Consent).where(col(Consent.id) > cursor.after_id - again).order_by(col(Consent.id))
    rows = session.exec(asked.limit(CHUNK + again)).all()
    told = [
        ours(f"consent:{row.id}", row.customer_id, GIVEN if row.granted else WITHDRAWN, row.at,
               topic=row.topic_id, source=row.source)
        for row in rows
    ]  # fmt: skip
    return Batch(told, _last(rows, cursor), whole=len(rows) < CHUNK + again)


def _holds(session: Session, cursor: Recorded, again: int) -> Batch:
    asked = select(Hold).where(col(Hold.id) > cursor.after_id - again).order_by(col(Hold.id))
    rows = session.exec(asked.limit(CHUNK + again)).all()
    told = [ours(f"hold:{row.id}", row.customer_id, TALK_OPENED, row.opened_at, why=row.why) for row in rows]
    return Batch(told, _last(rows, cursor), whole=len(rows) < CHUNK + again)


def _ended_holds(session: Session, cursor: Recorded, _again: int) -> Batch:
    asked = select(Hold).where(col(Hold.ended_at).is_not(None)).order_by(col(Hold.ended_at), col(Hold.id))
    if cursor.after_at:
        asked = asked.where(col(Hold.ended_at) >= cursor.after_at - LATE)
    rows = session.exec(asked).all()
    told = [ours(f"hold-ended:{row.id}", row.customer_id, TALK_ENDED, row.ended_at or row.opened_at) for row in rows]
    return Batch(told, 0, rows[-1].ended_at if rows else cursor.after_at)


def _entries(session: Session, cursor: Recorded, again: int) -> Batch:
    asked = (
        sa.select(
            Entry, col(Conversation.customer_id), col(Message.public_id), col(Campaign.name), col(InboundEmail.trust)
        )
        .join(Conversation, col(Conversation.id) == col(Entry.conversation_id))
        .outerjoin(InboundEmail, col(InboundEmail.id) == col(Entry.inbound_id))
        .outerjoin(Message, col(Message.id) == sa.func.coalesce(InboundEmail.message_id, Conversation.message_id))
        .outerjoin(Campaign, col(Campaign.id) == col(Message.campaign_id))
        .where(col(Entry.id) > cursor.after_id - again)
        .order_by(col(Entry.id))
    )
    rows = session.execute(asked.limit(CHUNK + again)).all()
    told = []
    for entry, who, message, campaign, trust in rows:
        by_email = entry.inbound_id is not None
        if who is None or entry.kind not in NAMES or (by_email and trust not in THEIRS):
            continue
        name = "replied" if by_email else NAMES[entry.kind]
        told.append(ours(f"entry:{entry.id}", who, name, entry.at, message=message, campaign=campaign))
    return Batch(told, _last([row[0] for row in rows], cursor), whole=len(rows) < CHUNK + again)


def _clicks(session: Session, cursor: Recorded, again: int) -> Batch:
    """Tell which links a human followed, of the messages whose links were followed anew."""
    asked = select(Hit).where(col(Hit.id) > cursor.after_id - again).order_by(col(Hit.id))
    rows = session.exec(asked.limit(CHUNK + again)).all()
    told = clicked(session, (row.message_id for row in rows if row.what == "click"))
    return Batch(told, _last(rows, cursor), whole=len(rows) < CHUNK + again)


def _answers(session: Session, cursor: Recorded, again: int) -> Batch:
    """Tell the same of the messages that were answered anew, now that the answers are events."""
    asked: Any = (
        sa.select(col(Entry.id).label("id"), sa.func.coalesce(InboundEmail.message_id, Conversation.message_id))
        .join(Conversation, col(Conversation.id) == col(Entry.conversation_id))
        .outerjoin(InboundEmail, col(InboundEmail.id) == col(Entry.inbound_id))
        .where(col(Entry.id) > cursor.after_id - again)
        .order_by(col(Entry.id))
    )
    rows = session.execute(asked.limit(CHUNK + again)).all()
    told = clicked(session, (message for _, message in rows if message))
    return Batch(told, _last(rows, cursor), whole=len(rows) < CHUNK + again)


def _last(rows: Sequence[Any], cursor: Recorded) -> int:
    return max(cursor.after_id, rows[-1].id) if rows else cursor.after_id


SOURCES: dict[str, Callable[[Session, Recorded, int], Batch]] = {
    "sent": _sent,
    "sent late": _sent_late,
    "consent": _consents,
    "hold": _holds,
    "hold ended": _ended_holds,
    "entry": _entries,
    "click": _clicks,
    "answer": _answers,  # after the entries they are
}
