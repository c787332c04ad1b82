from collections.abc import Callable
from typing import Any

import pytest

from mailer.errors import Permanent
from mailer.rendering import pressing
from mailer.rendering.inline import inline
from mailer.rendering.letter import MOST, render
from mailer.rendering.links import Links
from mailer.rendering.preflight import preflight
from mailer.rendering.template import Shelf

Seen = Callable[..., dict[str, Any]]
EVERY = [
    ("anniversary", "en"),
    ("new-favourite", "en"),
    ("quiet-after-heavy-use", "en"),
    *(("win-back", language) for language in ("en", "de", "fr", "es")),
]


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_every_shipped_letter_is_fit_to_leave(shelf: Shelf, seen: Seen, links: Links, name: str, language: str) -> None:
    template = shelf.get(name, language)
    letter = render(template.subject, template.preheader, inline(template.html), seen(language=language))
    assert preflight(letter, links) == []
    assert "Ann" in letter.subject + letter.html
    assert "Maria" in letter.text
    assert links.human in letter.text
    assert "{{" not in letter.html
    assert "{%" not in letter.html + letter.subject + letter.text


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_a_customer_of_whom_nothing_is_known_gets_a_whole_letter_too(
    shelf: Shelf, seen: Seen, links: Links, name: str, language: str
) -> None:
    template = shelf.get(name, language)
    data = seen(facts={}, first_name="", last_name="", language=language)
    letter = render(template.subject, template.preheader, inline(template.html), data)
    assert preflight(letter, links) == []
    assert "None" not in letter.text
    assert " ," not in letter.subject + letter.text
    assert "  " not in letter.subject


def test_the_plain_text_says_the_same_and_hides_what_is_hidden() -> None:
    html = (
        '<html><body><div style="display:none">Preview</div><table role="presentation"><tr><td>Dear Ann,</td></tr>'
        '<tr><td><p>Read <a href="https://example.com/a">this</a>.</p><ul><li>one</li></ul></td></tr></table></body></html>'
    )
    assert render("s", "", html, {}).text.split("\n") == [
        "Dear Ann,",
        "",
        "Read this: https://example.com/a.",
        "",
        "* one",
        "",
    ]


def test_a_subject_is_one_line_whatever_is_in_it() -> None:
    data = {"customer": {"first_name": "Ann\r\nBcc: eve@example.com\u2028"}}
    letter = render("Hello {{ customer.first_name }}\n", "", "<p>a</p>", data)
    assert letter.subject == "Hello Ann Bcc: eve@example.com"


def test_subject_and_preheader_can_stand_in_the_page_and_are_escaped() -> None:
    letter = render("A & B", "x < y", "<title>{{ subject }}</title><p>{{ preheader }}</p>", {})
    assert letter.html == "<title>A &amp; B</title><p>x &lt; y</p>"


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("<p>{{ customer.nickname }}</p>", "customer.nickname is missing"),
        ('<a href="{{ facts.link }}">a</a>', "javascript:"),
        ('<a href=" data:text/html,x">a</a>', "data:"),
        ('<a href="{{ facts.split }}">a</a>', "javascript:"),
        ("<img src = x:y>", "x:"),
        ('<a href="tel:">a</a>', "digits alone"),
        ('<a href="tel:+49 30 1234">a</a>', "digits alone"),
        ('<a href="tel:+4930;phone-context=example.com">a</a>', "digits alone"),
        ('<a href="tel:{{ facts.link }}">a</a>', "digits alone"),
        ('<a href="tel:+4930{{ facts.link }}">a</a>', "digits alone"),
        ('<a href="telnet:12345">a</a>', "telnet:"),
        ("<p>{{ facts.long }}{{ facts.long }}</p>", "longer than"),
        ("{{ facts.link|money }}", "money needs a number"),
    ],
)
def test_a_letter_that_may_not_leave_is_refused_with_the_reason(html: str, reason: str) -> None:
    data = {
        "customer": {},
        "facts": {"link": "JavaScript:alert(1)", "split": "java\nscr\tipt:alert(1)", "long": "x" * (MOST - 100)},
    }
    with pytest.raises(Permanent, match=reason.lower().replace("(", "\\(")) as caught:
        try:
            render("s", "", html, data)
        except Permanent as error:
            raise Permanent(str(error).lower()) from error
    assert caught.value


@pytest.mark.parametrize(
    "html",
    [
        '<a href="tel:+493012345">Call us</a>',
        "<a href='TEL:+493012345'>Call us</a>",
        "<a href=tel:+493012345>Call us</a>",
        '<a href="tel:{{ facts.phone }}">Call us</a>',
        '<a href="{{ facts.link }}">Call us</a>',
    ],
)
def test_a_link_may_call_a_human(html: str) -> None:
    letter = render("s", "", f"<p>{html}</p>", {"facts": {"phone": "+493012345", "link": "tel:+493012345"}})
    assert "tel:+493012345" in letter.html.lower()
    assert letter.text.lower() == "call us: tel:+493012345\n"
    written = pressing.press("s", "", f"<p>{html}</p>", {"facts": {"phone": "+493012345", "link": "tel:+493012345"}})
    assert b"tel:+493012345" in written.entity.lower()


def test_an_empty_subject_is_refused() -> None:
    with pytest.raises(Permanent, match="subject is empty"):
        render("{% if customer.first_name %}Hello{% endif %}", "", "<p>a</p>", {"customer": {}})
