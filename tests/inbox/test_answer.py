"""An answer leaves once, in the customer's thread, and never against what its writer did not see."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from mailer.delivery.message import Kind, Message, State
from mailer.errors import Invalid
from mailer.inbox.conversation import ConversationState, Entry, EntryKind, note
from mailer.mail.compose import Letter, Party, compose
from mailer.mail.parse import parse
from mailer.mail.tokens import reply_address
from mailer.people.hold import holds
from mailer.people.suppression import Why, suppress

Shop = Any


def test_an_answer_is_a_message_in_the_outbox_and_an_entry(session: Session, shop: Shop) -> None:
    maya = shop.staff("Maya Lindqvist")
    ann = shop.customer("Ann", time_zone="Europe/Berlin")
    email = shop.arrived(shop.sent(ann), "Where is my order?\nI wait.", received_at=shop.now - timedelta(hours=1))
    talk, _, _ = shop.hear(email)
    entry = shop.answer(talk, maya, "It comes tomorrow.\n\nMaya")
    message = session.get_one(Message, entry.message_id)
    assert (message.kind, message.state, message.staff_id, message.customer_id) == (
        Kind.ANSWER, State.READY, maya.id, ann.id,
    )  # fmt: skip
    assert message.address == "ann@example.org"
    assert message.subject == "Re: We miss you"
    assert message.headers == {
        "In-Reply-To": f"<{email.header_message_id}>",
        "References": f"<{email.header_message_id}>",
    }
    assert message.context is not None
    assert message.context["text"] == (
        "It comes tomorrow.\n\nMaya\n\nOn 16 March 2026, 10:00, Ann Miller wrote:\n> Where is my order?\n> I wait.\n"
    )
    assert (entry.kind, entry.staff_id, entry.text) == (EntryKind.ANSWER, maya.id, "It comes tomorrow.\n\nMaya")
    assert (talk.state, talk.waiting_since, talk.first_answer_at) == (ConversationState.ANSWERED, None, shop.now)


def test_an_answer_to_what_went_on_meanwhile_is_stopped(session: Session, shop: Shop) -> None:
    maya, jonas = shop.staff("Maya Lindqvist"), shop.staff("Jonas Weber")
    ours = shop.sent(shop.customer("Ann"))
    talk, _, _ = shop.hear(shop.arrived(ours))
    seen = talk.revision
    shop.hear(shop.arrived(ours, "Never mind, it came"))
    with pytest.raises(Invalid, match="the customer wrote while you wrote"):
        shop.answer(talk, maya, "It comes tomorrow", seen=seen)
    note(session, talk, jonas.id, "I called her", shop.now)
    with pytest.raises(Invalid, match="Jonas Weber left a note while you wrote"):
        shop.answer(talk, maya, "It comes tomorrow", seen=seen)
    shop.answer(talk, jonas, "I see")
    with pytest.raises(Invalid, match="Jonas Weber answered while you wrote"):
        shop.answer(talk, maya, "It comes tomorrow", seen=seen)
    assert len(session.exec(select(Message).where(Message.kind == Kind.ANSWER)).all()) == 1


def test_the_same_answer_pressed_twice_leaves_once(session: Session, shop: Shop) -> None:
    maya = shop.staff("Maya Lindqvist")
    talk, _, _ = shop.hear(shop.arrived(shop.sent(shop.customer("Ann"))))
    seen = talk.revision
    assert shop.answer(talk, maya, "Tomorrow", seen=seen) == shop.answer(talk, maya, " Tomorrow ", seen=seen)
    assert len(session.exec(select(Entry).where(Entry.kind == EntryKind.ANSWER)).all()) == 1


def test_two_answers_in_a_row_are_two_messages(session: Session, shop: Shop) -> None:
    maya = shop.staff("Maya Lindqvist")
    talk, _, _ = shop.hear(shop.arrived(shop.sent(shop.customer("Ann"))))
    shop.answer(talk, maya, "Tomorrow")
    shop.answer(talk, maya, "Or the day after")
    ids = session.exec(select(Message.message_id).where(Message.kind == Kind.ANSWER)).all()
    assert len(set(ids)) == 2
    assert talk.first_answer_at == shop.now


def test_a_closed_conversation_may_be_answered(shop: Shop, session: Session) -> None:
    maya = shop.staff("Maya Lindqvist")
    talk, _, _ = shop.hear(shop.arrived(shop.sent(shop.customer("Ann"))))
    talk.close(session, shop.now)
    shop.answer(talk, maya, "One more thing")
    assert (talk.state, talk.closed_at) == (ConversationState.ANSWERED, None)
    assert set(holds(session, [talk.customer_id])) == {talk.customer_id}


def test_what_cannot_be_sent_is_refused_with_the_reason(session: Session, shop: Shop) -> None:
    maya = shop.staff("Maya Lindqvist")
    talk, _, _ = shop.hear(shop.arrived(shop.sent(shop.customer("Ann"))))
    with pytest.raises(Invalid, match="write your answer"):
        shop.answer(talk, maya, " \n ")
    talk.address = reply_address(shop.signer, 7, "other.example.net")
    with pytest.raises(Invalid, match="address of our own"):
        shop.answer(talk, maya, "x")
    talk.address = "anything@Reply.Example.com"
    with pytest.raises(Invalid, match="address of our own"):
        shop.answer(talk, maya, "x")
    talk.address = "not an address"
    with pytest.raises(Invalid, match="not an email address"):
        shop.answer(talk, maya, "x")
    talk.address = "ann@example.org"
    suppress(session, "ann@example.org", Why.BOUNCED, shop.now, "5.1.1 no such user")
    with pytest.raises(Invalid, match=r"does not arrive \(5\.1\.1 no such user\)"):
        shop.answer(talk, maya, "x")
    assert session.exec(select(Message).where(Message.kind == Kind.ANSWER)).all() == []


def test_somebody_who_unsubscribed_still_gets_the_answer_they_asked_for(session: Session, shop: Shop) -> None:
    maya = shop.staff("Maya Lindqvist")
    talk, _, _ = shop.hear(shop.arrived(shop.sent(shop.customer("Ann"))))
    suppress(session, "ann@example.org", Why.COMPLAINED, shop.now)
    assert shop.answer(talk, maya, "Sorry")


def test_an_answer_never_goes_where_a_hostile_reply_to_points(session: Session, shop: Shop) -> None:
    maya = shop.staff("Maya Lindqvist")
    ours = shop.sent(shop.customer("Ann"))
    eve = shop.arrived(ours, from_address="eve@example.net", details={"reply_to": ["eve@example.net"]})
    talk, _, _ = shop.hear(eve)
    message = session.get_one(Message, shop.answer(talk, maya, "Your history: …").message_id)
    assert message.address == "ann@example.org"


def test_an_answer_composes_into_the_customers_thread(session: Session, shop: Shop) -> None:
    """Over the real serialiser and parser, with ids as mail programs write them."""
    maya = shop.staff("Maya Lindqvist")
    ours = shop.sent(shop.customer("Ann"))
    ident = "CAF=" + "x" * 200 + "@mail.gmail.com"
    chain = [f"{n}@example.com" for n in range(30)]
    talk, _, _ = shop.hear(shop.arrived(ours, header_message_id=ident, details={"references": chain}))
    message = session.get_one(Message, shop.answer(talk, maya, "Über <b>morgen</b>").message_id)
    assert message.context is not None
    raw = compose(
        Letter(**message.context),
        sender=Party("Maya Lindqvist", "maya@example.com"),
        to=message.address,
        message_id=message.message_id,
        dated_at=shop.now,
        headers=message.headers,
    )
    read = parse(raw)
    assert read.in_reply_to == (ident,)
    assert read.references == ("0@example.com", *chain[-10:], ident)
    assert "Über <b>morgen</b>" in read.text
    assert "<p>Über &lt;b&gt;morgen&lt;/b&gt;" in read.html
