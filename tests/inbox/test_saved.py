"""Saved words are filled in for whoever is answered, and nobody uses what somebody else keeps for themselves."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from mailer.errors import Invalid
from mailer.inbox.saved import PLACES, filled, for_staff, keep
from mailer.people.customer import Customer
from mailer.people.staff import Role, Staff

Shop = Any


def maya() -> Staff:
    return Staff(email="maya@example.com", name="Maya Lindqvist", title="Customer care", role=Role.REPRESENTATIVE)


def customer(**names: str) -> Customer:
    return Customer(email="ann@example.com", **names)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Hello {first name},", "Hello Ann,"),
        ("{name} / {my name}, {my title}", "Ann Miller / Maya Lindqvist, Customer care"),
        ("Hello {first name|you}, I am {my first name}.", "Hello Ann, I am Maya."),
        ("{other} and {}", "{other} and {}"),
    ],
)
def test_places_are_filled_in(text: str, said: str) -> None:
    assert filled(text, customer(first_name="Ann", last_name="Miller"), maya()) == said


def test_what_is_not_known_goes_with_its_space_or_is_said_otherwise() -> None:
    assert filled("Hello {first name},", customer(), maya()) == "Hello,"
    assert filled("Hello {first name|there},", None, maya()) == "Hello there,"


@given(st.text(), st.text(max_size=20), st.text(max_size=20))
def test_words_of_a_customer_are_never_read_as_places(text: str, first: str, last: str) -> None:
    """Filling in is one pass: a customer named {my title} is called just that."""
    assert filled("{first name}", customer(first_name="{my title}"), maya()) == "{my title}"
    if not any(f"{{{place}" in text for place in PLACES):
        assert filled(text, customer(first_name=first, last_name=last), maya()) == text


def test_ones_own_and_everybodys_are_offered(session: Session, shop: Shop) -> None:
    here, jonas = shop.staff("Maya Lindqvist"), shop.staff("Jonas Weber")
    mine = keep(session, None, here, " My   own ", "Hi {first name}", False, shop.now)
    ours = keep(session, None, here, "Everybody’s", "Hello", True, shop.now)
    assert mine.title == "My own"
    assert list(session.exec(for_staff(here))) == [ours, mine]
    assert list(session.exec(for_staff(jonas))) == [ours]
    with pytest.raises(Invalid, match="somebody else"):
        keep(session, mine, jonas, "Mine now", "Hello", False, shop.now)
    assert keep(session, ours, jonas, "Better", "Hello!", True, shop.now).id == ours.id


@pytest.mark.parametrize(
    ("title", "text", "why"),
    [(" ", "x", "title"), ("x", " ", "words"), ("x" * 81, "x", "80"), ("x", "{frist name}", "{first name}")],
)
def test_what_cannot_be_said_is_refused_with_what_can(
    session: Session, shop: Shop, title: str, text: str, why: str
) -> None:
    with pytest.raises(Invalid, match=why):
        keep(session, None, shop.staff("Maya Lindqvist"), title, text, True, shop.now)
