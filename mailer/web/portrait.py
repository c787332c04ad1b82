"""What do we know of one customer? Gathered once, for their own page and for whoever answers them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from mailer.delivery.message import Message, State
from mailer.house import House
from mailer.inbox.conversation import Conversation
from mailer.insights.events import Event
from mailer.insights.insight import INSIGHTS, amount
from mailer.people.consent import Consent, Topic, standing
from mailer.people.customer import Customer
from mailer.people.staff import Staff
from mailer.people.suppression import Suppression, suppressed
from mailer.web.words import fact, opening, state, tone

SHOWN = 8  # events
OURS = {
    "email_sent", "replied", "wrote", "asked_for_call", "answered", "consent_given", "unsubscribed",
    "conversation_opened", "conversation_ended", "clicked",
}  # fmt: skip
LINKS = {"message", "campaign", "representative"}  # of an event: names of our rows, which say nothing to a reader
EMAILS = 20
FIRST = (  # of what we know, what tells most to whoever is about to answer
    "days_since_basket", "usual_interval", "baskets_365", "spend_365", "favourite_department", "new_favourite",
    "week_streak", "first_basket_at", "last_reply_at", "felt_understood",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Portrait:
    """One customer, as a page shows them."""

    customer: Customer
    facts: list[tuple[str, Any]]  # what tells most
    more: list[tuple[str, Any]]  # everything else we know
    attributes: list[tuple[str, Any]]
    theirs: list[dict[str, Any]]  # what they did in the shop; what was between us is told in our own words
    consents: list[tuple[Topic, Consent | None]]
    suppression: Suppression | None
    representative: Staff | None
    talks: list[Conversation] = field(default_factory=list)
    emails: list[Message] = field(default_factory=list)

    @property
    def held(self) -> list[Message]:
        """What automation would have sent, were nobody talking with them."""
        return [message for message in self.emails if message.state is State.HELD]

    @property
    def story(self) -> list[tuple[str, str, datetime, str]]:
        """Everything that happened between them and us, the newest first: tone, what, when, in which words."""
        told = [(tone(each.state), f"We wrote “{each.subject or 'an email'}”", each.handed_over_at or each.due_at,
                 f"{state(each.state)} {each.reason}".strip()) for each in self.emails]  # fmt: skip
        told += [
            ("bad", "It came back", each.bounced_at, each.bounce_status) for each in self.emails if each.bounced_at
        ]
        told += [("good", "They wrote to us", talk.opened_at, talk.subject) for talk in self.talks]
        told += [
            ("", "A conversation was closed", talk.closed_at, talk.subject) for talk in self.talks if talk.closed_at
        ]
        told += [("", str(event["name"]).replace("_", " ").capitalize(), event["at"], event["said"])
                 for event in self.theirs]  # fmt: skip
        told += [("good" if each.granted else "bad", f"{'Agreed to' if each.granted else 'Left'} {topic.name}", each.at,
                  f"by {each.source}") for topic, each in self.consents if each]  # fmt: skip
        return sorted(told, key=lambda line: line[2], reverse=True)


def portrait(house: House, session: Session, customer: Customer) -> Portrait:
    """Gather what is known of `customer`, the newest first."""
    ident = customer.id or 0
    values = house.warehouse.facts([ident]).get(ident, {})
    decided = standing(session, ident)
    topics = session.exec(select(Topic).order_by(Topic.name)).all()
    talks = select(Conversation).where(Conversation.customer_id == ident).order_by(col(Conversation.opened_at).desc())
    emails = select(Message).where(Message.customer_id == ident).order_by(col(Message.id).desc()).limit(EMAILS)
    events = select(Event).where(Event.customer_id == ident, col(Event.name).not_in(OURS))
    events = events.order_by(col(Event.at).desc(), col(Event.id).desc()).limit(SHOWN)
    return Portrait(
        customer=customer,
        facts=_facts(values, [name for name in FIRST if name in INSIGHTS]),
        more=_facts(values, [name for name in INSIGHTS if name not in FIRST]),
        attributes=[(name.replace("_", " "), fact(value)) for name, value in customer.attributes.items()],
        theirs=[
            {"name": each.name, "at": each.at, "said": _said(each.properties)} for each in session.exec(events).all()
        ],
        consents=[(topic, decided.get(topic.id)) for topic in topics],
        suppression=suppressed(session, [customer.email]).get(customer.email),
        representative=session.get(Staff, customer.representative_id) if customer.representative_id else None,
        talks=list(session.exec(talks).all()),
        emails=list(session.exec(emails).all()),
    )


def _facts(values: Mapping[str, Any], names: Sequence[str]) -> list[tuple[str, Any]]:
    """Say those of these insights that are known."""
    asked = ((INSIGHTS[name], values.get(name)) for name in names)
    return [(opening(each.label), amount(each.type, each.unit, value)) for each, value in asked if value is not None]


def _said(known: dict[str, Any]) -> str:
    """Say the properties of an event in a line."""
    return ", ".join(
        f"{name.removesuffix('_cents').replace('_', ' ')} {fact(value, 'cents' if name.endswith('_cents') else '')}"
        for name, value in known.items()
        if value not in (None, "", 0) and name not in LINKS
    )
