"""May this email leave now? One ordered policy, asked twice: when recipients are chosen, and in the hand-over itself.

The first rule that says no is the reason, and it is stored, so that "why did Ann not get it?" always has an answer. At
the final dot the answer is given in the transaction that marks the hand-over: a decision to unsubscribe that is
committed before it prevents the email. The rules are in `policy`, what they look at is in `facts`.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from mailer.campaigns.audience import Clear
from mailer.campaigns.campaign import Campaign
from mailer.delivery.clear import clear_of
from mailer.delivery.facts import NOTHING_AGAINST, PEOPLE, Person, candidates, of_customers, of_messages, since
from mailer.delivery.message import Kind
from mailer.delivery.outbox import Judge
from mailer.delivery.policy import FOR_PEOPLE, LASTING, POLICY, Candidate, Refusal, first_no, quiet_until
from mailer.settings import Gate


def judge(settings: Gate) -> Judge:
    """Return the gate as `outbox.claim` and `outbox.hand_over` ask it: the same answers as `judge_messages`, sooner.

    Against most messages nothing speaks at all: no decision, no hold, no other email to this customer. One statement
    finds these (see `clear`), and only the rest is judged. No answer is kept: each is of the moment it is asked for.
    """
    return _Gate(settings)


class _Gate:
    """The gate of one process."""

    def __init__(self, settings: Gate) -> None:
        self._settings = settings
        self._zones: set[str] = set()  # met so far; who lives elsewhere is judged by the whole policy
        self._awake: tuple[datetime, int, list[str]] | None = None  # as of which minute

    def __call__(self, session: Session, message_ids: Sequence[int], now: datetime) -> dict[int, Refusal]:
        clear = clear_of(session, message_ids, now, self._settings.cap_days, self._awake_zones(now))
        rest = [message for message in message_ids if message not in clear]
        if not rest:
            return {}
        found = candidates(session, rest)
        self._zones.update(it.time_zone for it in found)
        return _judge(session, found, now, self._settings)

    def _awake_zones(self, now: datetime) -> list[str]:
        """Return the zones without quiet hours now; these begin and end with a minute."""
        minute = now.replace(second=0, microsecond=0)
        if self._awake is None or self._awake[:2] != (minute, len(self._zones)):
            awake = [zone for zone in sorted(self._zones) if quiet_until(now, zone, self._settings) is None]
            self._awake = minute, len(self._zones), awake
        return self._awake[2]


def judge_messages(session: Session, message_ids: Sequence[int], now: datetime, settings: Gate) -> dict[int, Refusal]:
    """Return who of these messages may not leave now: message id -> refusal."""
    return _judge(session, candidates(session, message_ids), now, settings)


def judge_customers(
    session: Session, campaign: Campaign, customers: Sequence[Person], now: datetime, settings: Gate
) -> dict[int, Refusal]:
    """Return who of these customers this campaign would not reach: customer id -> refusal.

    Most of a million customers have nothing against them. So it is asked, by sets, who may have: only these are judged.
    """
    facts = of_customers(session, campaign, customers, now, settings)
    agreed = facts.consenting[campaign.topic_id]
    refusals: dict[int, Refusal] = {}
    for customer in customers:
        key = customer.id or 0
        known = key in facts.left or key in facts.pending or customer.email in facts.suppressed
        if key in agreed and not known:
            continue
        it = Candidate(
            key=key,
            kind=Kind.CAMPAIGN,
            address=customer.email,
            customer_id=customer.id,
            time_zone=customer.time_zone,
            topic_id=campaign.topic_id,
            campaign_id=campaign.id,
            again_after=timedelta(days=campaign.again_after_days),
            priority=campaign.priority,
        )
        if refusal := first_no(it, facts, LASTING):
            refusals[key] = refusal
    return refusals


def refuse(
    session: Session, campaign: Campaign, customer_ids: Sequence[int], now: datetime, settings: Gate
) -> dict[int, Refusal]:
    """Like `judge_customers`, of customers who are known by their ids."""
    return judge_customers(session, campaign, session.execute(PEOPLE, {"ids": customer_ids}).all(), now, settings)


def clear_for(campaign: Campaign, now: datetime, settings: Gate) -> Clear:
    """Say what is true of customers against whom this campaign has nothing, so that the database finds them itself."""
    return Clear(NOTHING_AGAINST, {"topic": campaign.topic_id, "since": since(campaign, now, settings)})


def _judge(session: Session, messages: Sequence[Candidate], now: datetime, settings: Gate) -> dict[int, Refusal]:
    facts = of_messages(session, messages, now, settings)
    refusals: dict[int, Refusal] = {}
    for it in sorted(messages, key=lambda each: (-each.priority, each.key)):
        refusal = first_no(it, facts, POLICY if it.kind is Kind.CAMPAIGN else FOR_PEOPLE)
        if refusal:
            refusals[it.key] = refusal
        elif it.kind is Kind.CAMPAIGN and it.customer_id:  # it takes its place, before those after it in this batch
            facts.left.setdefault(it.customer_id, []).append((it.campaign_id, now))
    return refusals
