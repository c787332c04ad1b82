import re
from collections.abc import Callable

from flask.testing import FlaskClient

from mailer.mail.tokens import Purpose


def test_every_answer_carries_the_policy(anyone: FlaskClient) -> None:
    for path in ("/sign-in", "/nothing", "/healthz", "/assets/house.css"):
        with anyone.get(path) as answer:
            headers = answer.headers
        assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'")
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_address_of_a_customers_page_is_never_sent_on_or_kept(
    anyone: FlaskClient, link: Callable[..., str]
) -> None:
    headers = anyone.get(link("h", Purpose.HUMAN)).headers
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert "noindex" in headers["X-Robots-Tag"]


def test_pages_of_the_staff_run_scripts_with_the_nonce_of_the_request_and_no_others(browser: Callable) -> None:
    ida = browser("ida")
    policies = [ida.get("/inbox").headers["Content-Security-Policy"] for _ in range(2)]
    assert policies[0] != policies[1]
    assert all(re.search(r"script-src 'self' 'nonce-[\w-]{22}';", each) for each in policies)
    assert all("require-trusted-types-for 'script'" in each for each in policies)


def test_pages_of_customers_may_run_no_script(anyone: FlaskClient, link: Callable[..., str]) -> None:
    page = anyone.get(link("h", Purpose.HUMAN))
    assert "script-src" not in page.headers["Content-Security-Policy"]
    assert "<script" not in page.get_data(as_text=True)


def test_what_the_dress_is_made_from_is_not_served(anyone: FlaskClient) -> None:
    for name in ("package.json", "build.py", "base.ts", "node_modules/htmx.org/package.json"):
        assert anyone.get(f"/assets/{name}").status_code == 404


def test_pages_have_no_inline_style_and_no_inline_script(
    browser: Callable, anyone: FlaskClient, link: Callable[..., str]
) -> None:
    ida = browser("ida")
    pages = [
        ida.get(path) for path in ("/", "/inbox", "/customers", "/staff", "/quarantine", "/segments", "/campaigns")
    ]
    pages += [anyone.get(link("h", Purpose.HUMAN)), anyone.get(link("u", Purpose.UNSUBSCRIBE))]
    for page in pages:
        html = page.get_data(as_text=True)
        assert page.status_code == 200
        assert all(
            re.match(r'<script src="/assets/dist/[^"]+" nonce="', each) for each in re.findall("<script[^>]*>", html)
        )
        assert "style=" not in html
