import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.mail.washed import MAX_DEPTH, wash
from tests.browser import hostile

CANARY = "http://canary.example/"


FORBIDDEN = ("src", "onerror", "onload", "script", "url(", "<base", "<form", "<meta", "<svg", "<iframe", "<link")


@pytest.mark.parametrize("number", range(200))
def test_nothing_that_acts_or_fetches_stays(number: int) -> None:
    shown = wash(list(hostile.emails(CANARY))[number]).html.lower()
    inside_tags = " ".join("<" + part.partition(">")[0] for part in shown.split("<")[1:])
    assert [word for word in FORBIDDEN if word in inside_tags] == []
    assert f"words {number}" in shown


def test_what_people_write_stays() -> None:
    html = '<table><tr><td style="color: red; position: fixed">Hello <b>you</b></td></tr></table><a href="https://a.example">x</a>'
    assert wash(html).html == (
        '<table><tbody><tr><td style="color:red">Hello <b>you</b></td></tr></tbody></table>'
        '<a href="https://a.example" target="_blank" rel="noopener noreferrer nofollow">x</a>'
    )


def test_pictures_come_only_when_asked_for_and_only_over_https() -> None:
    html = '<img src="https://a.example/1.png"><img src="http://b.example/2.png"><img src="https://127.0.0.1/3.png">'
    without, with_them = wash(html), wash(html, pictures=True)
    assert (without.origins, without.left_out, "src" in without.html) == ((), 1, False)
    assert (with_them.origins, with_them.left_out) == (("https://a.example",), 0)
    assert with_them.html.count("src=") == 1


@pytest.mark.parametrize(
    "origin", ["https://a.example; script-src *", "https://a.example,https:", "https://a b.example"]
)
def test_an_address_of_a_picture_adds_nothing_else_to_the_policy(origin: str) -> None:
    assert wash(f'<img src="{origin}/x.png">', pictures=True).origins == ()


def test_what_is_too_deep_is_shown_as_words() -> None:
    assert wash("<div>" * MAX_DEPTH + "x").html.startswith("<div>")
    assert wash("<div>" * (MAX_DEPTH + 1) + "x").html == "<pre>x</pre>"


@given(st.text(alphabet="<>/='\" abistyle:;!-&#x0", max_size=300))
def test_washing_what_was_washed_changes_nothing_more(html: str) -> None:
    once = wash(html).html
    assert wash(once).html == once
