"""Who is in the demo? The people who work in the shop, and how its made-up customers are spread.

Nobody here exists. Staff are in lifeline.example and customers in example.com, example.org and example.net: domains
that belong to nobody (RFC 2606), so that whatever is done with the demo reaches no one.
"""

import re
import unicodedata
from base64 import b32encode
from datetime import datetime, time, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from faker import Faker
from sqlmodel import Session, insert

from mailer.people.staff import Absence, Role, Staff, WorkingHours, set_password
from mailer.people.suppression import Why

PASSWORD = "lifeline"  # noqa: S105 -- of everybody in the demo, and said on its sign-in page
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


def hire(session: Session, now: datetime) -> dict[str, Staff]:
    """Add everybody who works here, and say when."""
    staff: dict[str, Staff] = {}
    for name, title, role, zone, colour, _ in STAFF:
        email = f"{_plain(name.split()[0])}@lifeline.example"
        staff[name] = Staff(
            public_id=public_id(email), email=email, name=name, title=title, role=role, time_zone=zone, colour=colour,
            created_at=now - timedelta(days=400),
        )  # fmt: skip
    first, *others = staff.values()
    set_password(first, PASSWORD)
    for each in others:
        each.password_hash = first.password_hash  # slow on purpose, and the same password
    session.add_all(staff.values())
    session.flush()
    week = [(each.id, day) for each in staff.values() for day in range(6)]
    hours = {"opens": "08:00", "closes": "20:00"}
    session.execute(insert(WorkingHours), [{"staff_id": staff_id, "weekday": day} | hours for staff_id, day in week])
    begins, ends = (_midnight(now + timedelta(days=days), staff[AWAY].time_zone) for days in (-3, 5))
    away = {"staff_id": staff[AWAY].id, "deputy_id": staff[DEPUTY].id, "starts_at": begins, "ends_at": ends}
    session.execute(insert(Absence), [away | {"why": "on holiday"}])
    return staff


def _midnight(at: datetime, zone: str) -> datetime:
    """Return when the day of `at` begins where somebody lives: people are away for whole days."""
    return datetime.combine(at.astimezone(ZoneInfo(zone)).date(), time(), ZoneInfo(zone))


def made_up_name(language: str, faker: Faker) -> tuple[str, str, str]:
    """Return a first name, a last name, and both as an address may hold them."""
    if language == "ja":
        first, _, first_latin = faker.first_name_pair()
        last, _, last_latin = faker.last_name_pair()
        return first, last, f"{_plain(first_latin)}.{_plain(last_latin)}"
    first, last = faker.first_name(), faker.last_name()
    return first, last, f"{_plain(first)}.{_plain(last)}"


def public_id(text: str) -> str:
    """Return a public id that is the same for the same address, so that the demo's links stay."""
    return b32encode(sha256(f"demo {text}".encode()).digest()).decode().lower()[:13]


def _plain(name: str) -> str:
    """Write a name in the letters any address may have: "François Müller" is "francoismuller"."""
    spelled = name.lower().replace("ß", "ss").replace("ø", "o").replace("œ", "oe").replace("æ", "ae")
    return re.sub(r"[^a-z0-9]", "", unicodedata.normalize("NFKD", spelled))
