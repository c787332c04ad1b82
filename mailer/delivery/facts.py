"""What does the gate look at?

Facts are loaded for the whole batch, in a few queries, never per message.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from mailer import store
from mailer.campaigns.campaign import Campaign
from mailer.delivery.message import LEFT, TO_LEAVE, Kind, in_one_of
from mailer.delivery.policy import Candidate, Facts
from mailer.dialect import among, row_by_row
from mailer.people.consent import agrees, consenting
from mailer.people.customer import Customer
from mailer.people.hold import holds
from mailer.people.suppression import Suppression, suppressed
from mailer.settings import Gate


class Person(Protocol):
    """What is looked at of a customer: a `Customer`, or a row of just these columns."""

    @property
    def id(self) -> int | None: ...  # noqa: D102
    @property
    def email(self) -> str: ...  # noqa: D102
    @property
    def time_zone(self) -> str: ...  # noqa: D102


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


_COUNTS = sa.and_(
    _M.c.kind == Kind.CAMPAIGN,
    sa.or_(
        sa.and_(in_one_of(LEFT), _M.c.handed_over_at > sa.bindparam("since", type_=store.UTC)),
        in_one_of(TO_LEAVE),
    ),
)  # towards what a customer has had, or is to get
_HISTORY = sa.select(_M.c.id, _M.c.customer_id, _M.c.campaign_id, _M.c.state, _M.c.priority, _M.c.handed_over_at).where(
    _M.c.customer_id.in_(sa.bindparam("customers", expanding=True)), _COUNTS
)
_SUPPRESSION = SQLModel.metadata.tables[str(Suppression.__tablename__)]
PEOPLE = sa.select(_CUSTOMER.c.id, _CUSTOMER.c.email, _CUSTOMER.c.time_zone).where(among(_CUSTOMER.c.id, "ids"))
_IS_SUPPRESSED = sa.select(_SUPPRESSION.c.address).where(_SUPPRESSION.c.address == sa.func.lower(_CUSTOMER.c.email))
_HAD = sa.select(_M.c.id).where(_M.c.customer_id == _CUSTOMER.c.id, _COUNTS)
NOTHING_AGAINST = sa.and_(
    agrees(_CUSTOMER.c.id, sa.bindparam("topic")),
    ~row_by_row(_IS_SUPPRESSED).exists(),
    ~row_by_row(_HAD).exists(),
)


def candidates(session: Session, message_ids: Sequence[int]) -> list[Candidate]:
    """Return what the policy must know of each of these messages."""
    return [
        Candidate(
            key, kind, address, customer_id, zone or "UTC", topic_id, campaign_id, campaign_state, run_state,
            timedelta(days=again_after_days or 0), priority, expires_at, is_message=True,
        )
        for key, kind, address, customer_id, zone, topic_id, campaign_id, campaign_state, run_state,
            again_after_days, priority, expires_at in session.execute(_CANDIDATES, {"ids": message_ids})
    ]  # fmt: skip


def of_messages(session: Session, candidates: Sequence[Candidate], now: datetime, settings: Gate) -> Facts:
    """Return what is so for these candidates now."""
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
        _load_history(session, facts, customers, judged, now - longest)
    return facts


def _load_history(
    session: Session, facts: Facts, customers: Iterable[int], judged: Iterable[int], after: datetime
) -> None:
    """Load what left to these customers, and what waits to leave, the judged messages left out."""
    asked = session.execute(_HISTORY, {"customers": sorted(customers), "since": after})
    own = set(judged)
    for key, customer_id, campaign_id, state, priority, at in asked:
        if key in own:
            continue
        if state in LEFT:
            facts.left.setdefault(customer_id, []).append((campaign_id, at))
        else:
            facts.pending.setdefault(customer_id, []).append((campaign_id, priority))


def of_customers(
    session: Session, campaign: Campaign, customers: Sequence[Person], now: datetime, settings: Gate
) -> Facts:
    """Return what is so now for customers whom a campaign may choose."""
    ids = [customer.id for customer in customers if customer.id is not None]
    facts = Facts(
        now,
        settings,
        suppressed=suppressed(session, [customer.email for customer in customers]),
        consenting={campaign.topic_id: consenting(session, ids, campaign.topic_id)},
    )
    if ids:
        _load_history(session, facts, ids, (), since(campaign, now, settings))
    return facts


def since(campaign: Campaign, now: datetime, settings: Gate) -> datetime:
    """Return since when what customers had of us counts, towards the cap or for this campaign to come again."""
    return now - max(timedelta(days=settings.cap_days), timedelta(days=campaign.again_after_days))
