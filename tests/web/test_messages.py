from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from mailer.delivery.message import Kind, Message, State
from mailer.house import House
from mailer.mail.tokens import Purpose

LETTER = {"subject": "Yes", "html": "<p>From <b>ten</b></p>", "text": "From ten"}


@pytest.fixture
def answer(house: House, shop, now) -> Message:
    with house.store.write() as session:
        message = Message(
            kind=Kind.ANSWER, state=State.SENT, customer_id=shop.ann.id, staff_id=shop.staff["maya"].id,
            address=shop.ann.email, message_id="two@example.com", subject="Yes", context=LETTER, created_at=now,
            due_at=now, next_at=now, dated_at=now, handed_over_at=now, settled_at=now, reply="250 2.0.0 queued",
        )  # fmt: skip
        session.add(message)
    return message


def test_a_message_tells_its_life_and_why_it_was_sent(browser: Callable, shop, answer: Message) -> None:
    maya = browser("maya")
    campaign = maya.get(f"/messages/{shop.message.public_id}").get_data(as_text=True)
    assert "Your last basket was on 12 February 2026" in campaign
    own = maya.get(f"/messages/{answer.public_id}").get_data(as_text=True)
    assert "250 2.0.0 queued" in own
    assert "A person wrote it" in own


def test_its_letter_is_shown_alone_under_a_policy_of_its_own(browser: Callable, answer: Message) -> None:
    page = browser("maya").get(f"/messages/{answer.public_id}/letter")
    assert page.get_data(as_text=True) == LETTER["html"]
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "script-src" not in policy


def test_its_bytes_are_an_email(browser: Callable, answer: Message) -> None:
    page = browser("maya").get(f"/messages/{answer.public_id}/bytes")
    assert page.mimetype == "text/plain"
    assert b"Message-ID: <two@example.com>" in page.data
    assert b"From: Maya Keller <maya@" in page.data


def test_what_has_left_cannot_be_dropped(browser: Callable, press: Callable, answer: Message) -> None:
    refused = press(browser("maya"), "/customers", f"/messages/{answer.public_id}/cancellation")
    assert refused.status_code == 422
    assert "has left already" in refused.get_data(as_text=True)


def test_the_customer_can_look_at_it_in_a_browser(
    anyone: FlaskClient, link: Callable[..., str], answer: Message
) -> None:
    page = anyone.get(link("v", Purpose.VIEW, answer.id))
    assert page.get_data(as_text=True) == LETTER["html"]
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["Referrer-Policy"] == "no-referrer"


def test_an_email_without_html_is_shown_as_its_words(browser: Callable, house: House, answer: Message) -> None:
    with house.store.write() as session:
        session.get_one(Message, answer.id).context = LETTER | {"html": "", "text": "<script>1</script>"}
    html = browser("maya").get(f"/messages/{answer.public_id}/letter").get_data(as_text=True)
    assert "&lt;script&gt;" in html
