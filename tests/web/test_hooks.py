"""What providers post to a whole house."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select
from werkzeug.test import TestResponse

from mailer.delivery import departing, journal
from mailer.delivery.feedback import ProviderEvent
from mailer.delivery.hits import Hit
from mailer.delivery.message import Kind, Message, State
from mailer.delivery.providers import APIS, sns
from mailer.delivery.providers.told import Posted, Word
from mailer.house import House
from mailer.paths import Home
from mailer.people.consent import standing
from mailer.people.suppression import Suppression
from mailer.pipeline import send as send_all
from mailer.settings import Delivery, Settings
from mailer.web import create_app, doors
from tests.delivery.providers import fakes, posts
from tests.delivery.providers.fakes import Fake
from tests.delivery.providers.posts import TOPIC, Event, wrapped

NAMES = sorted(APIS)
IDENT, TO = "one@example.com", "ann@example.com"  # the message the shop sent


@pytest.fixture
def amazon() -> Iterator[Fake]:
    sns._kept.clear()
    with fakes.running(posts.sns) as fake:
        yield fake


@pytest.fixture
def house(tmp_path: Path, amazon: Fake) -> Iterator[House]:
    house = House(Home(tmp_path), Settings(delivery=Delivery(transport="memory:"), hooks=posts.keys(amazon.url)))
    house.store.create()
    yield house
    house.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def send(client: FlaskClient, name: str, posted: Posted) -> TestResponse:
    kind = "text/plain; charset=UTF-8" if name == "ses" else "application/json"
    return client.post(f"/hooks/{name}", data=posted.body, headers=dict(posted.headers), content_type=kind)


def event(word: str, at: datetime, **more: object) -> Event:
    return Event(word, at, ident=IDENT, to=TO, **more)  # type: ignore[arg-type]


def kinds(house: House) -> list[str]:
    with house.store.read() as session:
        return sorted(each.kind for each in session.exec(select(ProviderEvent)))


@pytest.mark.parametrize("name", NAMES)
def test_every_event_of_every_provider_is_taken_in_once(
    client: FlaskClient, house: House, amazon: Fake, now: datetime, name: str
) -> None:
    at = now - timedelta(minutes=1)
    words = [word for word in Word if (name, str(word)) not in {("postmark", "accepted"), ("resend", "unsubscribed")}]
    requests = [posts.post(name, event(word, at, number=number), now, amazon.url) for number, word in enumerate(words)]
    assert [send(client, name, each).get_data(as_text=True) for each in requests] == ["1 new\n"] * len(words)
    again = [send(client, name, each) for each in requests]
    assert [(each.status_code, each.get_data(as_text=True)) for each in again] == [(200, "0 new\n")] * len(words)
    assert kinds(house) == sorted(words)
    with house.store.read() as session:
        assert [hit.what for hit in session.exec(select(Hit))] == ["open", "click"]
        assert session.get(Suppression, TO) is not None
        message = session.exec(select(Message).where(Message.message_id == IDENT)).one()
        assert message.bounced_at is not None
        assert message.complained_at is not None
        if Word.UNSUBSCRIBED in words:
            assert not standing(session, message.customer_id or 0)["offers"].granted


@pytest.mark.parametrize("name", NAMES)
def test_a_doubt_is_settled_and_the_journal_knows(
    client: FlaskClient, house: House, amazon: Fake, now: datetime, name: str
) -> None:
    with house.store.write() as session:
        session.exec(select(Message)).one().state = State.IN_DOUBT
    assert send(client, name, posts.post(name, event("delivered", now), now, amazon.url)).status_code == 200
    with house.store.read() as session:
        assert session.exec(select(Message)).one().state is State.SENT
    assert [message_id for _, message_id in journal.read(house.home.var / "journal.log")] == [IDENT]


@pytest.mark.parametrize("name", NAMES)
def test_a_wrong_signature_is_refused_and_leaves_nothing(
    client: FlaskClient, house: House, amazon: Fake, now: datetime, name: str
) -> None:
    posted = posts.post(name, event("bounced", now), now, amazon.url)
    bad = {key: f"x{value[:-4]}zzzz" for key, value in posted.headers.items()}
    seals = {b'"Signature": "': b'"Signature": "AAAA', b'"signature": "': b'"signature": "0'}
    body = posted.body
    for before, after in seals.items():
        body = body.replace(before, after) if name in ("ses", "mailgun") else body
    for each in (Posted(body, bad), Posted(body, {})):
        assert send(client, name, each).status_code == 401
    assert kinds(house) == []


@pytest.mark.parametrize("name", ["sendgrid", "resend", "mailgun", "ses"])
def test_an_old_request_played_again_is_refused(
    client: FlaskClient, house: House, amazon: Fake, now: datetime, name: str
) -> None:
    then = now - timedelta(minutes=6 if name in ("sendgrid", "resend") else 75)
    assert send(client, name, posts.post(name, event("opened", then), then, amazon.url)).status_code == 401
    assert kinds(house) == []


def test_many_events_at_once_are_taken_in_together(client: FlaskClient, house: House, now: datetime) -> None:
    many = [posts.sendgrid(event("opened", now, number=n)) for n in range(1200)]
    answer = send(client, "sendgrid", posts.sealed("sendgrid", json.dumps(many).encode(), now))
    assert (answer.status_code, answer.get_data(as_text=True)) == (200, "1200 new\n")
    assert len(kinds(house)) == 1200


def test_the_raw_bytes_are_what_is_signed(client: FlaskClient, now: datetime) -> None:
    body = b'[ {"event":"opened",\n\t"sg_event_id" : "\\u00e9" , "n": 1.50 } ]\r\n'
    assert send(client, "sendgrid", posts.sealed("sendgrid", body, now)).status_code == 200


def test_a_topic_is_subscribed_when_it_is_ours(client: FlaskClient, house: House, amazon: Fake, now: datetime) -> None:
    url = f"{amazon.url}/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=t"
    told = {"Type": "SubscriptionConfirmation", "Token": "t", "SubscribeURL": url}
    mine = Posted(json.dumps(wrapped("subscribe?", now, amazon.url, **told)).encode(), {})
    assert send(client, "ses", mine).status_code == 200
    assert amazon.kept == [f"/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=t"]
    other = wrapped("subscribe?", now, amazon.url, **told, TopicArn="arn:aws:sns:eu-west-1:999999999999:somebody")
    assert send(client, "ses", Posted(json.dumps(other).encode(), {})).status_code == 401
    amazon.moods = [fakes.said(500)]
    assert send(client, "ses", mine).status_code == 503  # asked again later
    assert len(amazon.kept) == 1


def test_a_provider_that_is_not_ours_has_no_address(client: FlaskClient) -> None:
    assert client.post("/hooks/pigeon", data=b"{}").status_code == 404
    assert client.get("/hooks/sendgrid").status_code == 405


def test_a_house_without_a_key_hears_nobody(tmp_path: Path) -> None:
    house = House(Home(tmp_path / "other"), Settings(delivery=Delivery(transport="memory:")))
    house.store.create()
    client = create_app(house).test_client()
    assert {client.post(f"/hooks/{name}", data=b"{}").status_code for name in NAMES} == {404}
    house.close()


def test_the_door_asks_for_a_signature_and_for_nothing_else(app: Flask) -> None:
    assert doors.door(app, "hooks.take") == doors.Door(signed=True)
    assert app.config.get("WTF_CSRF_ENABLED", True)  # and yet the tests above sent no token


def test_our_own_trouble_is_told_so_that_it_comes_again(
    client: FlaskClient, house: House, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    posted = posts.post("sendgrid", event("bounced", now), now)
    with monkeypatch.context() as broken:
        broken.setattr(house.store, "write", lambda *_: (_ for _ in ()).throw(OSError("disk")))
        assert send(client, "sendgrid", posted).status_code == 500
    assert kinds(house) == []
    assert send(client, "sendgrid", posted).get_data(as_text=True) == "1 new\n"


@pytest.mark.parametrize("name", NAMES)
def test_an_email_goes_out_through_a_provider_and_what_became_of_it_comes_back(
    tmp_path: Path, name: str, amazon: Fake, now: datetime
) -> None:
    with fakes.running(fakes.FAKES[name]) as provider:
        delivery = Delivery(transport=fakes.address_of(name, provider), connections=2)
        house = House(Home(tmp_path / name), Settings(delivery=delivery, hooks=posts.keys(amazon.url)))
        house.store.create()
        with house.store.write() as session:
            for n in range(5):
                departing.enqueue_one(
                    session, kind=Kind.TEST, address=f"t{n}@example.com", staff_id=None, customer_id=None, headers={},
                    message_id=departing.new_message_id(n, domain="example.com"), subject=f"Try {n}", now=now,
                    letter={"subject": f"Try {n}", "html": "<p>Hello</p>", "text": "Hello"},
                )  # fmt: skip
        assert send_all(house) == 5
        client = create_app(house).test_client()
        for number, kept in enumerate(provider.kept):  # our id comes back from what the provider was given
            label = kept["tags"]["lifeline-message"] if name == "ses" else kept["label"]
            told = posts.post(name, Event("bounced", now, label, kept["to"], number=number), now, amazon.url)
            assert send(client, name, told).get_data(as_text=True) == "1 new\n"
        with house.store.read() as session:
            messages = session.exec(select(Message)).all()
            assert {(each.state, each.bounced_at is None, bool(each.queue_id)) for each in messages} == {
                (State.SENT, False, True)
            }
            assert len(session.exec(select(Suppression)).all()) == 5
        house.close()
