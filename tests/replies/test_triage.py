"""Triage: the order of the evidence, and what becomes of each kind."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.errors import Permanent
from mailer.replies.inbound import Verdict
from mailer.replies.triage import describe, triage

BOUNCE = b"""Return-Path: <>
From: MAILER-DAEMON@mx.example.org
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Content-Type: multipart/report; report-type=delivery-status; boundary=x

--x
Content-Type: message/delivery-status

Final-Recipient: rfc822; bob@example.org
Action: failed
Status: 5.1.1

--x--
"""


def email(*lines: str) -> bytes:
    return "\r\n".join(["From: Bob Ray <bob@example.org>", "To: ann@example.com", *lines]).encode()


def test_a_report_wins_over_auto_submitted() -> None:
    seen = triage(BOUNCE)
    assert seen.verdict is Verdict.BOUNCE
    assert seen.report is not None
    assert not seen.needs_person


def test_a_machine_wins_over_its_foot_that_says_unsubscribe() -> None:
    seen = triage(email("Subject: Automatic reply: Hi", "", "I am away. Please unsubscribe me."))
    assert seen.verdict is Verdict.AUTOREPLY
    assert "subject" in seen.why
    assert not seen.needs_person


def test_a_wish_to_be_left_alone_wins_over_a_reply() -> None:
    seen = triage(email("Subject: Re: Hi", "In-Reply-To: <ours@example.com>", "", "Please unsubscribe me."))
    assert seen.verdict is Verdict.UNSUBSCRIBE
    assert "unsubscribe" in seen.why
    assert seen.needs_person


def test_what_is_quoted_is_no_wish() -> None:
    seen = triage(
        email(
            "Subject: Re: Hi",
            "",
            "Lovely pears!",
            "",
            "On 16 Mar 2026 10:00 Ann <a@example.com> wrote:",
            "> unsubscribe",
        )
    )
    assert seen.verdict is Verdict.REPLY
    assert seen.feeling == "glad"
    assert seen.split.new_words == "Lovely pears!"


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ("Delivered-To: r-" + "a" * 40 + "@reply.example.com", "reply address"),
        ("In-Reply-To: <ours@example.com>", "In-Reply-To"),
        ("References: <ours@example.com>", "References"),
        ("Subject: AW: Ihr Korb", "AW"),
        ("Subject: Re[2]: basket", "Re"),
        ("Subject: 回复：篮子", "回复"),
    ],
)
def test_the_sign_that_it_answers_is_kept(header: str, why: str) -> None:
    seen = triage(email(header, "", "The pears were bad."))
    assert seen.verdict is Verdict.REPLY
    assert why in seen.why


def test_a_first_letter_from_a_person_is_other_and_still_needs_a_person() -> None:
    seen = triage(email("Subject: Pears", "", "Do you sell pears?"))
    assert seen.verdict is Verdict.OTHER
    assert seen.needs_person


def test_a_newsletter_needs_nobody() -> None:
    seen = triage(
        email("Subject: News", "List-Id: <news.example.org>", "", "To unsubscribe me, click. Stop these emails!")
    )
    assert seen.verdict is Verdict.OTHER
    assert not seen.needs_person


def test_a_forward_is_other() -> None:
    assert triage(email("Subject: Fwd: Hi", "", "fyi")).verdict is Verdict.OTHER


def test_an_empty_email_belongs_into_quarantine() -> None:
    with pytest.raises(Permanent):
        triage(b"")


def test_an_email_is_described_as_plain_data() -> None:
    told = describe("a.eml", BOUNCE)
    assert json.loads(json.dumps(told)) == told
    assert (told["file"], told["kind"], told["addresses"], told["status"]) == (
        "a.eml",
        "bounce",
        ["bob@example.org"],
        "5.1.1",
    )
    told = describe("b.eml", email("Subject: Re: Hi", "", "The pears were bad, all of them.", "", "-- ", "Bob"))
    assert told["reply"] == "The pears were bad, all of them.\n-- \nBob"
    assert told["reply_alt"] == "The pears were bad, all of them."
    assert told["match"] is None


@given(st.binary(min_size=1, max_size=1000))
def test_any_bytes_are_sorted(raw: bytes) -> None:
    if raw.strip():
        assert triage(raw).verdict in set(Verdict)
