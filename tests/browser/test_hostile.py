"""Hostile email, opened as a representative sees it: nothing asks, nothing is fetched, nothing leads away."""

import shutil
import smtplib
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlmodel import select

from mailer import clock, pipeline, server
from mailer.delivery.message import Kind, Message, State
from mailer.house import House
from mailer.inbox.conversation import Conversation
from mailer.mail.tokens import reply_address
from mailer.paths import Home
from mailer.people import sign_in
from mailer.people.customer import Customer
from mailer.people.staff import Role, Staff
from mailer.replies.inbound import InboundEmail, InboundState
from mailer.settings import Delivery, Settings
from mailer.web import create_app
from mailer.web.exchange import COOKIE
from tests.browser import hostile
from tests.browser.town import Town

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def canary() -> Iterator[tuple[str, list[str]]]:
    """A listener that notes who asks it for anything."""
    asked: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        do_POST = do_HEAD = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    thread = threading.Thread(target=listener.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.server_address[1]}/", asked
    listener.shutdown()
    listener.server_close()
    thread.join()


@pytest.fixture
def house(tmp_path: Path, town: Town) -> Iterator[House]:
    (tmp_path / "config").mkdir()
    shutil.copy(town.house.home.insights, tmp_path / "config")  # houses open in one process declare the same
    house = House(Home(tmp_path), Settings(delivery=Delivery(transport="memory:")))
    house.store.create()
    yield house
    house.close()


def deliver(house: House, canary: str) -> tuple[str, str, int]:
    """Send every hostile email to the listener of the house; return cookie, conversation, and how many there are."""
    now = clock.now()
    with house.store.write() as session:
        maya = Staff(email="maya@example.com", name="Maya Keller", role=Role.REPRESENTATIVE, created_at=now)
        session.add(maya)
        session.flush()
        ann = Customer(email="ann@example.com", first_name="Ann", created_at=now, updated_at=now,
                       representative_id=maya.id)  # fmt: skip
        session.add(ann)
        session.flush()
        message = Message(kind=Kind.ANSWER, state=State.SENT, customer_id=ann.id, staff_id=maya.id, address=ann.email,
                          message_id="one@example.com", subject="Hello", created_at=now, due_at=now, next_at=now,
                          context={"subject": "Hello", "text": "Hello", "html": ""})  # fmt: skip
        session.add(message)
        session.flush()
        _, cookie = sign_in.begin(session, maya, now, 12)
        to = reply_address(house.signer, message.id or 0, house.settings.replies.domain)
    listener = server.listener_of(house, "127.0.0.1", 0)
    port = listener.start()
    sent = 0
    with smtplib.SMTP("127.0.0.1", port) as relay:
        for number, html in enumerate(hostile.emails(canary)):
            email = EmailMessage()
            email["From"], email["To"], email["Subject"] = "Ann <ann@example.com>", to, "Re: Hello"
            email["Message-ID"] = f"<{number}@example.com>"
            email.set_content(html, subtype="html")
            relay.send_message(email)
            sent += 1
    listener.stop()
    pipeline.sort(house, now)
    with house.store.read() as session:
        states = {email.state for email in session.exec(select(InboundEmail))}
        assert states == {InboundState.ROUTED}
        return cookie, session.exec(select(Conversation)).one().public_id, sent


def test_hostile_email_does_nothing_when_it_is_looked_at(
    house: House, canary: tuple[str, list[str]], chromium: Browser
) -> None:
    address, asked = canary
    cookie, talk, sent = deliver(house, address)
    assert sent == 200
    dialogs: list[str] = []
    led: list[str] = []
    with server.pages(create_app(house), "127.0.0.1", 0, 4) as base:
        context = chromium.new_context()
        try:
            probe = context.new_page()
            probe.goto(address)
            assert asked, "the canary hears nothing at all"
            probe.close()
            asked.clear()
            context.add_cookies([{"name": COOKIE, "value": cookie, "url": base}])
            page = context.new_page()
            page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
            page.on("framenavigated", lambda frame: led.append(frame.url))
            context.on("page", lambda popup: led.append(f"popup {popup.url}"))
            page.goto(f"{base}/conversations/{talk}")
            shown = page.locator("details:has(iframe[src*='/inbound/'])")
            assert shown.count() == sent
            words = set()
            for number in range(sent):
                shown.nth(number).locator("summary").click()
                inside = shown.nth(number).frame_locator("iframe").locator("body")
                words.add(" ".join(inside.inner_text().split()[:2]))
            page.wait_for_timeout(500)
            led = [url for url in led if url != "about:blank"]
            assert page.url == f"{base}/conversations/{talk}"
            assert all(url.startswith((f"{base}/inbound/", f"{base}/messages/", page.url)) for url in led), led
            assert len([url for url in led if "/inbound/" in url]) == sent
            assert dialogs == []
            assert asked == []
            assert {f"words {number}" for number in range(sent)} == words
        finally:
            context.close()
