import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from mailer import clock
from mailer.house import House
from mailer.mail.tokens import Purpose
from mailer.people.customer import Customer
from mailer.web.phrases import catalogue, civil, language_of


def room(words: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", words))


def test_every_language_says_everything_and_leaves_the_same_room() -> None:
    assert set(catalogue()) == {"en", "de", "fr", "es", "ja"}
    for language, words in catalogue().items():
        assert {key: room(each) for key, each in words.items()} == {
            key: room(each) for key, each in catalogue()["en"].items()
        }, language
        assert all(each.strip() == each != "" for each in words.values()), language


def test_no_phrase_is_left_in_english() -> None:
    for language, words in catalogue().items():
        same = {key for key, each in words.items() if language != "en" and each == catalogue()["en"][key]}
        assert same <= {"at", "day", "no"}, language


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["today, 10:05", "tomorrow, 09:00", "Thursday 19 March, 09:00"]),
        ("de", ["heute, 10:05", "morgen, 09:00", "Donnerstag, 19. März, 09:00"]),
        ("fr", ["aujourd’hui à 10:05", "demain à 09:00", "jeudi 19 mars à 09:00"]),
        ("es", ["hoy, a las 10:05", "mañana, a las 9:00", "jueves, 19 de marzo, a las 9:00"]),
        ("ja", ["本日 10:05", "明日 9:00", "3月19日（木） 9:00"]),
    ],
)
def test_times_are_said_as_each_language_says_them(language: str, said: list[str], now) -> None:
    nine = now.replace(hour=9)
    instants = [now.replace(minute=5), nine + timedelta(days=1), nine + timedelta(days=3)]
    assert [civil(each, "UTC", now, language) for each in instants] == said


@pytest.mark.parametrize(
    ("wished", "spoken"), [("de", "de"), ("de-AT", "de"), ("ja-JP", "ja"), ("it", "en"), ("", "en"), ("../x", "en")]
)
def test_a_language_we_have_not_is_english(wished: str, spoken: str) -> None:
    assert language_of(wished) == spoken


def test_a_language_we_have_not_is_that_of_the_house() -> None:
    assert [language_of(wished, "ja") for wished in ("fr", "it", "")] == ["fr", "ja", "ja"]
    assert language_of("it", "fi") == "en"


@pytest.mark.parametrize(("asked", "title"), [
    ("ja,en;q=0.5", "ページが見つかりません"), ("de-AT", "Hier ist nichts"), ("it", "There is nothing here"),
    ("", "There is nothing here"),
])  # fmt: skip
def test_who_comes_by_a_broken_link_is_answered_in_their_browsers_language(
    anyone: FlaskClient, asked: str, title: str
) -> None:
    answer = anyone.get("/h/nothing", headers={"Accept-Language": asked})
    assert answer.status_code == 404
    assert title in answer.get_data(as_text=True)
    language = {"ja": "ja", "de": "de"}.get(asked[:2], "en")
    assert f'<html lang="{language}">' in answer.get_data(as_text=True)


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "ja"])
def test_every_page_of_a_customer_says_its_language_and_nothing_in_another(
    anyone: FlaskClient, link: Callable[..., str], house: House, shop, language: str
) -> None:
    with house.store.write() as session:
        session.get_one(Customer, shop.ann.id).language = language
    pages = [("h", Purpose.HUMAN), ("u", Purpose.UNSUBSCRIBE), ("p", Purpose.PREFERENCES), ("s", Purpose.SURVEY)]
    theirs = set(catalogue()[language].values())
    others = {each for words in catalogue().values() for each in words.values()} - theirs
    for path, purpose in pages:
        html = anyone.get(link(path, purpose)).get_data(as_text=True)
        assert f'<html lang="{language}">' in html
        shown = set(re.findall(r">([^<>{}]{8,})<", html))
        assert not shown & others


def test_a_customers_pages_speak_their_language(
    anyone: FlaskClient, link: Callable[..., str], house: House, shop, now
) -> None:
    with house.store.write() as session:
        session.get_one(Customer, shop.ann.id).language = "de"
    clock.move_to(now + timedelta(hours=12))
    html = anyone.get(link("h", Purpose.HUMAN)).get_data(as_text=True)
    assert '<html lang="de">' in html
    assert "Maya ist wieder da: morgen, 09:00 Ihrer Zeit" in html
    assert "Montag bis Freitag, 9:00 bis 17:00 Uhr (Berlin)" in html
    assert "E-Mails zu „Angebote“ beenden?" in anyone.get(link("u", Purpose.UNSUBSCRIBE)).get_data(as_text=True)
    assert "Was Sie von uns hören" in anyone.get(link("p", Purpose.PREFERENCES)).get_data(as_text=True)
    assert "für Sie geschrieben" in anyone.get(link("s", Purpose.SURVEY)).get_data(as_text=True)
    assert "Gut zu wissen" in anyone.post(link("s", Purpose.SURVEY), data={"answer": "yes"}).get_data(as_text=True)
