"""What an answer looks like."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.inbox.wording import Quote, letter, subject_of

AT = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ("We miss you", "Re: We miss you"),
        ("Re: We miss you", "Re: We miss you"),
        ("RE: AW: re[2]: Antw: We miss you", "Re: We miss you"),
        ("Regarding: order", "Re: Regarding: order"),
        ("two\r\nBcc: lines", "Re: two Bcc: lines"),
        ("Re:", "Re: your message"),
        ("", "Re: your message"),
    ],
)
def test_a_subject_is_an_answer_once(given: str, made: str) -> None:
    assert subject_of(given) == made


def test_the_name_is_put_below_unless_it_is_there() -> None:
    for words in ("Tomorrow.\n\nMaya", "Tomorrow.\nBest, Maya Lindqvist"):
        assert letter("x", words, "Maya Lindqvist", None, "en", "UTC")["text"] == f"{words}\n"
    assert letter("x", "Tomorrow.", "Maya Lindqvist", None, "en", "UTC")["text"] == "Tomorrow.\n\nMaya Lindqvist\n"


@pytest.mark.parametrize(
    ("language", "zone", "line"),
    [
        ("en", "UTC", "On 16 March 2026, 09:00, Ann wrote:"),
        ("de", "Europe/Berlin", "Am 16 März 2026, 10:00 schrieb Ann:"),
        ("fr-CA", "UTC", "Le 16 mars 2026, 09:00, Ann a écrit :"),
        ("xx", "Nowhere/At_All", "On 2026-03-16 09:00, Ann wrote:"),
        ("", "UTC", "On 16 March 2026, 09:00, Ann wrote:"),
    ],
)
def test_the_quotation_is_announced_in_the_customers_language_and_zone(language: str, zone: str, line: str) -> None:
    text = letter("x", "Hi\nMaya", "Maya", Quote("Ann", AT, "Hello\n> older\n\nBye"), language, zone)["text"]
    assert text == f"Hi\nMaya\n\n{line}\n> Hello\n>> older\n>\n> Bye\n"


@given(st.text(), st.text(), st.text())
def test_nothing_anybody_wrote_becomes_markup(answer: str, who: str, quoted: str) -> None:
    made = letter("x", answer, "Maya", Quote(who, AT, quoted), "en", "UTC")
    plain = made["html"]
    for tag in ("p", "blockquote", "html", "head", "body"):
        plain = plain.replace(f"<{tag}>", "").replace(f"</{tag}>", "")
    for known in ("<!doctype html>", '<meta charset="utf-8">', '<blockquote type="cite">', "<br>"):
        plain = plain.replace(known, "")
    assert "<" not in plain


def test_a_very_long_email_is_quoted_in_part() -> None:
    assert len(letter("x", "Hi\nMaya", "Maya", Quote("Ann", AT, "word " * 100_000), "en", "UTC")["text"]) < 6_000
