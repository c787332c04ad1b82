"""A small open house with its pages: three members of staff, three customers, one email that was sent."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from mailer import clock
from mailer.campaigns.campaign import Campaign
from mailer.delivery.message import Kind, Message, State
from mailer.house import House
from mailer.insights import events
from mailer.mail.tokens import Purpose
from mailer.paths import Home
from mailer.people import sign_in
from mailer.people.consent import Topic, decide
from mailer.people.customer import Customer
from mailer.people.staff import Role, Staff, WorkingHours, set_password
from mailer.segments.criteria import from_data
from mailer.segments.segment import Segment, save
from mailer.settings import Delivery, Settings, Web
from mailer.web import create_app
from mailer.web.exchange import COOKIE

PASSWORD = "a few plain words"


@cache
def password_hash() -> str:
    """One argon2 hash for all of them: it takes a tenth of a second on purpose."""
    staff = Staff(email="", name="", role=Role.MARKETER, created_at=datetime(2026, 1, 1, tzinfo=UTC))
    set_password(staff, PASSWORD)
    return str(staff.password_hash)


@dataclass
class Shop:
    """What the house holds, by name."""

    staff: dict[str, Staff]
    ann: Customer
    bob: Customer
    nameless: Customer
    message: Message


@pytest.fixture
def now() -> Iterator[datetime]:
    instant = datetime(2026, 3, 16, 10, 0, tzinfo=UTC)
    clock.move_to(instant)
    yield instant
    clock.reset()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Its administrator needs no second step here; what happens where one does, test_enrolling.py says."""
    house = House(Home(tmp_path), Settings(delivery=Delivery(transport="memory:"), web=Web(second_step=False)))
    house.store.create()
    yield house
    house.close()


@pytest.fixture
def shop(house: House, now: datetime) -> Shop:
    with house.store.write() as session:
        staff = {}
        for name, role in (("Maya Keller", "representative"), ("Nora Lind", "marketer"), ("Ida Berg", "administrator")):
            first = name.split()[0].lower()
            staff[first] = Staff(email=f"{first}@example.com", name=name, title="Customer care", role=Role(role),
                                 password_hash=password_hash(), time_zone="Europe/Berlin", created_at=now)  # fmt: skip
            session.add(staff[first])
        session.flush()
        maya = staff["maya"]
        session.add_all(WorkingHours(staff_id=maya.id, weekday=day) for day in range(5))
        session.add(Topic(id="offers", name="Offers", description="What is new, and what is cheaper"))
        session.add(Topic(id="news", name="News"))
        common = {"time_zone": "Europe/Berlin", "created_at": now, "updated_at": now, "representative_id": maya.id}
        ann = Customer(email="ann@example.com", first_name="Ann", last_name="Miller", **common)
        bob = Customer(email="bob@example.com", first_name="Bob", last_name="Ray", **common)
        nameless = Customer(email="somebody@example.com", **common)
        session.add_all([ann, bob, nameless])
        session.flush()
        for customer in (ann, bob, nameless):
            decide(session, customer.id or 0, "offers", True, now - timedelta(days=90), "import", "Yes, offers")
        message = Message(
            kind=Kind.CAMPAIGN, state=State.SENT, customer_id=ann.id, topic_id="offers", staff_id=maya.id,
            address=ann.email, message_id="one@example.com", subject="We have not seen you", created_at=now,
            due_at=now, next_at=now, handed_over_at=now - timedelta(hours=3),
            context={"because": ["Your last basket was on 12 February 2026"]},
        )  # fmt: skip
        session.add(message)
    return Shop(staff, ann, bob, nameless, message)


@pytest.fixture
def app(house: House, shop: Shop) -> Flask:
    return create_app(house)


@pytest.fixture
def anyone(app: Flask) -> FlaskClient:
    """A browser nobody is signed in with."""
    return app.test_client()


@pytest.fixture
def browser(app: Flask, house: House, shop: Shop, now: datetime) -> Callable[[str], FlaskClient]:
    """Give a browser that a member of staff is signed in with, by first name."""

    def signed_in(first: str) -> FlaskClient:
        client = app.test_client()
        with house.store.write() as session:
            _, cookie = sign_in.begin(session, shop.staff[first], now, 12)
        client.set_cookie(COOKIE, cookie)
        return client

    return signed_in


@pytest.fixture
def link(house: House, shop: Shop) -> Callable[..., str]:
    """Give the address behind a link of Ann's email: link("h", Purpose.HUMAN)."""

    def address(path: str, purpose: Purpose, row: int | None = None) -> str:
        return f"/{path}/{house.signer.sign(purpose, shop.message.id if row is None else row)}"

    return address


@pytest.fixture
def press() -> Callable[..., object]:
    """Send the form of a page as a browser does: with the CSRF token that the page holds."""

    def send(client: FlaskClient, page: str, action: str, **fields: object) -> object:
        html = client.get(page).get_data(as_text=True)
        token = re.search(r'name="csrf_token" value="([^"]+)"', html)
        assert token, f"{page} has no form"
        return client.post(action, data={"csrf_token": token[1], **fields})

    return send


@pytest.fixture
def segment(house: House, shop: Shop, now: datetime) -> Segment:
    """Those whose last basket was long ago: Ann and the nameless one, not Bob."""
    with house.store.write() as session:
        days = {shop.ann.id: (200, 150, 100, 60), shop.nameless.id: (190, 140, 90, 55), shop.bob.id: (30, 20, 10, 2)}
        events.take(
            session,
            [
                {"key": f"{customer}-{day}", "customer_id": customer, "name": "basket", "at": now - timedelta(days=day),
                 "properties": {"amount_cents": 1250, "items": 3, "department": "Bakery"}}
                for customer, several in days.items() for day in several
            ],
        )  # fmt: skip
        segment = save(
            session, name="quiet", title="Gone quiet", description="Not seen for a month", now=now,
            criteria=from_data({"all": [{"field": "days_since_basket", "op": "more_than", "value": 30}]}),
        )  # fmt: skip
    with house.store.read() as session:
        house.warehouse.fold(session, now)
    return segment


@pytest.fixture
def campaign(house: House, shop: Shop, segment: Segment, now: datetime) -> Campaign:
    with house.store.write() as session:
        campaign = Campaign(
            name="back", title="Come back", segment_id=segment.id, topic_id="offers", template="win-back",
            schedule={"kind": "weekly", "weekdays": [1], "at": "09:00", "zone": "customer"}, created_at=now,
        )  # fmt: skip
        session.add(campaign)
    return campaign
