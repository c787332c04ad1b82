"""Who shops in the demo, and what did they do? Published baskets of 2,469 households, with made-up names.

What people bought is told in data/SOURCE.md, who they are in `cast`, from one seed: the same `now` gives the same shop,
but for the salt of the password. A basket's civil time is read in its customer's own zone, and every day is moved by
the same whole number of days, so that the last is yesterday where it is latest (Los Angeles): nothing is in the future.

Everything is one transaction in chunks of 10,000 rows. The store is empty and nobody waits for it, so the 500 of a
living house would only cost time, and a filling that is interrupted leaves an empty store, not half a shop.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import duckdb
from faker import Faker
from sqlmodel import Session, SQLModel, insert, select

from mailer.demo import cast
from mailer.errors import NotReady
from mailer.insights.events import Event
from mailer.people.consent import Consent, Topic
from mailer.people.customer import Customer
from mailer.people.staff import Role, Staff
from mailer.people.suppression import Suppression

DATA = Path(__file__).parent / "data"
LAST_DAY = date(2017, 12, 31)  # of the published year
LATEST = "America/Los_Angeles"  # the zone of the demo in which yesterday ends last
CHUNK = 10_000


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
        staff = cast.hire(session, now)
        baskets, redemptions = _rows("baskets"), _rows("redemptions")
        days = now.astimezone(ZoneInfo(LATEST)).date() - timedelta(days=1) - LAST_DAY
        customers = _customers(baskets, days, staff, now)
        _bulk(session, Customer, customers)
        _bulk(session, Topic, [{"id": key, "name": name, "description": about} for key, name, about in cast.TOPICS])
        ids = dict(session.exec(select(Customer.external_id, Customer.id)).all())
        _bulk(session, Consent, _consents(customers, ids, now))
        _bulk(session, Suppression, _suppressions(customers, now))
        zones = {int(each["external_id"]): ZoneInfo(each["time_zone"]) for each in customers}
        events = sorted(_events(baskets, redemptions, days, zones, ids), key=lambda event: event["at"])
        _bulk(session, Event, events)
        return Stocked(len(customers), len(events), len(staff))


def _customers(
    baskets: Sequence[dict[str, Any]], days: timedelta, staff: dict[str, Staff], now: datetime
) -> list[dict[str, Any]]:
    """Make up one customer for each household, and share them out: by language first, then evenly."""
    rng = Random(8451)  # noqa: S311 -- made up, not secret
    fakers = {language: Faker(locale) for language, locale in cast.LOCALES.items()}
    for faker in fakers.values():
        faker.seed_instance(8451)
    told = {each.pop("household_id"): each for each in _rows("households")}
    first_at: dict[int, datetime] = {}
    for basket in baskets:
        household, at = basket["household_id"], basket["bought_at"]
        first_at[household] = min(at, first_at.get(household, at))
    customers: list[dict[str, Any]] = []
    for household, began in sorted(first_at.items()):
        language, zone, _ = rng.choices(cast.LIVES, [weight for _, _, weight in cast.LIVES])[0]
        first, last, plain = cast.made_up_name(language, fakers[language])
        email = f"{plain}.{household}@example.{('com', 'org', 'net')[household % 3]}"
        customers.append({
            "public_id": cast.public_id(email), "external_id": str(household), "email": email,
            "first_name": first, "last_name": last, "language": language, "time_zone": zone,
            "attributes": {name: value for name, value in told.get(household, {}).items() if value is not None},
            "created_at": (began + days).replace(tzinfo=ZoneInfo(zone)), "updated_at": now,
        })  # fmt: skip
    speaker = {language: name for name, *_, languages in cast.STAFF for language in languages}
    load = {each.name: 0 for each in staff.values() if each.role == Role.REPRESENTATIVE}
    for customer in sorted(customers, key=lambda customer: customer["language"] not in speaker):
        name = speaker.get(customer["language"]) or min(load, key=lambda name: load[name])
        customer["representative_id"] = staff[name].id
        load[name] += 1
    return customers


def _consents(customers: Sequence[dict[str, Any]], ids: dict[Any, Any], now: datetime) -> Iterator[dict[str, Any]]:
    """Most agreed when they became customers, to each topic on its own; a few have changed their mind since."""
    rng = Random(92)  # noqa: S311
    for customer in customers:
        for topic, _, _ in cast.TOPICS:
            if rng.random() >= cast.AGREED:
                continue
            said = {"customer_id": ids[customer["external_id"]], "topic_id": topic}
            began = customer["created_at"]
            yield said | {"granted": True, "at": began, "source": "import", "wording": cast.WORDING}
            if rng.random() < cast.WITHDRAWN:
                later = began + (now - began) * rng.uniform(0.5, 0.99)
                yield said | {"granted": False, "at": later, "source": "preferences page", "wording": ""}


def _suppressions(customers: Sequence[dict[str, Any]], now: datetime) -> list[dict[str, Any]]:
    whom = Random(3).sample(customers, len(cast.SUPPRESSED))  # noqa: S311
    return [
        {"address": customer["email"], "why": why, "at": now - timedelta(days=ago), "evidence": evidence}
        for customer, (why, ago, evidence) in zip(whom, cast.SUPPRESSED, strict=True)
    ]


def _events(
    baskets: Sequence[dict[str, Any]],
    redemptions: Sequence[dict[str, Any]],
    days: timedelta,
    zones: dict[int, ZoneInfo],
    ids: dict[Any, Any],
) -> Iterator[dict[str, Any]]:
    """Turn every basket and every redeemed coupon into an event."""
    for basket in baskets:
        key, household, at = basket.pop("basket_id"), basket.pop("household_id"), basket.pop("bought_at")
        instant = (at + days).replace(tzinfo=zones[household]).astimezone(UTC)
        yield _event(f"cj-{key}", ids[str(household)], "basket", instant, basket)
    for number, row in enumerate(redemptions, start=1):
        instant = (row["redeemed_at"] + days).replace(tzinfo=zones[row["household_id"]]).astimezone(UTC)
        yield _event(f"cj-coupon-{number}", ids[str(row["household_id"])], "coupon_redeemed", instant, {})


def _event(key: str, customer_id: int, name: str, at: datetime, properties: dict[str, Any]) -> dict[str, Any]:
    return {"key": key, "customer_id": customer_id, "name": name, "at": at, "properties": properties}


def _rows(name: str) -> list[dict[str, Any]]:
    """Read one of the data files, in a fixed order, each row under the names of its columns."""
    with duckdb.connect() as connection:
        found = connection.execute("select * from read_parquet(?) order by all", [str(DATA / f"{name}.parquet")])
        columns = [column[0] for column in found.description or ()]
        return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]


def _bulk(session: Session, table: type[SQLModel], rows: Iterable[dict[str, Any]]) -> None:
    """Insert whole rows through Core, a chunk at a time: past the ORM, which would look at each."""
    waiting = iter(rows)
    while chunk := list(islice(waiting, CHUNK)):
        session.execute(insert(SQLModel.metadata.tables[str(table.__tablename__)]), chunk)
