"""A demo home with its pages served, and every page there is: who opens it, and where."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import col, select

import mailer.tables  # noqa: F401 -- every table is known
from mailer import clock, pipeline, server
from mailer.delivery.outbox import Kind, Message, State
from mailer.demo import run
from mailer.demo.mailbox import Mailbox
from mailer.demo.pages import mailbox_pages
from mailer.house import House
from mailer.inbox.conversation import Conversation, ConversationState
from mailer.mail.tokens import Purpose
from mailer.paths import Home
from mailer.people.customer import Customer
from mailer.people.staff import Staff
from mailer.web import create_app, doors

NOBODY = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its name, who opens it (the first name of staff, or nobody), and its path."""

    name: str
    who: str
    path: str


@dataclass(frozen=True, slots=True)
class Town:
    """Pages that are served."""

    base: str
    house: House
    pages: tuple[Page, ...]


def make(folder: Path) -> Path:
    """Play the day of the demo in `folder`, unless it was."""
    if not (folder / "config" / "mailer.toml").exists():
        demo = [sys.executable, "-m", "mailer.cli", "--home", str(folder), "demo", "--once", "--json"]
        subprocess.run(demo, check=True, capture_output=True, timeout=600)
    return folder


@contextmanager
def served(folder: Path) -> Iterator[Town]:
    """Serve the house in `folder`, without its scheduler: nothing moves unless a page does it."""
    home = Home(folder)
    port = server.free_port("127.0.0.1")
    house = House(home, run._settings(home, 1, port))
    try:
        pipeline.fold(house, clock.now())
        app = create_app(house, one_click=True)
        app.register_blueprint(mailbox_pages(Mailbox(home.var / "mailbox"), ("127.0.0.1", 1)))
        doors.check(app)
        with server.pages(app, "127.0.0.1", port, 6) as base:
            yield Town(base, house, pages(house))
    finally:
        house.close()


def pages(house: House) -> tuple[Page, ...]:
    """Return every page a person may come to."""
    with house.store.read() as session:
        waits = select(Conversation).where(Conversation.state == ConversationState.OPEN).order_by(col(Conversation.id))
        talk = session.exec(waits).first() or session.exec(select(Conversation)).one()
        customer = session.get_one(Customer, talk.customer_id)
        sent = select(Message).where(Message.kind == Kind.CAMPAIGN, Message.state == State.SENT)
        message = session.exec(sent.order_by(col(Message.id))).first()
        assert message is not None
        link = {each: house.signer.sign(each, message.id or 0) for each in Purpose}
        names = [each.name.split()[0] for each in session.exec(select(Staff).order_by(col(Staff.id)))]
    assert {"Maya", "Nora", "Ida"} <= set(names)
    plain = (
        ("sign-in", NOBODY, "/sign-in"),
        ("home-representative", "Maya", "/"), ("home-marketer", "Nora", "/"), ("home-administrator", "Ida", "/"),
        ("inbox", "Maya", "/inbox?whose=all"), ("inbox-closed", "Maya", "/inbox?show=closed"),
        ("conversation", "Maya", f"/conversations/{talk.public_id}"),
        ("customers", "Maya", "/customers"), ("customers-none", "Maya", "/customers?q=zzzz"),
        ("customer", "Maya", f"/customers/{customer.public_id}"),
        ("message", "Maya", f"/messages/{message.public_id}"),
        ("segments", "Nora", "/segments"), ("segment", "Nora", "/segments/win-back"),
        ("segment-form", "Nora", "/segments/win-back/form"), ("segment-new", "Nora", "/segments/new"),
        ("campaigns", "Nora", "/campaigns"), ("campaign", "Nora", "/campaigns/win-back"),
        ("campaign-form", "Nora", "/campaigns/win-back/form"), ("campaign-test", "Nora", "/campaigns/win-back/test"),
        ("templates", "Nora", "/templates"), ("template", "Nora", "/templates/win-back"),
        ("staff", "Ida", "/staff"), ("quarantine", "Ida", "/quarantine"), ("settings", "Ida", "/settings"),
        ("styleguide", "Ida", "/styleguide"), ("nothing", "Ida", "/nothing-here"),
        ("human", NOBODY, f"/h/{link[Purpose.HUMAN]}"), ("unsubscribe", NOBODY, f"/u/{link[Purpose.UNSUBSCRIBE]}"),
        ("preferences", NOBODY, f"/p/{link[Purpose.PREFERENCES]}"), ("survey", NOBODY, f"/s/{link[Purpose.SURVEY]}"),
        ("mailbox", NOBODY, "/mailbox/"), ("mailbox-email", NOBODY, "/mailbox/1"),
    )  # fmt: skip
    return tuple(Page(*each) for each in plain)
