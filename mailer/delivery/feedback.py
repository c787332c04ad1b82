"""What follows from what a provider tells us about a message that left?

Whatever can only happen to a message that left proves that it did: so what was in doubt is settled, and what is about
to leave again does not. A bounce for good suppresses the address at once, one that may pass does so the third time
within fourteen days; a complaint suppresses; an unsubscribe withdraws the consent to the message's topic, at the time
it was said; an opening or a click is a hit, and proves nothing more than a fetch.

Every event is kept as it was told, under the provider's own id for it: told again, it changes nothing. One that names
no message of ours, or is about another address than the one we wrote to, is kept, and nothing follows from it.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, UniqueConstraint, col, func, select

from mailer.delivery.hits import COUNTED, Asked, hit
from mailer.delivery.message import Message, State
from mailer.delivery.outbox import report_bounce
from mailer.delivery.providers.told import Told, Weight, Word
from mailer.people.consent import decide, standing, withdraw_all
from mailer.people.suppression import Why, suppress
from mailer.store import CHUNK, ID, JSON, UTC

SOFT_LIMIT = 3  # bounces that may pass
SOFT_DAYS = 14
MAX_DETAIL = 20_000  # characters of what was told, as JSON
MAX_WORDS = 500

# A provider calls some refusals final that say nothing against the mailbox: full this week, or a mistrust of *us*
MILD = ("4.", "5.2.2", "5.3", "5.4", "5.7")  # RFC 3463


class ProviderEvent(SQLModel, table=True):
    """One event, as a provider told it."""

    __tablename__ = "provider_event"
    __table_args__ = (UniqueConstraint("provider", "event_id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=ID)
    provider: str
    event_id: str  # the provider's own
    # None: not one of ours
    message_id: int | None = Field(default=None, foreign_key="message.id", sa_type=ID, index=True)
    kind: str  # one of our eight words, or the provider's own where we have none
    at: datetime = Field(sa_type=UTC)  # when it happened
    heard_at: datetime = Field(sa_type=UTC)
    address: str = ""
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


@dataclass(frozen=True, slots=True)
class Heard:
    """How many events were new, and the Message-IDs of those that are known to have left only now."""

    new: int
    settled: tuple[str, ...] = ()


def hear(session: Session, events: Sequence[Told], now: datetime) -> Heard:
    """Keep what is new among `events`, and do what follows from it, in the order in which it happened."""
    fresh = _unheard(session, events)
    messages = _messages(session, {each.message_id for each in fresh.values() if each.message_id})
    rows = [_row(each, messages.get(each.message_id), now) for each in fresh.values()]
    for start in range(0, len(rows), CHUNK):
        session.execute(sa.insert(ProviderEvent), rows[start : start + CHUNK])
    settled = []
    for each in sorted(fresh.values(), key=lambda told: _when(told, now)):
        message = messages.get(each.message_id)
        if message is None or each.address not in ("", message.address):
            continue
        if each.kind in PROOFS and message.state is not State.SENT:
            _settle(session, message, each, now)
            settled.append(message.message_id)
        if follow := CONSEQUENCES.get(each.kind):
            follow(session, message, each, _when(each, now))
    session.flush()
    return Heard(len(fresh), tuple(settled))


# What follows


def _settle(session: Session, message: Message, told: Told, now: datetime) -> None:
    message.state, message.settled_at, message.lease_until = State.SENT, now, None
    message.reason = f"{told.provider} told us: {told.kind}"
    message.queue_id = message.queue_id or told.queue_id
    session.add(message)


def _bounced(session: Session, message: Message, told: Told, at: datetime) -> None:
    weight = Weight.SOFT if told.weight is Weight.HARD and told.status.startswith(MILD) else told.weight
    if weight is Weight.NONE:
        message.reason = f"{told.provider} gave it up: {told.words}"[:MAX_WORDS]
        session.add(message)
        return
    report_bounce(session, message, told.status, at)
    session.flush()
    evidence = f"{told.provider}: {told.status} {told.words}".strip()[:MAX_WORDS]
    if weight is Weight.HARD:
        suppress(session, message.address, Why.BOUNCED, at, evidence)
    elif (times := failures(session, message.address, at)) >= SOFT_LIMIT:
        last = f"{times} failures in {SOFT_DAYS} days, the last: {evidence}"
        suppress(session, message.address, Why.BOUNCED, at, last)


def _complained(session: Session, message: Message, told: Told, at: datetime) -> None:
    message.complained_at = message.complained_at or at
    session.add(message)
    suppress(session, message.address, Why.COMPLAINED, at, f"{told.provider}: {told.words}".strip(": ")[:MAX_WORDS])


def _unsubscribed(session: Session, message: Message, told: Told, at: datetime) -> None:
    if message.customer_id is None:
        return
    wording = told.words[:MAX_WORDS] or "unsubscribed"
    if message.topic_id is None:
        withdraw_all(session, message.customer_id, at, told.provider, wording)
        return
    newest = standing(session, message.customer_id).get(message.topic_id)
    if newest is None or (newest.granted and newest.at <= at):
        decide(session, message.customer_id, message.topic_id, False, at, told.provider, wording)


def _opened(session: Session, message: Message, told: Told, at: datetime) -> None:
    session.add(hit(message, "open", at, Asked(told.agent)))


def _clicked(session: Session, message: Message, told: Told, at: datetime) -> None:
    ours = COUNTED.search(told.url)  # a provider that counts links has put its own before ours
    session.add(hit(message, "click", at, Asked(told.agent), link=ours[1] if ours else "", target=told.url))


PROOFS = frozenset(Word) - {Word.UNSUBSCRIBED}  # of having left; one may unsubscribe at the provider without any email
CONSEQUENCES: Mapping[str, Callable[[Session, Message, Told, datetime], None]] = {
    Word.BOUNCED: _bounced,
    Word.COMPLAINED: _complained,
    Word.UNSUBSCRIBED: _unsubscribed,
    Word.OPENED: _opened,
    Word.CLICKED: _clicked,
}


# What it looks at


def _unheard(session: Session, events: Iterable[Told]) -> dict[tuple[str, str], Told]:
    """Leave out what was heard before, and what has no id to know it by."""
    fresh: dict[tuple[str, str], Told] = {}
    for each in events:
        if each.event_id:
            fresh.setdefault((each.provider, each.event_id), each)
    ids = sorted({event_id for _, event_id in fresh})
    for start in range(0, len(ids), CHUNK):
        known = select(ProviderEvent.provider, ProviderEvent.event_id)
        for pair in session.exec(known.where(col(ProviderEvent.event_id).in_(ids[start : start + CHUNK]))):
            fresh.pop((pair[0], pair[1]), None)
    return fresh


def _messages(session: Session, message_ids: set[str]) -> dict[str, Message]:
    """Find messages by Message-ID, and keep them from others until we are done."""
    ids = sorted(message_ids)
    found: list[Message] = []
    for start in range(0, len(ids), CHUNK):
        ours = select(Message).where(col(Message.message_id).in_(ids[start : start + CHUNK])).order_by(col(Message.id))
        found += session.exec(ours.with_for_update().execution_options(populate_existing=True)).all()
    return {message.message_id: message for message in found}


def failures(session: Session, address: str, at: datetime) -> int:
    """Count the messages to this address that came back lately; one that was reported twice counts once."""
    lately = col(Message.bounced_at) > at - timedelta(days=SOFT_DAYS)
    return session.exec(select(func.count(col(Message.id))).where(Message.address == address, lately)).one()


def _row(told: Told, message: Message | None, now: datetime) -> dict[str, Any]:
    whole = len(json.dumps(told.detail, default=str)) <= MAX_DETAIL
    return {
        "provider": told.provider,
        "event_id": told.event_id,
        "message_id": message.id if message else None,
        "kind": told.kind,
        "at": _when(told, now),
        "heard_at": now,
        "address": told.address,
        "detail": told.detail if whole else {"words": told.words, "cut": "it was longer than is kept"},
    }


def _when(told: Told, now: datetime) -> datetime:
    """Return when it happened; never in the future, whatever the provider's clock says."""
    return min(told.at or now, now)
