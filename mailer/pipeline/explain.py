"""What would this customer get, and why? What did they get, and why?"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from mailer.campaigns.campaign import Campaign, Run
from mailer.delivery.message import Message
from mailer.errors import NotReady
from mailer.house import House
from mailer.mail.compose import Letter
from mailer.people.consent import Topic
from mailer.people.customer import Customer, representative, would_answer
from mailer.people.staff import Staff, hours_sentence
from mailer.rendering.context import Reader, context, shared
from mailer.rendering.inline import inline
from mailer.rendering.letter import render
from mailer.rendering.links import Links
from mailer.segments import segment as segments
from mailer.segments.criteria import Criteria
from mailer.segments.reasons import because
from mailer.segments.segment import Segment
from mailer.settings import Hits

NOBODY = 0  # the message a preview's links belong to: there is none, so they lead nowhere


def contexts(
    house: House,
    session: Session,
    campaign: Campaign,
    criteria: Criteria,
    customers: Sequence[Reader],
    messages: Mapping[int, int],
    now: datetime,
    who_answers: Callable[[Session, Any], Staff] = representative,
) -> dict[int, dict[str, Any]]:
    """Return what a letter to each of `customers` may see, by customer id; `messages` is customer id -> message id.

    A customer who has no representative yet is given one, unless `who_answers` only says who it would be.
    """
    topic = session.get_one(Topic, campaign.topic_id)
    ids = [customer.id for customer in customers if customer.id is not None]
    facts = house.warehouse.facts(ids)
    why = because(house.warehouse, criteria, ids, now, facts)
    spoken = {each: house.shelf.get(campaign.template, each).language for each in {one.language for one in customers}}
    common: dict[tuple[int, str], dict[str, Any]] = {}
    made = {}
    for customer in customers:
        if customer.id is None:
            continue
        person = who_answers(session, customer) if customer.representative_id is None else None
        staff_id = customer.representative_id if person is None else person.id
        if staff_id is None:
            raise NotReady("there is no representative yet; add one, so that every email can name a person")
        whose = staff_id, spoken[customer.language]
        if whose not in common:
            staff = session.get_one(Staff, staff_id)
            common[whose] = shared(
                staff=staff,
                hours=hours_sentence(session, staff, spoken[customer.language]),
                brand=house.settings.brand,
                topic=topic.name,
                stakes=campaign.stakes,
            )
        made[customer.id] = context(
            customer=customer,
            shared=common[whose],
            facts=facts.get(customer.id, {}),
            because=why.get(customer.id, []),
            links=_links(house, messages.get(customer.id, NOBODY)),
        )
    return made


def _links(house: House, message_id: int) -> Links:
    """Return the links of a message; in a preview nothing is counted, so that its author sees where each leads."""
    counted = house.settings.hits if message_id != NOBODY else Hits(clicks=False, opens=False)
    base_url = house.settings.brand.base_url
    return Links.of(base_url, house.signer, message_id, clicks=counted.clicks, opens=counted.opens)


def preview(house: House, session: Session, campaign: Campaign, customer: Customer, now: datetime) -> Letter:
    """Render what `customer` would get from `campaign` now; its links belong to no message, and nothing is written."""
    segment = session.get_one(Segment, campaign.segment_id)
    seen = contexts(house, session, campaign, segment.tree, [customer], {}, now, would_answer)
    template = house.shelf.get(campaign.template, customer.language)
    return render(template.subject, template.preheader, inline(template.html), seen[customer.id or 0])


def why_sent(house: House, session: Session, message: Message) -> list[str]:
    """Return why a message was sent, in sentences, with the evidence as it was then."""
    if message.context and isinstance(message.context.get("because"), list):
        return [str(line) for line in message.context["because"]]
    return []


def segment_state(house: House, criteria: Criteria, now: datetime) -> tuple[int, str, list[int]]:
    """Return how many customers match, the question in English, and five of their ids."""
    return (
        segments.count(house.warehouse, criteria, now),
        criteria.sentence(),
        segments.sample(house.warehouse, criteria, now, 5),
    )


def runs_of(session: Session, campaign: Campaign) -> Sequence[Run]:
    """Return the runs of a campaign, the newest first."""
    return session.exec(select(Run).where(Run.campaign_id == campaign.id).order_by(col(Run.id).desc())).all()
