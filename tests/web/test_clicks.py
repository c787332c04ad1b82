"""Counted links: they lead on, and leave nothing behind but a line in the log."""

import itertools
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlmodel import select

from mailer import clock
from mailer.delivery.hits import Hit
from mailer.delivery.message import Message
from mailer.house import House
from mailer.insights.events import Event
from mailer.mail.tokens import Purpose
from mailer.pipeline.record import record
from mailer.rendering.template import TemplateVersion
from mailer.segments import segment
from mailer.segments.criteria import from_data
from mailer.settings import Delivery, Hits, Settings

PHONE = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1"}
HTML = (
    '<html lang="en"><body><p><a href="https://shop.example.com/?of={{ facts.department }}&amp;a=1">one</a>'
    '<a href="{{ facts.link }}">two</a>{% for each in because %}<a href="https://shop.example.com/{{ loop.index }}">'
    "{{ each }}</a>{% endfor %}</p></body></html>"
)


@pytest.fixture(autouse=True)
def letter(house: House, shop, now) -> Message:
    """Ann's email has links."""
    with house.store.write() as session:
        version = TemplateVersion(
            name="back", language="en", digest="d", subject="Hi", preheader="", html=HTML, created_at=now
        )
        session.add(version)
        session.flush()
        message = session.get_one(Message, shop.message.id)
        message.template_version_id = version.id
        message.context = {
            "because": ["Your last basket was on 12 February 2026"],
            "facts": {"department": "Bread", "link": "javascript:alert(1)"},
        }
        return message


def hits(house: House) -> list[Hit]:
    with house.store.read() as session:
        return list(session.exec(select(Hit).order_by(Hit.id)))


def test_a_link_leads_on_and_is_one_line_in_the_log(anyone: FlaskClient, link, house: House, letter, now) -> None:
    answer = anyone.get(f"{link('c', Purpose.CLICK)}/1", headers=PHONE)
    assert (answer.status_code, answer.location) == (302, "https://shop.example.com/?of=Bread&a=1")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert not answer.headers.getlist("Set-Cookie")
    (hit,) = hits(house)
    assert (hit.message_id, hit.what, hit.link, hit.machine) == (letter.id, "click", "1", "")
    assert hit.target == "https://shop.example.com/?of=Bread&a=1"
    assert anyone.get(f"{link('c', Purpose.CLICK)}/3/1", headers=PHONE).location == "https://shop.example.com/1"
    assert hits(house)[1].link == "3/1"


def test_whatever_is_wrong_is_the_same_404_and_no_hit(anyone: FlaskClient, link, house: House, shop) -> None:
    good = house.signer.sign(Purpose.CLICK, shop.message.id)
    wrong = [
        *(f"/c/{house.signer.sign(purpose, shop.message.id)}/1" for purpose in Purpose if purpose is not Purpose.CLICK),
        *(f"/c/{good[:at]}{'a' if good[at] != 'a' else 'b'}{good[at + 1 :]}/1" for at in range(len(good))),
        f"/c/{house.signer.sign(Purpose.CLICK, 10**6)}/1", f"/c/{good.upper()}x/1",
        f"/c/{good}/0", f"/c/{good}/4", f"/c/{good}/99999999999999999999",
        f"/c/{good}/1/1", f"/c/{good}/3", f"/c/{good}/3/2", f"/c/{good}/2",  # the second would lead to a script
    ]  # fmt: skip
    pages = {(answer.status_code, answer.get_data()) for answer in map(anyone.get, wrong)}
    assert len(pages) == 1
    assert pages.pop()[0] == 404
    for no_number in ("", "/", "/-1", "/one", "/1.0", "/1/2/3"):
        assert anyone.get(f"/c/{good}{no_number}").status_code == 404
    assert hits(house) == []


def test_what_stands_behind_the_address_changes_nothing(anyone: FlaskClient, link) -> None:
    address = f"{link('c', Purpose.CLICK)}/1?url=https://evil.example/&to=//evil.example"
    assert anyone.get(address, headers={"Host": "evil.example"}).location == "https://shop.example.com/?of=Bread&a=1"


