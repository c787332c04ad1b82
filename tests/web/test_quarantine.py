from collections.abc import Callable

import pytest

from mailer.house import House
from mailer.replies import inbound
from mailer.replies.inbound import InboundEmail, InboundState

RAW = b"Subject: \xff<script>\r\n\r\nwhat\r\n"


@pytest.fixture
def unread(house: House, shop, now) -> InboundEmail:
    digest = house.spool.keep(RAW)
    with house.store.write() as session:
        email = inbound.receive(session, digest, len(RAW), "x@example.com", "r-1@reply.example.com", now)
        assert email is not None
        email.quarantine("Permanent: too deep <b>")
    return email


def test_what_could_not_be_read_is_listed_with_why(browser: Callable, unread: InboundEmail) -> None:
    html = browser("ida").get("/quarantine").get_data(as_text=True)
    assert "too deep &lt;b&gt;" in html
    assert "x@example.com" in html


def test_its_bytes_are_downloaded_never_shown(browser: Callable, unread: InboundEmail) -> None:
    answer = browser("ida").get(f"/quarantine/{unread.public_id}/bytes")
    assert answer.data == RAW
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_it_is_tried_again_once(browser: Callable, press: Callable, unread: InboundEmail, house: House) -> None:
    ida, path = browser("ida"), f"/quarantine/{unread.public_id}/retry"
    assert press(ida, "/quarantine", path).status_code == 302
    with house.store.read() as session:
        assert session.get_one(InboundEmail, unread.id).state is InboundState.RECEIVED
    assert press(ida, "/quarantine", path).status_code == 422
