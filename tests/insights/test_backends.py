"""The same shop in every store gives the same answers, and folds alike.

DuckDB and PostgreSQL always; Spark where pyspark is installed (`make spark`), for it lives with another pandas than the
rest. What ClickHouse, Trino and BigQuery would be asked is kept as files: a change of theirs is seen in a review.
"""

import importlib.util
import json
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import ibis.backends.sql.compilers as compilers
import pytest
import sqlalchemy as sa
from sqlmodel import Session

from mailer.errors import NotReady, Temporary
from mailer.insights.arrivals import Folded
from mailer.insights.backends.own import own_properties
from mailer.insights.backends.reworded import exact_median, json_extracted
from mailer.insights.events import Event, take
from mailer.insights.insight import INSIGHTS
from mailer.insights.layout import computed, tables
from mailer.insights.warehouse import Warehouse
from mailer.people.customer import Customer
from mailer.segments import segment as segments
from mailer.segments.criteria import from_data
from mailer.segments.files import read
from mailer.segments.moment import Moment

NOW = datetime(2026, 3, 16, 10, tzinfo=UTC)
ZONES = ("UTC", "Europe/Berlin", "Asia/Tokyo")
GOLDEN = Path(__file__).parent / "golden"
SHIPPED = sorted((Path(__file__).parents[2] / "segments").glob("*.toml"))
SPARK = "pyspark://{}?spark.master=local[1]&spark.ui.enabled=false&spark.sql.shuffle.partitions=1&spark.driver.host=127.0.0.1"
QUESTIONS: dict[str, dict[str, Any]] = {
    "everybody": {"all": []},
    "insights": {"all": [{"field": "baskets_365", "op": "at_least", "value": 12},
                         {"field": "overdue_ratio", "op": "at_least", "value": 1}]},
    "windows": {"all": [{"field": "language", "op": "one_of", "value": ["en", "DE"]},
                        {"did": "basket", "at_least": 2, "within_days": 90,
                         "where": [{"field": "amount_cents", "op": "at_least", "value": 2000}]},
                        {"not": {"did": "opened", "at_least": 1, "within_days": 7}}]},
    "attributes": {"any": [{"field": "attributes.tier", "op": "is", "value": "gold"},
                           {"field": "attributes.points", "op": "more_than", "value": 100}]},
    "carried": {"did": "opened", "at_least": 1, "where": [{"field": "minutes", "op": "at_least", "value": 3}]},
    "text": {"field": "first_name", "op": "contains", "value": "%"},
    "times": {"all": [{"field": "first_basket_at", "op": "since", "value": "2025-01-01"},
                      {"field": "last_basket_at", "op": "in_last_days", "value": 60}]},
}  # fmt: skip


def _customers() -> list[Customer]:
    return [
        Customer(
            id=n, email=f"{n}@example.com", first_name=("", "O'Neil", "50%_\\")[n % 3],
            language=("en", "de", "fr")[n % 3],
            attributes={"tier": ("gold", "silver")[n % 2], "points": n * 10, "odd": "a\x00b"} if n % 3 else {},
            created_at=NOW - timedelta(days=n), updated_at=NOW,
        )
        for n in range(1, 21)
    ]  # fmt: skip


def _events() -> list[dict[str, Any]]:
    rows = [
        _event(n, "basket", (n * 37 + k * (n % 9 + 1)) % 720, k) for n in range(1, 20) for k in range(n * 2)
    ]  # fmt: skip
    return rows + [
        {"key": f"o{n}", "customer_id": n, "name": "opened", "at": NOW - timedelta(days=n),
         "properties": {"minutes": n % 7, "what": "it's"}}
        for n in range(1, 20)
    ] + [
        {"key": f"v{n}/{k}", "customer_id": n, "name": "visit", "at": NOW - timedelta(days=(n * k * 3) % 40, hours=k),
         "properties": {"amount_cents": n * k, "department": ("Meat", "bakery")[k % 2], "place": f"{k % 3}é",
                        "seats": (k, 1.5, "many", None)[k % 4]}}
        for n in range(1, 9) for k in range(n * 2)
    ]  # fmt: skip


