"""Against which messages does nothing speak at all?

The gate's policy (see `policy`) has many reasons to say no, and each needs a fact: a suppressed address, a withdrawn
consent, a hold, another email to the same customer, a paused campaign, a late hour. Here one statement finds the
messages for which there is no such fact; whatever has one, or is not an ordinary campaign email, is left to the policy,
which may still say yes. A message that is clear would get a yes from every rule; a test asks both about many worlds.

Two messages to one customer are never both clear, so what the policy decides between them it still decides.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from mailer import store
from mailer.campaigns.campaign import CampaignState, RunState
from mailer.delivery.message import LEFT, TO_LEAVE, Kind, T, guard, in_one_of
from mailer.dialect import among
from mailer.people.consent import agrees
from mailer.people.customer import Customer
from mailer.people.hold import Hold
from mailer.people.suppression import Suppression
from mailer.prepared import Prepared


def clear_of(session: Session, ids: Sequence[int], now: datetime, cap_days: int, awake: Sequence[str]) -> set[int]:
    """Return those of these messages against which nothing speaks; `awake` are time zones in which it is not night."""
    if not ids or not awake:
        return set()
    given = {"ids": ids, "awake": awake, "now": now, "since": now - timedelta(days=cap_days), "cap_days": cap_days}
    return {ident for (ident,) in _CLEAR.run(session, given)}


def _clear() -> Any:
    tables = SQLModel.metadata.tables
    customer, hold, suppression = (tables[str(each.__tablename__)] for each in (Customer, Hold, Suppression))
    campaign, run, other = tables["campaign"], tables["run"], T.alias("other")
    state = guard(other)  # found by their customer
    same_campaign = sa.and_(
        other.c.campaign_id == T.c.campaign_id, campaign.c.again_after_days > sa.bindparam("cap_days")
    )
    recent = sa.or_(other.c.handed_over_at > sa.bindparam("since", type_=store.UTC), same_campaign)
    left = sa.and_(in_one_of(LEFT, state), recent)
    another = sa.select(other.c.id).where(
        other.c.customer_id == T.c.customer_id,
        other.c.id != T.c.id,
        other.c.kind == Kind.CAMPAIGN,
        sa.or_(in_one_of(TO_LEAVE, state), left),
    )
    spellings = (T.c.address, sa.func.lower(T.c.address))
    return (
        sa.select(T.c.id)
        .join_from(T, customer, T.c.customer_id == customer.c.id)
        .join(campaign, T.c.campaign_id == campaign.c.id)
        .join(run, T.c.run_id == run.c.id)
        .where(
            among(T.c.id, "ids"),
            T.c.kind == Kind.CAMPAIGN,
            campaign.c.state != CampaignState.DRAFT,
            campaign.c.state != CampaignState.PAUSED,
            run.c.state != RunState.CANCELLED,
            sa.or_(T.c.expires_at.is_(None), T.c.expires_at > sa.bindparam("now", type_=store.UTC)),
            among(customer.c.time_zone, "awake"),
            ~sa.exists().where(sa.or_(*(suppression.c.address == each for each in spellings))),
            ~sa.exists().where(hold.c.customer_id == T.c.customer_id, hold.c.ended_at.is_(None)),
            agrees(T.c.customer_id, T.c.topic_id),
            ~another.exists(),
        )
    )


_CLEAR = Prepared(_clear())
