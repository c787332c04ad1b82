"""A GET changes nothing: every table is the same to the letter before and after each one, and after each HEAD."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from mailer import pipeline
from mailer.campaigns.campaign import Campaign
from mailer.delivery.message import Message
from mailer.house import House
from mailer.inbox import saved
from mailer.mail.tokens import Purpose
from mailer.people.customer import Customer
from mailer.people.passes import PassFor, issue
from mailer.rendering.template import TemplateVersion

REPLY = b"""From: Ann <ann@example.com>
To: %s
Subject: Re: We have not seen you
Message-ID: <a@example.com>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=x

--x
Content-Type: text/html

<p>I was away. <img src="https://example.com/a.png"></p>
--x
Content-Type: image/png
Content-Disposition: attachment; filename=a.png

abc
--x--
"""


def dump(house: House) -> dict[str, list[tuple[Any, ...]]]:
    with house.store.read() as session:
        return {
            table.__tablename__: sorted(map(tuple, session.execute(sa.select(table.__table__))), key=repr)
            for table in house.tables
        }


@pytest.fixture
def full(house: House, shop, campaign: Campaign, now) -> dict[str, str]:
    """A house in which every page has something to show; names for what stands in addresses."""
    with house.store.write() as session:
        newcomer = Customer(email="new@example.com", created_at=now, updated_at=now)  # has no representative yet
        session.add(newcomer)
        code = issue(session, shop.staff["maya"], PassFor.RESET, now)
        html = '<html><body><a href="https://shop.example.com/">shop</a></body></html>'
        version = TemplateVersion(
            name="v", language="en", digest="", subject="", preheader="", html=html, created_at=now
        )
        session.add(version)
        session.flush()
        session.get_one(Message, shop.message.id).template_version_id = version.id
        reply = saved.keep(session, None, shop.staff["ida"], "Hours", "Hello {first name}", True, now)
    from sqlmodel import select

    from mailer.inbox.conversation import Conversation
    from mailer.mail.tokens import reply_address
    from mailer.replies.inbound import InboundEmail

    address = reply_address(house.signer, shop.message.id, house.settings.replies.domain)
    pipeline.accept(house, REPLY.replace(b"%s", address.encode()), "ann@example.com", [address])
    pipeline.accept(house, b"\r\n", "ann@example.com", [address])
    pipeline.sort(house, now)
    with house.store.read() as session:
        talk = session.exec(select(Conversation)).one()
        read, unread = session.exec(select(InboundEmail).order_by(InboundEmail.id)).all()
    return {
        "/campaigns/<name>": campaign.name, "/segments/<name>": "quiet", "/templates/<name>": "win-back",
        "/insights/<name>": "rfm", "/<piece>": "count",
        "/conversations/<public_id>": talk.public_id, "/customers/<public_id>": newcomer.public_id,
        "/letter/<public_id>": newcomer.public_id, "/messages/<public_id>": shop.message.public_id,
        "/inbound/<public_id>": read.public_id, "/quarantine/<public_id>": unread.public_id,
        "/face/<public_id>": shop.staff["maya"].public_id, "/files/<int:number>": "0", "/password/<code>": code,
        "/<int:link>": "1", "/<int:turn>": "1",
        "/saved-replies/<public_id>": reply.public_id, "/assets/<path:filename>": "house.css",
    }  # fmt: skip


def addresses(app: Flask, house: House, shop, full: dict[str, str]) -> Iterator[str]:
    from mailer.web.doors import door

    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()):
            continue
        path = rule.rule
        for place, name in full.items():
            path = path.replace(place, f"{place.rpartition('/')[0]}/{name}")
        if (purpose := door(app, rule.endpoint).purpose) is not None:
            path = path.replace("<token>", house.signer.sign(purpose, shop.message.id))
        assert "<" not in path, f"say what stands in {path}"
        yield path


@pytest.mark.parametrize("first", ["", "maya", "nora", "ida"])
def test_no_get_and_no_head_changes_anything(
    app: Flask, house: House, shop, full: dict[str, str], anyone: FlaskClient,
    browser: Callable[[str], FlaskClient], first: str,
) -> None:  # fmt: skip
    client = browser(first) if first else anyone
    before, answers = dump(house), []
    for path in addresses(app, house, shop, full):
        for method in ("GET", "HEAD"):
            with client.open(path, method=method) as answer:
                answers.append(answer.status_code)
            assert answer.status_code < 500, (method, path)
            after = dump(house)
            hits, known = after.pop("hit"), before.get("hit", [])  # the log only grows, and by links alone
            assert hits == known or (hits[: len(known)] == known and path.startswith("/c/")), (method, path)
            assert after == {name: rows for name, rows in before.items() if name != "hit"}, (method, path)
            before["hit"] = hits
    assert len(before["hit"]) == 2
    assert answers.count(200) >= (20 if first else 8)


def test_a_preview_shows_who_would_answer_and_gives_them_nobody_yet(house: House, shop, full, campaign, now) -> None:
    before = dump(house)
    with house.store.write() as session:  # even where it could write
        newcomer = session.exec(sa.select(Customer).where(Customer.email == "new@example.com")).scalar_one()
        letter = pipeline.preview(house, session, session.merge(campaign), newcomer, now)
    assert "Maya" in letter.text
    assert dump(house) == before


def test_every_purpose_with_a_page_is_looked_at(app: Flask) -> None:
    from mailer.web.doors import door

    found = {door(app, rule.endpoint).purpose for rule in app.url_map.iter_rules()} - {None}
    assert found >= {Purpose.HUMAN, Purpose.UNSUBSCRIBE, Purpose.PREFERENCES, Purpose.VIEW, Purpose.SURVEY}
