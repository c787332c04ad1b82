"""An insight is said as people say it."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from mailer.insights.insight import INSIGHTS, Type, amount, day_number, day_of, insight, say
from mailer.insights.warehouse import Warehouse


@pytest.mark.parametrize(
    ("kind", "unit", "value", "words"),
    [
        (Type.INT, "day", 31, "31 days"),
        (Type.INT, "day", 1, "1 day"),
        (Type.FLOAT, "day", 9.5, "9.5 days"),
        (Type.FLOAT, "time", 1.0, "1 time"),
        (Type.INT, "basket", 12345, "12,345 baskets"),
        (Type.INT, "", 100, "100"),
        (Type.MONEY, "", 123450, "1,234.50"),
        (Type.TEXT, "", "Produce", "Produce"),
        (Type.TIME, "", datetime(2026, 3, 4, 23, tzinfo=UTC), "4 March 2026"),
    ],
)
def test_a_value_is_said_with_its_unit(kind: Type, unit: str, value: Any, words: str) -> None:
    assert amount(kind, unit, value) == words


@pytest.mark.parametrize(("days", "when"), [(0, "today"), (1, "yesterday"), (2, "2 days ago"), (10, "10 days ago")])
def test_days_ago_are_said_naturally(days: int, when: str) -> None:
    facts = {"days_since_basket": days, "usual_interval": 1.0}
    assert say(INSIGHTS["overdue_ratio"].because, facts) == f"Your last basket was {when}; you usually come every day"


def test_what_is_not_known_is_not_said() -> None:
    assert say(INSIGHTS["overdue_ratio"].because, {"days_since_basket": 3, "usual_interval": None}) == ""


def test_a_day_is_a_civil_day_in_utc() -> None:
    assert day_number(datetime.fromisoformat("2026-03-16T01:00+02:00")) == day_number(date(2026, 3, 15))
    assert day_of(day_number(date(2026, 3, 15))) == date(2026, 3, 15)


def test_two_insights_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="two insights named years"):
        insight("years", Type.INT, "year", "who …")(lambda events, today: None)


def test_a_new_insight_is_a_column() -> None:
    insight("opened_30", Type.INT, "email", "who opened {amount}", of="opened", none=0)(
        lambda opened, today: (opened.day >= today - 30).sum()
    )
    try:
        assert "opened_30" in Warehouse().tables.insights.columns
    finally:
        del INSIGHTS["opened_30"]
