"""What follows from a report that a message failed, or was called spam?

Only a message that is proven to be meant is marked, and only the address *we* wrote to is suppressed: an address that a
report merely names could be anybody's. A report found by Message-ID alone, which others may know, must also name that
address. A failure for good suppresses at once; one that may pass does so the third time within fourteen days.
"""

import enum
from datetime import datetime

from sqlmodel import Session

from mailer.delivery.feedback import SOFT_DAYS, SOFT_LIMIT, failures
from mailer.delivery.message import Message
from mailer.delivery.outbox import report_bounce
from mailer.mail.reports import Failure, Report
from mailer.people.suppression import Why, suppress
from mailer.replies.inbound import InboundEmail
from mailer.replies.matching import Evidence


class Weight(enum.StrEnum):
    """How much a failure says about an address."""

    NONE = "none"  # it says nothing against it
    SOFT = "soft"  # it may pass
    HARD = "hard"  # it will not


# The first prefix that fits an RFC 3463 status decides. Large providers answer 5.7.x when they mistrust *us*, and 5.2.2
# when a mailbox is full this week: neither says that nobody lives there.
POLICY = (
    ("2.", Weight.NONE, "delivered"),
    ("4.", Weight.SOFT, "a failure that may pass"),
    ("5.2.2", Weight.SOFT, "the mailbox is full"),
    ("5.2.3", Weight.NONE, "the email was too big"),
    ("5.3.4", Weight.NONE, "the email was too big"),
    ("5.3", Weight.SOFT, "their server has a problem"),
    ("5.4", Weight.SOFT, "the way there has a problem"),
    ("5.6", Weight.NONE, "the email could not be converted"),
    ("5.7", Weight.SOFT, "refused by a policy"),
    ("5.", Weight.HARD, "a failure for good"),
)
ENDED = ("failed", "")  # what a report says was done (RFC 3464, 2.3.3): the rest is not a failure, or not yet


def apply_report(
    session: Session, inbound: InboundEmail, report: Report, message: Message | None, now: datetime
) -> None:
    """Mark the message that failed and suppress its address as the policy says; `inbound` keeps what was done."""
    if message is None:
        inbound.tell("it names no message of ours, so nothing follows from it")
    elif inbound.evidence == Evidence.REPORTED and message.address not in _named(report):
        inbound.tell("it is about another address than the message it names, so nothing follows from it")
    elif report.kind == "complaint":
        _complain(session, inbound, message, now)
    else:
        _bounce(session, inbound, report, message, now)


def weigh(report: Report, failure: Failure | None) -> tuple[Weight, str]:
    """Return how much a failure says about an address, and why."""
    if failure is not None and failure.action.lower() not in ENDED:
        return Weight.NONE, f"{failure.action.lower()}, not failed"
    status = failure.status if failure is not None else ""
    for prefix, weight, why in POLICY:
        if status.startswith(prefix):
            return weight, why
    return (Weight.NONE, "their server still tries") if report.temporary else (Weight.HARD, "a failure for good")


def _complain(session: Session, inbound: InboundEmail, message: Message, now: datetime) -> None:
    message.complained_at = message.complained_at or now
    session.add(message)
    suppress(session, message.address, Why.COMPLAINED, now, f"reported as spam: {inbound.subject}".strip(": "))
    inbound.tell(f"{message.address} is suppressed: they reported our email as spam")


def _bounce(session: Session, inbound: InboundEmail, report: Report, message: Message, now: datetime) -> None:
    failure = next((each for each in report.failures if each.address.lower() == message.address), None)
    failure = failure or next(iter(report.failures), None)  # it was passed on, and failed further on
    weight, why = weigh(report, failure)
    if weight is Weight.NONE:
        inbound.tell(f"{message.address} is not to blame: {why}")
        return
    status = failure.status if failure else ""
    evidence = f"{status} {why}: {failure.diagnostic if failure else inbound.subject}".strip(": ")[:500]
    report_bounce(session, message, status, now)
    session.flush()
    if weight is Weight.HARD:
        suppress(session, message.address, Why.BOUNCED, now, evidence)
        inbound.tell(f"{message.address} is suppressed: {evidence}")
        return
    times = failures(session, message.address, now)
    if times >= SOFT_LIMIT:
        suppress(
            session, message.address, Why.BOUNCED, now, f"{times} failures in {SOFT_DAYS} days, the last: {evidence}"
        )
        inbound.tell(f"{message.address} is suppressed after {times} failures in {SOFT_DAYS} days: {evidence}")
    else:
        inbound.tell(f"failure {times} of {SOFT_LIMIT} for {message.address}: {evidence}")


def _named(report: Report) -> set[str]:
    return {failure.address.lower() for failure in report.failures}
