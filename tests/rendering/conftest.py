"""What the tests of letters share: a customer, a representative and the context of one letter."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mailer.mail.tokens import Signer
from mailer.people.customer import Customer
from mailer.people.staff import Role, Staff
from mailer.rendering.context import context, shared
from mailer.rendering.links import Links
from mailer.rendering.press import Press
from mailer.rendering.template import Shelf
from mailer.settings import Brand

ROOT = Path(__file__).parents[2]
AT = datetime(2026, 3, 16, 10, tzinfo=UTC)
FACTS: dict[str, Any] = {
    "last_basket_at": datetime(2026, 2, 13, 23, 30, tzinfo=UTC),
    "days_since_basket": 31,
    "usual_interval": 9.0,
    "baskets_365": 84,
    "spend_365": 212345,
    "favourite_department": "Produce",
    "previous_favourite": "Frozen groceries",
    "new_favourite": "Organic produce",
    "first_basket_at": datetime(2023, 3, 16, 9, tzinfo=UTC),
    "years": 3,
    "week_streak": 14,
}


@pytest.fixture(scope="session")
def shelf() -> Shelf:
    return Shelf([ROOT / "templates"])


@pytest.fixture
def links() -> Links:
    return Links.of("https://mail.example.com/", Signer(b"k" * 32), 7)


@pytest.fixture
def seen(links: Links) -> Callable[..., dict[str, Any]]:
    """Return what a letter to Ann may see; named arguments change the customer."""

    def make(facts: dict[str, Any] = FACTS, **customer: Any) -> dict[str, Any]:
        ann = {"first_name": "Ann", "last_name": "Baker", "language": "en", "time_zone": "Europe/Berlin"}
        return context(
            customer=Customer(email="ann@example.com", created_at=AT, updated_at=AT, **{**ann, **customer}),
            shared=shared(
                staff=Staff(email="m@example.com", name="Maria Lindqvist", role=Role.REPRESENTATIVE, created_at=AT),
                hours="Monday to Friday, 9:00 to 17:00 (Berlin)",
                brand=Brand(name="Harvest Lane", address="12 Market Street", base_url="https://mail.example.com"),
                topic="Offers",
            ),
            facts=facts,
            because=["Your last basket was 31 days ago; usually you come every 9 days."],
            links=links,
        )

    return make


@pytest.fixture(scope="session")
def press() -> Iterator[Press]:
    press = Press()
    yield press
    press.close()
