"""What came can be asked about, with its type, though nobody declared it."""

import json
from datetime import datetime
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
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


_TOLD = st.dictionaries(
    st.sampled_from(["seats", "on", "gift", "note"]),
    st.integers(-9, 9) | st.floats(-9, 9) | st.booleans() | st.sampled_from(["2026-03-01", "x", ""]) | st.none(),
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(documents=st.lists(_TOLD, max_size=8))
def test_the_type_is_that_of_all_values_together(documents: list[dict[str, Any]]) -> None:
    """Whatever was told under a name, in whatever order, it is counted once each and has the least type that fits."""
    texts = [json.dumps(document) for document in documents]
    found = {each.name: each for each in learned._learned(texts)}
    assert [(one.name, one.kind, one.count) for one in learned._learned(reversed(texts))] == [
        (one.name, one.kind, one.count) for one in found.values()
    ]
    for name, each in found.items():
        values = [document[name] for document in documents if document.get(name) is not None]
        kinds = {type(value) for value in values}
        assert each.count == len(values)
        assert set(map(repr, each.examples)) <= set(map(repr, values))
        if kinds == {int, float}:
            assert each.kind == "float"
        elif kinds == {str}:
            dates = all(value == "2026-03-01" for value in values)
            assert each.kind == ("date" if dates else "text")
        else:
            alone = {bool: "bool", int: "int", float: "float"}
            assert each.kind == (alone[kinds.pop()] if len(kinds) == 1 else "text")
    assert found.keys() == {name for document in documents for name, value in document.items() if value is not None}
