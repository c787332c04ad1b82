"""On real purchases, insights say what others compute: `lifetimes` of CDNOW's customers, and pandas of others.

CDNOW sold records by mail: 6,919 purchases of 2,357 customers in 1997 and 1998, which `lifetimes` brings with it.
"""

import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa

from mailer.insights.events import Event
from mailer.insights.warehouse import Warehouse
from mailer.people.customer import Customer
from mailer.store import Store

NOW = datetime(1998, 6, 30, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def cdnow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of an older pandas' ways
        from lifetimes.datasets import load_dataset
        from lifetimes.utils import summary_data_from_transaction_data

        bought = load_dataset("CDNOW_sample.txt", header=None, sep=r"\s+")
        bought.columns = ["master", "id", "date", "items", "value"]
        bought["date"] = pd.to_datetime(bought["date"], format="%Y%m%d", utc=True).dt.tz_localize(None)
        summary = summary_data_from_transaction_data(
            bought, "id", "date", "value", observation_period_end=NOW.date().isoformat()
        )
    store, warehouse = Store(f"sqlite:///{tmp_path_factory.mktemp('cdnow')}/mailer.db"), Warehouse("duckdb://")
    store.create()
    people = [
        {"id": int(id_), "public_id": str(id_), "email": f"{id_}@example.com", "first_name": "", "last_name": "",
         "language": "en", "time_zone": "UTC", "attributes": {}, "created_at": NOW, "updated_at": NOW}
        for id_ in summary.index
    ]  # fmt: skip
    events = [
        {"key": str(n), "customer_id": int(row.id), "name": "basket",
         "at": row.date.to_pydatetime().replace(tzinfo=UTC),
         "properties": {"amount_cents": round(row.value * 100), "items": int(row.items)}}
        for n, row in enumerate(bought.itertuples())
    ]  # fmt: skip
    with store.write() as session:
        session.execute(sa.insert(Customer), people)
        session.execute(sa.insert(Event), events)
        warehouse.fold(session, NOW)
    yield SimpleNamespace(facts=warehouse.facts(list(map(int, summary.index))), summary=summary, bought=bought)
    warehouse.close()
    store.close()


def test_frequency_recency_and_value_are_those_of_lifetimes(cdnow: SimpleNamespace) -> None:
    assert len(cdnow.facts) == len(cdnow.summary) == 2_357
    for id_, row in cdnow.summary.iterrows():
        facts: dict[str, Any] = cdnow.facts[id_]
        assert facts["repeats"] == row["frequency"]
        assert facts["days_with_us"] == row["recency"]
        assert facts["days_since_basket"] == row["T"] - row["recency"]
        value = None if row["frequency"] == 0 else row["monetary_value"]
        assert (facts["repeat_value"] is None) == (value is None)
        assert value is None or facts["repeat_value"] / 100 == pytest.approx(value, abs=0.0051)


def test_the_overdue_ratio_is_that_of_pandas(cdnow: SimpleNamespace) -> None:
    today = pd.Timestamp(NOW.date())
    known = 0
    for id_, theirs in cdnow.bought.groupby("id"):
        days = theirs["date"].drop_duplicates().sort_values()
        lately = days[days >= today - timedelta(days=365)]
        gaps = lately.diff().dt.days.dropna()
        expected = (today - days.max()).days / gaps.median() if len(gaps) >= 3 else None
        assert cdnow.facts[id_]["overdue_ratio"] == (None if expected is None else pytest.approx(expected))
        known += expected is not None
    assert known > 100


def test_the_streak_of_weeks_is_that_of_pandas(cdnow: SimpleNamespace) -> None:
    this_week = pd.Timestamp(NOW.date()).to_period("W-SUN")
    longest = 0
    for id_, theirs in cdnow.bought.groupby("id"):
        weeks = set(theirs["date"].dt.to_period("W-SUN"))
        week = this_week if this_week in weeks else this_week - 1
        streak = 0
        while week in weeks:
            streak, week = streak + 1, week - 1
        assert cdnow.facts[id_]["week_streak"] == streak
        longest = max(longest, streak)
    assert longest >= 2
