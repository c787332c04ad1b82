"""A small town of customers, and one campaign for them."""

from datetime import datetime

import pytest
from sqlmodel import Session

from mailer.campaigns.campaign import Campaign
from mailer.people.consent import Topic
from mailer.people.customer import Customer
from mailer.people.staff import Role, Staff
from mailer.segments.segment import Segment

ZONES = ("Europe/Berlin", "Pacific/Kiritimati", "America/Los_Angeles", "Nowhere/Else")
CRITERIA = {"field": "days_since_basket", "op": "at_least", "value": 30}


@pytest.fixture
def segment(session: Session, now: datetime) -> Segment:
    segment = Segment(name="win-back", title="Win back", criteria=CRITERIA, created_at=now, updated_at=now)
    session.add(segment)
    session.flush()
    return segment


@pytest.fixture
def campaign(session: Session, segment: Segment, now: datetime) -> Campaign:
    session.add(Topic(id="offers", name="Offers"))
    session.flush()
    campaign = Campaign(
        name="win-back",
        title="We have missed you",
        segment_id=segment.id or 0,
        topic_id="offers",
        template="win-back",
        schedule={"kind": "weekly", "weekdays": [1], "at": "09:00", "zone": "customer"},
        created_at=now,
    )
    session.add(campaign)
    session.flush()
    return campaign


@pytest.fixture
def marketer(session: Session, now: datetime) -> int:
    staff = Staff(email="m@example.com", name="Mo", role=Role.MARKETER, created_at=now)
    session.add(staff)
    session.flush()
    return staff.id or 0


@pytest.fixture
def customers(session: Session, now: datetime) -> list[Customer]:
    town = [
        Customer(email=f"c{n}@example.com", time_zone=ZONES[n % len(ZONES)], created_at=now, updated_at=now)
        for n in range(12)
    ]
    session.add_all(town)
    session.flush()
    return town
