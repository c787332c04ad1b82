"""The one writer, the pure readers, and the claim on a house."""

import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC as UTC_ZONE
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlmodel import SQLModel, func, select

import mailer.tables  # noqa: F401
from mailer.errors import Misconfigured, NotReady, Permanent
from mailer.people.consent import Topic
from mailer.people.customer import Customer
from mailer.people.hold import Hold
from mailer.store import UTC, Store, Urgency, newest


def test_a_reader_cannot_write_whatever_its_code_does(store: Store) -> None:
    for attempt in ("insert into topic (id, name, description) values ('x', 'x', '')", "drop table hold"):
        with store.read() as session, pytest.raises(sa.exc.DBAPIError, match=r"readonly|read-only"):
            session.execute(sa.text(attempt))
    with store.read() as session:
        session.add(Topic(id="offers", name="Offers"))
        with pytest.raises(sa.exc.DBAPIError, match=r"readonly|read-only"):
            session.commit()


def test_a_reader_sees_one_moment_however_long_it_reads(store: Store) -> None:
    with store.read() as session:
        assert session.exec(select(func.count()).select_from(Topic)).one() == 0
        with store.write() as writing:
            writing.add(Topic(id="offers", name="Offers"))
        assert session.exec(select(func.count()).select_from(Topic)).one() == 0


def test_a_block_that_raises_leaves_nothing_behind(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.write() as session:
        session.add(Topic(id="offers", name="Offers"))
        session.flush()
        _ = 1 / 0
    with store.read() as session:
        assert session.get(Topic, "offers") is None


def test_a_write_inside_a_write_is_refused_at_once_and_the_first_goes_on(store: Store) -> None:
    with store.write() as session:
        session.add(Topic(id="offers", name="Offers"))
        with pytest.raises(Permanent, match="a write inside a write"), store.write(Urgency.MAIL):
            pytest.fail("it was let in")
        session.add(Topic(id="news", name="News"))
    with pytest.raises(ZeroDivisionError), store.write():
        _ = 1 / 0
    with store.write() as session, store.read() as looking:  # one after another, and with a reader, is as it was
        assert looking.exec(select(func.count()).select_from(Topic)).one() == 2
        session.add(Topic(id="tips", name="Tips"))


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


def test_a_person_goes_before_bulk_work_that_asked_first(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/a.db")  # the only one where writers queue
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
    store.close()


def test_a_naive_instant_is_refused(store: Store) -> None:
    with pytest.raises(sa.exc.StatementError, match="no time zone"), store.write() as session:
        session.add(Hold(customer_id=1, why="x", opened_at=datetime(2026, 1, 1)))
        session.flush()


def test_an_instant_comes_back_aware_and_in_utc(store: Store) -> None:
    there = datetime(2026, 1, 1, 12, tzinfo=ZoneInfo("Asia/Tokyo"))
    with store.read() as session:
        found = session.execute(sa.select(sa.literal(there, UTC()))).scalar_one()
    assert (found, found.utcoffset()) == (datetime(2026, 1, 1, 3, tzinfo=UTC_ZONE), timedelta(0))


def test_a_second_process_cannot_have_the_same_house(database: str) -> None:
    first, second = Store(database), Store(database)
    first.lock()
    assert first.is_locked
    with pytest.raises(NotReady, match=r"another mailer already runs on .*; stop it first"):
        second.lock()
    assert not second.is_locked
    first.close()
    second.lock()
    second.close()


def test_a_claim_whose_connection_the_server_ended_is_taken_again_or_lost(database: str, store_kind: str) -> None:
    if store_kind == "sqlite":
        pytest.skip("the claim on a file ends with the process only")
    first, second = Store(database), Store(database)
    end = sa.text("select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'")
    first.lock()
    with second.write() as session:
        session.execute(end)
    assert first.is_locked
    with second.write() as session:
        session.execute(end)
    second.lock()
    assert not first.is_locked
    first.close()
    second.close()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://localhost/x", "SQLite and PostgreSQL are known"),
        ("nonsense", "is not an address"),
        ("sqlite://", "needs a database file"),
    ],
)
def test_an_address_that_cannot_be_is_refused_with_what_can(url: str, said: str) -> None:
    with pytest.raises(Misconfigured, match=said):
        Store(url)


