"""May this email leave now? One ordered policy, asked twice: when recipients are chosen, and in the hand-over itself.

The first rule that says no is the reason, and it is stored, so that "why did Ann not get it?" always has an answer. A
no with an `until` is "not now": the message waits. Any other no is the end of that message.

At the choosing only what will still hold tomorrow counts (`LASTING`): a night, a pause or a conversation may be over
when the message is due, so these are asked at its final dot alone. There the answer is given in the transaction that
marks the hand-over: a decision to unsubscribe that is committed before it prevents the email.

Mail by machine must pass every rule. What a person wrote, a confirmation just asked for, and a test to ourselves are
stopped only by an address that does not exist, or by being late.

Facts are loaded for the whole batch, in a few queries, never per message.
"""

import enum
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from mailer import store
from mailer.campaigns import audience
from mailer.campaigns.campaign import Campaign, CampaignState, RunState
from mailer.delivery.clear import clear_of
from mailer.delivery.message import GUARD, LEFT, PENDING, Kind, State
from mailer.delivery.outbox import Judge
from mailer.dialect import among, row_by_row
from mailer.people.consent import agrees, consenting
from mailer.people.customer import Customer
from mailer.people.hold import Hold, holds
from mailer.people.suppression import Suppression, Why, suppressed
from mailer.settings import Gate

PARKED = timedelta(minutes=10)  # until a paused campaign is asked about again, if nobody says sooner


class No(enum.StrEnum):
    """Why an email does not leave."""

    CANCELLED = "cancelled"  # its run was stopped
    NOT_APPROVED = "not_approved"
    PAUSED = "paused"
    EXPIRED = "expired"  # too late to be of use
    SUPPRESSED = "suppressed"
    NO_CONSENT = "no_consent"
    HELD = "held"  # a person talks with them
    AGAIN = "again"  # too soon for this campaign
    CAPPED = "capped"  # too many campaigns in these days
    QUIET = "quiet"  # night where they live
    PACED = "paced"  # their mail system takes no more just now: see delivery.pace


STATES = {
    No.CANCELLED: State.CANCELLED,
    No.NOT_APPROVED: State.WAITING,
    No.PAUSED: State.WAITING,
    No.EXPIRED: State.EXPIRED,
    No.SUPPRESSED: State.SUPPRESSED,
    No.NO_CONSENT: State.SUPPRESSED,
    No.HELD: State.HELD,
    No.AGAIN: State.CAPPED,
    No.CAPPED: State.CAPPED,
    No.QUIET: State.WAITING,
    No.PACED: State.WAITING,
}  # what becomes of the message


