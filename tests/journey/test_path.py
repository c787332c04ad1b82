"""One email, from a real import to a named person's answer, over real sockets all the way."""

import email
import email.policy
import html
import re
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.cookiejar import CookieJar
from pathlib import Path

import pytest
from sqlmodel import select

from mailer import clock, founding, pipeline, scheduler, server, settings
from mailer.campaigns import audience
from mailer.campaigns.campaign import Run
from mailer.delivery.accounts import accounts
from mailer.delivery.message import Message, State
from mailer.demo import customers
from mailer.demo.mailbox import Mailbox
from mailer.house import House
from mailer.inbox.assignment import Assignment
from mailer.insights import events as event_intake
from mailer.insights.events import Event
from mailer.paths import Home
from mailer.people import intake
from mailer.people.consent import Topic
from mailer.people.staff import Role
from mailer.pipeline.record import record
from mailer.web.app import create_app
from mailer.web.segment_blocks import fields
from mailer.web.segment_form import told

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1"
TUESDAY = datetime(2026, 3, 17, 10, 0, tzinfo=UTC)
SETTINGS = """
[brand]
name = "Corner Shop"
address = "1 High Street"
base_url = "{base}"
[delivery]
transport = "smtp://127.0.0.1:{smtp}"
domain = "shop.example.com"
[replies]
domain = "reply.shop.example.com"
listen = ""
[web]
listen = "127.0.0.1:{web}"
undo_seconds = 0
[store]
url = "{store}"
"""


@dataclass
class Town:
    """A house that is served, its customers' mail server, and its own listener."""

    house: House
    mailbox: Mailbox
    listener: tuple[str, int]
    base: str
    passwords: dict[str, str]

    def work(self) -> None:
        """Do what the scheduler would: tick, send, sort, send again."""
        scheduler.tick(self.house)
        pipeline.send(self.house)
        pipeline.sort(self.house, clock.now())
        pipeline.send(self.house)


class Browser:
    """A person at the pages: keeps cookies, fills in forms with the token they carry, follows redirects."""

    def __init__(self, base: str) -> None:
        self.base = base
        self._open = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar())).open
        self.page = ""
        self.address = ""

    def go(self, path: str, form: dict[str, str] | None = None) -> str:
        url = path if path.startswith("http") else self.base + path
        data = urllib.parse.urlencode(form).encode() if form is not None else None
        request = urllib.request.Request(url, data=data, headers={"Referer": url})
        with self._open(request, timeout=20) as answer:
            self.page, self.address = html.unescape(answer.read().decode()), answer.geturl()
        return self.page

    def press(self, path: str, **form: str) -> str:
        """Post a form of the page at hand."""
        return self.go(path, {"csrf_token": re.search(r'name="csrf_token" value="([^"]+)"', self.page)[1], **form})

    def sign_in(self, address: str, password: str) -> None:
        self.go("/sign-in")
        self.press("/sign-in", email=address, password=password)


@pytest.fixture
def town(tmp_path: Path, new_database: Callable[..., str], store_kind: str) -> Iterator[Town]:
    home = Home(tmp_path / "shop")
    mailbox = Mailbox(tmp_path / "mailbox")
    web = server.free_port("127.0.0.1")
    base = f"http://127.0.0.1:{web}"
    store = "" if store_kind == "sqlite" else new_database(tables=False)
    founding.found(home, SETTINGS.format(base=base, smtp=mailbox.start(), web=web, store=store))
    clock.move_to(TUESDAY)
    house = House(home, settings.load(home, {}))
    house.store.lock()
    house.store.upgrade()
    people = (("Maya Lindqvist", "maya", Role.REPRESENTATIVE), ("Nora Feld", "nora", Role.MARKETER))
    passwords = {}
    for name, local, role in people:
        address = f"{local}@shop.example.com"
        passwords[address] = founding.appoint(house, name=name, email=address, role=role, now=clock.now())[1]
    listener = server.listener_of(house, "127.0.0.1", 0)
    with server.pages(create_app(house), "127.0.0.1", web, 4):
        yield Town(house, mailbox, ("127.0.0.1", listener.start()), base, passwords)
    listener.stop()
    mailbox.stop()
    house.close()
    clock.reset()


