"""What an email is, whose it is, and who has to read it: real bytes, through the real triage."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from mailer.delivery.message import Kind, Message
from mailer.errors import Permanent
from mailer.mail.compose import Letter, Party, compose
from mailer.mail.tokens import Signer, reply_address, return_path
from mailer.people.consent import Consent, Topic, consenting, decide
from mailer.people.customer import Customer
from mailer.people.suppression import suppressed
from mailer.replies.inbound import InboundEmail, InboundState, Spool, Trust, Verdict, receive
from mailer.replies.matching import Evidence
from mailer.replies.sorting import is_only_a_wish, sort
from mailer.replies.triage import triage

DOMAIN = "reply.example.com"
Make = Callable[..., Message]
Named = Callable[[str], Customer]
Arrive = Callable[..., InboundEmail]


@pytest.fixture
def arrive(session: Session, signer: Signer, now: datetime, tmp_path: Any) -> Arrive:
    spool = Spool(tmp_path / "spool")

    def do(
        raw: bytes, to: str = "maya@example.com", *, sender: str = "ann@example.com", authserv_id: str = ""
    ) -> InboundEmail:
        email = receive(session, spool.keep(raw), len(raw), sender, to, now)
        assert email is not None
        kept = spool.read(email.digest)
        return sort(session, email, kept, triage(kept), signer, DOMAIN, authserv_id, now)

    return do


@pytest.fixture
def at(signer: Signer) -> Callable[[Message], str]:
    return lambda message: reply_address(signer, message.id or 0, DOMAIN)


def mail(*lines: str, body: str = "Where is my order?", sender: str = "Ann Miller <ann@example.com>") -> bytes:
    head = [f"From: {sender}", "Date: Mon, 16 Mar 2026 09:00:00 +0000", *lines]
    return "\r\n".join([*head, "", *body.split("\n"), ""]).encode()


def told(email: InboundEmail) -> str:
    return "; ".join(email.details.get("done", []))


def test_a_reply_is_sorted_with_its_words_its_proof_and_its_trust(
    arrive: Arrive, at: Callable[[Message], str], customer: Named, sent: Make
) -> None:
    ann = customer("Ann")
    ours = sent(ann)
    raw = mail(
        "Subject: Re: We miss you",
        "Message-ID: <one@mail.example.com>",
        f"In-Reply-To: <{ours.message_id}>",
        "References: <zero@example.com>",
        body="Where is my order?\n\nOn 15 March 2026, Maya wrote:\n> We miss you",
    )
    email = arrive(raw, at(ours))
    assert (email.state, email.verdict, email.trust) == (InboundState.SORTED, Verdict.REPLY, Trust.LIKELY)
    assert (email.evidence, email.message_id, email.customer_id) == (Evidence.ENVELOPE, ours.id, ann.id)
    assert (email.from_address, email.from_name) == ("ann@example.com", "Ann Miller")
    assert (email.subject, email.header_message_id) == ("Re: We miss you", "one@mail.example.com")
    assert email.new_words.strip() == "Where is my order?"
    assert "We miss you" in email.quoted
    assert email.details["in_reply_to"] == [ours.message_id]
    assert email.details["references"] == ["zero@example.com"]
    assert email.details["feeling"] in ("calm", "upset", "glad")
    assert email.verdict_why


def test_what_our_own_server_vouches_for_is_verified(
    arrive: Arrive, at: Callable[[Message], str], customer: Named, sent: Make
) -> None:
    raw = mail("Authentication-Results: mx.example.net; dmarc=pass header.from=example.com")
    assert arrive(raw, at(sent(customer("Ann"))), authserv_id="mx.example.net").trust is Trust.VERIFIED


def test_a_person_nobody_knows_is_read_by_a_person(arrive: Arrive) -> None:
    email = arrive(mail("Subject: Tea", body="Do you sell tea?", sender="Bo <bo@example.net>"))
    assert (email.state, email.customer_id, email.message_id) == (InboundState.SORTED, None, None)
    assert email.trust is Trust.UNVERIFIED


def test_a_customers_new_email_is_shown_as_theirs_but_not_trusted(arrive: Arrive, customer: Named) -> None:
    ann = customer("Ann")
    email = arrive(mail("Subject: A question"))
    assert (email.customer_id, email.trust, email.evidence) == (ann.id, Trust.UNVERIFIED, "")
    forged = arrive(
        mail("Authentication-Results: mx.example.net; dmarc=fail header.from=example.com"), authserv_id="mx.example.net"
    )
    assert (forged.customer_id, forged.trust, forged.state) == (None, Trust.SUSPECT, InboundState.SORTED)


def test_sorting_twice_changes_nothing_and_other_bytes_are_refused(
    session: Session, arrive: Arrive, signer: Signer, now: datetime
) -> None:
    email = arrive(mail("Subject: A question"))
    other = mail("Subject: Another")
    assert sort(session, email, other, triage(other), signer, DOMAIN, "", now) is email
    assert email.subject == "A question"
    email.state = InboundState.RECEIVED
    with pytest.raises(ValueError, match="not the bytes"):
        sort(session, email, other, triage(other), signer, DOMAIN, "", now)


def test_an_auto_reply_is_filed(arrive: Arrive, at: Callable[[Message], str], customer: Named, sent: Make) -> None:
    raw = mail("Subject: Out of office", "Auto-Submitted: auto-replied", body="I am away until Friday.")
    email = arrive(raw, at(sent(customer("Ann"))))
    assert (email.state, email.verdict) == (InboundState.FILED, Verdict.AUTOREPLY)
    assert email.message_id is not None


def test_a_null_return_path_is_a_machine_and_an_unknown_one_is_not(
    arrive: Arrive, at: Callable[[Message], str], customer: Named, sent: Make
) -> None:
    ours = sent(customer("Ann"))
    raw = mail("Subject: Re: We miss you", body="Thank you for your email.")
    assert arrive(raw, at(ours), sender="<>").state is InboundState.FILED
    assert arrive(raw, at(sent(customer("Bob"))), sender="").state is InboundState.SORTED


DSN = """From: MAILER-DAEMON@mx.example.net
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