def _event(customer: int, name: str, days_ago: int, k: int) -> dict[str, Any]:
    properties = {"amount_cents": 500 + k * 300, "items": k, "department": ("Meat", "Bakery")[k % 2]}
    at = NOW - timedelta(days=days_ago, hours=k)
    return {"key": f"{customer}/{k}", "customer_id": customer, "name": name, "at": at, "properties": properties}


def _url(kind: str, request: pytest.FixtureRequest, folder: Path) -> str:
    if kind == "postgresql":
        return str(request.getfixturevalue("server").new()).replace("+psycopg", "")
    return SPARK.format(folder) if kind == "pyspark" else "duckdb://"


@pytest.fixture(scope="session")
def expected() -> dict[str, Any]:
    return {}


@pytest.fixture(params=["duckdb", "postgresql", "pyspark"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty store of each family."""
    if request.param == "pyspark" and not importlib.util.find_spec("pyspark"):
        pytest.skip("pyspark is not installed; make spark runs this")
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    return _url(request.param, request, tmp_path)


@pytest.fixture
def other(url: str) -> Iterator[Warehouse]:
    warehouse = Warehouse(url)
    yield warehouse
    if not url.startswith("pyspark"):
        return warehouse.close()
    for table in ("insight", "event", "customer", "cursor", "gap", "touched"):
        warehouse.backend.drop(table)  # one session of Spark for all: it is slow to start


@pytest.fixture
def reference() -> Iterator[Warehouse]:
    warehouse = Warehouse("duckdb://")
    yield warehouse
    warehouse.close()


def _content(warehouse: Warehouse) -> dict[str, list[Any]]:
    told = {}
    for table in (warehouse.tables.events, warehouse.tables.customers, warehouse.tables.insights):
        rows = [_plain(row) for row in warehouse.rows(table)]
        told[table.get_name()] = sorted(rows, key=lambda row: (row.get("id", 0), row["customer_id"]))
    return told


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    for name in ("attributes", "properties"):
        if row.get(name):
            row[name] = json.loads(row[name].replace("\\u0000", ""))
    return {name: round(value, 6) if isinstance(value, float) else value for name, value in row.items()}


def test_every_store_folds_and_answers_alike(
    every_form: None, other: Warehouse, reference: Warehouse, session: Session
) -> None:
    session.add_all(_customers())
    session.flush()
    rows = _events()
    take(session, rows[: len(rows) // 2])
    days = (NOW, NOW, NOW + timedelta(days=1), NOW + timedelta(days=1, hours=1))
    for step, now in enumerate(days):
        if step == 1:
            take(session, rows[len(rows) // 2 :])
            customer = session.get_one(Customer, 3)
            customer.language, customer.updated_at = "sv", NOW + timedelta(seconds=1)
            session.add(customer)
            session.flush()
        assert other.fold(session, now) == reference.fold(session, now)
        told, wanted = _content(other), _content(reference)
        for name, rows_wanted in wanted.items():
            differing = [
                {key: (row[key], right[key]) for key in row if row[key] != right[key]}
                for row, right in zip(told[name], rows_wanted, strict=True)
            ]
            assert [each for each in differing if each] == []
        for question in QUESTIONS.values():
            tree = from_data(question)
            assert segments.customers(other, tree, now) == segments.customers(reference, tree, now), question
            assert segments.count(other, tree, now) == segments.count(reference, tree, now)
            assert segments.sample(other, tree, now, 3) == segments.sample(reference, tree, now, 3)
    assert segments.why(other, from_data(QUESTIONS["windows"]), 7, now) == segments.why(
        reference, from_data(QUESTIONS["windows"]), 7, now
    )
    assert other.last_events(9, 3) == reference.last_events(9, 3)
    assert other.fold(session, now) == Folded(0, 0)
    session.execute(sa.delete(Event).where(Event.customer_id == 20))
    session.execute(sa.delete(Customer).where(Customer.id == 20))
    assert other.fold(session, now).gone == reference.fold(session, now).gone == 1
    assert _content(other) == _content(reference)
    rows = [row for row in rows if row["customer_id"] != 20]
    assert other.rebuild(session, now) == Folded(len(rows), 19)
    assert _content(other) == _content(reference)


def test_a_warehouse_is_found_again(url: str, session: Session, now: datetime) -> None:
    if not url.startswith("postgresql"):
        pytest.skip("in memory")
    session.add_all(_customers())
    session.flush()
    for customers in (20, 0):
        warehouse = Warehouse(url)
        assert warehouse.fold(session, now).customers == customers
        warehouse.close()


def test_a_server_that_is_not_there_is_said_so() -> None:
    with pytest.raises(NotReady, match="cannot be reached"):
        Warehouse("postgresql://nobody@127.0.0.1:1/nothing")


def test_a_question_that_takes_too_long_is_stopped(url: str) -> None:
    if url.startswith("pyspark"):
        pytest.skip("Spark looks for an end between tasks")
    warehouse = Warehouse(url)
    warehouse.patience = 0.2
    import ibis

    numbers = ibis.range(0, 3_000_000).unnest().name("n").as_table()
    endless = numbers.cross_join(numbers.view()).aggregate(n=lambda both: (both.n * both.n_right % 7).sum())
    with pytest.raises(Temporary, match="fewer days"):
        warehouse.rows(endless)
    assert warehouse.counts() == {"events": 0, "customers": 0}
    warehouse.close()


def test_a_question_can_write_nothing(url: str) -> None:
    if url.startswith("pyspark"):
        pytest.skip("what Spark may write is for its own permissions to say")
    warehouse = Warehouse(url)
    with warehouse._reading() as reader, pytest.raises(Exception, match=r"(?i)read.only"):
        if url.startswith("duckdb"):
            reader.con.execute("BEGIN TRANSACTION READ ONLY")
        reader.raw_sql("DELETE FROM event")
    warehouse.close()


@pytest.mark.parametrize(
    ("text", "amount", "department"),
    [
        ('{"amount_cents": 12, "department": "Meat"}', 12, "Meat"),
        ('{"amount_cents": true, "department": 7}', None, None),
        ('{"amount_cents": 1.5, "department": null}', 2, None),
        ('{"amount_cents": 1e308}', None, None),
        ('{"amount_cents": "12", "department": {"a": 1}}', None, None),
        ("[]", None, None),
        (None, None, None),
    ],
)
def test_a_property_of_another_type_is_as_if_not_told(
    text: str | None, amount: int | None, department: str | None
) -> None:
    assert own_properties(text)["amount_cents"] == amount
    assert own_properties(text)["department"] == department


@pytest.mark.parametrize("dialect", ["clickhouse", "trino", "bigquery"])
def test_what_other_stores_would_be_asked_is_as_reviewed(dialect: str, request: pytest.FixtureRequest) -> None:
    compiler = getattr(compilers, dialect).compiler
    known = tables()
    asked = {path.stem: read(path).criteria.expression(known, Moment(NOW, ZONES)) for path in SHIPPED}
    asked |= {
        name: from_data(QUESTIONS[name]).expression(known, Moment(NOW, ZONES)) for name in ("windows", "attributes")
    }
    asked["insights"] = computed(known, 20_528)
    request.getfixturevalue("only_forms")
    asked["forms"] = computed(tables(), 20_528)
    prepared = json_extracted if dialect == "clickhouse" else exact_median
    asked = {name: prepared(question) for name, question in asked.items()}
    said = "\n\n".join(
        f"-- {name}\n{compiler.to_sqlglot(question).sql(dialect, pretty=True)};" for name, question in asked.items()
    )
    said = re.sub(r"ibis_bq_arr_\w+", "values", said)  # named anew each time
    path = GOLDEN / f"{dialect}.sql"
    if os.environ.get("GOLDEN") == "write":
        path.write_text(said + "\n", encoding="utf-8")
    assert said + "\n" == path.read_text(encoding="utf-8"), "look at it, then GOLDEN=write pytest tests/insights"


def test_every_insight_is_in_the_golden_files() -> None:
    for path in GOLDEN.glob("*.sql"):
        assert not [name for name in INSIGHTS if name not in path.read_text(encoding="utf-8")]