def _import(town: Town) -> None:
    heading = "external_id,email,first_name,language,time_zone,topics\n"
    rows = [f"c{n},customer{n}@example.com,Customer{n},en,Europe/Berlin,offers\n" for n in range(1, 7)]
    new, errors = intake.read_customers([heading, *rows])
    assert not errors
    days = {n: [60 + 5 * k for k in range(12)] if n <= 4 else [5 * k for k in range(1, 20)] for n in range(1, 7)}
    with town.house.store.write() as session:
        session.add(Topic(id="offers", name="Offers", description="What is new"))
        session.flush()
        intake.take_customers(session, new, clock.now())
        told = [
            {
                "key": f"{n}-{day}",
                "customer_id": n,
                "name": "basket",
                "at": TUESDAY - timedelta(days=day),
                "properties": {"amount_cents": 1999, "items": 3, "department": "Bakery"},
            }
            for n, past in days.items()
            for day in past
        ]
        event_intake.take(session, told)


def led_to(address: str, agent: str) -> str:
    """Follow a counted link, and say where a browser is sent."""

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: object) -> None:
            return None

    request = urllib.request.Request(address, headers={"User-Agent": agent})
    with pytest.raises(urllib.error.HTTPError) as sent_on:
        urllib.request.build_opener(Stay).open(request, timeout=20)
    with sent_on.value as answer:
        assert answer.code == 302
        return str(answer.headers["Location"])


def clicked(town: Town) -> list[Event]:
    """Return the clicks that are proven to be a human's."""
    record(town.house, clock.now())
    with town.house.store.read() as session:
        return list(session.exec(select(Event).where(Event.name == "clicked")))