def test_a_database_that_does_not_answer_is_told_in_one_line_without_its_password() -> None:
    store = Store("postgresql://mailer:hush@127.0.0.1:1/none")
    for act in (store.upgrade, store.lock):
        with pytest.raises(NotReady, match="does not answer") as told:
            act()
        assert "hush" not in str(told.value)
    store.close()


@pytest.mark.filterwarnings("ignore:autogenerate skipping")  # Alembic cannot compare expressions on SQLite; `told` can
def test_migrations_and_tables_say_the_same(new_database: Callable[..., str]) -> None:
    store = Store(new_database(tables=False))
    store.upgrade()
    with store._writer.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differ = compare_metadata(context, SQLModel.metadata)
    assert [each for each in differ if not (store.is_sqlite and "ix_message_ready" in str(each))] == []
    migrated = told(store)
    store.close()
    made = Store(new_database())
    assert told(made) == migrated
    made.close()


def told(store: Store) -> dict[str, object]:
    """What the database itself says of each table: checks, indexes with their expressions, what is unique."""
    look = sa.inspect(store._reader)
    names = set(look.get_table_names()) - {"alembic_version"}
    return {
        name: (
            sorted((each["name"] or "", each["sqltext"]) for each in look.get_check_constraints(name)),
            sorted(str({**each, "dialect_options": _plain(each)}) for each in look.get_indexes(name)),
            sorted(str(each["column_names"]) for each in look.get_unique_constraints(name)),
            sorted(str(each["constrained_columns"]) for each in look.get_foreign_keys(name)),
            {each["name"]: (str(each["type"]), each["nullable"]) for each in look.get_columns(name)},
        )
        for name in names
    }


def _plain(index: dict[str, object]) -> dict[str, str]:
    return {key: str(value) for key, value in index.get("dialect_options", {}).items()}


UPGRADE = """
import sys
import mailer.tables
from mailer.store import Store
store = Store(sys.argv[1])
sys.stdin.readline()
store.upgrade()
store.close()
"""


def test_two_processes_that_start_at_once_upgrade_once(new_database: Callable[..., str]) -> None:
    url = new_database(tables=False)
    both = [
        subprocess.Popen([sys.executable, "-c", UPGRADE, url], stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for one in both:
        one.stdin.write("now\n")
        one.stdin.flush()
    assert [(one.communicate(timeout=60)[1], one.returncode) for one in both] == [("", 0), ("", 0)]


def test_ids_go_beyond_two_thousand_million(store: Store, now: datetime) -> None:
    with store.write() as session:
        session.add(Customer(id=5_000_000_000, email="a@example.com", created_at=now, updated_at=now))
        session.flush()
        session.add(Hold(id=5_000_000_001, customer_id=5_000_000_000, why="x", opened_at=now))
    integers = [
        f"{table.name}.{column.name}"
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
        if (column.name == "id" or column.foreign_keys)
        and isinstance(column.type, sa.Integer)
        and not isinstance(column.type, sa.BigInteger)
    ]
    assert integers == []


def test_the_newest_migration_is_the_one_alembic_would_name() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", "mailer:migrations")
    assert newest() == ScriptDirectory.from_config(config).get_current_head()


def test_an_upgrade_changes_a_table_that_others_refer_to(tmp_path: Path) -> None:
    """SQLite changes one by copying it: nothing that points at its rows may be in the way, or be lost."""
    from alembic import command
    from alembic.config import Config

    store = Store(f"sqlite:///{tmp_path / 'house.db'}")
    config = Config()
    config.set_main_option("script_location", "mailer:migrations")
    with store._writer.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")  # before segments got their stars
        old = sa.MetaData()
        old.reflect(connection, only=["segment", "topic", "campaign"])
        for name in ("segment", "topic", "campaign"):
            blank = {column.name: _blank(column) for column in old.tables[name].columns if not column.nullable}
            connection.execute(old.tables[name].insert().values(blank))
    store.upgrade()
    with store._writer.connect() as connection:
        assert connection.exec_driver_sql("SELECT segment_id FROM campaign").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("SELECT count(*) FROM segment WHERE NOT starred").scalar() == 1
    store.close()


def _blank(column: sa.Column[object]) -> object:
    """Something that fits a column; of a reference, the row made before."""
    if column.name in ("stakes", "state"):
        return {"stakes": "routine", "state": "draft"}[column.name]
    if column.name == "id" or column.foreign_keys:
        return 1 if isinstance(column.type, sa.Integer) else "1"
    return datetime(2026, 1, 1) if isinstance(column.type, sa.DateTime) else 1
