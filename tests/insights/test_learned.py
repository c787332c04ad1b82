"""What came can be asked about, with its type, though nobody declared it."""

from datetime import datetime

from sqlmodel import Session

from mailer.insights import learned
from mailer.insights.events import take
from mailer.insights.warehouse import Warehouse
from mailer.people.customer import Customer

VALUES = [
    {"seats": 2, "price": 9.5, "gift": True, "on": "2026-03-01", "mixed": 7, "name": "Ann"},
    {"seats": 2, "price": 10, "gift": False, "on": "2026-03-02T10:00:00Z", "mixed": "x", "list": [1]},
]


def test_events_and_properties_are_learned_from_what_came(
    session: Session, warehouse: Warehouse, now: datetime
) -> None:
    session.add(Customer(id=1, email="a@example.com", attributes={"vip": True}, created_at=now, updated_at=now))
    session.flush()
    rows = [
        {"key": str(n), "customer_id": 1, "name": "booking", "at": now, "properties": v} for n, v in enumerate(VALUES)
    ]
    take(session, [*rows, {"key": "x", "customer_id": 1, "name": "visit", "at": now}])
    warehouse.fold(session, now)
    booking, visit = learned.events(warehouse)
    assert (booking.name, booking.count, booking.customers, visit.properties) == ("booking", 2, 1, ())
    assert {each.name: each.kind for each in booking.properties} == {
        "seats": "int", "price": "float", "gift": "bool", "on": "date", "mixed": "text", "name": "text",
    }  # fmt: skip
    seats = next(each for each in booking.properties if each.name == "seats")
    assert (seats.count, seats.examples) == (2, (2,))
    assert learned.attributes(warehouse) == (learned.Learned("vip", "bool", 1, (True,)),)
