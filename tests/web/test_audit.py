"""Whatever is done through the pages leaves one row, in the same transaction, and no route can forget it."""

from collections.abc import Callable

import sqlalchemy as sa
from flask import Flask, abort
from flask.testing import FlaskClient
from sqlmodel import col, select

from mailer import clock
from mailer.delivery.message import Message
from mailer.house import House
from mailer.mail.tokens import Purpose
from mailer.people.audit import Act
from mailer.people.consent import Topic
from mailer.people.suppression import Why, suppress
from mailer.web import doors
from mailer.web.exchange import session

PASSWORD = "a few plain words"


def acts(house: House) -> list[Act]:
    with house.store.read() as reading:
        return list(reading.exec(select(Act).order_by(Act.id)))


def test_a_change_is_told_before_and_after(browser: Callable, press: Callable, house: House, shop, campaign) -> None:
    assert press(browser("nora"), "/campaigns", f"/campaigns/{campaign.name}/approval").status_code == 302
    act = acts(house)[-1]
    assert (act.who, act.staff_id) == ("Nora Lind", shop.staff["nora"].id)
    assert (act.did, act.object) == ("POST /campaigns/<name>/approval", campaign.name)
    told = next(change for change in act.changes if change["what"] == "campaign")
    assert (told["before"]["state"], told["after"]["state"]) == ("draft", "approved")


def test_no_secret_is_written_down(anyone: FlaskClient, press: Callable, house: House, shop) -> None:
    press(anyone, "/sign-in", "/sign-in", email="maya@example.com", password=PASSWORD)
    press(anyone, "/me", "/me/password", password=PASSWORD, new_password="another few words")
    press(anyone, "/me", "/me/second-step")
    written = repr([act.model_dump() for act in acts(house)])
    assert [act.who for act in acts(house)] == ["Maya Keller"] * 3
    assert "password_hash" in written
    assert "argon2" not in written
    assert PASSWORD not in written
    assert anyone.get_cookie("lifeline").value not in written
    assert "127.0.0.1" not in written


def test_what_customers_do_is_told_by_their_link(anyone: FlaskClient, link: Callable, house: House, shop) -> None:
    anyone.post(link("u", Purpose.UNSUBSCRIBE))
    (act,) = acts(house)
    assert (act.who, act.staff_id, act.did) == ("customer, unsubscribe link", None, "POST /u/<token>")
    assert act.object == shop.message.public_id
    assert act.changes[0]["what"] == "consent"
    assert link("u", Purpose.UNSUBSCRIBE).rpartition("/")[2] not in repr(act.model_dump())


def test_an_act_that_was_refused_is_not_one(
    app: Flask, browser: Callable, anyone: FlaskClient, press: Callable, house: House, shop
) -> None:
    press(anyone, "/sign-in", "/sign-in", email="maya@example.com", password="no")
    maya = browser("maya")
    press(maya, "/me", "/accounts")
    press(maya, "/me", "/me/sign-ins/nothing/end")
    app.config["WTF_CSRF_ENABLED"] = False
    anyone.post("/accounts")
    assert acts(house) == []


def test_a_route_that_thinks_of_nothing_is_written_down_too(app: Flask, browser: Callable, house: House) -> None:
    @app.route("/made/<what>", methods=["POST"])
    @doors.staff_only()
    def make(what: str) -> str:
        session().add(Topic(id=what, name="n" * 200))
        if what == "undone":
            session().flush()
            abort(409)
        return "done"

    @app.route("/idle", methods=["POST"])
    @doors.staff_only()
    def idle() -> str:
        return "nothing"

    app.config["WTF_CSRF_ENABLED"] = False
    ida = browser("ida")
    assert [ida.post(path).status_code for path in ("/made/kept", "/made/undone", "/idle")] == [200, 409, 200]
    made, nothing = acts(house)
    assert (made.object, made.changes[0]["what"], made.total) == ("kept", "topic", 1)
    assert made.changes[0]["after"]["name"].endswith("… (200 characters)")
    assert (nothing.did, nothing.changes) == ("POST /idle", [])
    with house.store.read() as reading:
        assert reading.get(Topic, "kept")
        assert reading.get(Topic, "undone") is None


def test_what_only_asks_is_no_act(browser: Callable, press: Callable, house: House, segment) -> None:
    press(browser("nora"), "/segments/new", "/segments/draft", act="count")
    assert acts(house) == []


def test_administrators_look_it_up_by_person_and_object(
    browser: Callable, anyone: FlaskClient, press: Callable, link: Callable, house: House, shop, campaign
) -> None:
    press(browser("nora"), "/campaigns", f"/campaigns/{campaign.name}/approval")
    anyone.post(link("u", Purpose.UNSUBSCRIBE))
    ida = browser("ida")
    for query, seen in (
        ("", ("Nora Lind</td>", "unsubscribe link")),
        (f"?who={shop.staff['nora'].public_id}", ("Nora Lind</td>",)),
        (f"?object={shop.message.public_id}", ("unsubscribe link",)),
        (f"?who={shop.staff['maya'].public_id}", ()),
    ):
        page = ida.get(f"/audit{query}").get_data(as_text=True)
        assert tuple(each for each in ("Nora Lind</td>", "unsubscribe link") if each in page) == seen, query


def test_a_statement_tells_how_many_rows_it_changed(app: Flask, browser: Callable, house: House, shop) -> None:
    @app.route("/renamed/<what>", methods=["POST"])
    @doors.staff_only()
    def rename(what: str) -> str:
        session().exec(sa.update(Topic).where(col(Topic.id).like(f"{what}%")).values(name="Another"))
        return "done"

    app.config["WTF_CSRF_ENABLED"] = False
    ida = browser("ida")
    assert [ida.post(f"/renamed/{what}").status_code for what in ("o", "nothing")] == [200, 200]
    some, none = acts(house)
    assert some.changes == [{"what": "topic", "how": "changed, by one statement", "rows": 1}]
    assert none.changes == []


def test_what_a_provider_tells_is_an_act_where_it_changed_more_than_an_email(
    app: Flask, anyone: FlaskClient, house: House, shop
) -> None:
    @app.route("/told/<provider>/<address>", methods=["POST"])
    def told(provider: str, address: str) -> str:
        if address == "nobody":
            session().exec(sa.update(Message).values(reply="250 ok"))
        else:
            suppress(session(), address, Why.COMPLAINED, clock.now(), "reported as spam")
        return "kept"

    app.view_functions["told"].door = doors.Door(signed=True)
    app.config["WTF_CSRF_ENABLED"] = False
    for address in ("nobody", "ann@example.com"):
        assert anyone.post(f"/told/resend/{address}").status_code == 200
    (act,) = acts(house)
    assert (act.who, act.staff_id, act.changes[0]["what"]) == ("provider resend", None, "suppression")
