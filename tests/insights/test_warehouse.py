"""Whatever interrupts or repeats a fold, the warehouse ends up as if it had been built at once."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlalchemy as sa
from sqlmodel import Session

from mailer import failpoints
from mailer.errors import Misconfigured, NotReady, Temporary
from mailer.insights import arrivals
from mailer.insights.arrivals import Folded, Gap
from mailer.insights.events import Event, take
from mailer.insights.warehouse import Warehouse
from mailer.people.customer import Customer
from mailer.store import Store

Come = Callable[..., None]


@pytest.fixture(autouse=True)
def disarmed() -> Iterator[None]:
    yield
    failpoints.arm({})


def _content(warehouse: Warehouse) -> dict[str, list[str]]:
    """Everything in the warehouse but how it came there."""
    tables = warehouse.tables
    return {
        table.get_name(): sorted(map(repr, warehouse.rows(table)))
        for table in (tables.events, tables.customers, tables.insights)
    }


def _same_as_rebuilt(warehouse: Warehouse, session: Session, now: datetime) -> bool:
    fresh = Warehouse("duckdb://")
    fresh.rebuild(session, now)
    same = _content(warehouse) == _content(fresh)
    fresh.close()
    return same


def test_a_fold_brings_what_is_new_once(
    warehouse: Warehouse, session: Session, now: datetime, ann: int, basket: Come
) -> None:
    basket(ann, 9)
    assert warehouse.fold(session, now) == Folded(events=1, customers=1)
    assert warehouse.fold(session, now) == Folded(events=0, customers=0)
    basket(ann, 0)
    assert warehouse.fold(session, now) == Folded(events=1, customers=0)
    assert warehouse.counts() == {"events": 2, "customers": 1}
    assert _same_as_rebuilt(warehouse, session, now)


def test_a_customer_who_changed_is_replaced(warehouse: Warehouse, session: Session, now: datetime, ann: int) -> None:
    warehouse.fold(session, now)
    customer = session.get_one(Customer, ann)
    customer.language, customer.attributes, customer.updated_at = "de", {"tier": "silver"}, now + timedelta(seconds=1)
    session.add(customer)
    session.flush()
    assert warehouse.fold(session, now).customers == 1
    assert warehouse.facts([ann])[ann]["tier"] == "silver"
    assert [row["language"] for row in warehouse.rows(warehouse.tables.insights)] == ["de"]


def test_time_alone_changes_insights(
    warehouse: Warehouse, session: Session, now: datetime, ann: int, basket: Come
) -> None:
    basket(ann, 29)
    warehouse.fold(session, now)
    assert warehouse.facts([ann])[ann]["baskets_30"] == 1
    warehouse.fold(session, now + timedelta(days=2))
    assert warehouse.facts([ann])[ann]["baskets_30"] == 0
    assert _same_as_rebuilt(warehouse, session, now + timedelta(days=2))


def test_an_event_of_tomorrow_counts_tomorrow(
    warehouse: Warehouse, session: Session, now: datetime, ann: int, basket: Come
) -> None:
    basket(ann, -1)
    warehouse.fold(session, now)
    assert warehouse.facts([ann])[ann]["last_basket_at"] is None
    warehouse.fold(session, now + timedelta(days=1))
    assert warehouse.facts([ann])[ann]["days_since_basket"] == 0


def test_a_customer_who_was_deleted_is_forgotten_at_the_next_fold(
    warehouse: Warehouse, session: Session, now: datetime, ann: int, bob: int, basket: Come
) -> None:
    basket(ann, 3)
    basket(bob, 2)
    warehouse.fold(session, now)
    _delete(session, ann)
    session.add(Customer(id=90, email="new@example.com", created_at=now, updated_at=now))  # as many as before
    session.flush()
    assert warehouse.fold(session, now).gone == 1
    assert warehouse.fold(session, now) == Folded(events=0, customers=0)
    assert warehouse.facts([ann]) == {}
    assert warehouse.last_events(ann, 9) == []
    assert _same_as_rebuilt(warehouse, session, now)


def test_a_fold_that_died_forgetting_forgets_at_the_next(
    warehouse: Warehouse, session: Session, now: datetime, ann: int, bob: int, basket: Come
) -> None:
    basket(ann, 3)
    warehouse.fold(session, now)
    before = _content(warehouse)
    _delete(session, ann)
    failpoints.arm({"insights.before-commit": "fail"})
    with pytest.raises(Temporary):
        warehouse.fold(session, now)
    assert _content(warehouse) == before
    assert warehouse.fold(session, now).gone == 1
    assert _same_as_rebuilt(warehouse, session, now)


def _delete(session: Session, customer_id: int) -> None:
    session.execute(sa.delete(Event).where(Event.customer_id == customer_id))
    session.execute(sa.delete(Customer).where(Customer.id == customer_id))
    session.flush()


@pytest.mark.parametrize("place", ["insights.before-compute", "insights.before-commit"])
def test_a_fold_that_fails_has_brought_nothing_and_the_next_brings_all(
    place: str, warehouse: Warehouse, session: Session, now: datetime, ann: int, bob: int, basket: Come
) -> None:
    basket(ann, 3)
    warehouse.fold(session, now)
    before = _content(warehouse)
    basket(bob, 2)
    failpoints.arm({place: "fail"})
    with pytest.raises(Temporary):
        warehouse.fold(session, now)
    assert _content(warehouse) == before
    assert warehouse.fold(session, now) == Folded(events=1, customers=0)
    assert _same_as_rebuilt(warehouse, session, now)


def test_a_rebuild_that_fails_leaves_the_old(
    warehouse: Warehouse, session: Session, now: datetime, ann: int, basket: Come
) -> None:
    basket(ann, 3)
    warehouse.fold(session, now)
    before = _content(warehouse)
    failpoints.arm({"insights.before-commit": "fail"})
    with pytest.raises(Temporary):
        warehouse.rebuild(session, now)
    assert _content(warehouse) == before


KILLED = """
import sys
from datetime import datetime
import mailer.tables
from mailer import failpoints
from mailer.insights.warehouse import Warehouse
from mailer.store import Store
failpoints.arm({sys.argv[3]: "kill"})
with Store(sys.argv[1]).read() as session:
    Warehouse(sys.argv[2]).fold(session, datetime.fromisoformat(sys.argv[4]))
