"""A small shop, folded once: thirty customers with two years of baskets and opened emails."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

import mailer.tables  # noqa: F401 -- every table is known
from mailer.insights.events import take
from mailer.insights.warehouse import Warehouse
from mailer.people.customer import Customer
from mailer.store import Store

NOW = datetime(2026, 3, 16, 10, 0, tzinfo=UTC)
ANN, NEW = 1, 30  # comes every nine days, last 31 days ago; has not come yet
DEPARTMENTS = ("Produce", "Meat", "Bakery")


def _events() -> Iterator[dict[str, Any]]:
    chance = random.Random(7)
    for days_ago in range(31, 31 + 9 * 20, 9):
        yield _event(ANN, "basket", days_ago, {"amount_cents": 1000 + days_ago, "items": 3, "department": "Produce"})
    for customer in range(ANN + 1, NEW):
        for days_ago in chance.sample(range(700), chance.randrange(60)):
            cents, department = chance.randrange(100, 9000), chance.choice(DEPARTMENTS)
            more = {"channel": chance.choice(["web", "shop"])} if chance.random() < 0.5 else {}
            properties = {"amount_cents": cents, "items": cents // 500, "department": department, **more}
            yield _event(customer, "basket", days_ago, properties)
        for days_ago in chance.sample(range(60), chance.randrange(4)):
            yield _event(customer, "opened", days_ago, {"minutes": chance.randrange(9)})


def _event(customer: int, name: str, days_ago: int, properties: dict[str, Any]) -> dict[str, Any]:
    key = f"{customer}/{name}/{days_ago}"
    at = NOW - timedelta(days=days_ago)
    return {"key": key, "customer_id": customer, "name": name, "at": at, "properties": properties}


def _customers() -> Iterator[Customer]:
    for id_ in range(ANN, NEW + 1):
        attributes: dict[str, Any] = {"tier": ("gold", "silver")[id_ % 2], "points": id_ * 10} if id_ % 3 else {}
        yield Customer(
            id=id_, email=f"{id_}@example.com", first_name="" if id_ % 5 else f"Name {id_}", attributes=attributes,
            language=("en", "de", "fr")[id_ % 3], created_at=NOW - timedelta(days=id_ * 20), updated_at=NOW,
        )  # fmt: skip


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """Give the warehouse, and the rows it was folded from as plain data."""
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('shop')}/mailer.db")
    store.create()
    events, customers = list(_events()), list(_customers())
    warehouse = Warehouse("duckdb://")
    with store.write() as session:
        session.add_all(customers)
        session.flush()
        take(session, events)
        warehouse.fold(session, NOW)
    rows = {customer.id: customer.model_dump() for customer in customers}
    yield SimpleNamespace(
        warehouse=warehouse, events=events, customers=rows, now=NOW, facts=warehouse.facts(list(rows))
    )
    warehouse.close()
    store.close()
