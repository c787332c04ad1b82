from collections.abc import Callable
from datetime import datetime, timedelta

from sqlmodel import Session

from mailer.people.customer import Customer
from mailer.people.hold import end_hold, holds, open_hold


def test_a_hold_lasts_until_it_is_ended(session: Session, now: datetime, new_customer: Callable[..., Customer]) -> None:
    ann, bob = new_customer("ann@example.com"), new_customer("bob@example.com")
    hold = open_hold(session, ann.id, "Maya talks with Ann", now)
    assert holds(session, [ann.id, bob.id]) == {ann.id: hold}
    end_hold(session, hold, now + timedelta(days=1))
    end_hold(session, hold, now + timedelta(days=2))
    assert hold.ended_at == now + timedelta(days=1)
    assert holds(session, [ann.id, bob.id]) == {}


def test_two_conversations_hold_until_both_have_ended(
    session: Session, now: datetime, new_customer: Callable[..., Customer]
) -> None:
    ann = new_customer("ann@example.com")
    first = open_hold(session, ann.id, "a question", now)
    second = open_hold(session, ann.id, "a complaint", now + timedelta(hours=1))
    assert holds(session, [ann.id]) == {ann.id: first}
    end_hold(session, first, now + timedelta(hours=2))
    assert holds(session, [ann.id]) == {ann.id: second}
