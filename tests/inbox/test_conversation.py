"""What joins which conversation, and what it holds back."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from mailer.delivery.message import Kind, Message
from mailer.errors import Invalid
from mailer.inbox.conversation import (
    Conversation,
    ConversationState,
    Entry,
    EntryKind,
    ask,
    note,
    open_or_join,
    waiting,
)
from mailer.people.hold import holds
from mailer.replies.inbound import Trust, Verdict

Shop = Any


def test_a_reply_to_a_campaign_email_opens_a_conversation_with_a_hold(session: Session, shop: Shop) -> None:
    shop.staff("Maya Lindqvist")
    ann = shop.customer("Ann")
    ours = shop.sent(ann)
    details = {"feeling": "upset", "language": "de"}
    talk, entry, _ = shop.hear(shop.arrived(ours, "Where is my order?", details=details))
    assert (talk.customer_id, talk.address, talk.message_id) == (ann.id, "ann@example.org", ours.id)
    assert (talk.state, talk.waiting_since, talk.revision) == (ConversationState.OPEN, shop.now, 1)
    assert (talk.feeling, talk.language, talk.subject) == ("upset", "de", "Re: We miss you")
    assert (entry.kind, entry.text) == (EntryKind.REPLY, "Where is my order?")
    assert set(holds(session, [ann.id])) == {ann.id}


def test_more_replies_to_the_same_email_join_it(session: Session, shop: Shop) -> None:
    shop.staff("Maya Lindqvist")
    ours = shop.sent(shop.customer("Ann"))
    first, _, _ = shop.hear(shop.arrived(ours, "one"))
    second, _, _ = shop.hear(shop.arrived(ours, "two"))
    assert first == second
    assert [entry.text for entry in session.exec(select(Entry))] == ["one", "two"]


def test_the_same_email_given_twice_is_one_entry(session: Session, shop: Shop) -> None:
    shop.staff("Maya Lindqvist")
    email = shop.arrived(shop.sent(shop.customer("Ann")))
    first, second = shop.hear(email), shop.hear(email)
    assert first == second
    assert first[0].revision == 1


def test_a_reply_to_our_answer_joins_the_conversation_of_that_answer(session: Session, shop: Shop) -> None:
    maya = shop.staff("Maya Lindqvist")
    talk, _, _ = shop.hear(shop.arrived(shop.sent(shop.customer("Ann"))))
    answered = shop.answer(talk, maya, "Tomorrow")
    ours = session.get_one(Message, answered.message_id)
    assert ours.kind is Kind.ANSWER
    again, _, _ = shop.hear(shop.arrived(ours, "Thank you"))
    assert again == talk
    assert talk.state is ConversationState.OPEN


def test_strangers_who_answer_the_same_campaign_have_conversations_of_their_own(shop: Shop) -> None:
    shop.staff("Maya Lindqvist")
    talks = {shop.hear(shop.arrived(shop.sent(shop.customer(name))))[0].id for name in ("Ann", "Bob", "Carol")}
    assert len(talks) == 3


def test_one_customer_may_talk_about_two_things(shop: Shop) -> None:
    shop.staff("Maya Lindqvist")
    ann = shop.customer("Ann")
    first, second = (shop.hear(shop.arrived(shop.sent(ann)))[0] for _ in range(2))
    assert first != second


def test_another_sender_with_the_right_token_joins_and_answers_still_go_to_the_customer(shop: Shop) -> None:
    shop.staff("Maya Lindqvist")
    ours = shop.sent(shop.customer("Ann"))
    eve = {"from_address": "eve@example.net", "from_name": "Ann", "trust": Trust.OTHER_SENDER}
    opened, _, _ = shop.hear(shop.arrived(ours, "Send me my history", **eve))
    joined, _, _ = shop.hear(shop.arrived(ours, "It is me"))
    assert opened == joined
    assert joined.address == "ann@example.org"


def test_a_strangers_second_email_in_the_same_thread_joins_the_first(shop: Shop) -> None:
    shop.staff("Maya Lindqvist")
    first = shop.arrived(None, "Do you sell tea?")
    talk, _, _ = shop.hear(first)
    assert talk.customer_id is None
    assert talk.address == "stranger@example.net"
    more = {"in_reply_to": [first.header_message_id]}
    assert shop.hear(shop.arrived(None, "Green tea", details=more))[0] == talk
    forged = shop.arrived(None, "And I?", details=more, from_address="eve@example.net")
    assert shop.hear(forged)[0] != talk, "a Message-ID that others may know joins nobody to a stranger's talk"
    assert shop.hear(shop.arrived(None, "Something else"))[0] != talk


def test_a_strangers_reply_to_our_answer_joins(session: Session, shop: Shop) -> None:
    maya = shop.staff("Maya Lindqvist")
    talk, _, _ = shop.hear(shop.arrived(None, "Do you sell tea?"))
    answered = session.get_one(Message, shop.answer(talk, maya, "We do").message_id)
    assert shop.hear(shop.arrived(answered, "Good"))[0] == talk


def test_a_closed_conversation_opens_again_with_a_new_hold(session: Session, shop: Shop) -> None:
    shop.staff("Maya Lindqvist")
    ann = shop.customer("Ann")
    ours = shop.sent(ann)
    talk, _, given = shop.hear(shop.arrived(ours))
    talk.close(session, shop.now)
    talk.close(session, shop.now + timedelta(days=1))
    assert (talk.state, talk.closed_at, talk.waiting_since) == (ConversationState.CLOSED, shop.now, None)
    assert holds(session, [ann.id]) == {}
    again, _, still = shop.hear(shop.arrived(ours, received_at=shop.now + timedelta(days=2)))
    assert (again, still) == (talk, given)
    assert (talk.state, talk.closed_at) == (ConversationState.OPEN, None)
    assert set(holds(session, [ann.id])) == {ann.id}


def test_a_hold_lasts_until_the_last_conversation_is_closed(session: Session, shop: Shop) -> None:
    shop.staff("Maya Lindqvist")
    ann = shop.customer("Ann")
    first, second = (shop.hear(shop.arrived(shop.sent(ann)))[0] for _ in range(2))
    first.close(session, shop.now)
    assert set(holds(session, [ann.id])) == {ann.id}
    second.close(session, shop.now)
    assert holds(session, [ann.id]) == {}


def test_nothing_a_customer_sent_looks_empty(shop: Shop) -> None:
    shop.staff("Maya Lindqvist")
    photo = {"attachments": [{"name": "broken.jpg", "content_type": "image/jpeg", "size": 9}]}
    cases = [
        ({"words": " ", "quoted": "> all of it between the lines"}, "> all of it between the lines"),
        ({"words": "", "subject": "call me"}, "call me"),
        ({"words": "", "subject": "", "details": photo}, "(no words, only attached: broken.jpg)"),
        ({"words": "", "subject": ""}, "(an email without words)"),
    ]
    for given, shown in cases:
        assert shop.hear(shop.arrived(None, **given))[1].text == shown


def test_an_answer_that_came_back_is_work_again(session: Session, shop: Shop) -> None:
    maya = shop.staff("Maya Lindqvist")
    talk, _, _ = shop.hear(shop.arrived(shop.sent(shop.customer("Ann"))))
    ours = session.get_one(Message, shop.answer(talk, maya, "Tomorrow").message_id)
    told = {"done": ["ann@example.org is suppressed: 5.1.1"]}
    again, entry, given = shop.hear(shop.arrived(ours, verdict=Verdict.BOUNCE, details=told, from_name="Mail Daemon"))
    assert (again, talk.state, given.staff_id) == (talk, ConversationState.OPEN, maya.id)
    assert entry.kind is EntryKind.NOTE
    assert entry.text == "Our answer did not arrive: ann@example.org is suppressed: 5.1.1"


def test_waiting_is_oldest_first_and_may_be_one_persons(session: Session, shop: Shop) -> None:
    maya, jonas = shop.staff("Maya Lindqvist"), shop.staff("Jonas Weber")
    late, early = shop.sent(shop.customer("Ann", maya)), shop.sent(shop.customer("Bob", jonas))
    talk1, _, _ = shop.hear(shop.arrived(late, received_at=shop.now))
    talk2, _, _ = shop.hear(shop.arrived(early, received_at=shop.now - timedelta(hours=3)))
    assert session.exec(waiting()).all() == [talk2, talk1]
    assert session.exec(waiting(maya.id)).all() == [talk1]
    shop.hear(shop.arrived(late, received_at=shop.now - timedelta(hours=5)))
    assert session.exec(waiting()).all() == [talk1, talk2], "an earlier word that came late counts from when it came"
    shop.answer(talk1, maya, "Yes")
    assert session.exec(waiting()).all() == [talk2]


def test_what_is_asked_on_the_page_joins_the_conversation_about_that_email(session: Session, shop: Shop) -> None:
    shop.staff("Maya Lindqvist")
    ann = shop.customer("Ann")
    ours = shop.sent(ann)
    talk = ask(session, ann, ours, "  Please call me on Tuesday at 10  ", EntryKind.CALL, shop.now)
    assert ask(session, ann, ours, "Please call me on Tuesday at 10", EntryKind.CALL, shop.now) == talk
    assert shop.hear(shop.arrived(ours, "As I said"))[0] == talk
    assert [entry.kind for entry in session.exec(select(Entry))] == [EntryKind.CALL, EntryKind.REPLY]
    assert (talk.address, talk.waiting_since, talk.subject) == ("ann@example.org", shop.now, "We miss you")
    later = shop.now + timedelta(minutes=11)
    ask(session, ann, ours, "Please call me on Tuesday at 10", EntryKind.CALL, later)
    assert len(session.exec(select(Entry)).all()) == 3, "the same words a while later are said again"


def test_what_is_asked_about_no_email_begins_a_conversation(session: Session, shop: Shop) -> None:
    ann = shop.customer("Ann")
    talk = ask(session, ann, None, "Hello", EntryKind.REPLY, shop.now)
    assert talk.message_id is None
    assert set(holds(session, [ann.id])) == {ann.id}


@pytest.mark.parametrize(("text", "kind"), [(" \n", EntryKind.REPLY), ("x", EntryKind.NOTE), ("x", EntryKind.ANSWER)])
def test_what_cannot_be_asked_is_refused(session: Session, shop: Shop, text: str, kind: EntryKind) -> None:
    with pytest.raises(Invalid):
        ask(session, shop.customer("Ann"), None, text, kind, shop.now)
    assert session.exec(select(Conversation)).all() == []


def test_a_note_moves_the_revision_and_nothing_else(session: Session, shop: Shop) -> None:
    maya = shop.staff("Maya Lindqvist")
    talk, _, _ = shop.hear(shop.arrived(shop.sent(shop.customer("Ann"))))
    entry = note(session, talk, maya.id, " She is right ", shop.now)
    assert (entry.kind, entry.text, entry.staff_id) == (EntryKind.NOTE, "She is right", maya.id)
    assert (talk.revision, talk.state, talk.waiting_since) == (2, ConversationState.OPEN, shop.now)
    with pytest.raises(Invalid, match="nothing to note"):
        note(session, talk, maya.id, " ", shop.now)


def test_open_or_join_needs_no_customer_and_no_message(session: Session, shop: Shop) -> None:
    email = shop.arrived(None, from_address="", envelope_from="bob@example.net")
    talk, _ = open_or_join(session, email, None, None, shop.now)
    assert talk.address == "bob@example.net"
    assert talk.hold_id is None
