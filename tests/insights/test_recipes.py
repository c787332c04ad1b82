"""What is right already is not computed again, and a changed insight is computed alone, without folding anew."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from mailer.insights import declared
from mailer.insights.arrivals import Folded
from mailer.insights.insight import INSIGHTS, Type, insight
from mailer.insights.recipes import recipes
from mailer.insights.warehouse import Warehouse

COUNTED = '[meat]\nform = "count"\nevent = "basket"\ndays = {days}\n'
FAVOURITE = '[meat]\nform = "most_frequent"\nevent = "basket"\nproperty = "department"\n'


@pytest.fixture(params=["duckdb", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a store that is there when it is opened again."""
    if request.param == "duckdb":
        return f"duckdb:///{tmp_path}/warehouse.duckdb"
    return str(request.getfixturevalue("server").new()).replace("+psycopg", "")


@pytest.fixture(autouse=True)
def undeclared(only_forms: None) -> Iterator[None]:
    """One insight of a program, one made of others, and nothing else."""
    declared.install(None)
    insight("seen", Type.INT, "basket", "who had {amount}", none=0)(lambda baskets, today: baskets.count())
    insight("doubled", Type.INT, "basket", "who had {amount}", of="")(lambda known, today: known.meat * 2)
    yield
    del INSIGHTS["seen"], INSIGHTS["doubled"]


def _declare(folder: Path, text: str) -> None:
    doubled = INSIGHTS.pop("doubled")
    (folder / "insights.toml").write_text(text, encoding="utf-8")
    declared.install(folder / "insights.toml")
    INSIGHTS["doubled"] = doubled


def _facts(url: str, session: Session, now: datetime, folded: Folded) -> dict[str, Any]:
    """Open the warehouse as another process would, fold, and return what is known of the one customer."""
    warehouse = Warehouse(url)
    assert warehouse.fold(session, now) == folded
    (found,) = warehouse.facts([1]).values()
    with warehouse._writing():
        warehouse.backend.con.raw_sql("UPDATE insight SET seen = seen + 100")  # whoever computes it finds it wrong
    warehouse.close()
    return {name: found[name] for name in ("seen", "meat", "doubled")}


def test_a_changed_insight_is_computed_alone(
    url: str, session: Session, now: datetime, tmp_path: Path, ann: int, basket: Callable[..., None]
) -> None:
    for days_ago in (3, 40, 90):
        basket(ann, days_ago)
    nothing = Folded(0, 0)
    _declare(tmp_path, COUNTED.format(days=30))
    assert _facts(url, session, now, Folded(3, 1)) == {"seen": 3, "meat": 1, "doubled": 2}
    assert _facts(url, session, now, nothing) == {"seen": 103, "meat": 1, "doubled": 2}
    _declare(tmp_path, COUNTED.format(days=60))
    assert _facts(url, session, now, nothing) == {"seen": 203, "meat": 2, "doubled": 4}
    basket(ann, 4)
    assert _facts(url, session, now, Folded(1, 0)) == {"seen": 4, "meat": 3, "doubled": 6}
    assert _facts(url, session, now + timedelta(hours=1), nothing)["seen"] == 104
    assert _facts(url, session, now + timedelta(days=1), nothing)["seen"] == 4


def test_a_column_comes_goes_and_takes_another_type(
    url: str, session: Session, now: datetime, tmp_path: Path, ann: int, basket: Callable[..., None]
) -> None:
    basket(ann, 3, department="Meat")
    INSIGHTS["doubled"] = INSIGHTS["seen"].__class__(
        "doubled", Type.INT, "", "", "", lambda known, today: known.seen * 2, of=""
    )
    told: list[Any] = []
    texts = ("", COUNTED.format(days=30), FAVOURITE, "", COUNTED.format(days=30))
    for n, text in enumerate(texts):
        _declare(tmp_path, text)
        warehouse = Warehouse(url)
        assert warehouse.fold(session, now) == (Folded(0, 0) if n else Folded(1, 1))
        (found,) = warehouse.facts([ann]).values()
        told.append(found.get("meat", "no such"))
        assert found["doubled"] == 2
        warehouse.close()
    assert told == ["no such", 1, "Meat", "no such", 1]


def test_a_recipe_differs_when_the_computation_does_and_not_with_the_words(tmp_path: Path) -> None:
    def told(text: str) -> str:
        _declare(tmp_path, text)
        return recipes()["meat"]

    month = told(COUNTED.format(days=30))
    assert told(COUNTED.format(days=30) + 'label = "meat"\nabout = "How often."\n') == month
    assert told(COUNTED.format(days=31)) != month
    assert told(COUNTED.format(days=30).replace("basket", "visit")) != month
    where = 'where = [{ field = "department", op = "is", value = "Meat" }]\n'
    assert told(COUNTED.format(days=30) + where) not in (month, told(COUNTED.format(days=30) + where.replace("M", "F")))
    windows = [recipes()[name] for name in ("seen", "doubled")]
    assert len(set(windows)) == len(windows)
