"""A customer, our message to them, and the keys: what every test of replies needs."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlmodel import Session

from mailer.delivery.departing import new_message_id
from mailer.delivery.message import Kind, Message, State
from mailer.mail.tokens import Signer
from mailer.people.customer import Customer


@pytest.fixture
def signer() -> Signer:
    return Signer(b"a secret of thirty-two bytes, ok")


@pytest.fixture
def customer(session: Session, now: datetime) -> Callable[[str], Customer]:
    def make(name: str) -> Customer:
        email = f"{name.lower()}@example.com"
        made = Customer(email=email, first_name=name, last_name="Miller", created_at=now, updated_at=now)
        session.add(made)
        session.flush()
        return made

    return make


@pytest.fixture
def sent(session: Session, now: datetime) -> Callable[..., Message]:
    numbers = iter(range(10_000))

    def make(customer: Customer | None, **more: Any) -> Message:
        given: dict[str, Any] = {
            "kind": Kind.CAMPAIGN,
            "state": State.SENT,
            "customer_id": customer.id if customer else None,
            "address": customer.email if customer else "stranger@example.org",
            "message_id": new_message_id(next(numbers), domain="example.com"),
            "subject": "We miss you",
            "due_at": now,
            "next_at": now,
            "created_at": now,
        }
        message = Message(**given | more)
        session.add(message)
        session.flush()
        return message

    return make
