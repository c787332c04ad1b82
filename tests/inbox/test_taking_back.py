"""An answer waits a little; taken back it never leaves, and the customer waits as long as before."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from mailer.delivery.message import Kind, Message, State
from mailer.delivery.outbox import claim
from mailer.errors import Invalid
from mailer.inbox.answer import can_be_taken_back, take_back
from mailer.inbox.conversation import ConversationState, Entry, EntryKind

Shop = Any
WAITS = timedelta(seconds=10)
LEASE = timedelta(minutes=1)


def heard(shop: Shop, name: str = "Ann") -> Any:
    customer = shop.customer(name)
    return shop.hear(shop.arrived(shop.sent(customer), received_at=shop.now - timedelta(hours=2)))[0]


def answers(session: Session) -> list[Entry]:
    return list(session.exec(select(Entry).where(Entry.kind == EntryKind.ANSWER)))


def test_it_leaves_when_its_time_has_come_and_not_before(session: Session, shop: Shop) -> None:
    maya = shop.staff("Maya Lindqvist")
    shop.answer(heard(shop), maya, "It comes tomorrow", waits=WAITS)
    assert claim(session, "sender", shop.now + WAITS - timedelta(microseconds=1), 10, LEASE) == []
    (message,) = claim(session, "sender", shop.now + WAITS, 10, LEASE)
    assert message.kind is Kind.ANSWER


def test_taken_back_it_never_leaves_and_the_words_come_back(session: Session, shop: Shop) -> None:
    maya, talk = shop.staff("Maya Lindqvist"), heard(shop)
    since, seen = talk.waiting_since, talk.revision
    entry = shop.answer(talk, maya, "It comes tomorow", waits=WAITS)
    message = session.get_one(Message, entry.message_id)
    assert can_be_taken_back(message, maya, shop.now)
    assert take_back(session, talk, message, maya, shop.now + timedelta(seconds=9)) == "It comes tomorow"
    assert (talk.state, talk.waiting_since, talk.first_answer_at) == (ConversationState.OPEN, since, None)
    assert talk.revision > seen + 1  # whoever else has it open is told
    assert answers(session) == []
    assert claim(session, "sender", shop.now + timedelta(days=1), 10, LEASE) == []
    assert message.state is State.CANCELLED
    again = shop.answer(talk, maya, "It comes tomorow", waits=WAITS)
    assert session.get_one(Message, again.message_id).message_id != message.message_id


def test_one_of_several_taken_back_leaves_the_talk_answered(session: Session, shop: Shop) -> None:
    maya, talk = shop.staff("Maya Lindqvist"), heard(shop)
    shop.answer(talk, maya, "It comes tomorrow")
    second = shop.answer(talk, maya, "In the morning", waits=WAITS)
    take_back(session, talk, session.get_one(Message, second.message_id), maya, shop.now)
    assert (talk.state, talk.waiting_since, talk.first_answer_at) == (ConversationState.ANSWERED, None, shop.now)
    assert [each.text for each in answers(session)] == ["It comes tomorrow"]


def test_what_has_left_or_is_anothers_stays(session: Session, shop: Shop) -> None:
    maya, jonas, talk = shop.staff("Maya Lindqvist"), shop.staff("Jonas Weber"), heard(shop)
    entry = shop.answer(talk, maya, "It comes tomorrow", waits=WAITS)
    message = session.get_one(Message, entry.message_id)
    other = heard(shop, "Bob")
    for conversation, staff, now in ((talk, jonas, shop.now), (other, maya, shop.now), (talk, maya, shop.now + WAITS)):
        with pytest.raises(Invalid, match="left already"):
            take_back(session, conversation, message, staff, now)
    claim(session, "sender", shop.now + WAITS, 10, LEASE)
    session.refresh(message)
    with pytest.raises(Invalid, match="left already"):
        take_back(session, talk, message, maya, shop.now)
    assert len(answers(session)) == 1
