"""Evidence, strongest first, against writers who would like it otherwise."""

import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from mailer.delivery.message import Message
from mailer.mail.parse import ParsedEmail, parse
from mailer.mail.tokens import Purpose, Signer, reply_address, return_path
from mailer.people.customer import Customer
from mailer.replies.inbound import Trust
from mailer.replies.matching import Evidence, Match, authenticated, match, trust

DOMAIN = "reply.example.com"
ELSEWHERE = "maya@example.com"
Make = Callable[..., Message]
Named = Callable[[str], Customer]


def email(*lines: str, body: str = "Hello") -> ParsedEmail:
    return parse("\r\n".join([*lines, "", body, ""]).encode("utf-8", "surrogateescape"))


def found(match: Match | None) -> tuple[Message, Evidence]:
    assert match is not None
    return match.message, match.evidence


def test_each_kind_of_evidence_is_found(session: Session, signer: Signer, customer: Named, sent: Make) -> None:
    ours = sent(customer("Ann"))
    address = reply_address(signer, ours.id or 0, DOMAIN)
    plain = email("From: ann@example.com")
    cases = [
        (match(session, plain, address, signer), Evidence.ENVELOPE),
        (match(session, plain, return_path(signer, ours.id or 0, DOMAIN), signer), Evidence.ENVELOPE),
        (match(session, email(f"To: Maya <{address}>"), ELSEWHERE, signer), Evidence.HEADER),
        (match(session, email(f"Delivered-To: {address}"), ELSEWHERE, signer), Evidence.HEADER),
        (match(session, email(f"X-Original-To: {address}"), ELSEWHERE, signer), Evidence.HEADER),
        (match(session, email(f"Cc: x@example.com, {address}"), ELSEWHERE, signer), Evidence.HEADER),
        (match(session, email(f"In-Reply-To: <{ours.message_id}>"), ELSEWHERE, signer), Evidence.IN_REPLY_TO),
        (match(session, email(f"References: <a@b> <{ours.message_id}>"), ELSEWHERE, signer), Evidence.REFERENCES),
        (match(session, plain, ELSEWHERE, signer, returned=f"Reply-To: {address}\r\n".encode()), Evidence.RETURNED),
        (match(session, plain, ELSEWHERE, signer, reported=ours.message_id), Evidence.REPORTED),
    ]
    for result, evidence in cases:
        assert found(result) == (ours, evidence)


def test_a_folded_or_shouted_address_is_still_ours(
    session: Session, signer: Signer, customer: Named, sent: Make
) -> None:
    ours = sent(customer("Ann"))
    shouted = reply_address(signer, ours.id or 0, DOMAIN).upper()
    assert found(match(session, email("From: a@b.example"), shouted, signer)) == (ours, Evidence.ENVELOPE)


def test_stronger_evidence_wins_over_weaker(session: Session, signer: Signer, customer: Named, sent: Make) -> None:
    """Whoever holds Ann's reply address cannot reach into Bob's conversation by naming his Message-ID as well."""
    anns, bobs, carols, dans = (sent(customer(name)) for name in ("Ann", "Bob", "Carol", "Dan"))
    mixed = email(
        f"To: {reply_address(signer, bobs.id or 0, DOMAIN)}",
        f"In-Reply-To: <{carols.message_id}>",
        f"References: <{dans.message_id}>",
    )
    assert found(match(session, mixed, reply_address(signer, anns.id or 0, DOMAIN), signer))[0] == anns
    assert found(match(session, mixed, ELSEWHERE, signer))[0] == bobs


def test_the_nearest_ancestor_is_the_message_answered(
    session: Session, signer: Signer, customer: Named, sent: Make
) -> None:
    ann = customer("Ann")
    first, second = sent(ann), sent(ann)
    chain = email(f"References: <{first.message_id}> <other@example.com> <{second.message_id}> <last@example.com>")
    assert found(match(session, chain, ELSEWHERE, signer)) == (second, Evidence.REFERENCES)


