"""Bounces and complaints: by the standards first, then by the words of mail systems; people are left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.mail.daemons import status
from mailer.mail.parse import parse
from mailer.mail.reports import Report, report

ORIGINAL = "Message-ID: <run-7.12@example.com>\r\nFrom: ann@example.com\r\nTo: bob@example.org\r\nSubject: Hi\r\n"


def read(raw: str) -> Report | None:
    data = raw.replace("\r\n", "\n").replace("\n", "\r\n").encode()
    return report(data, parse(data))


def dsn(fields: str, kind: str = "delivery-status") -> str:
    return f"""Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@mx.example.org>
To: b-token@reply.example.com
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type={kind}; boundary="x"

--x
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--x
Content-Type: message/{kind}

{fields}
--x
Content-Type: message/rfc822

{ORIGINAL}
Hi
--x--
"""


def test_a_delivery_status_is_read() -> None:
    found = read(
        dsn(
            """Reporting-MTA: dns; mx.example.org

Original-Recipient: rfc822; Bob@Example.org
Final-Recipient: rfc822; bob@inner.example.org
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <bob@inner.example.org>:
 Recipient address rejected

Final-Recipient: rfc822; carl@example.org
Action: failed
Status: 5.2.2 (mailbox full)
"""
        )
    )
    assert found is not None
    assert (found.kind, found.original_message_id, found.temporary) == ("bounce", "run-7.12@example.com", False)
    first, second = found.failures
    assert (first.address, first.status, first.action) == ("bob@example.org", "5.1.1", "failed")
    assert first.diagnostic == "550 5.1.1 <bob@inner.example.org>: Recipient address rejected"
    assert (second.address, second.status) == ("carl@example.org", "5.2.2")


def test_a_delay_is_temporary() -> None:
    found = read(dsn("Final-Recipient: rfc822; bob@example.org\nAction: delayed\nStatus: 4.4.1\n"))
    assert found is not None
    assert found.temporary
    assert found.failures[0].action == "delayed"


def test_a_failure_after_a_temporary_trouble_is_final() -> None:
    found = read(dsn("Final-Recipient: rfc822; bob@example.org\nAction: failed\nStatus: 4.4.7\n"))
    assert found is not None
    assert not found.temporary


def test_a_report_of_success_is_no_bounce() -> None:
    assert read(dsn("Final-Recipient: rfc822; bob@example.org\nAction: relayed\nStatus: 2.1.5\n")) is None


def test_a_status_without_code_takes_the_one_in_the_diagnostic() -> None:
    found = read(
        dsn("Final-Recipient: rfc822; b@example.org\nAction: failed\nDiagnostic-Code: smtp; 550 user unknown\n")
    )
    assert found is not None
    assert found.failures[0].status == "5.1.1"


def test_a_feedback_report_is_a_complaint() -> None:
    fields = "Feedback-Type: abuse\nUser-Agent: Example/1\nVersion: 1\nOriginal-Rcpt-To: <Bob@example.org>\n"
    found = read(dsn(fields, "feedback-report"))
    assert found is not None
    assert (found.kind, found.original_message_id) == ("complaint", "run-7.12@example.com")
    assert [(one.address, one.action) for one in found.failures] == [("bob@example.org", "complaint")]


@pytest.mark.parametrize("kind", ["not-spam", "auth-failure", "opt-out-list"])
def test_other_feedback_is_no_complaint(kind: str) -> None:
    assert read(dsn(f"Feedback-Type: {kind}\nOriginal-Rcpt-To: bob@example.org\n", "feedback-report")) is None


def test_the_words_of_a_server_are_read_where_there_is_no_status() -> None:
    found = read(
        f"""From: MAILER-DAEMON@mx.example.org
To: b-token@reply.example.com
Subject: failure notice

Hi. This is the qmail-send program at mx.example.org.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<bob@example.org>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

{ORIGINAL}
Hi
"""
    )
    assert found is not None
    assert [(one.address, one.status, one.action) for one in found.failures] == [("bob@example.org", "5.1.1", "failed")]
    assert found.original_message_id == "run-7.12@example.com"


def test_a_server_that_names_the_address_in_a_header_is_believed() -> None:
    found = read(
        """From: Mail Delivery System <Mailer-Daemon@mx.example.org>
X-Failed-Recipients: bob@example.org
Subject: Mail delivery failed: returning message to sender

A message that you sent could not be delivered: mailbox is full
"""
    )
    assert found is not None
    assert (found.failures[0].address, found.failures[0].status) == ("bob@example.org", "5.2.2")


@pytest.mark.parametrize(
    ("sender", "subject", "words"),
    [
        ("bob@example.org", "Delivery failure", "My basket was not delivered today. Where is it?"),
        ("bob@example.org", "Re: Undeliverable: Hi", "What does this mean: your message could not be delivered?"),
        ("bob@example.org", "Re: Hi", "> Your message could not be delivered to bob@example.org"),
        ("postmaster@example.org", "Your letters", "Hello, I am the postmaster here. Could you write in plain text?"),
        ("bob@example.org", "Hi", "Your courier could not deliver it: 550 High Street is my address."),
    ],
)
def test_a_person_who_writes_of_failures_is_no_bounce(sender: str, subject: str, words: str) -> None:
    assert read(f"From: {sender}\nTo: ann@example.com\nSubject: {subject}\n\n{words}\n") is None


@pytest.mark.parametrize(
    ("words", "temporary", "code"),
    [
        ("550 5.7.1 blocked", False, "5.7.1"),
        ("status 5.0.0, then 5.1.10 in detail", False, "5.1.10"),
        ("552 mailbox full", False, "5.2.2"),
        ("452 mailbox is full", True, "4.2.2"),
        ("host not found", False, "5.1.2"),
        ("no such user here", False, "5.1.1"),
        ("550 something else", False, "5.0.0"),
        ("from 10.5.1.1.2 with regards", False, ""),
        ("it did not work", False, ""),
    ],
)
def test_a_code_is_read_from_words(words: str, temporary: bool, code: str) -> None:
    assert status(words, temporary=temporary) == code


@given(st.text(max_size=300))
def test_any_delivery_status_is_read(fields: str) -> None:
    data = dsn(fields).encode("utf-8", "replace")
    found = report(data, parse(data))
    assert found is None or found.kind == "bounce"
