"""However values lie, each customer is counted once."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from mailer.insights.events import take
from mailer.insights.insight import INSIGHTS, Insight, Type
from mailer.insights.spread import freshness, known, reads, spread
from mailer.insights.warehouse import Warehouse
from mailer.people.customer import Customer

VALUES = {
    Type.INT: st.integers(-(10**9), 10**9) | st.integers(0, 12),
    Type.MONEY: st.integers(-(10**9), 10**9),
    Type.FLOAT: st.floats(-1e9, 1e9, allow_subnormal=False) | st.floats(0, 3),
    Type.TEXT: st.text(max_size=3),
    Type.TIME: st.datetimes(datetime(1999, 1, 1), datetime(2030, 1, 1)),
}


@pytest.fixture(scope="module")
def shelf() -> Iterator[Warehouse]:
    warehouse = Warehouse("duckdb://")
    yield warehouse
    warehouse.close()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), name=st.sampled_from(["baskets_ever", "spend_365", "overdue_ratio", "rfm", "last_basket_at"]))
def test_each_customer_is_counted_once(shelf: Warehouse, data: st.DataObject, name: str) -> None:
    insight: Insight = INSIGHTS[name]
    values: list[Any] = data.draw(st.lists(st.none() | VALUES[insight.type], max_size=30))
    con = shelf.backend.con.con
    con.execute("DELETE FROM insight")
    for id_, value in enumerate(values, 1):
        con.execute(f'INSERT INTO insight (customer_id, "{name}") VALUES (?, ?)', [id_, value])
    found = spread(shelf, insight)
    has = [value for value in values if value is not None and value != insight.none]
    assert (found.customers, found.known) == (len(values), len(has))
    assert sum(line.customers for line in found.lines) == len(has)
    assert len({line.said for line in found.lines}) == len(found.lines)
    assert len(found.lines) <= 33
    assert len(found.without) == min(5, len(values) - len(has))
    assert (found.some is None) == (not has)
    assert known(shelf)[name] == len(has)


def test_ranges_are_round_and_said_with_their_unit(warehouse: Warehouse, session: Session, now: datetime) -> None:
    for id_, days in ((1, 3), (2, 14), (3, 41), (4, 365)):
        session.add(Customer(id=id_, email=f"{id_}@example.com", created_at=now, updated_at=now))
        session.flush()
        take(session, [{"key": str(id_), "customer_id": id_, "name": "basket", "at": now - timedelta(days=days),
                        "properties": {"amount_cents": 12_345}}])  # fmt: skip
    warehouse.fold(session, now)
    lines = {line.said: line.customers for line in spread(warehouse, INSIGHTS["days_since_basket"]).lines}
    assert [line for line, customers in lines.items() if customers] == ["0 to 49 days", "350 to 399 days"]
    assert lines["0 to 49 days"] == 3
    money = spread(warehouse, INSIGHTS["spend_365"]).lines
    assert [line.said for line in money if line.customers] == ["123.00 to 123.99"]
    assert spread(warehouse, INSIGHTS["last_basket_at"]).lines[0].said == "March 2025"


def test_an_insight_names_what_it_is_made_of() -> None:
    assert reads(INSIGHTS["overdue_ratio"]) == ("usual_interval", "days_since_basket")
    assert reads(INSIGHTS["rfm"]) == ("last_basket_at", "baskets_365", "spend_365", "days_since_basket")
    assert reads(INSIGHTS["baskets_30"]) == ()


def test_freshness_is_the_day_and_the_newest_event(
    warehouse: Warehouse, session: Session, now: datetime, ann: int
) -> None:
    assert freshness(warehouse, ["basket"]).day is None
    take(session, [{"key": "a", "customer_id": ann, "name": "basket", "at": now}])
    warehouse.fold(session, now + timedelta(days=2))
    fresh = freshness(warehouse, ["basket", "opened"])
    assert (fresh.day, fresh.events, fresh.newest) == (datetime(2026, 3, 18, tzinfo=UTC).date(), 1, now)
