"""Passwords, second steps, invitations: through the pages, and through the letters that leave."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from mailer import clock, pipeline
from mailer.delivery.message import Kind, Message
from mailer.house import House
from mailer.mail.seal import Seal
from mailer.people.passes import Pass
from mailer.people.second_step import SecondStep, step_of, totp
from mailer.people.staff import Staff
from mailer.pipeline.write import bytes_of, letter_of, write
from mailer.settings import secret
from mailer.web.exchange import COOKIE
from mailer.web.sign_in import TOO_OFTEN

PASSWORD = "a few plain words"
NEXT = "another few words"


def notices(house: House) -> list[Message]:
    with house.store.read() as session:
        return list(session.exec(select(Message).where(Message.kind == Kind.NOTICE).order_by(Message.id)))


def link_in(house: House, message: Message, now) -> str:
    """Return the address in the letter as it leaves."""
    body = write(house, [message], now)[0].data.decode().replace("=\r\n", "")
    found = re.search(r"http://127\.0\.0\.1:8080(/password/[\w-]+)", body)
    assert found, body
    return found[1]


def test_a_forgotten_password_is_chosen_anew_once(
    anyone: FlaskClient, browser: Callable, press: Callable, house: House, shop, now
) -> None:
    before = browser("maya")
    press(anyone, "/reset", "/reset", email=" Maya@example.com ")
    (notice,) = notices(house)
    link = link_in(house, notice, now)
    assert anyone.get(link).headers["Referrer-Policy"] == "no-referrer"
    assert press(anyone, link, link, password="short").status_code == 422
    assert press(anyone, link, link, password=NEXT).location == "/sign-in"
    assert anyone.get(link).status_code == 404
    assert before.get("/me").status_code == 302
    assert press(anyone, "/sign-in", "/sign-in", email="maya@example.com", password=PASSWORD).status_code == 422
    assert press(anyone, "/sign-in", "/sign-in", email="maya@example.com", password=NEXT).status_code == 302


def test_asking_for_a_password_says_nothing_about_who_works_here(
    anyone: FlaskClient, press: Callable, house: House, shop
) -> None:
    known, unknown = (
        press(anyone, "/reset", "/reset", email=email) for email in ("maya@example.com", "nobody@example.com")
    )
    said = [re.sub(r'nonce="[^"]+"', "", each.get_data(as_text=True)) for each in (known, unknown)]
    assert known.status_code == unknown.status_code == 200
    assert said[0] == said[1]
    assert [notice.address for notice in notices(house)] == ["maya@example.com"]


def test_nobody_is_sent_more_than_ten_links_a_quarter_of_an_hour(
    anyone: FlaskClient, press: Callable, house: House, shop
) -> None:
    for _ in range(11):
        assert press(anyone, "/reset", "/reset", email="maya@example.com").status_code == 200
    assert len(notices(house)) == 10


def test_a_link_ends_after_half_an_hour(anyone: FlaskClient, press: Callable, house: House, shop, now) -> None:
    press(anyone, "/reset", "/reset", email="maya@example.com")
    link = link_in(house, notices(house)[0], now)
    clock.move_to(now + timedelta(minutes=31))
    assert anyone.get(link).status_code == 404


def test_neither_database_nor_pages_hold_the_code_that_leaves(
    anyone: FlaskClient, browser: Callable, press: Callable, house: House, shop, now
) -> None:
    press(anyone, "/reset", "/reset", email="maya@example.com")
    (notice,) = notices(house)
    code = link_in(house, notice, now).rpartition("/")[2]
    with house.store.read() as session:
        assert code not in repr([row.model_dump() for row in session.exec(select(Message))])
        assert code not in repr([row.model_dump() for row in session.exec(select(Pass))])
        assert code.encode() not in bytes_of(house, notice, letter_of(house, session, notice), None)
    for page in ("letter", "bytes"):
        assert code not in browser("ida").get(f"/messages/{notice.public_id}/{page}").get_data(as_text=True)
    assert link_in(house, notice, now).endswith(code)  # tried again, the bytes are the same


def test_another_password_keeps_this_browser_and_signs_the_others_out(browser: Callable, press: Callable) -> None:
    here, there = browser("maya"), browser("maya")
    assert press(here, "/me", "/me/password", password="wrong", new_password=NEXT).status_code == 422
    assert there.get("/me").status_code == 200
    old = here.get_cookie(COOKIE).value
    assert press(here, "/me", "/me/password", password=PASSWORD, new_password=NEXT).status_code == 302
    assert here.get_cookie(COOKIE).value != old
    assert here.get("/me").status_code == 200
    assert there.get("/me").status_code == 302


def test_the_other_sign_ins_are_listed_and_ended(browser: Callable, press: Callable) -> None:
    here, there, elsewhere = browser("maya"), browser("maya"), browser("maya")
    page = here.get("/me").get_data(as_text=True)
    assert page.count("a browser that does not say") == 3
    assert page.count("this one") == 1
    one = re.search(r'action="(/me/sign-ins/\w{13}/end)"', page)[1]
    press(here, "/me", one)
    assert sorted(each.get("/me").status_code for each in (there, elsewhere)) == [200, 302]
    press(here, "/me", "/me/sign-ins/end-others")
    assert [each.get("/me").status_code for each in (here, there, elsewhere)] == [200, 302, 302]


def test_an_invited_colleague_chooses_the_first_password(
    anyone: FlaskClient, browser: Callable, press: Callable, house: House, now
) -> None:
    ida = browser("ida")
    given = {"name": "Eva Roth", "email": "eva@example.com", "role": "representative", "zone": "UTC"}
    assert press(ida, "/accounts", "/accounts", **given).status_code == 302
    assert press(ida, "/accounts", "/accounts", **given).status_code == 422
    (notice,) = notices(house)
    assert notice.address == "eva@example.com"
    clock.move_to(now + timedelta(hours=71))
    link = link_in(house, notice, now)
    press(anyone, link, link, password=NEXT)
    assert press(anyone, "/sign-in", "/sign-in", email="eva@example.com", password=NEXT).status_code == 302
    assert anyone.get("/inbox").status_code == 200


def test_another_role_signs_out_and_nobody_changes_their_own(browser: Callable, press: Callable, shop) -> None:
    ida, maya = browser("ida"), browser("maya")
    theirs, own = (f"/accounts/{shop.staff[first].public_id}" for first in ("maya", "ida"))
    assert press(ida, "/accounts", own, role="marketer", active="true").status_code == 422
    assert press(ida, "/accounts", theirs, role="marketer", active="true").status_code == 302
    assert maya.get("/me").status_code == 302
    assert browser("maya").get("/me").status_code == 302  # the fixture signs in under what she was


@pytest.fixture
def code(house: House, shop) -> Callable[..., str]:
    def shown() -> str:
        ida = shop.staff["ida"]
        with house.store.read() as session:
            sealed = session.get_one(SecondStep, ida.id).secret
        key = Seal(secret(house.home)).open(sealed, f"second step of {ida.public_id}")
        return totp(bytes.fromhex(key), step_of(clock.now()))

    return shown


@pytest.fixture
def recovery(browser: Callable, press: Callable, code: Callable, now) -> list[str]:
    """Ida turns the second step on, and gets her recovery codes."""
    ida = browser("ida")
    press(ida, "/me", "/me/second-step")
    page = ida.get("/me").get_data(as_text=True)
    assert "otpauth://totp/Lifeline%3Aida%40example.com?secret=" in page
    assert 'src="data:image/svg+xml' in page
    assert press(ida, "/me", "/me/second-step/confirmation", code="000000").status_code == 422
    shown = press(ida, "/me", "/me/second-step/confirmation", code=code()).get_data(as_text=True)
    assert "otpauth:" not in ida.get("/me").get_data(as_text=True)
    clock.move_to(now + timedelta(minutes=2))
    return re.findall(r"<code>([a-z2-7-]{19})</code>", shown)


def half_way(anyone: FlaskClient, press: Callable) -> str:
    page = press(anyone, "/sign-in", "/sign-in", email="ida@example.com", password=PASSWORD, next="/audit")
    assert page.status_code == 200
    assert COOKIE not in str(page.headers)
    return re.search(r'name="passed" value="([^"]+)"', page.get_data(as_text=True))[1]


def test_once_enrolled_the_code_is_asked_for_at_sign_in(
    anyone: FlaskClient, press: Callable, recovery: list[str], code: Callable
) -> None:
    passed = half_way(anyone, press)
    assert anyone.get("/me").status_code == 302
    assert press(anyone, "/sign-in", "/sign-in/code", passed=passed, code="000000").status_code == 422
    right = {"passed": passed, "code": code(), "next": "/audit"}
    assert press(anyone, "/sign-in", "/sign-in/code", **right).location == "/audit"
    assert anyone.get("/audit").status_code == 200
    assert press(anyone, "/reset", "/sign-in/code", **right).status_code == 422  # a code is good once


def test_a_recovery_code_opens_once(anyone: FlaskClient, press: Callable, recovery: list[str]) -> None:
    assert len(recovery) == 10
    passed = half_way(anyone, press)
    assert press(anyone, "/sign-in", "/sign-in/code", passed=passed, code=recovery[0]).status_code == 302
    assert press(anyone, "/reset", "/sign-in/code", passed=passed, code=recovery[0]).status_code == 422


def test_a_code_cannot_be_guessed_or_asked_without_the_password(
    anyone: FlaskClient, press: Callable, recovery: list[str], now
) -> None:
    passed = half_way(anyone, press)
    for _ in range(10):
        assert press(anyone, "/sign-in", "/sign-in/code", passed=passed, code="000000").status_code == 422
    answer = press(anyone, "/sign-in", "/sign-in/code", passed=passed, code=recovery[0])
    assert (answer.status_code, TOO_OFTEN in answer.get_data(as_text=True)) == (429, True)
    assert press(anyone, "/sign-in", "/sign-in/code", passed="made up", code=recovery[0]).status_code == 422
    clock.move_to(now + timedelta(minutes=60))
    late = press(anyone, "/sign-in", "/sign-in/code", passed=passed, code=recovery[0])
    assert "too long" in late.get_data(as_text=True)


def test_cookies_are_for_https_only_where_the_pages_are(app: Flask, house: House, shop, press: Callable) -> None:
    from mailer.settings import Web
    from mailer.web import create_app

    house.settings = house.settings.model_copy(update={"web": Web(secure_cookies=True)})
    client = create_app(house).test_client()
    answer = press(client, "/sign-in", "/sign-in", email="maya@example.com", password=PASSWORD, base_url="https://x")
    for cookie in [*answer.headers.getlist("Set-Cookie"), *client.get("/sign-in").headers.getlist("Set-Cookie")]:
        assert "HttpOnly" in cookie
        assert "Secure" in cookie
        assert "SameSite=Lax" in cookie
    assert "Strict-Transport-Security" in answer.headers


def test_what_is_tried_and_sent_reaches_the_outbox_whole(house: House, anyone, press, shop, now) -> None:
    press(anyone, "/reset", "/reset", email="maya@example.com")
    pipeline.send(house)
    assert notices(house)[0].state.value == "sent"
    with house.store.read() as session:
        assert session.exec(select(Staff).where(Staff.email == "maya@example.com")).one().accepts(PASSWORD)
