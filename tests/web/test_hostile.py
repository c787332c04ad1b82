"""What somebody sent us, shown: under which policy, and what of it is handed out how."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from mailer import pipeline
from mailer.house import House
from mailer.mail.tokens import reply_address
from mailer.replies.inbound import InboundEmail

EMAIL = """From: Ann <ann@example.com>
To: {to}
Subject: Re: <script>alert(1)</script>
Message-ID: <a@example.com>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=x

--x
Content-Type: text/html

<p>Hello<script>alert(1)</script> <img src="https://a.example/1.png"><img src="http://b.example/2.png"></p>
--x
Content-Type: text/html; name="../../evil\r.html"
Content-Disposition: attachment; filename="../../ev\u00efl.html"

<script>alert(1)</script>
--x--
"""


@pytest.fixture
def inbound(house: House, shop, now) -> str:
    to = reply_address(house.signer, shop.message.id, house.settings.replies.domain)
    pipeline.accept(house, EMAIL.replace("{to}", to).encode(), "ann@example.com", [to])
    pipeline.sort(house, now)
    with house.store.read() as session:
        return session.exec(select(InboundEmail)).one().public_id


def test_formatted_email_is_shown_washed_under_a_policy_that_fetches_nothing(
    browser: Callable[[str], FlaskClient], inbound: str
) -> None:
    page = browser("maya").get(f"/inbound/{inbound}/html")
    policy, html = page.headers["Content-Security-Policy"], page.get_data(as_text=True)
    assert "default-src 'none'" in policy
    assert "img-src 'none'" in policy
    assert "script-src" not in policy
    assert "sandbox allow-popups allow-popups-to-escape-sandbox" in policy
    assert "frame-ancestors 'self'" in policy
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "<p>Hello " in html
    assert "<script" not in html
    assert "a.example" not in html
    assert "1 pictures are left out" in html


def test_pictures_that_are_asked_for_come_from_where_the_policy_says(
    browser: Callable[[str], FlaskClient], inbound: str
) -> None:
    page = browser("maya").get(f"/inbound/{inbound}/html?pictures=yes")
    assert "img-src https://a.example;" in page.headers["Content-Security-Policy"]
    assert 'src="https://a.example/1.png"' in page.get_data(as_text=True)
    assert "b.example" not in page.get_data(as_text=True)


def test_what_came_along_is_handed_out_as_bytes(browser: Callable[[str], FlaskClient], inbound: str) -> None:
    file = browser("maya").get(f"/inbound/{inbound}/files/0")
    assert file.headers["Content-Type"] == "application/octet-stream"
    assert file.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''ev")
    assert "/" not in file.headers["Content-Disposition"]
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert file.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert browser("maya").get(f"/inbound/{inbound}/files/1").status_code == 404


def test_the_headers_are_on_every_answer(anyone: FlaskClient, browser: Callable[[str], FlaskClient], inbound) -> None:
    maya = browser("maya")
    for client, path in (
        (anyone, "/sign-in"), (anyone, "/nothing"), (anyone, "/h/nothing"), (anyone, "/reset"), (maya, "/"),
        (maya, "/accounts"), (maya, f"/inbound/{inbound}/html"), (maya, f"/inbound/{inbound}/files/0"),
    ):  # fmt: skip
        headers = client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", path
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin", path
        assert headers["Referrer-Policy"] in ("same-origin", "no-referrer"), path
        assert "default-src 'none'" in headers["Content-Security-Policy"], path
        assert headers["Cache-Control"] == "no-store", path
