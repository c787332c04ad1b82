from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from mailer import clock
from mailer.house import House
from mailer.people.attempts import Attempt
from mailer.people.sign_in import SignIn
from mailer.web import attempts, create_app
from mailer.web.exchange import COOKIE
from mailer.web.onward import inside

PASSWORD = "a few plain words"


def test_address_and_password_sign_in(anyone: FlaskClient, press: Callable, shop: object) -> None:
    answer = press(
        anyone, "/sign-in?next=/customers", "/sign-in", email=" Maya@example.com", password=PASSWORD, next="/customers"
    )
    assert (answer.status_code, answer.location) == (302, "/customers")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert anyone.get("/customers").status_code == 200


def test_a_wrong_password_says_nothing_about_who_works_here(anyone: FlaskClient, press: Callable) -> None:
    wrong = press(anyone, "/sign-in", "/sign-in", email="maya@example.com", password="no")
    unknown = press(anyone, "/sign-in", "/sign-in", email="nobody@example.com", password="no")
    assert wrong.status_code == unknown.status_code == 422
    assert "do not fit together" in wrong.get_data(as_text=True)
    assert "do not fit together" in unknown.get_data(as_text=True)


def test_too_many_wrong_passwords_have_to_wait(anyone: FlaskClient, press: Callable, now) -> None:
    """Whether there is such an address or not, and a restart forgets nothing: the attempts are rows."""
    for address in ("maya@example.com", "guessed@example.com"):
        answers = [
            press(anyone, "/sign-in", "/sign-in", email=address, password="no").status_code
            for _ in range(attempts.ADDRESS + 1)
        ]
        assert answers == [422] * attempts.ADDRESS + [429]
    assert press(anyone, "/sign-in", "/sign-in", email="maya@example.com", password=PASSWORD).status_code == 429
    clock.move_to(now + timedelta(minutes=16))
    assert press(anyone, "/sign-in", "/sign-in", email="maya@example.com", password=PASSWORD).status_code == 302


def test_what_is_kept_of_attempts_names_nobody(anyone: FlaskClient, press: Callable, house: House, shop) -> None:
    press(anyone, "/sign-in", "/sign-in", email="maya@example.com", password="no")
    with house.store.read() as session:
        kept = [row.key for row in session.exec(select(Attempt))]
    assert len(kept) == 2
    assert not any("maya" in key or "127.0.0.1" in key for key in kept)


def test_one_network_may_not_try_many_addresses(anyone: FlaskClient, press: Callable, house: House, now) -> None:
    press(anyone, "/sign-in", "/sign-in", email="maya@example.com", password="no")
    with house.store.write() as session:
        network = next(row.key for row in session.exec(select(Attempt)) if " " in row.key and row.id == 2)
        session.add_all(Attempt(key=network, at=now) for _ in range(attempts.NETWORK))
    assert press(anyone, "/sign-in", "/sign-in", email="other@example.com", password="no").status_code == 429


def test_signing_out_ends_the_row_not_only_the_cookie(browser: Callable, press: Callable, house: House) -> None:
    maya = browser("maya")
    kept = maya.get_cookie(COOKIE).value
    assert press(maya, "/customers", "/sign-out").status_code == 302
    maya.set_cookie(COOKIE, kept)
    assert maya.get("/customers").location.startswith("/sign-in")
    with house.store.read() as session:
        assert session.exec(select(SignIn)).one().ended_at is not None


def test_a_sign_in_ends_by_itself(browser: Callable, now) -> None:
    maya = browser("maya")
    clock.move_to(now + timedelta(hours=13))
    assert maya.get("/customers").location.startswith("/sign-in")


def test_a_form_without_its_token_is_refused(anyone: FlaskClient) -> None:
    answer = anyone.post("/sign-in", data={"email": "maya@example.com", "password": PASSWORD})
    assert answer.status_code == 400
    assert "no longer valid" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:1", "evil"]
)
def test_a_sign_in_leads_nowhere_but_inside(elsewhere: str) -> None:
    assert inside(elsewhere) == ""
    assert inside("/inbox?whose=all") == "/inbox?whose=all"


def test_one_press_signs_in_only_where_the_house_is_a_demo(
    house: House, shop, anyone: FlaskClient, press: Callable
) -> None:
    path = f"/sign-in/{shop.staff['maya'].public_id}"
    assert press(anyone, "/sign-in", path).status_code == 404
    demo = create_app(house, one_click=True).test_client()
    assert press(demo, "/sign-in", path).location == "/"
    assert demo.get("/customers").status_code == 200
