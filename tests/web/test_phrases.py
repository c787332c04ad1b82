import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from mailer import clock
from mailer.house import House
from mailer.mail.tokens import Purpose
from mailer.people.customer import Customer
from mailer.web.phrases import catalogue, language_of


def room(words: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", words))


def test_every_language_says_everything_and_leaves_the_same_room() -> None:
    for language, words in catalogue().items():
        assert {key: room(each) for key, each in words.items()} == {
            key: room(each) for key, each in catalogue()["en"].items()
        }, language


@pytest.mark.parametrize(
    ("wished", "spoken"), [("de", "de"), ("de-AT", "de"), ("ja", "en"), ("", "en"), ("../x", "en")]
)
def test_a_language_we_have_not_is_english(wished: str, spoken: str) -> None:
    assert language_of(wished) == spoken


def test_a_customers_pages_speak_their_language(
    anyone: FlaskClient, link: Callable[..., str], house: House, shop, now
) -> None:
    with house.store.write() as session:
        session.get_one(Customer, shop.ann.id).language = "de"
    clock.move_to(now + timedelta(hours=12))
    html = anyone.get(link("h", Purpose.HUMAN)).get_data(as_text=True)
    assert '<html lang="de">' in html
    assert "Maya ist wieder da: morgen, 09:00 Ihrer Zeit" in html
    assert "Montag–Freitag 9:00–17:00 (Berlin)" in html
    assert "E-Mails zu „Offers“ beenden?" in anyone.get(link("u", Purpose.UNSUBSCRIBE)).get_data(as_text=True)
    assert "Was Sie von uns hören" in anyone.get(link("p", Purpose.PREFERENCES)).get_data(as_text=True)
    assert "für Sie geschrieben" in anyone.get(link("s", Purpose.SURVEY)).get_data(as_text=True)
    assert "Gut zu wissen" in anyone.post(link("s", Purpose.SURVEY), data={"answer": "yes"}).get_data(as_text=True)