@pytest.mark.parametrize(
    ("method", "headers", "machine"),
    [
        ("HEAD", PHONE, "asked for the head only"),
        ("GET", {**PHONE, "Sec-Purpose": "prefetch;prerender"}, "fetched ahead"),
        ("GET", {"User-Agent": ""}, "a program by its own name"),
        ("GET", {"User-Agent": "Mozilla/5.0"}, "a program by its own name"),
        ("GET", {"User-Agent": "Barracuda Sentinel (EE)"}, "a program by its own name"),
        ("GET", {"User-Agent": "python-requests/2.32"}, "a program by its own name"),
        ("GET", PHONE, ""),
    ],
)
def test_a_machine_is_led_on_as_well_and_named(
    anyone: FlaskClient, link, house: House, method: str, headers: dict[str, str], machine: str
) -> None:
    assert anyone.open(f"{link('c', Purpose.CLICK)}/1", method=method, headers=headers).status_code == 302
    assert [hit.machine for hit in hits(house)] == [machine]


def proven(house: House) -> list[int]:
    """Ask the whole way: events, fold, segment."""
    record(house, clock.now())
    with house.store.read() as session:
        house.warehouse.fold(session, clock.now())
    asked = from_data({"all": [{"engaged": "click", "within_days": 30}]})
    return segment.customers(house.warehouse, asked, clock.now())


def click(anyone: FlaskClient, link, number: str = "1") -> None:
    assert anyone.get(f"{link('c', Purpose.CLICK)}/{number}", headers=PHONE).status_code == 302


@pytest.mark.parametrize("order", list(itertools.permutations(["click", "answer"])), ids=" then ".join)
@pytest.mark.parametrize("how", ["words", "survey"])
def test_a_click_counts_once_it_is_proven_by_what_they_said(
    anyone: FlaskClient, link, house: House, shop, now, order: tuple[str, ...], how: str
) -> None:
    for step in order:
        assert proven(house) == []
        clock.move_to(clock.now() + timedelta(minutes=5))
        if step == "click":
            click(anyone, link)
            click(anyone, link)
        elif how == "words":
            anyone.post(f"{link('h', Purpose.HUMAN)}/words", data={"text": "I was away"})
        else:
            anyone.post(link("s", Purpose.SURVEY), data={"answer": "yes"})
    for _ in range(2):
        assert proven(house) == [shop.ann.id]
    with house.store.read() as session:
        (event,) = session.exec(select(Event).where(Event.name == "clicked")).all()
    assert event.properties["message"] == shop.message.public_id


def test_a_click_two_days_from_any_answer_is_not_proven(anyone: FlaskClient, link, house: House, now) -> None:
    click(anyone, link)
    clock.move_to(now + timedelta(days=2))
    anyone.post(link("s", Purpose.SURVEY), data={"answer": "yes"})
    assert proven(house) == []


def test_two_links_at_once_are_a_machine_of_which_nothing_is_proven(anyone: FlaskClient, link, house: House) -> None:
    click(anyone, link)
    click(anyone, link, "3/1")
    anyone.post(link("s", Purpose.SURVEY), data={"answer": "yes"})
    assert proven(house) == []


def test_a_house_that_counts_nothing_still_leads_on(tmp_path, house: House, anyone: FlaskClient, link, shop) -> None:
    object.__setattr__(house, "settings", Settings(delivery=Delivery(transport="memory:"), hits=Hits(clicks=False)))
    click(anyone, link)
    assert anyone.get(f"{link('o', Purpose.OPEN)}.gif").mimetype == "image/gif"
    assert hits(house) == []


def test_openings_are_counted_where_the_house_says_so(house: House, anyone: FlaskClient, link) -> None:
    object.__setattr__(house, "settings", Settings(delivery=Delivery(transport="memory:"), hits=Hits(opens=True)))
    answer = anyone.get(f"{link('o', Purpose.OPEN)}.gif", headers=PHONE)
    assert (answer.status_code, answer.mimetype) == (200, "image/gif")
    assert [(hit.what, hit.link) for hit in hits(house)] == [("open", "")]
    assert anyone.get(f"{link('o', Purpose.CLICK)}.gif").status_code == 404


def test_the_campaign_page_shows_both_numbers(
    anyone: FlaskClient, browser: Callable[[str], FlaskClient], link, house: House, campaign, letter
) -> None:
    with house.store.write() as session:
        session.execute(sa.update(Message).where(Message.id == letter.id).values(campaign_id=campaign.id))
    click(anyone, link)
    proven(house)
    nora = browser("nora")
    assert "in 1 email, 0 of them proven to be by a human" in nora.get(f"/campaigns/{campaign.name}").get_data(
        as_text=True
    )
    anyone.post(link("s", Purpose.SURVEY), data={"answer": "yes"})
    assert "in 1 email, 1 of them proven to be by a human" in nora.get(f"/campaigns/{campaign.name}").get_data(
        as_text=True
    )
