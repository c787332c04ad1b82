"""The inbox at a glance, in two questions."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from mailer.inbox.conversation import ConversationState, EntryKind, ask, note
from mailer.inbox.overview import lines
from mailer.replies.inbound import Trust, Verdict
from mailer.store import Store

Shop = Any


def test_a_line_says_who_waits_since_when_for_whom_and_what_they_said(session: Session, shop: Shop) -> None:
    maya = shop.staff("Maya Lindqvist")
    ours = shop.sent(shop.customer("Ann", maya))
    shop.hear(shop.arrived(ours, "First"))
    talk, _, _ = shop.hear(shop.arrived(ours, "Where is\nmy order? " + "x" * 500, details={"feeling": "upset"}))
    note(session, talk, maya.id, "among us", shop.now)
    (line,) = lines(session)
    assert line.conversation == talk
    assert (line.name, line.staff, line.waiting_since, line.feeling) == ("Ann Miller", maya, shop.now, "upset")
    assert line.words.startswith("Where is my order? xxx")
    assert len(line.words) == 140
    assert line.badges == ()


def test_badges_say_what_to_know_before_reading(session: Session, shop: Shop) -> None:
    shop.staff("Maya Lindqvist")
    shop.hear(shop.arrived(None, "a", trust=Trust.SUSPECT))
    shop.hear(shop.arrived(shop.sent(shop.customer("Ann")), "b", trust=Trust.OTHER_SENDER))
    shop.hear(shop.arrived(shop.sent(shop.customer("Bob")), "c", verdict=Verdict.UNSUBSCRIBE))
    ask(session, shop.customer("Carol"), None, "d", EntryKind.CALL, shop.now)
    found = {line.words: (line.name, line.badges) for line in lines(session)}
    assert found == {
        "a": ("A Stranger", ("sender may be forged",)),
        "b": ("Ann Miller", ("written by another sender",)),
        "c": ("Bob Miller", ("asks to be unsubscribed",)),
        "d": ("Carol Miller", ("asks to be called",)),
    }


def test_the_longest_wait_comes_first_and_lists_may_be_narrowed(session: Session, shop: Shop) -> None:
    maya, jonas = shop.staff("Maya Lindqvist"), shop.staff("Jonas Weber")
    ann, bob = shop.customer("Ann", maya), shop.customer("Bob", jonas)
    for who, hours in ((ann, 1), (bob, 3), (ann, 2)):
        shop.hear(shop.arrived(shop.sent(who), f"{hours}", received_at=shop.now - timedelta(hours=hours)))
    assert [line.words for line in lines(session)] == ["3", "2", "1"]
    assert [line.words for line in lines(session, limit=1)] == ["3"]
    assert [line.words for line in lines(session, staff_id=maya.id)] == ["2", "1"]
    assert [line.words for line in lines(session, customer_id=bob.id)] == ["3"]
    lines(session)[0].conversation.close(session, shop.now)
    assert [line.words for line in lines(session)] == ["2", "1"]
    assert [line.words for line in lines(session, ConversationState.CLOSED)] == ["3"]
    assert lines(session, ConversationState.ANSWERED) == []


def test_however_many_lines_there_are_the_database_is_asked_twice(session: Session, shop: Shop) -> None:
    shop.staff("Maya Lindqvist")
    for number in range(30):
        shop.hear(shop.arrived(shop.sent(shop.customer(f"Ann{number}"))))
    session.flush()
    asked: list[str] = []
    sa.event.listen(session.get_bind(), "before_cursor_execute", lambda *given: asked.append(given[2]))
    assert len(lines(session)) == 30
    assert len(asked) == 2


def test_an_inbox_can_be_read_where_nothing_can_be_written(store: Store) -> None:
    with store.read() as session:
        assert lines(session) == []
