"""An administrator without a second step sets one up before anything else, where the house asks for one."""

import base64
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from mailer import clock
from mailer.house import House
from mailer.mail.seal import Seal
from mailer.paths import Home
from mailer.people.second_step import step_of, totp, typed
from mailer.settings import Delivery, Settings, secret
from mailer.web import create_app


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(Home(tmp_path), Settings(delivery=Delivery(transport="memory:")))  # as a house is by default
    house.store.create()
    yield house
    house.close()


def code(house: House, staff: object) -> str:
    with house.store.read() as session:
        key = typed(session, staff, Seal(secret(house.home)))
    return totp(base64.b32decode(key), step_of(clock.now()))


def test_nothing_else_opens_until_it_is_set_up(browser: Callable, press: Callable, house: House, shop) -> None:
    ida = browser("ida")
    for page in ("/", "/settings", "/inbox", "/segments", "/accounts", "/styleguide"):
        answer = ida.get(page)
        assert (answer.status_code, answer.location) == (302, "/me#second-step"), page
    assert "Set it up" in ida.get("/me").get_data(as_text=True)
    press(ida, "/me", "/me/second-step")
    confirmed = press(ida, "/me", "/me/second-step/confirmation", code=code(house, shop.staff["ida"]))
    html = confirmed.get_data(as_text=True)
    assert "Set it up" not in html
    assert html.count("-") > 30  # ten recovery codes, shown this once
    assert ida.get("/settings").status_code == 200


def test_it_cannot_be_ended_by_oneself(browser: Callable, press: Callable, house: House, shop) -> None:
    ida = browser("ida")
    press(ida, "/me", "/me/second-step")
    press(ida, "/me", "/me/second-step/confirmation", code=code(house, shop.staff["ida"]))
    assert press(ida, "/me", "/me/second-step/end", password="a few plain words").status_code == 422
    assert ida.get("/settings").status_code == 200


def test_others_are_not_asked(browser: Callable, shop) -> None:
    assert browser("maya").get("/inbox").status_code == 200
    assert browser("nora").get("/segments").status_code == 200


def test_a_demo_asks_nobody(house: House, shop, browser: Callable) -> None:
    cookie = browser("ida").get_cookie("lifeline")
    assert cookie is not None
    demo: FlaskClient = create_app(house, one_click=True).test_client()
    demo.set_cookie("lifeline", cookie.value)
    assert demo.get("/settings").status_code == 200
