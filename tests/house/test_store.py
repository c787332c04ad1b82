"""The one writer, the pure readers, and the claim on a house."""

import threading
from datetime import UTC as UTC_ZONE
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel, func, select

import mailer.tables  # noqa: F401
from mailer.errors import NotReady
from mailer.people.consent import Topic
from mailer.people.hold import Hold
from mailer.store import UTC, Store, Urgency


def test_a_reader_cannot_write_whatever_its_code_does(store: Store) -> None:
    with store.read() as session:
        session.add(Topic(id="offers", name="Offers"))
        with pytest.raises(sa.exc.OperationalError, match="readonly"):
            session.commit()


def test_a_block_that_raises_leaves_nothing_behind(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.write() as session:
        session.add(Topic(id="offers", name="Offers"))
        session.flush()
        _ = 1 / 0
    with store.read() as session:
        assert session.get(Topic, "offers") is None


def test_many_threads_write_without_one_locked_database(store: Store) -> None:
    def write(mine: int) -> None:
        for number in range(10):
            with store.write(Urgency.BULK if mine % 2 else Urgency.PERSON) as session:
                session.add(Topic(id=f"{mine}-{number}", name="x"))

    threads = [threading.Thread(target=write, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.read() as session:
        assert session.exec(select(func.count()).select_from(Topic)).one() == 80


def test_a_person_goes_before_bulk_work_that_asked_first(store: Store) -> None:
    order: list[str] = []
    inside = threading.Event()
    go = threading.Event()

    def hold() -> None:
        with store.write():
            inside.set()
            go.wait(5)

    def write(name: str, urgency: Urgency) -> None:
        with store.write(urgency):
            order.append(name)

    threads = [threading.Thread(target=hold)]
    threads[0].start()
    inside.wait(5)
    for name, urgency in (("bulk", Urgency.BULK), ("mail", Urgency.MAIL), ("person", Urgency.PERSON)):
        threads.append(threading.Thread(target=write, args=(name, urgency)))
        threads[-1].start()
        while len(store._turn._waiting) < len(threads) - 1:
            pass
    go.set()
    for thread in threads:
        thread.join()
    assert order == ["person", "mail", "bulk"]


def test_a_naive_instant_is_refused(store: Store) -> None:
    with pytest.raises(sa.exc.StatementError, match="no time zone"), store.write() as session:
        session.add(Hold(customer_id=1, why="x", opened_at=datetime(2026, 1, 1)))
        session.flush()


def test_an_instant_comes_back_aware_and_in_utc(store: Store) -> None:
    there = datetime(2026, 1, 1, 12, tzinfo=ZoneInfo("Asia/Tokyo"))
    with store.read() as session:
        found = session.execute(sa.select(sa.literal(there, UTC()))).scalar_one()
    assert (found, found.utcoffset()) == (datetime(2026, 1, 1, 3, tzinfo=UTC_ZONE), timedelta(0))


def test_a_second_process_cannot_have_the_same_house(tmp_path: Path) -> None:
    first, second = (Store(f"sqlite:///{tmp_path}/a.db") for _ in range(2))
    first.lock()
    with pytest.raises(NotReady, match="another mailer"):
        second.lock()
    first.close()
    second.lock()
    second.close()


@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index")
def test_migrations_and_tables_say_the_same(tmp_path: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    store = Store(f"sqlite:///{tmp_path}/a.db")
    store.upgrade()
    with store._writer.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []
    store.close()
