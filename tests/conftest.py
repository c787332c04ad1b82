"""Fixtures that every floor's tests share."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import Session

import mailer.tables  # noqa: F401 -- every table is known
from mailer.store import Store


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 3, 16, 10, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{tmp_path}/mailer.db")
    store.create()
    yield store
    store.close()


@pytest.fixture
def session(store: Store) -> Iterator[Session]:
    with store.write() as session:
        yield session
