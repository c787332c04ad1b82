"""A demo home with its pages served, and every page there is: who opens it, and where.

Which pages there are is read from the routes: one without names in its address lists itself, for the first who may open
it; of one with names, an example stands in `examples`. `unlisted` names every route that is neither looked at nor said
to be no page.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from sqlmodel import Session, col, select
from werkzeug.exceptions import NotFound
from werkzeug.routing import Rule

import mailer.tables  # noqa: F401 -- every table is known
from mailer import clock, pipeline, server
from mailer.delivery.message import Kind, Message, State
from mailer.demo import run
from mailer.demo.mailbox import Mailbox
from mailer.demo.pages import mailbox_pages
from mailer.house import House
from mailer.inbox import saved
from mailer.inbox.conversation import Conversation, ConversationState
from mailer.mail.tokens import Purpose
from mailer.paths import Home
from mailer.people import passes
from mailer.people.customer import Customer
from mailer.people.passes import PassFor
from mailer.people.staff import Role, Staff
from mailer.web import create_app, doors

NOBODY = ""
WHO = {Role.REPRESENTATIVE: "Maya", Role.MARKETER: "Nora", Role.ADMINISTRATOR: "Ida"}
NO_PAGE = {  # what answers to GET and is not looked at as a page
    "static": "what pages wear",
    "health.alive": "for machines",
    "faces.drawn": "a picture",
    "clicks.follow": "leads on",
    "clicks.seen": "a picture",
    "inbox.lines": "a part of the inbox",
    "segments.found": "a part of the segment",
    "campaigns.runs": "a part of the campaign",
    "inbound.html": "a frame, looked at by test_hostile",
    "inbound.file": "a file",
    "quarantine.its_bytes": "a file",
    "messages.its_bytes": "a file",
    "messages.letter_page": "a frame: our email, as its template made it",
    "campaign_test.letter_page": "a frame",
    "shelf.letter_page": "a frame",
    "view.page": "our email by itself",
}


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
    app: Flask
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
        house.store.upgrade()
        pipeline.fold(house, clock.now())
        app = create_app(house, one_click=True)
        app.register_blueprint(mailbox_pages(Mailbox(home.var / "mailbox"), ("127.0.0.1", 1)))
        doors.check(app)
        with server.pages(app, "127.0.0.1", port, 6) as base:
            yield Town(base, house, app, pages(house, app))
    finally:
        house.close()


def pages(house: House, app: Flask) -> tuple[Page, ...]:
    """Return every page a person may come to."""
    with house.store.write() as session:
        known = examples(house, session)
    seen = {_endpoint(app, page.path) for page in known}
    more = [
        Page(rule.endpoint.removesuffix(".page").removesuffix(".listing").replace(".", "-"), _who(app, rule), rule.rule)
        for rule in _rules(app)
        if not rule.arguments and rule.endpoint not in seen
    ]
    return (*known, *more)


def unlisted(town: Town) -> list[str]:
    """Return the routes that nobody looks at."""
    seen = {_endpoint(town.app, page.path) for page in town.pages}
    return sorted({rule.rule for rule in _rules(town.app) if rule.endpoint not in seen})


def examples(house: House, session: Session) -> tuple[Page, ...]:
    """Return pages with names in their addresses, and those that look different to different people."""
    waits = select(Conversation).where(Conversation.state == ConversationState.OPEN).order_by(col(Conversation.id))
    talk = session.exec(waits).first() or session.exec(select(Conversation)).one()
    customer = session.get_one(Customer, talk.customer_id)
    sent = select(Message).where(Message.kind == Kind.CAMPAIGN, Message.state == State.SENT)
    message = session.exec(sent.order_by(col(Message.id))).first()
    assert message is not None
    link = {each: house.signer.sign(each, message.id or 0) for each in Purpose}
    staff = {each.name.split()[0]: each for each in session.exec(select(Staff).order_by(col(Staff.id)))}
    assert set(WHO.values()) <= set(staff)
    reply = session.exec(saved.for_staff(staff["Maya"])).first() or saved.keep(
        session, None, staff["Maya"], "Opening hours", "Hello {first name},\n\nwe open from ten to four.", True,
        clock.now(),
    )  # fmt: skip
    code = passes.issue(session, staff["Nora"], PassFor.RESET, clock.now())
    plain = (
        ("sign-in", NOBODY, "/sign-in"), ("password", NOBODY, f"/password/{code}"),
        ("home-representative", "Maya", "/"), ("home-marketer", "Nora", "/"), ("home-administrator", "Ida", "/"),
        ("inbox", "Maya", "/inbox?whose=all"), ("inbox-closed", "Maya", "/inbox?show=closed"),
        ("conversation", "Maya", f"/conversations/{talk.public_id}"),
        ("saved-reply", "Maya", f"/saved-replies/{reply.public_id}"),
        ("customers", "Maya", "/customers"), ("customers-none", "Maya", "/customers?q=zzzz"),
        ("customer", "Maya", f"/customers/{customer.public_id}"),
        ("message", "Maya", f"/messages/{message.public_id}"),
        ("segment", "Nora", "/segments/win-back"), ("segment-form", "Nora", "/segments/win-back/form"),
        ("insight", "Nora", "/insights/days_since_basket"),
        ("campaign", "Nora", "/campaigns/win-back"), ("campaign-form", "Nora", "/campaigns/win-back/form"),
        ("campaign-test", "Nora", "/campaigns/win-back/test"), ("template", "Nora", "/templates/win-back"),
        ("staff", "Ida", "/staff"), ("me-administrator", "Ida", "/me"), ("nothing", "Ida", "/nothing-here"),
        ("human", NOBODY, f"/h/{link[Purpose.HUMAN]}"), ("unsubscribe", NOBODY, f"/u/{link[Purpose.UNSUBSCRIBE]}"),
        ("preferences", NOBODY, f"/p/{link[Purpose.PREFERENCES]}"), ("survey", NOBODY, f"/s/{link[Purpose.SURVEY]}"),
        ("mailbox", NOBODY, "/mailbox/"), ("mailbox-email", NOBODY, "/mailbox/1"),
    )  # fmt: skip
    return tuple(Page(*each) for each in plain)


def _rules(app: Flask) -> list[Rule]:
    """Return the routes a person comes to: those of GET that are pages, without the demo's mailbox."""
    gets = (rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()))
    return [rule for rule in gets if rule.endpoint not in NO_PAGE and not rule.endpoint.startswith("mailbox.")]


def _endpoint(app: Flask, path: str) -> str:
    try:
        return str(app.url_map.bind("localhost").match(path.partition("?")[0])[0])
    except NotFound:
        return ""


def _who(app: Flask, rule: Rule) -> str:
    its_door = doors.door(app, rule.endpoint)
    return next((who for role, who in WHO.items() if its_door and role in its_door.roles), NOBODY)