def test_one_email_travels_every_floor(town: Town) -> None:
    template = town.house.home.root / "templates" / "win-back" / "en.html"  # the house's own: with a link to the shop
    template.parent.mkdir(parents=True, exist_ok=True)
    link = '<p><a href="https://shop.example.com/new?for={{ facts.favourite_department }}">Look around</a></p>'
    shipped = (town.house.home.templates[-1] / "win-back" / "en.html").read_text()
    template.write_text(shipped.replace('<p class="signed">', link + '<p class="signed">'))
    _import(town)
    scheduler.tick(town.house)

    # the marketer makes a segment and a campaign, looks, approves and starts it
    nora = Browser(town.base)
    nora.sign_in("nora@shop.example.com", town.passwords["nora@shop.example.com"])
    nora.go("/segments/new")
    tree = {"all": [{"field": "overdue_ratio", "op": "at_least", "value": 2}]}
    asked = {"title": "Long not here", "description": "", **fields(told(tree))}
    assert "4" in nora.press("/segments/draft", **asked, act="count")
    nora.press("/segments", **asked)
    assert nora.address.endswith("/segments/long-not-here")
    nora.go("/campaigns/new")
    nora.press(
        "/campaigns", title="We miss you", segment="long-not-here", topic="offers", template="win-back",
        stakes="routine", kind="once", at="12:00", on="2026-12-24", zone="customer", moment="has not come back",
        send_before_hours="24", again_after_days="30", priority="50",
    )  # fmt: skip
    assert "draft" in nora.page
    nora.go("/campaigns/we-miss-you/test")
    assert "Customer" in nora.page
    nora.go("/campaigns/we-miss-you")
    with pytest.raises(urllib.error.HTTPError, match=r"HTTP Error 4\d\d"):
        nora.press("/campaigns/we-miss-you/runs")
    nora.go("/campaigns/we-miss-you")
    nora.press("/campaigns/we-miss-you/approval")
    nora.press("/campaigns/we-miss-you/runs")
    town.work()

    # four customers got it, from a named person, with every header they need
    assert sorted(d.address for d in town.mailbox.deliveries) == [f"customer{n}@example.com" for n in range(1, 5)]
    delivery = town.mailbox.of("customer1@example.com")[0]
    ours = delivery.read()
    assert str(ours["From"]) == "Maya Lindqvist <maya@shop.example.com>"
    assert ours["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert delivery.return_path.startswith("b-")
    page = ours.get_body(("html",)).get_content()
    text = ours.get_body(("plain",)).get_content()
    human = re.search(rf"{town.base}/h/[a-z2-7]+", page)[0]
    assert human in text
    assert "Your last basket was 60 days ago" in text

    # the human link leads to a page with her name, for a scanner as for a person, and changes nothing
    assert "Maya Lindqvist" in Browser(town.base).go(human)

    # its link to the shop is counted: a person's browser is sent on, and a scanner's before it is told apart
    counted = re.search(rf'"({town.base}/c/[a-z2-7]+/1)"', page)[1]
    assert "/c/" not in text
    assert "Look around: https://shop.example.com/new?for=Bakery" in text
    clock.move_to(clock.now() + timedelta(minutes=2))
    for agent in ("SafeLinks scanner", PHONE, PHONE):
        assert led_to(counted, agent) == "https://shop.example.com/new?for=Bakery"
    assert clicked(town) == []

    # the customer replies from a phone, with our email quoted below; the bytes are on disk before 250
    reply = customers.reply_with("Thank you! Are you open on Sunday?", phone=True)(delivery, ours, clock.now())
    customers.send(reply, str(reply[1]["To"]).rpartition("<")[2].strip("<>"), *town.listener)
    town.work()
    with town.house.store.read() as session:
        (assignment,) = session.exec(select(Assignment)).all()
    for _ in range(2):  # what they wrote proves that the click was theirs; it counts once
        (click,) = clicked(town)
    assert click.properties["campaign"] == "we-miss-you"
    assert "in 1 email, 1 of them proven to be by a human" in nora.go("/campaigns/we-miss-you")

    # the representative sees who waits, what they wrote, what they got and why, and answers
    maya = Browser(town.base)
    maya.sign_in("maya@shop.example.com", town.passwords["maya@shop.example.com"])
    maya.go("/inbox")
    talk = re.search(r'href="(/conversations/[a-z2-7]+)"', maya.page)[1]
    maya.go(talk)
    assert "Are you open on Sunday?" in maya.page
    assert "Your last basket was 60 days ago" in maya.page
    assert "is their representative" in assignment.why
    seen = re.search(r'name="seen_revision" value="(\d+)"', maya.page)[1]
    maya.press(f"{talk}/answers", text="Yes, from nine to one.\n\nMaya", seen_revision=seen)
    town.work()

    # the answer arrives in the same thread, from her
    answer = town.mailbox.of("customer1@example.com")[0].read()
    assert answer["In-Reply-To"] == reply[1]["Message-ID"]
    assert delivery.message_id in answer["References"]
    assert str(answer["From"]) == str(ours["From"])
    assert "Yes, from nine to one." in answer.get_body(("plain",)).get_content()
    assert answer["List-Unsubscribe"] is None

    # a stale answer is stopped
    maya.go(talk)
    with pytest.raises(urllib.error.HTTPError):
        maya.press(f"{talk}/answers", text="Again", seen_revision=seen)

    # who leaves by one press gets no more, and automation steps aside for who talks with us
    leave = re.search(r"<(http[^>]+)>", str(town.mailbox.of("customer2@example.com")[0].read()["List-Unsubscribe"]))[1]
    request = urllib.request.Request(leave, data=b"List-Unsubscribe=One-Click", method="POST")
    assert urllib.request.urlopen(request, timeout=10).status == 200
    with town.house.store.read() as session:
        first = session.exec(select(Run)).one()
        assert accounts(session, first.id).balance
    clock.move_to(TUESDAY + timedelta(days=40))
    nora.sign_in("nora@shop.example.com", town.passwords["nora@shop.example.com"])  # the old sign-in ended meanwhile
    nora.go("/campaigns/we-miss-you")
    nora.press("/campaigns/we-miss-you/runs")
    town.work()
    with town.house.store.read() as session:
        second = session.exec(select(Run).where(Run.id != first.id)).one()
        held = session.exec(select(Message.address).where(Message.state == State.HELD)).all()
        assert held == ["customer1@example.com"]
        assert audience.left_out(session, second.id) == {"no_consent": 1}
        books = accounts(session, second.id)
        assert books.balance
        assert books.sent == len(town.mailbox.deliveries) - 5
    assert town.mailbox.duplicates() == []


def test_whoever_writes_at_once_nobody_is_lost(town: Town) -> None:
    """Twenty strangers write at the same time; each gets a conversation and an owner."""

    def write(number: int) -> None:
        message = email.message.EmailMessage(policy=email.policy.SMTP)
        message["From"] = f"stranger{number}@example.com"
        message["To"] = "hello@reply.shop.example.com"
        message["Subject"] = f"Question {number}"
        message["Message-ID"] = "<the-same@example.com>"
        message.set_content(f"Hello, this is question {number}.\n")
        customers.send((f"stranger{number}@example.com", message), "hello@reply.shop.example.com", *town.listener)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    town.work()
    with town.house.store.read() as session:
        assignments = session.exec(select(Assignment)).all()
    assert len({each.conversation_id for each in assignments}) == 20
    assert all(each.ended_at is None for each in assignments)