It could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; {address}
Action: failed
Status: {status}
Diagnostic-Code: smtp; 550 {status} no such user

--b
Content-Type: text/rfc822-headers

Message-ID: <{ident}>
{returned}
--b--
"""


def dsn(message: Message, to: str, status: str = "5.1.1", address: str = "", returned: str = "Subject: x") -> bytes:
    given = {"to": to, "address": address or message.address, "status": status, "ident": message.message_id}
    return DSN.format(**given, returned=returned).replace("\n", "\r\n").encode()


def test_a_bounce_to_its_return_path_suppresses_and_is_filed(
    session: Session, arrive: Arrive, signer: Signer, customer: Named, sent: Make
) -> None:
    ours = sent(customer("Ann"))
    path = return_path(signer, ours.id or 0, DOMAIN)
    email = arrive(dsn(ours, path), path, sender="<>")
    assert (email.state, email.verdict, email.message_id) == (InboundState.FILED, Verdict.BOUNCE, ours.id)
    assert email.evidence == Evidence.ENVELOPE
    assert set(suppressed(session, ["ann@example.com"])) == {"ann@example.com"}
    assert ours.bounce_status == "5.1.1"
    assert "ann@example.com is suppressed: 5.1.1" in told(email)
    assert email.details["report"]["failures"][0]["status"] == "5.1.1"


def test_a_bounce_is_found_by_the_signed_address_in_what_it_returns(
    session: Session, arrive: Arrive, at: Callable[[Message], str], customer: Named, sent: Make
) -> None:
    ours = sent(customer("Ann"))
    raw = dsn(ours, "bounces@example.com", returned=f"Reply-To: Maya <{at(ours)}>").replace(
        ours.message_id.encode(), b"rewritten@mx.example.net"
    )
    assert arrive(raw, "bounces@example.com").evidence == Evidence.RETURNED
    assert set(suppressed(session, ["ann@example.com"])) == {"ann@example.com"}


def test_a_forged_bounce_suppresses_nobody(session: Session, arrive: Arrive, customer: Named, sent: Make) -> None:
    ours = sent(customer("Ann"))
    customer("Bob")
    forged = arrive(dsn(ours, "bounces@example.com", address="bob@example.com"), "bounces@example.com", sender="<>")
    assert forged.state is InboundState.FILED
    assert suppressed(session, ["ann@example.com", "bob@example.com"]) == {}
    assert "nothing follows" in told(forged)


def test_a_failed_answer_is_for_a_person_and_once_only(
    session: Session, arrive: Arrive, signer: Signer, customer: Named, sent: Make
) -> None:
    ours = sent(customer("Ann"), kind=Kind.ANSWER, context={"subject": "x", "html": "", "text": "Tomorrow"})
    path = return_path(signer, ours.id or 0, DOMAIN)
    assert arrive(dsn(ours, path), path).state is InboundState.SORTED
    assert arrive(dsn(ours, path, status="5.1.2"), path).state is InboundState.FILED


@pytest.fixture
def consented(session: Session, customer: Named, now: datetime) -> Customer:
    ann = customer("Ann")
    for topic in ("news", "offers"):
        session.add(Topic(id=topic, name=topic))
        session.flush()
        decide(session, ann.id or 0, topic, True, now, "import")
    return ann


def test_a_wish_to_be_unsubscribed_is_done_filed_and_leaves_a_trace(
    session: Session, arrive: Arrive, at: Callable[[Message], str], consented: Customer, sent: Make
) -> None:
    email = arrive(mail("Subject: Re: We miss you", body="Please unsubscribe me. Thanks, Ann"), at(sent(consented)))
    assert (email.state, email.verdict) == (InboundState.FILED, Verdict.UNSUBSCRIBE)
    assert (
        consenting(session, [consented.id or 0], "offers") == consenting(session, [consented.id or 0], "news") == set()
    )
    assert told(email) == "consent withdrawn: news, offers"
    last = session.exec(select(Consent).where(Consent.granted == False)).first()  # noqa: E712
    assert last is not None
    assert (last.source, last.wording.strip()) == ("their own words", "Please unsubscribe me. Thanks, Ann")


def test_a_wish_with_more_to_say_is_done_and_also_read_by_a_person(
    session: Session, arrive: Arrive, at: Callable[[Message], str], consented: Customer, sent: Make
) -> None:
    raw = mail("Subject: Re: We miss you", body="Please unsubscribe me. And where is my refund?")
    email = arrive(raw, at(sent(consented)))
    assert (email.state, email.verdict) == (InboundState.SORTED, Verdict.UNSUBSCRIBE)
    assert consenting(session, [consented.id or 0], "offers") == set()


def test_a_wish_that_only_a_from_line_vouches_for_is_decided_by_a_person(
    session: Session, arrive: Arrive, consented: Customer
) -> None:
    email = arrive(mail("Subject: unsubscribe", body="Please unsubscribe me."))
    assert (email.state, email.verdict) == (InboundState.SORTED, Verdict.UNSUBSCRIBE)
    assert consenting(session, [consented.id or 0], "offers") == {consented.id}
    assert "a person decides" in told(email)


def test_a_wish_by_whoever_the_email_was_forwarded_to_is_heard_like_the_link_in_it(
    session: Session, arrive: Arrive, at: Callable[[Message], str], consented: Customer, sent: Make
) -> None:
    raw = mail("Subject: unsubscribe", body="unsubscribe", sender="Ann at work <ann@work.example>")
    email = arrive(raw, at(sent(consented)))
    assert (email.state, email.trust) == (InboundState.FILED, Trust.OTHER_SENDER)
    assert consenting(session, [consented.id or 0], "offers") == set()


@pytest.mark.parametrize(
    "words",
    [
        "", "unsubscribe", "UNSUBSCRIBE!", "Please unsubscribe me.",
        "Hi Maya,\n\nplease remove me from your list.\n\nThanks\nAnn",
        "Stop sending me emails", "Unsubscribe me, please. Thank you very much.\nKind regards,\nAnn Miller",
        "Bitte melden Sie mich ab. Danke\nViele Grüße\nAnn", "No more emails please",
    ],
)  # fmt: skip
def test_this_is_only_a_wish(words: str) -> None:
    assert is_only_a_wish(words, "Ann Miller")


@pytest.mark.parametrize(
    "words",
    [
        "Please unsubscribe me. Where is my refund?", "Unsubscribe me and send back my 40 euros",
        "unsubscribe me, my order never came", "Why should I unsubscribe?", "Unsubscribe. Call me.",
        "I want to unsubscribe because you sold my address to somebody and I am very angry about it",
        "Please unsubscribe me\nPlease call me on 555 1234", "Bitte abmelden. Meine Bestellung fehlt.",
    ],
)  # fmt: skip
def test_this_says_more_than_a_wish(words: str) -> None:
    assert not is_only_a_wish(words, "Ann Miller")


def test_texts_that_no_database_can_hold_are_stored_all_the_same(
    session: Session, arrive: Arrive, at: Callable[[Message], str], customer: Named, sent: Make
) -> None:
    raw = (
        mail("Subject: =?utf-8?q?nul=00_and_=ED=A0=80?=", "Message-ID: <a\x00b@x>")
        + b"nul \x00 and \xed\xa0\x80\xff\r\n"
    )
    email = arrive(raw, at(sent(customer("Ann"))))
    session.flush()
    for text in (email.subject, email.new_words, email.header_message_id, email.quoted):
        assert "\0" not in text
        text.encode()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=400), st.text(max_size=60), st.sampled_from(["<>", "", "ann@example.com"]))
def test_any_bytes_are_sorted_filed_or_refused_as_unreadable(
    session: Session, signer: Signer, now: datetime, raw: bytes, to: str, sender: str
) -> None:
    with session.begin_nested() as part:
        email = receive(session, hashlib.sha256(raw).hexdigest(), len(raw), sender, to, now)
        assert email is not None
        try:
            understood = triage(raw)
        except Permanent:
            part.rollback()
            return
        sort(session, email, raw, understood, signer, DOMAIN, "mx.example.net", now)
        assert email.state in (InboundState.SORTED, InboundState.FILED)
        part.rollback()


# Two houses


def test_two_houses_facing_each_other_stop_after_one_exchange(
    arrive: Arrive, signer: Signer, customer: Named, sent: Make, at: Callable[[Message], str], now: datetime
) -> None:
    """What a campaign, a notice or an auto-reply of another such house says is filed: nobody answers it, so it ends."""
    ours = sent(customer("Ann"))
    theirs = Signer(b"the secret of the other house 32")
    for headers in (
        {
            "Auto-Submitted": "auto-generated",
            "List-Id": "<news.example.net>",
            "List-Unsubscribe": "<https://x.example>",
        },
        {"Auto-Submitted": "auto-replied"},
    ):
        raw = compose(
            Letter("Re: We miss you", "<p>Thank you for writing. We miss you too.</p>", "Thank you for writing."),
            sender=Party("Other House", "hello@example.net"),
            to=at(ours),
            message_id=f"{len(headers)}@example.net",
            dated_at=now,
            reply_to=Party("Other House", reply_address(theirs, 1, "reply.example.net")),
            headers={**headers, "In-Reply-To": f"<{ours.message_id}>"},
        )
        email = arrive(raw, at(ours), sender=return_path(theirs, 1, "reply.example.net"))
        assert (email.verdict, email.state) == (Verdict.AUTOREPLY, InboundState.FILED)


def test_our_own_email_that_comes_back_to_us_is_filed(
    arrive: Arrive, customer: Named, sent: Make, at: Callable[[Message], str]
) -> None:
    ours = sent(customer("Ann"))
    for sender in (at(ours), f"anything@{DOMAIN.upper()}"):
        email = arrive(mail("Subject: Re: We miss you", sender=sender, body=sender), at(ours))
        assert (email.verdict, email.state) == (Verdict.AUTOREPLY, InboundState.FILED)
        assert "going in a circle" in email.verdict_why
