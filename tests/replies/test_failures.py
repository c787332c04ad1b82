"""What follows from a report, and for whom."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from mailer.delivery.message import Message, State
from mailer.mail.reports import Failure, Report
from mailer.people.customer import Customer
from mailer.people.suppression import Why, suppressed
from mailer.replies.failures import Weight, apply_report, weigh
from mailer.replies.inbound import InboundEmail
from mailer.replies.matching import Evidence

Make = Callable[..., Message]
Named = Callable[[str], Customer]


def bounce(status: str, address: str = "ann@example.com", action: str = "failed", temporary: bool = False) -> Report:
    return Report("bounce", (Failure(address, status, action, "550 no such user"),), "", temporary)


def arrived(now: datetime, evidence: Evidence = Evidence.ENVELOPE) -> InboundEmail:
    return InboundEmail(
        digest="d",
        envelope_from="<>",
        envelope_to="b-x@r",
        size=1,
        received_at=now,
        evidence=evidence,
        subject="Failed",
    )


def done(email: InboundEmail) -> str:
    return "; ".join(email.details["done"])


@pytest.mark.parametrize(
    ("status", "weight"),
    [
        ("5.1.1", Weight.HARD), ("5.1.2", Weight.HARD), ("5.1.10", Weight.HARD), ("5.2.1", Weight.HARD),
        ("5.0.0", Weight.HARD), ("5.4.1", Weight.SOFT), ("", Weight.HARD), ("4.4.7", Weight.SOFT),
        ("4.2.2", Weight.SOFT), ("5.2.2", Weight.SOFT), ("5.7.1", Weight.SOFT), ("5.7.26", Weight.SOFT),
        ("5.3.4", Weight.NONE), ("5.2.3", Weight.NONE), ("2.0.0", Weight.NONE),
    ],
)  # fmt: skip
def test_the_status_says_how_much_a_failure_weighs(status: str, weight: Weight) -> None:
    report = bounce(status)
    assert weigh(report, report.failures[0])[0] is weight


def test_a_delay_is_no_failure() -> None:
    assert weigh(*_with_failure(bounce("4.4.1", action="delayed", temporary=True)))[0] is Weight.NONE
    assert weigh(Report("bounce", (), "", temporary=True), None)[0] is Weight.NONE


def test_a_failure_for_good_suppresses_at_once(session: Session, customer: Named, sent: Make, now: datetime) -> None:
    ours, email = sent(customer("Ann")), arrived(now)
    apply_report(session, email, bounce("5.1.1"), ours, now)
    why = suppressed(session, ["ann@example.com"])["ann@example.com"]
    assert why.why is Why.BOUNCED
    assert why.evidence == "5.1.1 a failure for good: 550 no such user"
    assert (ours.bounced_at, ours.bounce_status) == (now, "5.1.1")
    assert "ann@example.com is suppressed" in done(email)


def test_a_passing_failure_suppresses_the_third_time_within_fourteen_days(
    session: Session, customer: Named, sent: Make, now: datetime
) -> None:
    ann = customer("Ann")
    for day, expected in ((0, 0), (1, 0), (15, 0), (15.5, 0), (16, 1)):
        at = now + timedelta(days=day)
        email = arrived(at)
        apply_report(session, email, bounce("4.2.2"), sent(ann), at)
        assert len(suppressed(session, [ann.email])) == expected, day
    assert "3 failures in 14 days" in done(email)


def test_one_message_reported_many_times_counts_once(
    session: Session, customer: Named, sent: Make, now: datetime
) -> None:
    ours = sent(customer("Ann"))
    for _ in range(5):
        apply_report(session, arrived(now), bounce("4.2.2"), ours, now)
    assert suppressed(session, ["ann@example.com"]) == {}


def test_a_complaint_suppresses(session: Session, customer: Named, sent: Make, now: datetime) -> None:
    ours, email = sent(customer("Ann")), arrived(now)
    apply_report(session, email, Report("complaint", (), "", False), ours, now)
    assert suppressed(session, ["ann@example.com"])["ann@example.com"].why is Why.COMPLAINED
    assert ours.complained_at == now


def test_nobody_can_have_another_address_suppressed(
    session: Session, customer: Named, sent: Make, now: datetime
) -> None:
    """A report may name any address; only the one that *we* wrote to, in a message that is proven, can be meant."""
    ours = sent(customer("Ann"))
    customer("Bob")
    apply_report(session, arrived(now), bounce("5.1.1", "bob@example.com"), None, now)
    apply_report(session, arrived(now, Evidence.REPORTED), bounce("5.1.1", "bob@example.com"), ours, now)
    apply_report(session, arrived(now, Evidence.REPORTED), Report("complaint", (), "", False), ours, now)
    assert suppressed(session, ["ann@example.com", "bob@example.com"]) == {}
    assert ours.bounced_at is None
    apply_report(session, arrived(now), bounce("5.1.1", "bob@example.com"), ours, now)
    assert set(suppressed(session, ["ann@example.com", "bob@example.com"])) == {"ann@example.com"}


def test_a_report_by_message_id_counts_if_it_names_the_address(
    session: Session, customer: Named, sent: Make, now: datetime
) -> None:
    ours = sent(customer("Ann"))
    apply_report(session, arrived(now, Evidence.REPORTED), bounce("5.1.1", "Ann@Example.com"), ours, now)
    assert set(suppressed(session, ["ann@example.com"])) == {"ann@example.com"}


def test_a_bounce_settles_what_was_in_doubt(session: Session, customer: Named, sent: Make, now: datetime) -> None:
    ours = sent(customer("Ann"), state=State.IN_DOUBT)
    apply_report(session, arrived(now), bounce("5.1.1"), ours, now)
    assert ours.state is State.SENT


def _with_failure(report: Report) -> tuple[Report, Failure]:
    return report, report.failures[0]
