from collections.abc import Callable
from datetime import datetime
from itertools import islice

import pytest
from sqlmodel import Session

from mailer.errors import NotReady
from mailer.people.customer import Customer, find, least_loaded, representative
from mailer.people.staff import Role, Staff

New = Callable[..., Customer]


def test_a_customer_is_named_as_they_name_themselves(new_customer: New) -> None:
    assert new_customer("ann@example.com", first_name="Ann", last_name="Lee").name == "Ann Lee"
    assert new_customer("bob@example.com", first_name="Bob").name == "Bob"
    assert new_customer("c@example.com").name == "c@example.com"
    assert new_customer("j@example.com", first_name="健二", last_name="佐藤", language="ja").name == "佐藤 健二"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("müller", ["ann@example.com"]),
        ("ANN EXAMPLE.com", ["ann@example.com"]),
        ("özil", ["m@example.org"]),
        ("42", ["m@example.org"]),
        ("ann özil", []),
        ("%", []),
        ("", ["ann@example.com", "m@example.org"]),
    ],
)
def test_search_is_by_every_word_in_names_and_address(
    session: Session, new_customer: New, text: str, found: list[str]
) -> None:
    new_customer("ann@example.com", first_name="Ann", last_name="Müller")
    new_customer("m@example.org", first_name="Mesut", last_name="Özil", external_id="42")
    assert [each.email for each in session.exec(find(text))] == found


def test_a_representative_is_given_once_and_kept(
    session: Session, new_customer: New, new_staff: Callable[..., Staff]
) -> None:
    maya, jonas = new_staff("Maya Lindqvist"), new_staff("Jonas Weber")
    first, second, third = (new_customer(f"{name}@example.com") for name in "abc")
    assert [representative(session, each) for each in (first, second, third)] == [maya, jonas, maya]
    assert representative(session, third) == maya
    assert third.representative_id == maya.id


def test_who_has_left_is_replaced(session: Session, new_customer: New, new_staff: Callable[..., Staff]) -> None:
    maya, jonas = new_staff("Maya Lindqvist"), new_staff("Jonas Weber")
    ann = new_customer("ann@example.com", representative_id=maya.id)
    maya.active = False
    assert representative(session, ann) == jonas


def test_without_a_representative_it_is_said_what_to_do(
    session: Session, new_customer: New, new_staff: Callable[..., Staff]
) -> None:
    new_staff("Nora Feld", role=Role.MARKETER)
    with pytest.raises(NotReady, match="add a representative"):
        representative(session, new_customer("ann@example.com"))
    assert list(least_loaded(session)) == []


def test_many_customers_are_shared_out_evenly(
    session: Session, now: datetime, new_customer: New, new_staff: Callable[..., Staff]
) -> None:
    maya, jonas, kenji = new_staff("Maya Lindqvist"), new_staff("Jonas Weber"), new_staff("Kenji Sato")
    for n in range(3):
        new_customer(f"{n}@example.com", representative_id=maya.id)
    assert list(islice(least_loaded(session), 6)) == [jonas, kenji] * 3