def test_two_customers_who_answer_one_campaign_never_meet(
    session: Session, signer: Signer, customer: Named, sent: Make
) -> None:
    anns, bobs = sent(customer("Ann")), sent(customer("Bob"))
    for ours in (anns, bobs):
        answer = email("From: ann@example.com", "Subject: Re: We miss you")
        assert found(match(session, answer, reply_address(signer, ours.id or 0, DOMAIN), signer))[0] == ours


def test_a_familiar_sender_or_subject_proves_nothing(
    session: Session, signer: Signer, customer: Named, sent: Make
) -> None:
    sent(customer("Ann"))
    assert match(session, email("From: ann@example.com", "Subject: Re: We miss you"), ELSEWHERE, signer) is None


def test_made_up_and_borrowed_tokens_prove_nothing(
    session: Session, signer: Signer, customer: Named, sent: Make
) -> None:
    ours = sent(customer("Ann"))
    good = signer.sign(Purpose.REPLY, ours.id or 0)
    link = signer.sign(Purpose.UNSUBSCRIBE, ours.id or 0)
    strange = Signer(b"another secret of thirty-two byt").sign(Purpose.REPLY, ours.id or 0)
    flipped = good[:-1] + ("a" if good[-1] != "a" else "b")
    for token in (link, strange, flipped, good[:-1], good + "a", "", good.replace(good[0], "é")):
        assert match(session, email("From: a@b.example"), f"r-{token}@{DOMAIN}", signer) is None, token
    assert match(session, email("From: a@b.example"), f"b-{good}@{DOMAIN}", signer) is None, "bound to its purpose"
    nobodys = signer.sign(Purpose.REPLY, 2**31 - 1)
    assert match(session, email("From: a@b.example"), f"r-{nobodys}@{DOMAIN}", signer) is None


def test_our_address_in_the_words_of_a_person_is_no_evidence(
    session: Session, signer: Signer, customer: Named, sent: Make
) -> None:
    """People paste emails into emails; only of a report is the returned part searched."""
    address = reply_address(signer, sent(customer("Ann")).id or 0, DOMAIN)
    assert match(session, email("From: eve@example.org", body=f"look: {address}"), ELSEWHERE, signer) is None


def test_an_email_with_very_many_ids_is_matched_quickly(
    session: Session, signer: Signer, customer: Named, sent: Make
) -> None:
    ours = sent(customer("Ann"))
    many = " ".join(f"<{n}@evil.example>" for n in range(1_000))
    crowd = ", ".join(f"r-{n:040d}@{DOMAIN}" for n in range(500))
    began = time.perf_counter()
    hostile = email(f"References: {many} <{ours.message_id}>", f"In-Reply-To: {many}", f"To: {crowd}")
    read = time.perf_counter()
    assert found(match(session, hostile, ELSEWHERE, signer))[0] == ours
    assert time.perf_counter() - read < 0.5, f"reading took {read - began:.2f} s before"
    returned = (b"r-" + b"a" * 60 + b"@") * 100_000
    assert match(session, email("From: a@b.example"), ELSEWHERE, signer, returned=returned) is None
    assert time.perf_counter() - read < 2


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    envelope_to=st.text(max_size=80),
    ids=st.lists(st.text(max_size=60), max_size=6),
    returned=st.binary(max_size=300),
    header=st.sampled_from(["In-Reply-To", "References", "To", "Cc", "Delivered-To"]),
)
def test_no_input_matches_by_chance_or_breaks_matching(
    session: Session, signer: Signer, envelope_to: str, ids: list[str], returned: bytes, header: str
) -> None:
    raw = f"{header}: {' '.join(f'<{ident}>' for ident in ids)}\r\n\r\nx".encode("utf-8", "surrogatepass")
    assert match(session, parse(raw), envelope_to, signer, returned=returned, reported="".join(ids)) is None


