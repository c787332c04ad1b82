"""What a customer decides behind the links of an email: unsubscribe, preferences, survey."""

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from mailer.house import House
from mailer.insights.events import Event
from mailer.mail.tokens import Purpose
from mailer.people.consent import Consent, standing

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def stands(house: House, customer_id: int) -> dict[str, bool]:
    with house.store.read() as session:
        return {topic: consent.granted for topic, consent in standing(session, customer_id).items()}


def test_looking_at_the_unsubscribe_page_changes_nothing(anyone: FlaskClient, link, house: House, shop) -> None:
    html = anyone.get(link("u", Purpose.UNSUBSCRIBE)).get_data(as_text=True)
    assert "Stop emails about “Offers”?" in html
    assert stands(house, shop.ann.id) == {"offers": True}


@pytest.mark.parametrize("form", [{}, ONE_CLICK])
def test_the_button_and_the_one_click_of_the_mail_program_end_the_topic(
    anyone: FlaskClient, link, house: House, shop, form
) -> None:
    answer = anyone.post(link("u", Purpose.UNSUBSCRIBE), data=form)
    assert answer.status_code == 200  # RFC 8058, 3.1: no redirect
    assert "Set-Cookie" not in answer.headers
    assert stands(house, shop.ann.id) == {"offers": False}


def test_one_click_as_multipart_form_data_works_too(anyone: FlaskClient, link, house: House, shop) -> None:
    anyone.post(link("u", Purpose.UNSUBSCRIBE), data=ONE_CLICK, content_type="multipart/form-data")
    with house.store.read() as session:
        newest = standing(session, shop.ann.id)["offers"]
    assert (newest.granted, newest.source, newest.wording) == (False, "one-click", "List-Unsubscribe=One-Click")


def test_unsubscribing_twice_is_the_same_as_once(anyone: FlaskClient, link, house: House, shop) -> None:
    for _ in range(2):
        assert anyone.post(link("u", Purpose.UNSUBSCRIBE), data=ONE_CLICK).status_code == 200
    with house.store.read() as session:
        assert len(session.exec(select(Consent).where(Consent.customer_id == shop.ann.id)).all()) == 2


def test_preferences_keep_only_what_changed(anyone: FlaskClient, link, house: House, shop) -> None:
    page = link("p", Purpose.PREFERENCES)
    assert 'value="offers" checked' in anyone.get(page).get_data(as_text=True)
    assert anyone.post(page, data={"topics": ["offers", "news", "no such"]}).status_code == 200
    assert stands(house, shop.ann.id) == {"offers": True, "news": True}
    anyone.post(page, data={})
    assert stands(house, shop.ann.id) == {"offers": False, "news": False}
    with house.store.read() as session:
        assert len(session.exec(select(Consent).where(Consent.customer_id == shop.ann.id)).all()) == 4


def test_the_survey_takes_two_presses_and_words_from_who_has_some(
    anyone: FlaskClient, link, house: House, shop
) -> None:
    page = link("s", Purpose.SURVEY)
    assert "Did this feel written for you?" in anyone.get(page).get_data(as_text=True)
    for form in ({"answer": "partly"}, {"answer": "partly"}, {"answer": "partly", "words": "the name was wrong"}):
        assert "Thank you" in anyone.post(page, data=form).get_data(as_text=True)
    with house.store.read() as session:
        events = session.exec(select(Event).order_by(Event.id)).all()
    assert [(event.name, event.customer_id, event.properties["answer"]) for event in events] == [
        ("felt_understood", shop.ann.id, "partly")
    ] * 2
    assert events[1].properties["words"] == "the name was wrong"
    assert events[0].properties["representative"] == "Maya Keller"


def test_a_survey_answer_is_one_of_three(anyone: FlaskClient, link) -> None:
    assert anyone.post(link("s", Purpose.SURVEY), data={"answer": "maybe"}).status_code == 422
