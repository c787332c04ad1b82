"""Fixtures that every floor's tests share.

The store is SQLite unless `--store postgresql`, or `both`, is given: then whatever uses `store`, `session` or
`database` runs on a PostgreSQL server of the tests' own.
"""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from sqlmodel import Session

import mailer.tables  # noqa: F401 -- every table is known
from mailer.store import Store
from tests import postgresql

KINDS = {"sqlite": ("sqlite",), "postgresql": ("postgresql",), "both": ("sqlite", "postgresql")}

# No test is timed: a busy machine is not a broken law.
hypothesis_settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--store", choices=tuple(KINDS), default="sqlite", help="which database the store is in")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    kinds = KINDS[metafunc.config.getoption("--store")]
    if "store_kind" in metafunc.fixturenames and kinds != ("sqlite",):
        metafunc.parametrize("store_kind", kinds, scope="session")


@pytest.fixture(scope="session")
def store_kind() -> str:
    """Which database the store is in."""
    return "sqlite"


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 3, 16, 10, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def server() -> Iterator[postgresql.Server]:
    """A PostgreSQL server, started by the first test that needs one."""
    server = postgresql.Server()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def new_database(
    store_kind: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., str]:
    """Give the URL of a fresh database; with `tables`, one that has them all: a copy, which is faster than making."""
    full: list[str] = []

    def on_sqlite(*, tables: bool = True) -> str:
        path = tmp_path_factory.mktemp("store") / "mailer.db"
        if tables and not full:
            full.append(str(tmp_path_factory.mktemp("template") / "mailer.db"))
            _create(f"sqlite:///{full[0]}")
        if tables:
            shutil.copy(full[0], path)
        return f"sqlite:///{path}"

    def on_postgresql(*, tables: bool = True) -> str:
        server: postgresql.Server = request.getfixturevalue("server")
        if tables and not full:
            full.append(server.new())
            _create(full[0])
        return server.new(full[0].rpartition("/")[2]) if tables else server.new()

    return on_sqlite if store_kind == "sqlite" else on_postgresql


def _create(url: str) -> None:
    store = Store(url)
    store.create()
    store.close()


@pytest.fixture
def database(new_database: Callable[..., str], request: pytest.FixtureRequest, store_kind: str) -> Iterator[str]:
    """The URL of an empty database that has all tables."""
    url = new_database()
    server = request.getfixturevalue("server") if store_kind == "postgresql" else None
    yield url
    if server:
        server.drop(url)


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    store = Store(database)
    yield store
    store.close()


@pytest.fixture
def session(store: Store) -> Iterator[Session]:
    with store.write() as session:
        yield session
