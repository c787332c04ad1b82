"""A small house with one campaign, whose messages are to leave."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from mailer.campaigns.campaign import Campaign, CampaignState, Recipient, RecipientState, Run, RunState
from mailer.delivery import departing, outbox
from mailer.delivery.message import Message
from mailer.dialect import DIGITS, fingerprint_of
from mailer.people.consent import Consent, Topic
from mailer.people.customer import Customer
from mailer.people.staff import Role, Staff
from mailer.segments.segment import Segment

DOMAIN = "shop.example"


@dataclass
class Town:
    """Who lives there, and what is planned for them."""

    session: Session
    now: datetime
    staff: Staff
    topic: Topic
    segment: Segment
    campaigns: list[Campaign] = field(default_factory=list)

    def campaign(self, name: str = "spring", **more: object) -> Campaign:
        campaign = Campaign(
            name=name, title=name, segment_id=self.segment.id, topic_id=self.topic.id, template=name,
            state=CampaignState.APPROVED, created_at=self.now, **more,
        )  # fmt: skip
        self.session.add(campaign)
        self.session.flush()
        return campaign

    def customers(self, count: int, consent: bool = True, zone: str = "UTC", prefix: str = "c") -> list[Customer]:
        people = [
            Customer(
                email=f"{prefix}{n}@example.com", first_name=f"C{n}", time_zone=zone, representative_id=self.staff.id,
                created_at=self.now, updated_at=self.now,
            )
            for n in range(count)
        ]  # fmt: skip
        self.session.add_all(people)
        self.session.flush()
        if consent:
            self.session.add_all(
                Consent(customer_id=c.id, topic_id=self.topic.id, granted=True, at=self.now, source="import")
                for c in people
            )
            self.session.flush()
        return people

    def run(self, campaign: Campaign, customers: list[Customer], due_at: datetime | None = None) -> Run:
        count = len(self.campaigns)
        self.campaigns.append(campaign)
        run = Run(
            campaign_id=campaign.id,
            occurrence=f"2026-03-{count + 1:02}T09:00",
            state=RunState.CHOSEN,
            planned_at=self.now,
        )
        self.session.add(run)
        self.session.flush()
        recipients = [
            Recipient(
                run_id=run.id, customer_id=c.id, address=c.email, state=RecipientState.CHOSEN,
                due_at=due_at or self.now, chosen_at=self.now,
            )
            for c in customers
        ]  # fmt: skip
        self.session.add_all(recipients)
        self.session.flush()
        departing.enqueue(self.session, run, campaign, self.now, DOMAIN)
        return run

    def claim(self, owner: str = "me", limit: int = 100, at: timedelta = timedelta()) -> list[Message]:
        taken = outbox.claim(self.session, owner, self.now + at, limit, timedelta(minutes=15))
        return [self.session.get_one(Message, each.id, populate_existing=True) for each in taken]


@pytest.fixture
def town(session: Session, now: datetime) -> Town:
    return found(session, now)


def found(session: Session, now: datetime) -> Town:
    """Found an empty town."""
    staff = Staff(email="ann@shop.example", name="Ann", role=Role.REPRESENTATIVE, created_at=now)
    topic = Topic(id="offers", name="Offers")
    segment = Segment(name="all", title="All", criteria={}, created_at=now, updated_at=now)
    session.add_all([staff, topic, segment])
    session.flush()
    return Town(session, now, staff, topic, segment)


Yes = Callable[..., dict[int, object]]


def yes(session: Session, ids: object, now: datetime) -> dict[int, object]:
    """A gate that is always open."""
    return {}


def message_id_of(campaign: Campaign, occurrence: str, customer_id: int, address: str, domain: str) -> str:
    """Say by itself what a database makes: the Message-ID of a campaign's email, the same whenever the run is made."""
    run, whose = fingerprint_of(f"{campaign.public_id}\x1f{occurrence}"), str(customer_id + 10**DIGITS)[1:]
    named = fingerprint_of(f"{campaign.public_id}\x1f{occurrence}\x1f{address}")
    return f"{run[: departing.RUN_DIGITS]}{whose}{named[: departing.NAME_DIGITS]}@{domain}"
