"""Who answers, by which rule, and how that is said."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session

from mailer.errors import NotReady
from mailer.inbox.assignment import BY_HAND, assign, current
from mailer.inbox.conversation import Conversation
from mailer.inbox.routing import loads, review, route
from mailer.people.customer import Customer
from mailer.people.staff import Role

Shop = Any


def open_talk(shop: Shop, customer: Customer | None = None) -> Conversation:
    talk: Conversation = shop.keep(
        Conversation(
            address="x@example.net",
            customer_id=customer.id if customer else None,
            opened_at=shop.now,
            waiting_since=shop.now,
        )
    )
    return talk


def test_a_customer_gets_their_own_representative(session: Session, shop: Shop) -> None:
    shop.staff("Jonas Weber")
    maya = shop.staff("Maya Lindqvist")
    ann = shop.customer("Ann", maya)
    given = route(session, open_talk(shop, ann), ann, shop.now)
    assert (given.staff_id, given.rule) == (maya.id, "own representative")
    assert given.why == "Maya Lindqvist is their representative"


def test_a_customer_without_one_gets_one_for_good(session: Session, shop: Shop) -> None:
    maya = shop.staff("Maya Lindqvist")
    ann = shop.customer("Ann")
    route(session, open_talk(shop, ann), ann, shop.now)
    assert ann.representative_id == maya.id


def test_a_deputy_stands_in_and_the_reason_names_both(session: Session, shop: Shop) -> None:
    amara, jonas = shop.staff("Amara Okafor"), shop.staff("Jonas Weber")
    ann = shop.customer("Ann", amara)
    shop.away(amara, jonas, days=1)
    given = route(session, open_talk(shop, ann), ann, shop.now)
    assert (given.staff_id, given.rule) == (jonas.id, "deputy")
    assert given.why == "Amara Okafor is away until Tuesday; Jonas Weber stands in"
    assert ann.representative_id == amara.id, "she is still theirs next time"


def test_deputies_of_deputies_are_followed_but_never_in_a_circle(session: Session, shop: Shop) -> None:
    amara, jonas, lena = shop.staff("Amara Okafor"), shop.staff("Jonas Weber"), shop.staff("Lena Fischer")
    ann = shop.customer("Ann", amara)
    shop.away(amara, jonas, days=30)
    absence = shop.away(jonas, lena, days=0.1)
    given = route(session, open_talk(shop, ann), ann, shop.now)
    assert given.staff_id == lena.id
    assert given.why == ("Amara Okafor is away until 15 April; Jonas Weber is away until 12:24; Lena Fischer stands in")
    absence.deputy_id = amara.id
    circle = route(session, open_talk(shop, ann), ann, shop.now)
    assert (circle.staff_id, circle.rule) == (lena.id, "least loaded, here")
    assert circle.why == (
        "Amara Okafor is away until 15 April, and nobody stands in; Lena Fischer is here and has the least to do"
    )


def test_a_conversation_stays_with_whoever_has_it(session: Session, shop: Shop) -> None:
    maya, jonas = shop.staff("Maya Lindqvist"), shop.staff("Jonas Weber")
    ann = shop.customer("Ann", maya)
    talk = open_talk(shop, ann)
    given = assign(session, talk, jonas.id, BY_HAND, "he knows boats", shop.now)
    assert route(session, talk, ann, shop.now) is given
    jonas.active = False
    moved = route(session, talk, ann, shop.now)
    assert (moved.staff_id, moved.rule) == (maya.id, "own representative")


def test_a_customer_waits_overnight_for_their_own_person(session: Session, shop: Shop) -> None:
    maya = shop.staff("Maya Lindqvist")
    shop.staff("Jonas Weber", time_zone="America/Los_Angeles")
    ann = shop.customer("Ann", maya)
    assert route(session, open_talk(shop, ann), ann, shop.now + timedelta(hours=13)).staff_id == maya.id


def test_strangers_mail_goes_to_whoever_is_here_with_the_least_to_do(session: Session, shop: Shop) -> None:
    maya, jonas = shop.staff("Maya Lindqvist"), shop.staff("Jonas Weber")
    far = shop.staff("Kenji Mori", time_zone="Asia/Tokyo")
    given = [route(session, open_talk(shop), None, shop.now) for _ in range(4)]
    assert [each.staff_id for each in given] == [maya.id, jonas.id, maya.id, jonas.id]
    assert given[0].why == "we do not know the writer; Maya Lindqvist is here and has the least to do"
    assert loads(session) == {maya.id: 2, jonas.id: 2}
    night = route(session, open_talk(shop), None, shop.now + timedelta(hours=9))
    assert (night.staff_id, night.rule) == (far.id, "least loaded")


def test_when_no_representative_can_an_administrator_does(session: Session, shop: Shop) -> None:
    shop.staff("Mark Etter", Role.MARKETER)
    maya, root = shop.staff("Maya Lindqvist"), shop.staff("Ada Root", Role.ADMINISTRATOR)
    shop.away(maya)
    given = route(session, open_talk(shop), None, shop.now)
    assert (given.staff_id, given.rule) == (root.id, "administrator")
    assert given.why == "no representative can take it; Ada Root runs the house"


def test_it_is_never_nobodys_while_anybody_is_there(session: Session, shop: Shop) -> None:
    mark = shop.staff("Mark Etter", Role.MARKETER)
    shop.away(mark)
    assert route(session, open_talk(shop), None, shop.now).staff_id == mark.id
    mark.active = False
    with pytest.raises(NotReady, match="add a representative"):
        route(session, open_talk(shop), None, shop.now)


def test_what_lies_with_somebody_who_left_is_given_on(session: Session, shop: Shop) -> None:
    maya, jonas = shop.staff("Maya Lindqvist"), shop.staff("Jonas Weber")
    ann, bob = shop.customer("Ann", maya), shop.customer("Bob", jonas)
    hers, his, orphan = open_talk(shop, ann), open_talk(shop, bob), open_talk(shop)
    route(session, hers, ann, shop.now)
    kept = route(session, his, bob, shop.now)
    shop.away(maya, jonas)
    changed = review(session, shop.now)
    assert {each.conversation_id for each in changed} == {hers.id, orphan.id}
    assert {key: each.staff_id for key, each in current(session, [hers.id, his.id, orphan.id]).items()} == {
        hers.id: jonas.id,
        his.id: jonas.id,
        orphan.id: jonas.id,
    }
    assert current(session, [his.id])[his.id] is kept
    assert review(session, shop.now) == []