"""


def test_a_killed_fold_folds_nothing_twice(store: Store, tmp_path: Path, now: datetime) -> None:
    url = f"duckdb:///{tmp_path}/warehouse.duckdb"
    with store.write() as session:
        session.add(Customer(id=1, email="ann@example.com", created_at=now, updated_at=now))
        session.flush()
        take(session, [{"key": "a", "customer_id": 1, "name": "basket", "at": now, "properties": {}}])
    for place in ("insights.before-compute", "insights.before-commit"):
        killed = subprocess.run([sys.executable, "-c", KILLED, store.url, url, place, now.isoformat()], check=False)
        assert killed.returncode == -9
    warehouse = Warehouse(url)
    with store.read() as session:
        assert warehouse.fold(session, now) == Folded(events=1, customers=1)
        assert warehouse.fold(session, now) == Folded(events=0, customers=0)
        assert _same_as_rebuilt(warehouse, session, now)
    warehouse.close()


def test_an_event_that_was_committed_late_is_found_in_its_gap(
    warehouse: Warehouse, session: Session, now: datetime, ann: int
) -> None:
    def add(id_: int) -> None:
        session.add(Event(id=id_, key=str(id_), customer_id=ann, name="basket", at=now, properties={}))
        session.flush()

    for id_ in (4, 9):
        add(id_)
    assert warehouse.fold(session, now).events == 2
    for id_ in (1, 7, 12):
        add(id_)
    later = now + timedelta(minutes=59)
    assert warehouse.fold(session, later).events == 3
    assert warehouse.fold(session, later).events == 0
    assert {(row["first"], row["last"]) for row in warehouse.rows(warehouse.tables.gaps)} == {
        (2, 3),
        (5, 6),
        (8, 8),
        (10, 11),
    }
    assert _same_as_rebuilt(warehouse, session, later)
    warehouse.fold(session, now + timedelta(hours=2))
    assert not warehouse.rows(warehouse.tables.gaps)


@pytest.mark.parametrize(
    ("present", "left"),
    [([], [(3, 7)]), ([3, 4, 5, 6, 7], []), ([5], [(3, 4), (6, 7)]), ([1, 3, 9], [(4, 7)]), ([7], [(3, 6)])],
)
def test_what_is_left_of_a_gap(now: datetime, present: list[int], left: list[tuple[int, int]]) -> None:
    assert [gap[:2] for gap in arrivals.missing(Gap(3, 7, now), present)] == left


def test_a_customer_who_was_committed_late_is_found(
    warehouse: Warehouse, session: Session, now: datetime, ann: int
) -> None:
    session.add(Customer(id=90, email="i@example.com", created_at=now, updated_at=now + timedelta(minutes=10)))
    session.flush()
    warehouse.fold(session, now)
    late = Customer(id=7, email="late@example.com", created_at=now, updated_at=now + timedelta(minutes=5))
    import_of_one_instant = Customer(id=8, email="chunk@example.com", created_at=now, updated_at=now)
    session.add_all([late, import_of_one_instant])
    session.flush()
    assert warehouse.fold(session, now).customers >= 2
    assert warehouse.fold(session, now).customers == 0
    assert _same_as_rebuilt(warehouse, session, now)


@pytest.mark.parametrize(
    "properties",
    [
        {"amount_cents": 18446744073709551615},
        {"amount_cents": "many", "department": 7, "items": 1.5},
        {"amount_cents": None, "department": {"a": ["b"]}},
        {"amount_cents": True, "items": -(10**30)},
        {"department": "it's; drop table event --\x00\u2028", "amount_cents": 1e308},
    ],
)
def test_an_odd_property_never_stops_the_fold(
    warehouse: Warehouse, session: Session, now: datetime, ann: int, properties: dict[str, Any]
) -> None:
    take(session, [{"key": "odd", "customer_id": ann, "name": "basket", "at": now, "properties": properties}])
    assert warehouse.fold(session, now).events == 1
    assert warehouse.facts([ann])[ann]["baskets_30"] == 1
    assert warehouse.last_events(ann, 1)[0]["properties"] == properties


def test_the_last_events_come_newest_first(
    warehouse: Warehouse, session: Session, now: datetime, ann: int, basket: Come
) -> None:
    for days_ago in (9, 3, 30):
        basket(ann, days_ago)
    basket(ann, 1, name="opened", key="o")
    warehouse.fold(session, now)
    assert [event["at"] for event in warehouse.last_events(ann, 2, "basket")] == [
        now - timedelta(days=3), now - timedelta(days=9)
    ]  # fmt: skip
    assert warehouse.last_events(ann, 1)[0]["name"] == "opened"


def test_readers_see_whole_folds_while_one_is_written(tmp_path: Path, store: Store, now: datetime) -> None:
    warehouse = Warehouse(f"duckdb:///{tmp_path}/warehouse.duckdb")
    with store.write() as session:
        session.add_all(Customer(id=n, email=f"{n}@example.com", created_at=now, updated_at=now) for n in range(1, 51))
    done, wrong = threading.Event(), []

    def read() -> None:
        insights = warehouse.tables.insights
        while not done.is_set():
            (seen,) = warehouse.rows(
                insights.aggregate(low=insights.baskets_30.min(), high=insights.baskets_30.max(), n=insights.count())
            )
            if seen["low"] != seen["high"] or seen["n"] not in (0, 50):
                wrong.append(seen)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for fold in range(6):
        with store.write() as session:
            rows = [{"key": f"{fold}/{n}", "customer_id": n, "name": "basket", "at": now} for n in range(1, 51)]
            take(session, rows)
            warehouse.fold(session, now + timedelta(days=fold % 2))
    done.set()
    for reader in readers:
        reader.join()
    assert not wrong
    assert warehouse.facts([7])[7]["baskets_30"] == 6
    warehouse.close()


def test_a_warehouse_of_another_layout_is_begun_anew(tmp_path: Path, session: Session, now: datetime, ann: int) -> None:
    with duckdb.connect(f"{tmp_path}/w.duckdb") as old:
        old.execute("create table cursor (layout varchar)")
        old.execute("insert into cursor values ('of last year')")
    warehouse = Warehouse(f"duckdb:///{tmp_path}/w.duckdb")
    assert warehouse.fold(session, now).customers == 1
    warehouse.close()
    again = Warehouse(f"duckdb:///{tmp_path}/w.duckdb")
    assert again.fold(session, now).customers == 0
    again.close()


def test_a_file_that_another_process_has_open_is_said_so(tmp_path: Path) -> None:
    held = "import duckdb, sys, time; open_ = duckdb.connect(sys.argv[1]); print('open', flush=True); time.sleep(60)"
    other = subprocess.Popen([sys.executable, "-c", held, f"{tmp_path}/w.duckdb"], stdout=subprocess.PIPE)
    assert other.stdout
    other.stdout.readline()
    with other, pytest.raises(NotReady, match="another mailer"):
        try:
            Warehouse(f"duckdb:///{tmp_path}/w.duckdb")
        finally:
            other.kill()


@pytest.mark.parametrize("url", ["postgresql://", "mysql://x", "duckdb:/x", "duckdb://x", ""])
def test_a_url_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(Misconfigured):
        Warehouse(url)
