"""A reason in an email says what the proof says."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from mailer.insights import events
from mailer.insights.warehouse import Warehouse
from mailer.people.customer import Customer
from mailer.segments.criteria import from_data
from mailer.segments.prover import prove
from mailer.segments.reasons import because

QUESTIONS = [
    {"field": "baskets_30", "op": "at_least", "value": 1},
    {"did": "basket", "at_least": 2, "within_days": 90},
    {"not": {"did": "basket", "at_least": 3, "within_days": 30}},
    {"not": {"field": "baskets_30", "op": "at_least", "value": 9}},
    {
        "all": [
            {"field": "spend_365", "op": "more_than", "value": 100},
            {"field": "language", "op": "is", "value": "en"},
        ]
    },
    {"any": [{"did": "basket", "at_least": 99}, {"field": "favourite_department", "op": "is", "value": "Produce"}]},
]


@pytest.fixture
def warehouse(session: Session, now: datetime) -> Warehouse:
    for number in range(1, 5):
        session.add(Customer(id=number, email=f"c{number}@example.com", created_at=now, updated_at=now))
    session.flush()
    told = [
        {
            "key": f"{who}-{n}",
            "customer_id": who,
            "name": "basket",
            "at": now - timedelta(days=9 * n * who),
            "properties": {"amount_cents": 900 + n, "items": n, "department": "Produce"},
        }
        for who in range(1, 4)
        for n in range(1, 7)
    ]
    events.take(session, told)
    warehouse = Warehouse()
    warehouse.fold(session, now)
    return warehouse


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_the_reasons_of_a_batch_are_those_of_each_proof(question: object, warehouse: Warehouse, now: datetime) -> None:
    criteria = from_data(question)
    each = {who: prove(warehouse, criteria, who, now).because() for who in range(1, 5)}
    assert because(warehouse, criteria, [1, 2, 3, 4], now) == each


def test_nobody_asked_about_is_nobody_answered_for(warehouse: Warehouse, now: datetime) -> None:
    assert because(warehouse, from_data(QUESTIONS[0]), [], now) == {}
