"""Every route, for everybody: what the table says is what the doors do. A route that is not in it fails."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import col, select, update

from mailer.house import House
from mailer.mail.tokens import Purpose
from mailer.people.sign_in import SignIn
from mailer.people.staff import Absence, Staff

DOORS = {
    ("GET", "/"): "staff",
    ("POST", "/absences/<int:number>/end"): "staff",
    ("GET", "/accounts"): "administrator",
    ("POST", "/accounts"): "administrator",
    ("POST", "/accounts/<public_id>"): "administrator",
    ("POST", "/accounts/<public_id>/invitation"): "administrator",
    ("POST", "/accounts/<public_id>/second-step/end"): "administrator",
    ("GET", "/assets/<path:filename>"): "anyone",
    ("GET", "/audit"): "administrator",
    ("GET", "/c/<token>/<int:link>"): "token:click",
    ("GET", "/c/<token>/<int:link>/<int:turn>"): "token:click",
    ("GET", "/campaigns"): "marketer",
    ("GET", "/care"): "staff",
    ("POST", "/campaigns"): "marketer",
    ("GET", "/campaigns/<name>"): "marketer",
    ("POST", "/campaigns/<name>"): "marketer",
    ("POST", "/campaigns/<name>/approval"): "marketer",
    ("GET", "/campaigns/<name>/form"): "marketer",
    ("GET", "/campaigns/<name>/letter/<public_id>"): "marketer",
    ("POST", "/campaigns/<name>/pause"): "marketer",
    ("POST", "/campaigns/<name>/resumption"): "marketer",
    ("GET", "/campaigns/<name>/runs"): "marketer",
    ("POST", "/campaigns/<name>/runs"): "marketer",
    ("GET", "/campaigns/<name>/test"): "marketer",
    ("POST", "/campaigns/<name>/tests"): "marketer",
    ("GET", "/campaigns/new"): "marketer",
    ("GET", "/checkup"): "administrator",
    ("POST", "/checkup"): "administrator",
    ("GET", "/conversations/<public_id>"): "representative",
    ("POST", "/conversations/<public_id>/answers"): "representative",
    ("POST", "/conversations/<public_id>/answers/<message>/undo"): "representative",
    ("POST", "/conversations/<public_id>/assignment"): "representative",
    ("POST", "/conversations/<public_id>/closing"): "representative",
    ("POST", "/conversations/<public_id>/draft"): "representative",
    ("POST", "/conversations/<public_id>/notes"): "representative",
    ("POST", "/conversations/<public_id>/presence"): "representative",
    ("GET", "/customers"): "staff",
    ("GET", "/customers/<public_id>"): "staff",
    ("POST", "/customers/<public_id>/release"): "representative",
    ("GET", "/face/<public_id>.svg"): "anyone",
    ("GET", "/h/<token>"): "token:human",
    ("POST", "/h/<token>/calls"): "token:human",
    ("POST", "/h/<token>/words"): "token:human",
    ("GET", "/healthz"): "anyone",
    ("POST", "/hooks/<provider>"): "signature",
    ("GET", "/inbound/<public_id>/files/<int:number>"): "representative",
    ("GET", "/inbound/<public_id>/html"): "representative",
    ("GET", "/inbox"): "representative",
    ("GET", "/inbox/lines"): "representative",
    ("GET", "/insights"): "marketer",
    ("GET", "/insights/<name>"): "marketer",
    ("GET", "/me"): "staff",
    ("POST", "/me/password"): "staff",
    ("POST", "/me/second-step"): "staff",
    ("POST", "/me/second-step/confirmation"): "staff",
    ("POST", "/me/second-step/end"): "staff",
    ("POST", "/me/sign-ins/<public_id>/end"): "staff",
    ("POST", "/me/sign-ins/end-others"): "staff",
    ("GET", "/messages/<public_id>"): "staff",
    ("GET", "/messages/<public_id>/bytes"): "staff",
    ("POST", "/messages/<public_id>/cancellation"): "representative",
    ("GET", "/messages/<public_id>/letter"): "staff",
    ("GET", "/o/<token>.gif"): "token:open",
    ("GET", "/p/<token>"): "token:preferences",
    ("POST", "/p/<token>"): "token:preferences",
    ("GET", "/password/<code>"): "anyone",
    ("POST", "/password/<code>"): "anyone",
    ("GET", "/quarantine"): "administrator",
    ("GET", "/quarantine/<public_id>/bytes"): "administrator",
    ("POST", "/quarantine/<public_id>/retry"): "administrator",
    ("GET", "/reset"): "anyone",
    ("POST", "/reset"): "anyone",
    ("POST", "/runs/<public_id>/cancellation"): "marketer",
    ("GET", "/s/<token>"): "token:survey",
    ("POST", "/s/<token>"): "token:survey",
    ("POST", "/safe-mode/acceptance"): "administrator",
    ("GET", "/saved-replies"): "representative",
    ("POST", "/saved-replies"): "representative",
    ("GET", "/saved-replies/<public_id>"): "representative",
    ("POST", "/saved-replies/<public_id>"): "representative",
    ("POST", "/saved-replies/<public_id>/removal"): "representative",
    ("GET", "/segments"): "marketer",
    ("POST", "/segments"): "marketer",
    ("GET", "/segments/<name>"): "marketer",
    ("POST", "/segments/<name>"): "marketer",
    ("POST", "/segments/<name>/archive"): "marketer",
    ("POST", "/segments/<name>/copies"): "marketer",
    ("GET", "/segments/<name>/form"): "marketer",
    ("GET", "/segments/<name>/found/<piece>"): "marketer",
    ("POST", "/segments/<name>/star"): "marketer",
    ("POST", "/segments/draft"): "marketer",
    ("GET", "/segments/new"): "marketer",
    ("GET", "/settings"): "administrator",
    ("GET", "/sign-in"): "anyone",
    ("POST", "/sign-in"): "anyone",
    ("POST", "/sign-in/<public_id>"): "anyone",
    ("POST", "/sign-in/code"): "anyone",
    ("POST", "/sign-out"): "staff",
    ("GET", "/staff"): "staff",
    ("POST", "/staff/<public_id>/absences"): "staff",
    ("GET", "/styleguide"): "administrator",
    ("POST", "/styleguide"): "administrator",
    ("GET", "/templates"): "marketer",
    ("GET", "/templates/<name>"): "marketer",
    ("GET", "/templates/<name>/letter/<public_id>"): "marketer",
    ("GET", "/u/<token>"): "token:unsubscribe",
    ("POST", "/u/<token>"): "token:unsubscribe",
    ("GET", "/v/<token>"): "token:view",
}
OPENS = {  # which sign-ins open which door
    "staff": {"maya", "nora", "ida"},
    "representative": {"maya", "ida"},
    "marketer": {"nora", "ida"},
    "administrator": {"ida"},
}
NAMES = ("maya", "nora", "ida")


def routes(app: Flask) -> set[tuple[str, str]]:
    found = app.url_map.iter_rules()
    return {(method, rule.rule) for rule in found for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}


def address(rule: str, token: str = "nothing") -> str:
    """Fill in a route with names of nothing."""
    filled = rule.replace("<token>", token)
    return re.sub(r"<(\w+:)?\w+>", lambda part: "7" if part[1] == "int:" else "nothing", filled)


def behind(*doors: str) -> list[tuple[str, str]]:
    return [route for route, door in DOORS.items() if door in doors]


def test_the_table_names_every_route_and_no_other(app: Flask) -> None:
    assert routes(app) == set(DOORS)


def test_nobody_signed_in_is_led_to_sign_in(app: Flask, anyone: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    for method, rule in behind(*OPENS):
        for asked in {method, "HEAD"} if method == "GET" else {method}:
            answer = anyone.open(address(rule), method=asked)
            assert (answer.status_code, answer.location[:8]) == (302, "/sign-in"), (asked, rule)


@pytest.mark.parametrize("first", NAMES)
def test_each_role_opens_its_own_doors_and_no_others(
    app: Flask, browser: Callable[[str], FlaskClient], first: str
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    client = browser(first)
    for method, rule in sorted(behind(*OPENS), key=lambda route: route[1] == "/sign-out"):
        status = client.open(address(rule), method=method).status_code
        assert (status != 403) == (first in OPENS[DOORS[method, rule]]), (method, rule, status)
        assert status < 500, (method, rule)


@pytest.mark.parametrize("first", ["", *NAMES])
def test_only_the_right_token_opens_a_customers_page(
    app: Flask, anyone: FlaskClient, browser: Callable[[str], FlaskClient], house: House, shop, first: str
) -> None:
    """No sign-in stands in for a token, and no token for another purpose."""
    client = browser(first) if first else anyone
    for (method, rule), door in DOORS.items():
        if not door.startswith("token:"):
            continue
        wanted = Purpose(door.removeprefix("token:"))
        for purpose in Purpose:
            token = house.signer.sign(purpose, shop.message.id)
            if purpose is wanted and (method == "POST" or wanted in (Purpose.VIEW, Purpose.CLICK)):
                continue  # acted on in the tests of these pages
            status = client.open(address(rule, token), method=method).status_code
            assert status == (200 if purpose is wanted else 404), (method, rule, purpose)
        assert client.open(address(rule), method=method).status_code == 404


def test_a_token_signs_nobody_in(anyone: FlaskClient, house: House, shop) -> None:
    for purpose in Purpose:
        anyone.set_cookie("lifeline", house.signer.sign(purpose, shop.message.id))
        assert anyone.get("/me").status_code == 302


def test_every_form_of_the_staff_is_refused_without_its_token(
    app: Flask, browser: Callable[[str], FlaskClient]
) -> None:
    ida = browser("ida")
    for method, rule in behind(*OPENS, "anyone"):
        if method != "GET":
            answer = ida.open(address(rule), method=method)
            assert answer.status_code == 400, (method, rule, answer.status_code)
            assert "no longer valid" in answer.get_data(as_text=True)
    assert ida.get("/me").status_code == 200


def test_what_is_signed_is_refused_unsigned(anyone: FlaskClient) -> None:
    for method, rule in behind("signature"):
        assert anyone.open(address(rule), method=method).status_code in (401, 404)


def test_a_method_the_table_does_not_name_is_refused(app: Flask, browser: Callable[[str], FlaskClient]) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    ida = browser("ida")
    for rule in {rule for _, rule in DOORS}:
        if "/" in address(rule) and rule != "/sign-in/<public_id>":
            for method in ("PUT", "PATCH", "DELETE"):
                assert ida.open(address(rule), method=method).status_code == 405, (method, rule)


def test_nobody_ends_the_sign_in_of_another(app: Flask, browser, house: House, shop) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    maya, ida = browser("maya"), browser("ida")
    with house.store.read() as session:
        hers = session.exec(select(SignIn).where(SignIn.staff_id == shop.staff["maya"].id)).one()
    assert ida.post(f"/me/sign-ins/{hers.public_id}/end").status_code == 404
    assert maya.get("/me").status_code == 200
    assert maya.post(f"/me/sign-ins/{hers.public_id}/end").status_code == 302
    assert maya.get("/me").status_code == 302


def test_nobody_but_an_administrator_changes_the_absence_of_another(
    app: Flask, browser, house: House, shop, now
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    with house.store.write() as session:
        absence = Absence(staff_id=shop.staff["maya"].id, starts_at=now, ends_at=now.replace(hour=23))
        session.add(absence)
    days = {"first": "2026-04-01", "last": "2026-04-02"}
    nora, ida = browser("nora"), browser("ida")
    assert nora.post(f"/absences/{absence.id}/end").status_code == 403
    assert nora.post(f"/staff/{shop.staff['maya'].public_id}/absences", data=days).status_code == 403
    assert ida.post(f"/absences/{absence.id}/end").status_code == 302


def test_names_of_objects_cannot_be_guessed(app: Flask, shop) -> None:
    """A number names nothing in an address but an absence, which has an owner, and a part of an email that is named."""
    numbered = {rule for _, rule in DOORS if "<int:" in rule}
    assert numbered == {
        "/absences/<int:number>/end", "/inbound/<public_id>/files/<int:number>",
        "/c/<token>/<int:link>", "/c/<token>/<int:link>/<int:turn>",
    }  # fmt: skip
    assert all(re.fullmatch("[a-z2-7]{13}", person.public_id) for person in shop.staff.values())


def test_an_account_that_ends_is_signed_out_at_once(browser, house: House, shop) -> None:
    maya = browser("maya")
    assert maya.get("/me").status_code == 200
    with house.store.write() as session:
        session.exec(update(Staff).where(col(Staff.id) == shop.staff["maya"].id).values(active=False))
    assert maya.get("/me").status_code == 302
