"""Which links were followed, and which of them by a human being?

A hit goes to the log in a short write of its own, since the request that made it may only read. A click becomes an
event of ours (`clicked`, once a message) when what the same customer said about the same email proves it (see
`delivery.hits`). Click and answer come in any order, so this is asked when either is new.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from mailer.campaigns.campaign import Campaign
from mailer.delivery.hits import Hit, proven
from mailer.delivery.message import Message
from mailer.house import House
from mailer.insights.events import Event
from mailer.insights.recorded import ours
from mailer.segments.ours import PROOFS
from mailer.store import CHUNK

CLICKED = "clicked"


def keep(house: House, hit: Hit) -> None:
    """Add a hit to the log."""
    with house.store.write() as session:
        session.add(hit)


def clicked(session: Session, message_ids: Iterable[int]) -> list[dict[str, Any]]:
    """Return an event for each of these messages of which a human is proven to have followed a link."""
    wanted = sorted(set(message_ids))
    return [row for start in range(0, len(wanted), CHUNK) for row in _clicked(session, wanted[start : start + CHUNK])]


def proven_clicks(session: Session, campaign_id: int) -> int:
    """Count the emails of a campaign of which a human is proven to have followed a link."""
    of_them = select(Hit.message_id).join(Message, col(Message.id) == col(Hit.message_id))
    hit = of_them.where(Hit.what == "click", Message.campaign_id == campaign_id).distinct().subquery()
    key = sa.literal(f"house:{CLICKED}:") + sa.cast(hit.c.message_id, sa.String)
    counted = sa.select(sa.func.count()).select_from(Event).where(col(Event.key).in_(sa.select(key)))
    return int(session.execute(counted).scalar_one())


def _clicked(session: Session, message_ids: list[int]) -> list[dict[str, Any]]:
    clicks: dict[int, list[Hit]] = defaultdict(list)
    for hit in session.exec(select(Hit).where(col(Hit.message_id).in_(message_ids), Hit.what == "click")):
        clicks[hit.message_id].append(hit)
    asked = (
        sa.select(col(Message.id), col(Message.public_id), col(Message.customer_id), col(Campaign.name))
        .outerjoin(Campaign, col(Campaign.id) == col(Message.campaign_id))
        .where(col(Message.id).in_(clicks), col(Message.customer_id).is_not(None))
    )
    messages = session.execute(asked).all()
    answers = _answers(session, {customer for _, _, customer, _ in messages})
    return [
        ours(f"{CLICKED}:{id_}", customer, CLICKED, found.at, message=public_id, campaign=campaign, target=found.target)
        for id_, public_id, customer, campaign in messages
        if (found := proven(clicks[id_], answers[public_id]))
    ]


def _answers(session: Session, customer_ids: set[int]) -> dict[str, list[datetime]]:
    """Return when each message was answered by a human, by its public id."""
    answers: dict[str, list[datetime]] = defaultdict(list)
    asked = select(Event).where(col(Event.customer_id).in_(customer_ids), col(Event.name).in_(PROOFS["any"]))
    for event in session.exec(asked):
        answers[str(event.properties.get("message", ""))].append(event.at)
    return answers
