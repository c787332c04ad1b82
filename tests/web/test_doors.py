import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from mailer.errors import Misconfigured
from mailer.house import House
from mailer.mail.tokens import Purpose
from mailer.people.staff import Role
from mailer.web import doors

TOKENS = {
    "h": Purpose.HUMAN,
    "u": Purpose.UNSUBSCRIBE,
    "p": Purpose.PREFERENCES,
    "v": Purpose.VIEW,
    "s": Purpose.SURVEY,
}
ROLES = {"maya": Role.REPRESENTATIVE, "nora": Role.MARKETER, "ida": Role.ADMINISTRATOR}


def address(rule: Rule) -> str:
    """Fill in a route with names of nothing."""
    return re.sub(r"<(\w+:)?\w+>", lambda part: "7" if part[1] == "int:" else "nothing", rule.rule)


def staff_rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if (door := doors.door(app, rule.endpoint)) and door.roles]


def test_every_route_says_who_may_open_it(app: Flask) -> None:
    assert [rule.rule for rule in app.url_map.iter_rules() if doors.door(app, rule.endpoint) is None] == []


def test_a_house_with_a_route_that_does_not_say_so_refuses_to_start(app: Flask) -> None:
    app.add_url_rule("/open", "open", lambda: "open")
    with pytest.raises(Misconfigured, match="/open"):
        doors.check(app)


def test_every_page_for_staff_leads_to_sign_in_when_nobody_is_signed_in(app: Flask, anyone: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    for rule in staff_rules(app):
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            answer = anyone.open(address(rule), method=method)
            assert answer.status_code == 302, (method, rule.rule)
            assert answer.location.startswith("/sign-in"), (method, rule.rule)


@pytest.mark.parametrize("first", ROLES)
def test_every_page_for_staff_refuses_the_wrong_role(
    app: Flask, browser: Callable[[str], FlaskClient], first: str
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    client = browser(first)
    for rule in staff_rules(app):
        if rule.endpoint == "sign_in.end":
            continue
        door = doors.door(app, rule.endpoint)
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            status = client.open(address(rule), method=method).status_code
            assert (status == 403) == (ROLES[first] not in door.roles), (method, rule.rule, status)


def test_whatever_is_wrong_with_a_token_the_answer_is_the_same(
    app: Flask, anyone: FlaskClient, house: House, link
) -> None:
    answers = set()
    for rule in app.url_map.iter_rules():
        door = doors.door(app, rule.endpoint)
        if door is None or door.purpose is None:
            continue
        other = next(purpose for purpose in Purpose if purpose is not door.purpose)
        right = house.signer.sign(door.purpose, 1)
        wrong = ("x", "", "ü" * 40, house.signer.sign(other, 1), house.signer.sign(door.purpose, 999), f"b{right[1:]}")
        for token in filter(None, wrong):
            for method in rule.methods - {"HEAD", "OPTIONS"}:
                address = re.sub("<int:[a-z]+>", "1", rule.rule.replace("<token>", token))
                answer = anyone.open(address, method=method)
                answers.add((answer.status_code, answer.get_data()))
    assert len(answers) == 1
    assert answers.pop()[0] == 404


def test_the_link_of_a_preview_says_that_it_belongs_to_nobody(anyone: FlaskClient, link) -> None:
    answer = anyone.get(link("h", Purpose.HUMAN, 0))
    assert answer.status_code == 404
    assert "comes from a preview" in answer.get_data(as_text=True)
