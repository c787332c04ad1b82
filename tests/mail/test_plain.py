"""HTML as text, with what it quotes marked."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.mail.plain import plain


def test_blocks_are_lines_and_what_is_hidden_is_not_read() -> None:
    html = "<style>p{}</style><p>Hi <b>you</b></p><div>there<br>again</div><p style='display:none'>secret</p>"
    assert plain(html).split() == ["Hi", "you", "there", "again"]


@pytest.mark.parametrize(
    "quote",
    [
        '<blockquote class="gmail_quote" style="margin:0">old<br>words</blockquote>',
        '<blockquote type="cite">old<br>words</blockquote>',
        '<blockquote cite="mid:1@example.com">old<br>words</blockquote>',
        '<blockquote style="border-left:1px solid blue">old<br>words</blockquote>',
        '<div class="yahoo_quoted">old<br>words</div>',
        '<div class="protonmail_quote">old<br>words</div>',
        '<div id="yqt12345">old<br>words</div>',
    ],
)
def test_what_a_program_marks_as_quoted_is_marked(quote: str) -> None:
    lines = plain(f"<div>new{quote}after</div>").split("\n")
    assert [line for line in lines if line] == ["new", "> old", "> words", "after"]


def test_a_quote_within_a_quote_is_marked_once_as_a_whole() -> None:
    html = "<p>new</p><blockquote type=cite>one<blockquote type=cite>two</blockquote></blockquote>"
    assert [line for line in plain(html).split("\n") if line] == ["new", "> one", "> two"]


def test_words_that_were_only_indented_are_the_writers_own() -> None:
    assert ">" not in plain('<blockquote style="margin:0 0 0 40px;border:none">mine</blockquote>')


@given(st.text(max_size=300))
def test_nothing_given_as_html_raises(html: str) -> None:
    plain(html)


@given(
    st.lists(st.sampled_from(["<div>", "</div>", "<blockquote type=cite>", "</p>", "<td>", "x", "&#0;", "<!--", "<"]))
)
def test_no_heap_of_tags_raises(tags: list[str]) -> None:
    plain("".join(tags))


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 100_000,
        "<table>" + "<tr><td>x</td></tr>" * 20_000 + "</table>",
        "<p>x" * 100_000,
        "<" * 300_000,
        "<style" * 50_000,
        "<blockquote type=cite>" * 20_000 + "x",
    ],
    ids=["depth", "cells", "elements", "brackets", "style", "quotes"],
)
def test_html_that_is_made_to_be_slow_is_read_in_time(html: str) -> None:
    began = time.monotonic()
    plain(html)
    assert time.monotonic() - began < 3
