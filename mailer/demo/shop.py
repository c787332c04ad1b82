"""Who shops in the demo, and what did they do? Published baskets of 2,469 households, with made-up names.

What people bought is data/SOURCE.md. Who they are is made up, from one seed: the same `now` gives the same shop, but for
the salt of the password. A basket's civil time is read in its customer's own zone, and every day is moved by the same
whole number of days, so that the last one is yesterday where it is latest (Los Angeles): nothing lies in the future.

Everything is one transaction in chunks of 10,000 rows. The store is empty and nobody waits for it, so the 500 of a
living house would only cost time, and a filling that is interrupted leaves an empty store, not half a shop.
"""

import re
import unicodedata
from base64 import b32encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import duckdb
from faker import Faker
from sqlmodel import Session, SQLModel, insert, select

from mailer.errors import NotReady
from mailer.insights.events import Event
from mailer.people.consent import Consent, Topic
from mailer.people.customer import Customer
from mailer.people.staff import Absence, Role, Staff, WorkingHours, set_password
from mailer.people.suppression import Suppression, Why

DATA = Path(__file__).parent / "data"
PASSWORD = "lifeline"  # noqa: S105 -- of everybody in the demo, and said on its sign-in page
LAST_DAY = date(2017, 12, 31)  # of the published year
LATEST = "America/Los_Angeles"  # the zone of the demo in which yesterday ends last
CHUNK = 10_000
WORDING = "Yes, write to me about this. I can change my mind in every email."

STAFF = (  # name, title, role, zone, colour, languages they are the person for
    ("Maya Lindqvist", "Customer care, Chicago", Role.REPRESENTATIVE, "America/Chicago", "#3b6e5c", ("fr",)),
    ("Jonas Weber", "Customer care, Berlin", Role.REPRESENTATIVE, "Europe/Berlin", "#35578f", ("de",)),
    ("Amara Okafor", "Customer care, New York", Role.REPRESENTATIVE, "America/New_York", "#8a4b2d", ()),
    ("Lucía Romero", "Customer care, Madrid", Role.REPRESENTATIVE, "Europe/Madrid", "#8c3a5e", ("es",)),
    ("Kenji Sato", "Customer care, Tokyo", Role.REPRESENTATIVE, "Asia/Tokyo", "#5a4a8a", ("ja",)),
    ("Nora Feld", "Marketing", Role.MARKETER, "Europe/Berlin", "#6b6a2f", ()),
    ("Ida Holm", "Head of the house", Role.ADMINISTRATOR, "Europe/Berlin", "#44525c", ()),
)
AWAY, DEPUTY = "Amara Okafor", "Jonas Weber"

LOCALES = {"en": "en_US", "de": "de_DE", "fr": "fr_FR", "es": "es_ES", "ja": "ja_JP"}
LIVES = (  # language, zone, of a thousand customers
    ("en", "America/New_York", 400),
    ("en", "America/Chicago", 240),
    ("en", "America/Los_Angeles", 130),
    ("en", "America/Denver", 60),
    ("de", "Europe/Berlin", 60),
    ("es", "Europe/Madrid", 45),
    ("fr", "Europe/Paris", 40),
    ("ja", "Asia/Tokyo", 25),
)

TOPICS = (
    ("offers", "Offers", "Prices and coupons for what you like to buy"),
    ("news", "News", "What is new in the shop, about once a month"),
    ("milestones", "Milestones", "A word from us on a day that matters: a year with us, a long streak"),
)
AGREED = 0.92  # of all customers, to each topic
WITHDRAWN = 0.01  # of those who had agreed

SUPPRESSED = (  # why, how many days ago, evidence
    (Why.BOUNCED, 12, "550 5.1.1 the mailbox does not exist"),
    (Why.BOUNCED, 47, "550 5.1.1 the mailbox does not exist"),
    (Why.BOUNCED, 90, "550 5.2.1 the mailbox is disabled"),
    (Why.COMPLAINED, 33, "reported as spam by the customer's mail provider"),
    (Why.UNSUBSCRIBED, 5, "one click in an email"),
    (Why.BY_HAND, 20, "asked on the telephone not to be written to"),
)


class Stocked(NamedTuple):
    """How much there is in the shop."""

    customers: int
    events: int
    staff: int


def stock(session_factory: Callable[[], AbstractContextManager[Session]], now: datetime) -> Stocked:
    """Fill an empty store with the shop.

    Raises:
        NotReady: the store is not empty.
    """
    with session_factory() as session:
        if session.exec(select(Staff.id).limit(1)).first() or session.exec(select(Customer.id).limit(1)).first():
            raise NotReady("this store has people in it already; the demo fills an empty one only")
        staff = _hire(session, now)
        baskets, redemptions = _rows("baskets", "bought_at"), _rows("redemptions", "redeemed_at")
        days = now.astimezone(ZoneInfo(LATEST)).date() - timedelta(days=1) - LAST_DAY
        customers = _customers(baskets, days, staff, now)
        _bulk(session, Customer, customers)
        _bulk(session, Topic, [{"id": key, "name": name, "description": about} for key, name, about in TOPICS])
        ids = dict(session.exec(select(Customer.external_id, Customer.id)).all())
        _bulk(session, Consent, _consents(customers, ids, now))
        _bulk(session, Suppression, _suppressions(customers, now))
        zones = {int(each["external_id"]): ZoneInfo(each["time_zone"]) for each in customers}
        events = sorted(_events(baskets, redemptions, days, zones, ids), key=lambda event: event["at"])
        _bulk(session, Event, events)
        return Stocked(len(customers), len(events), len(staff))


def _hire(session: Session, now: datetime) -> dict[str, Staff]:
    """Add everybody who works here, and say when."""
    staff: dict[str, Staff] = {}
    for name, title, role, zone, colour, _ in STAFF:
        email = f"{_plain(name.split()[0])}@lifeline.example"
        staff[name] = Staff(
            public_id=_public_id(email), email=email, name=name, title=title, role=role, time_zone=zone, colour=colour,
            created_at=now - timedelta(days=400),
        )  # fmt: skip
    first, *others = staff.values()
    set_password(first, PASSWORD)
    for each in others:
        each.password_hash = first.password_hash  # slow on purpose, and the same password
    session.add_all(staff.values())
    session.flush()
    week = [(each.id, day) for each in staff.values() for day in range(6)]
    session.add_all(WorkingHours(staff_id=i or 0, weekday=day, opens="08:00", closes="20:00") for i, day in week)
    session.add(
        Absence(
            staff_id=staff[AWAY].id or 0, deputy_id=staff[DEPUTY].id, why="on holiday",
            starts_at=now - timedelta(days=3), ends_at=now + timedelta(days=4),
        )  # fmt: skip
    )
    return staff
