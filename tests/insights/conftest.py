"""A shop with a few customers, and a way to let them come."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from mailer.insights import declared, events
from mailer.insights.insight import INSIGHTS
from mailer.insights.warehouse import Warehouse
from mailer.people.customer import Customer

FORMS_FILE = Path(__file__).parent / "forms.toml"


@pytest.fixture
def every_form() -> Iterator[None]:
    """An insight of every form beside the library."""
    declared.install(FORMS_FILE)
    yield
    declared.install(None)


@pytest.fixture
def only_forms(every_form: None) -> Iterator[None]:
    """An insight of every form and nothing else, so that a fold is quick."""
    known = dict(INSIGHTS)
    for name, each in known.items():
        if not each.source:
            del INSIGHTS[name]
    yield
    INSIGHTS.clear()
    INSIGHTS.update(known)


@pytest.fixture
def warehouse() -> Iterator[Warehouse]:
    warehouse = Warehouse("duckdb://")
    yield warehouse
    warehouse.close()


@pytest.fixture
def ann(session: Session, now: datetime) -> int:
    return _customer(session, now, "ann")


@pytest.fixture
def bob(session: Session, now: datetime) -> int:
    return _customer(session, now, "bob")


def _customer(session: Session, now: datetime, name: str) -> int:
    customer = Customer(
        external_id=name, email=f"{name}@example.com", attributes={"tier": "gold"}, created_at=now, updated_at=now
    )
    session.add(customer)
    session.flush()
    assert customer.id
    return customer.id


@pytest.fixture
def basket(session: Session, now: datetime) -> Callable[..., None]:
    """Let a customer come so many days ago."""

    def come(customer_id: int, days_ago: int, cents: int = 1000, department: str = "Produce", **more: Any) -> None:
        at = now - timedelta(days=days_ago)
        properties = {"amount_cents": cents, "department": department, "items": 3, "discount_cents": 0}
        key = f"{customer_id}/{days_ago}/{cents}/{department}"
        row = {"key": key, "customer_id": customer_id, "name": "basket", "at": at, "properties": properties}
        assert events.take(session, [{**row, **more}])

    return come
