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


def test_pages_have_no_inline_style_and_no_script(
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
        assert "<script" not in html
        assert "style=" not in html
