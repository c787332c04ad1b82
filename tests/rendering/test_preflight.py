import re
from dataclasses import replace

import pytest

from mailer.mail.compose import Letter
from mailer.rendering.links import Links
from mailer.rendering.page import text_of
from mailer.rendering.preflight import CLIPPED, preflight


@pytest.fixture
def fine(links: Links) -> Letter:
    html = (
        f'<p>Dear Ann, here is a word from us.</p><a href="{links.human}">Talk to Maria</a>'
        f'<a href="{links.unsubscribe}">Unsubscribe</a><img src="https://example.com/a.png" alt="">'
    )
    return Letter("A word from us", html, text_of(html))


def changed(letter: Letter, old: str, new: str) -> Letter:
    html = letter.html.replace(old, new)
    assert html != letter.html
    return replace(letter, html=html, text=text_of(html))


def test_a_good_letter_has_no_findings(fine: Letter, links: Links) -> None:
    assert preflight(fine, links) == []
    assert preflight(fine) == []


def test_a_number_to_call_is_no_finding(fine: Letter, links: Links) -> None:
    assert preflight(changed(fine, "<p>", '<a href="tel:+493012345">Call Maria</a><p>'), links) == []


@pytest.mark.parametrize(
    ("old", "new", "level", "words"),
    [
        ("Talk to Maria</a>", "</a>", "error", "way to a person is missing"),
        ("/h/", "/x/", "error", "way to a person is missing"),
        ("/u/", "/x/", "error", r"unsubscribe\) is missing"),
        ("<p>", '<a href="ftp://example.com">x</a><p>', "error", "may not leave"),
        ("<p>", '<a href="tel:+49 30 1234">x</a><p>', "error", "digits alone"),
        ("<p>", '<a href="www.example.com">x</a><p>', "error", "no https://"),
        ("<p>", '<a href="#">x</a><p>', "error", "“x” leads nowhere"),
        ("<p>", f"<p>{'x' * CLIPPED}", "error", "Gmail"),
        (' alt=""', "", "warning", "alt"),
        ("https://example.com/a.png", "cid:1", "error", "picture"),
    ],
)
def test_what_is_wrong_is_found(fine: Letter, links: Links, old: str, new: str, level: str, words: str) -> None:
    found = preflight(changed(fine, old, new), links)
    assert any(finding.level == level and re.search(words, finding.text) for finding in found), found


def test_a_hidden_human_link_does_not_count(fine: Letter, links: Links) -> None:
    hidden = changed(fine, f'<a href="{links.human}">', f'<a style="display:none" href="{links.human}">')
    assert [finding.text for finding in preflight(hidden, links)] == [
        "The way to a person is there but cannot be seen."
    ]


@pytest.mark.parametrize(
    ("subject", "level"), [("", "error"), ("x" * 151, "error"), ("x" * 80, "warning"), ("ACT NOW, ANN!", "warning")]
)
def test_a_subject_is_looked_at(fine: Letter, links: Links, subject: str, level: str) -> None:
    assert [finding.level for finding in preflight(replace(fine, subject=subject), links)] == [level]


def test_errors_come_first_and_missing_text_is_one(fine: Letter, links: Links) -> None:
    levels = [finding.level for finding in preflight(replace(fine, subject="x" * 80, text=""), links)]
    assert levels == ["error", "error", "error", "warning"]
