"""One responsible person at every moment."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from mailer.errors import Invalid
from mailer.inbox.assignment import BY_HAND, Assignment, assign, current
from mailer.inbox.conversation import Conversation

Shop = Any


def test_giving_it_to_somebody_else_ends_one_assignment_and_begins_the_next(session: Session, shop: Shop) -> None:
    maya, jonas = shop.staff("Maya Lindqvist"), shop.staff("Jonas Weber")
    talk = shop.keep(Conversation(address="x@example.net", opened_at=shop.now))
    first = assign(session, talk, maya.id, "own representative", "she is theirs", shop.now)
    later = shop.now + timedelta(hours=1)
    second = assign(session, talk, jonas.id, BY_HAND, "Maya asked him", later, by_staff_id=maya.id)
    assert (first.ended_at, second.since, second.ended_at) == (later, later, None)
    assert (second.rule, second.by_staff_id) == ("by hand", maya.id)
    assert current(session, [talk.id, None, 999]) == {talk.id: second}


def test_giving_it_to_whoever_has_it_changes_nothing(session: Session, shop: Shop) -> None:
    maya = shop.staff("Maya Lindqvist")
    talk = shop.keep(Conversation(address="x@example.net", opened_at=shop.now))
    first = assign(session, talk, maya.id, "own representative", "", shop.now)
    assert assign(session, talk, maya.id, BY_HAND, "again", shop.now + timedelta(hours=1)) is first
    assert len(session.exec(select(Assignment)).all()) == 1


def test_the_database_itself_refuses_a_second_current_person(session: Session, shop: Shop) -> None:
    maya = shop.staff("Maya Lindqvist")
    talk = shop.keep(Conversation(address="x@example.net", opened_at=shop.now))
    assign(session, talk, maya.id, "", "", shop.now)
    session.add(Assignment(conversation_id=talk.id, staff_id=maya.id, since=shop.now, rule="", why=""))
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


def test_a_conversation_that_is_not_stored_cannot_be_given(session: Session, shop: Shop) -> None:
    with pytest.raises(Invalid, match="store"):
        assign(session, Conversation(address="x", opened_at=shop.now), 1, "", "", shop.now)