# Trust


def results(*lines: str, sender: str = "Ann <ann@example.com>") -> ParsedEmail:
    return email(*(f"Authentication-Results: {line}" for line in lines), f"From: {sender}")


def test_trust_needs_the_token_the_address_and_our_own_servers_word(customer: Named, sent: Make) -> None:
    ann = customer("Ann")
    ours = sent(ann)
    token, header = Match(ours, Evidence.ENVELOPE), Match(ours, Evidence.IN_REPLY_TO)
    good = "mx.example.net; dmarc=pass header.from=example.com"
    bad = "mx.example.net; dmarc=fail header.from=example.com"
    eve = "Ann <eve@example.org>"
    cases = [
        (results(good), token, ann, Trust.VERIFIED),
        (results(), token, ann, Trust.LIKELY),
        (results(bad), token, ann, Trust.SUSPECT),
        (results(sender=eve), token, ann, Trust.OTHER_SENDER),
        (results("mx.example.net; dmarc=pass header.from=example.org", sender=eve), token, ann, Trust.OTHER_SENDER),
        (results(good), header, ann, Trust.LIKELY),
        (results(), header, ann, Trust.UNVERIFIED),
        (results(), None, ann, Trust.UNVERIFIED),
        (results(good), None, ann, Trust.LIKELY),
        (results(), None, None, Trust.UNVERIFIED),
        (results(sender="ann@example.com, eve@example.org"), token, ann, Trust.SUSPECT),
        (results(sender=""), token, ann, Trust.OTHER_SENDER),
    ]
    for read, proof, whose, expected in cases:
        assert trust(read, proof, whose, "mx.example.net") is expected, (read.headers, proof)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["mx.example.net; dmarc=pass header.from=example.com"], True),
        (["MX.EXAMPLE.NET 1; spf=pass; DMARC = Pass (p=reject) header.from=Example.Com"], True),
        (["mx.example.net; dkim=pass header.d=example.com; spf=fail"], True),
        (["mx.example.net; dkim=pass header.d=evil.example; dkim=pass header.d=example.com"], True),
        (["mx.example.net; dkim=pass header.d=evil.example"], None),
        (["mx.example.net; dkim=pass header.d=com"], None),
        (["mx.example.net; dkim=pass header.d=ample.com"], None),
        (["mx.example.net; spf=pass smtp.mailfrom=example.com"], None),
        (["mx.example.net; dmarc=none header.from=example.com"], None),
        (["mx.example.net; dmarc=fail header.from=example.com; dkim=pass header.d=example.com"], False),
        # written by somebody else, in our server's name only below its own line, or not in its name at all
        (["mx.evil.example; dmarc=pass header.from=example.com"], None),
        (["mx.example.net.evil.example; dmarc=pass header.from=example.com"], None),
        (["mx.example.net; dmarc=fail header.from=example.com", "mx.example.net; dmarc=pass"], False),
        (["(mx.example.net;) mx.evil.example; dmarc=pass"], None),
        (['"mx.example.net; dmarc=pass"; none'], None),
        # a verdict that is only somebody's comment, or a part of a quoted address
        (["mx.example.net; spf=fail (dmarc=pass; header.from=example.com)"], None),
        (["mx.example.net; spf=fail ((;) dmarc=pass) reason=x"], None),
        (['mx.example.net; spf=pass smtp.mailfrom="x; dmarc=pass header.from=example.com"@evil.example'], None),
        (["mx.example.net; dmarc=pass header.from=evil.example"], None),
        (["mx.example.net;" + "(" * 9_000], None),
        ([";;;;"], None),
        ([""], None),
    ],
)
def test_only_what_our_own_server_said_of_this_domain_counts(lines: list[str], expected: bool | None) -> None:
    assert authenticated(results(*lines), "mx.example.net") is expected
    assert authenticated(results(*lines), "") is None, "without a name of our own, nobody is believed"
