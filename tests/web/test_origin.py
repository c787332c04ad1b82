"""Where does a request come from? X-Forwarded-For is believed as far as our own proxies wrote it, and no further."""

import ipaddress

import httpx
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from mailer import server
from mailer.errors import Misconfigured
from mailer.house import House
from mailer.settings import Web
from mailer.web import create_app
from mailer.web.doors import anyone as open_to_anyone
from mailer.web.exchange import networks, origin, place

OURS = networks("10.0.0.0/8 127.0.0.1/32 fd00::/8")


@pytest.mark.parametrize(
    ("spoke", "forwarded", "who"),
    [
        ("203.0.113.9", [], "203.0.113.9"),
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),  # somebody says it for themselves
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["192.0.2.66, 198.51.100.1, 10.0.0.2"], "198.51.100.1"),  # the first is what a customer made up
        ("10.0.0.1", ["192.0.2.66", "198.51.100.1"], "198.51.100.1"),  # two lines are one list
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),  # one of us asks
        ("10.0.0.1", ["nonsense"], "10.0.0.1"),
        ("10.0.0.1", [""], "10.0.0.1"),
        ("::ffff:10.0.0.1", ["2001:db8::1"], "2001:db8::1"),
        ("fd00::1", ["198.51.100.1"], "198.51.100.1"),
    ],
)
def test_the_last_who_is_none_of_ours_asked(spoke: str, forwarded: list[str], who: str) -> None:
    assert str(origin(spoke, forwarded, OURS)) == who


@given(st.lists(st.text(max_size=40)))
def test_without_proxies_nothing_anybody_says_counts(forwarded: list[str]) -> None:
    assert str(origin("203.0.113.9", forwarded, ())) == "203.0.113.9"


@given(st.lists(st.ip_addresses(v=4).map(str), max_size=5))
def test_what_stands_before_the_first_stranger_changes_nothing(made_up: list[str]) -> None:
    said = ", ".join([*made_up, "198.51.100.1", "10.9.9.9"])
    assert origin("10.0.0.1", [said], OURS) == ipaddress.ip_address("198.51.100.1")


def test_networks_that_are_none_are_named() -> None:
    with pytest.raises(Misconfigured, match="trusted_proxies"):
        networks("the-proxy")


def test_the_server_hands_the_header_on_only_to_be_judged(house: House, shop) -> None:
    def places(app: Flask) -> list[str]:
        @app.get("/place")
        @open_to_anyone
        def told() -> str:
            return place()

        with server.pages(app, "127.0.0.1", 0, 2) as base:
            said = ({}, {"X-Forwarded-For": "198.51.100.1"}, {"X-Forwarded-For": "192.0.2.66, 198.51.100.1"})
            return [httpx.get(f"{base}/place", headers=each, trust_env=False).text for each in said]

    plain, one, two = places(create_app(house))
    assert plain == one == two
    house.settings = house.settings.model_copy(update={"web": Web(trusted_proxies="127.0.0.1/32")})
    plain, one, two = places(create_app(house))
    assert plain != one == two


def test_attempts_are_counted_for_who_asked(app: Flask) -> None:
    app.extensions["proxies"] = networks("127.0.0.1/32")
    places = set()
    for who in ("198.51.100.1", "198.51.100.2"):
        with app.test_request_context(headers={"X-Forwarded-For": who}, environ_base={"REMOTE_ADDR": "127.0.0.1"}):
            places.add(place())
    assert len(places) == 2
