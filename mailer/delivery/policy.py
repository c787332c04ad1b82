"""In which order is it asked whether an email may leave, and what is a no?

The first rule that says no is the reason. A no with an `until` is "not now": the message waits. Any other no is the end
of that message. A rule sees one email and the facts of its batch (see `facts`), and nothing else.

At the choosing only what will still hold tomorrow counts (`LASTING`): a night, a pause or a conversation may be over
when the message is due, so these are asked at its final dot alone.

Mail by machine must pass every rule. What a person wrote, a confirmation just asked for, and a test to ourselves are
stopped only by an address that does not exist, or by being late.
"""

import enum
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mailer.campaigns.campaign import CampaignState, RunState
from mailer.delivery.message import Kind, State
from mailer.people.hold import Hold
from mailer.people.suppression import Suppression, Why
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


Rule = Callable[[Candidate, Facts], Refusal | None]


def first_no(it: Candidate, facts: Facts, rules: Iterable[Rule]) -> Refusal | None:
    """Return the no of the first rule that says one."""
    return next((no for rule in rules if (no := rule(it, facts))), None)


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