class Person(Protocol):
    """What is looked at of a customer: a `Customer`, or a row of just these columns."""

    @property
    def id(self) -> int | None: ...  # noqa: D102
    @property
    def email(self) -> str: ...  # noqa: D102
    @property
    def time_zone(self) -> str: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Refusal:
    """A no, its reason in plain words, and until when, if it ends by itself."""

    no: No
    until: datetime | None
    why: str

    @property
    def state(self) -> State:
        """The state a message goes to."""
        return STATES[self.no]


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the policy must know of one email: a message, or a customer who may become a recipient."""

    key: int  # what the answer is filed under: a message's id, or a customer's
    kind: Kind
    address: str
    customer_id: int | None
    time_zone: str = "UTC"
    topic_id: str | None = None
    campaign_id: int | None = None
    campaign_state: CampaignState | None = None
    run_state: RunState | None = None
    again_after: timedelta = timedelta()
    priority: int = 50
    expires_at: datetime | None = None
    is_message: bool = False


@dataclass(slots=True)
class Facts:
    """What is so for a batch of candidates at this moment."""

    now: datetime
    settings: Gate
    suppressed: Mapping[str, Suppression] = field(default_factory=dict)
    consenting: Mapping[str | None, set[int]] = field(default_factory=dict)
    holds: Mapping[int, Hold] = field(default_factory=dict)
    left: dict[int, list[tuple[int | None, datetime]]] = field(default_factory=dict)  # customer -> (campaign, when)
    pending: dict[int, list[tuple[int | None, int]]] = field(default_factory=dict)  # customer -> (campaign, priority)


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
        candidates = _candidates(session, rest)
        self._zones.update(it.time_zone for it in candidates)
        return _judge(session, candidates, POLICY, now, self._settings)

    def _awake_zones(self, now: datetime) -> list[str]:
        """Return the zones without quiet hours now; these begin and end with a minute."""
        minute = now.replace(second=0, microsecond=0)
        if self._awake is None or self._awake[:2] != (minute, len(self._zones)):
            awake = [zone for zone in sorted(self._zones) if quiet_until(now, zone, self._settings) is None]
            self._awake = minute, len(self._zones), awake
        return self._awake[2]


def judge_messages(session: Session, message_ids: Sequence[int], now: datetime, settings: Gate) -> dict[int, Refusal]:
    """Return who of these messages may not leave now: message id -> refusal."""
    return _judge(session, _candidates(session, message_ids), POLICY, now, settings)


def judge_customers(
    session: Session, campaign: Campaign, customers: Sequence[Person], now: datetime, settings: Gate
) -> dict[int, Refusal]:
    """Return who of these customers this campaign would not reach: customer id -> refusal.

    Most of a million customers have nothing against them. So it is asked, by sets, who may have: only these are judged.
    """
    again_after = timedelta(days=campaign.again_after_days)
    ids = [customer.id for customer in customers if customer.id is not None]
    facts = Facts(
        now,
        settings,
        suppressed=suppressed(session, [customer.email for customer in customers]),
        consenting={campaign.topic_id: consenting(session, ids, campaign.topic_id)},
    )
    if ids:
        _history(session, facts, ids, (), _since(campaign, now, settings))
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
            again_after=again_after,
            priority=campaign.priority,
        )
        if refusal := next((no for rule in LASTING if (no := rule(it, facts))), None):
            refusals[key] = refusal
    return refusals


def refuse(
    session: Session, campaign: Campaign, customer_ids: Sequence[int], now: datetime, settings: Gate
) -> dict[int, Refusal]:
    """Like `judge_customers`, of customers who are known by their ids."""
    return judge_customers(session, campaign, session.execute(_PEOPLE, {"ids": customer_ids}).all(), now, settings)


def clear_for(campaign: Campaign, now: datetime, settings: Gate) -> audience.Clear:
    """Say what is true of customers against whom this campaign has nothing, so that the database finds them itself."""
    return audience.Clear(_NOTHING_AGAINST, {"topic": campaign.topic_id, "since": _since(campaign, now, settings)})


def _since(campaign: Campaign, now: datetime, settings: Gate) -> datetime:
    """Return since when what customers had of us counts, towards the cap or for this campaign to come again."""
    return now - max(timedelta(days=settings.cap_days), timedelta(days=campaign.again_after_days))


# The policy


def _cancelled(it: Candidate, facts: Facts) -> Refusal | None:
    return Refusal(No.CANCELLED, None, "the run was cancelled") if it.run_state is RunState.CANCELLED else None


def _not_approved(it: Candidate, facts: Facts) -> Refusal | None:
    if it.campaign_state is not CampaignState.DRAFT:
        return None
    return Refusal(No.NOT_APPROVED, facts.now + PARKED, "the campaign is not approved")


def _paused(it: Candidate, facts: Facts) -> Refusal | None:
    if it.campaign_state is not CampaignState.PAUSED:
        return None
    return Refusal(No.PAUSED, facts.now + PARKED, "the campaign is paused")


def _expired(it: Candidate, facts: Facts) -> Refusal | None:
    if it.expires_at is None or it.expires_at > facts.now:
        return None
    return Refusal(No.EXPIRED, None, f"it was to leave before {it.expires_at:%Y-%m-%d %H:%M} UTC")


def _suppressed(it: Candidate, facts: Facts) -> Refusal | None:
    found = facts.suppressed.get(it.address)
    if found is None or (it.kind is not Kind.CAMPAIGN and found.why is not Why.BOUNCED):
        return None
    return Refusal(No.SUPPRESSED, None, f"{found.why.value.replace('_', ' ')} on {found.at:%Y-%m-%d}")


def _no_consent(it: Candidate, facts: Facts) -> Refusal | None:
    if it.customer_id in facts.consenting.get(it.topic_id, ()):
        return None
    return Refusal(No.NO_CONSENT, None, f"no consent to {it.topic_id}")


def _held(it: Candidate, facts: Facts) -> Refusal | None:
    found = facts.holds.get(it.customer_id or 0)
    return Refusal(No.HELD, None, f"{found.why}, since {found.opened_at:%Y-%m-%d %H:%M} UTC") if found else None


def _again(it: Candidate, facts: Facts) -> Refusal | None:
    times = [at for campaign, at in facts.left.get(it.customer_id or 0, ()) if campaign == it.campaign_id]
    if times and (free := max(times) + it.again_after) > facts.now:
        return Refusal(
            No.AGAIN, None, f"this campaign reached them on {max(times):%Y-%m-%d}; again from {free:%Y-%m-%d}"
        )
    waiting = () if it.is_message else facts.pending.get(it.customer_id or 0, ())
    if it.again_after and any(campaign == it.campaign_id for campaign, _ in waiting):
        return Refusal(No.AGAIN, None, "an email of this campaign to them already waits to leave")
    return None


def _capped(it: Candidate, facts: Facts) -> Refusal | None:
    """Count what left in these days, and what waits and goes first: a stronger campaign keeps its place at the cap."""
    since = facts.now - timedelta(days=facts.settings.cap_days)
    left = sum(at > since for _, at in facts.left.get(it.customer_id or 0, ()))
    waiting = facts.pending.get(it.customer_id or 0, ())
    stronger = sum(p > it.priority or (p == it.priority and not it.is_message) for _, p in waiting)
    if left + stronger < facts.settings.cap:
        return None
    ahead = f" and {stronger} waiting with more priority" if stronger else ""
    days = f"{facts.settings.cap_days} days"
    return Refusal(No.CAPPED, None, f"{left} campaign emails in {days}{ahead}; {facts.settings.cap} are allowed")


def _quiet(it: Candidate, facts: Facts) -> Refusal | None:
    until = quiet_until(facts.now, it.time_zone, facts.settings)
    return Refusal(No.QUIET, until, f"night in {it.time_zone}") if until else None


Rule = Callable[[Candidate, Facts], Refusal | None]
LASTING: tuple[Rule, ...] = (_suppressed, _no_consent, _again, _capped)
POLICY: tuple[Rule, ...] = (
    _cancelled, _not_approved, _paused, _expired, _suppressed, _no_consent, _held, _again, _capped, _quiet,
)  # fmt: skip
FOR_PEOPLE: tuple[Rule, ...] = (_expired, _suppressed)


def quiet_until(now: datetime, zone: str, settings: Gate) -> datetime | None:
    """Return when the quiet hours in `zone` that hold now end, in UTC, or None: they do not hold."""
    local = now.astimezone(ZoneInfo(zone))
    begins, ends = time.fromisoformat(settings.quiet_from), time.fromisoformat(settings.quiet_until)
    at = local.time().replace(tzinfo=None)
    overnight = begins > ends
    quiet = (at >= begins or at < ends) if overnight else begins <= at < ends
    if not quiet:
        return None
    day: date = local.date() + timedelta(days=1 if overnight and at >= begins else 0)
    until = datetime.combine(day, ends, ZoneInfo(zone)).astimezone(UTC)
    return max(until, now + timedelta(minutes=1))  # where the clock is put back the same minute comes twice


# What it looks at


def _judge(
    session: Session, candidates: Sequence[Candidate], policy: Iterable[Rule], now: datetime, settings: Gate
) -> dict[int, Refusal]:
    facts = _facts(session, candidates, now, settings)
    refusals: dict[int, Refusal] = {}
    for it in sorted(candidates, key=lambda each: (-each.priority, each.key)):
        rules = policy if it.kind is Kind.CAMPAIGN else FOR_PEOPLE
        refusal = next((no for rule in rules if (no := rule(it, facts))), None)
        if refusal:
            refusals[it.key] = refusal
        elif it.kind is Kind.CAMPAIGN and it.customer_id:  # it takes its place, before those after it in this batch
            facts.left.setdefault(it.customer_id, []).append((it.campaign_id, now))
    return refusals


_M, _CAMPAIGN, _RUN = (SQLModel.metadata.tables[name] for name in ("message", "campaign", "run"))
_CUSTOMER = SQLModel.metadata.tables[str(Customer.__tablename__)]
_CANDIDATES = (
    sa.select(
        _M.c.id, _M.c.kind, _M.c.address, _M.c.customer_id, _CUSTOMER.c.time_zone, _M.c.topic_id, _M.c.campaign_id,
        _CAMPAIGN.c.state, _RUN.c.state, _CAMPAIGN.c.again_after_days, _M.c.priority, _M.c.expires_at,
    )
    .select_from(
        _M.outerjoin(_CUSTOMER, _M.c.customer_id == _CUSTOMER.c.id)
        .outerjoin(_CAMPAIGN, _M.c.campaign_id == _CAMPAIGN.c.id)
        .outerjoin(_RUN, _M.c.run_id == _RUN.c.id)
    )
    .where(_M.c.id.in_(sa.bindparam("ids", expanding=True)))
)  # fmt: skip


def _in_one_of(states: Iterable[State]) -> Any:
    """Like IN, which no `Prepared` may hold."""
    return sa.or_(*(state == GUARD for state in states))


_COUNTS = sa.and_(
    _M.c.kind == Kind.CAMPAIGN,
    sa.or_(
        sa.and_(_in_one_of(LEFT), _M.c.handed_over_at > sa.bindparam("since", type_=store.UTC)),
        _in_one_of([state for state in PENDING if state not in LEFT]),
    ),
)  # towards what a customer has had, or is to get
_HISTORY = sa.select(_M.c.id, _M.c.customer_id, _M.c.campaign_id, _M.c.state, _M.c.priority, _M.c.handed_over_at).where(
    _M.c.customer_id.in_(sa.bindparam("customers", expanding=True)), _COUNTS
)
_SUPPRESSION = SQLModel.metadata.tables[str(Suppression.__tablename__)]
_PEOPLE = sa.select(_CUSTOMER.c.id, _CUSTOMER.c.email, _CUSTOMER.c.time_zone).where(among(_CUSTOMER.c.id, "ids"))
_IS_SUPPRESSED = sa.select(_SUPPRESSION.c.address).where(_SUPPRESSION.c.address == sa.func.lower(_CUSTOMER.c.email))
_HAD = sa.select(_M.c.id).where(_M.c.customer_id == _CUSTOMER.c.id, _COUNTS)
_NOTHING_AGAINST = sa.and_(
    agrees(_CUSTOMER.c.id, sa.bindparam("topic")),
    ~row_by_row(_IS_SUPPRESSED).exists(),
    ~row_by_row(_HAD).exists(),
)


def _candidates(session: Session, message_ids: Sequence[int]) -> list[Candidate]:
    return [
        Candidate(
            key, kind, address, customer_id, zone or "UTC", topic_id, campaign_id, campaign_state, run_state,
            timedelta(days=again_after_days or 0), priority, expires_at, is_message=True,
        )
        for key, kind, address, customer_id, zone, topic_id, campaign_id, campaign_state, run_state,
            again_after_days, priority, expires_at in session.execute(_CANDIDATES, {"ids": message_ids})
    ]  # fmt: skip


def _facts(session: Session, candidates: Sequence[Candidate], now: datetime, settings: Gate) -> Facts:
    automatic = [it for it in candidates if it.kind is Kind.CAMPAIGN and it.customer_id is not None]
    customers = {it.customer_id for it in automatic if it.customer_id is not None}
    by_topic: dict[str, set[int]] = {}
    for it in automatic:
        if it.topic_id and it.customer_id:
            by_topic.setdefault(it.topic_id, set()).add(it.customer_id)
    facts = Facts(
        now,
        settings,
        suppressed=suppressed(session, sorted({it.address for it in candidates})),
        consenting={topic: consenting(session, sorted(ids), topic) for topic, ids in by_topic.items()},
        holds=holds(session, sorted(customers)) if customers else {},
    )
    if customers:
        longest = max([timedelta(days=settings.cap_days), *(it.again_after for it in automatic)])
        judged = [it.key for it in automatic if it.is_message]
        _history(session, facts, customers, judged, now - longest)
    return facts


def _history(session: Session, facts: Facts, customers: Iterable[int], judged: Iterable[int], since: datetime) -> None:
    """Load what left to these customers, and what waits to leave, the judged messages left out."""
    asked = session.execute(_HISTORY, {"customers": sorted(customers), "since": since})
    own = set(judged)
    for key, customer_id, campaign_id, state, priority, at in asked:
        if key in own:
            continue
        if state in LEFT:
            facts.left.setdefault(customer_id, []).append((campaign_id, at))
        else:
            facts.pending.setdefault(customer_id, []).append((campaign_id, priority))
