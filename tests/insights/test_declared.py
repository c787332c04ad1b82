"""What a house declares in a file is an insight like any other; each form is what plain Python makes of the events."""

import statistics
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from mailer.errors import Invalid, Misconfigured
from mailer.house import House
from mailer.insights import declared
from mailer.insights.events import take
from mailer.insights.forms import FORMS
from mailer.insights.insight import INSIGHTS, Type, Window, day_number, day_of
from mailer.insights.warehouse import Warehouse
from mailer.paths import Home, shipped_home
from mailer.people.customer import Customer
from mailer.segments import segment as segments
from mailer.segments.criteria import from_data
from tests.insights.conftest import FORMS_FILE

ZONES = [ZoneInfo(name) for name in ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")]
CHANGES = [date(2026, 3, 29), date(2026, 3, 8), date(2026, 10, 25), date(2026, 4, 5), date(2024, 2, 29)]

Visit = tuple[datetime, dict[str, Any]]


@st.composite
def _visits(draw: st.DrawFn, today: date) -> list[Visit]:
    near = st.integers(-3, 45).map(lambda days: today - timedelta(days=days))
    days = draw(st.lists(near | st.dates(today - timedelta(days=900), today), max_size=25))
    carried = st.fixed_dictionaries({}, optional={
        "amount_cents": st.none() | st.integers(-900, 9_000),
        "department": st.sampled_from(["Meat", "Bakery", "meat"]),
        "place": st.sampled_from(["Nørrebro", "Ärzte", "O'Neil", "zoo"]),
        "seats": st.integers(0, 9) | st.sampled_from([1.5, "many", None, True]),
    })  # fmt: skip
    clock = st.times(timezones=st.sampled_from([*ZONES, UTC]))
    return [(datetime.combine(day, draw(clock)), draw(carried)) for day in days]


def _day(at: datetime) -> int:
    return int(at.astimezone(UTC).timestamp() // 86_400)


def _number(value: Any) -> float | None:
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _expected(visits: list[Visit], today: int) -> dict[str, Any]:
    """What plain Python makes of the visits, in the order in which they were told."""
    past = sorted((visit for visit in visits if _day(visit[0]) <= today), key=lambda visit: visit[0].astimezone(UTC))
    ages = [(today - _day(at), told) for at, told in past]
    meat = [(at, told) for at, told in past if told.get("department", "").lower() == "meat"]
    not_bakery = [at for at, told in past if told.get("department") != "Bakery"]
    seats = [_number(told.get("seats")) for _, told in past]
    departments = [told.get("department") for _, told in past]
    liked = Counter(told["place"] for age, told in ages if age <= 30 and "place" in told)
    days = sorted({_day(at) for at, _ in past if today - _day(at) <= 60})
    gaps = [later - earlier for earlier, later in pairwise(days)]
    cents = [(age, told.get("amount_cents")) for age, told in ages]
    newer, older = (sum(young <= age <= old for age, _ in ages) for young, old in ((0, 7), (8, 14)))
    spent, before = (sum(c or 0 for age, c in cents if young <= age <= old) for young, old in ((0, 14), (15, 28)))
    first = past[0][0].astimezone(UTC) if past else None
    return {
        "visits": len(past),
        "visits_9": sum(
            age <= 9 and told.get("department", "").lower() == "meat" and (_number(told.get("seats")) or 0) >= 2
            for age, told in ages
        ),
        "spent": sum(c or 0 for _, c in cents),
        "seats_20": round(sum(n or 0 for (age, _), n in zip(ages, seats, strict=True) if age <= 20) + 1e-9),
        "first_visit": first,
        "last_meat": max((at.astimezone(UTC) for at, _ in meat), default=None),
        "first_seats": seats[0] if seats else None,
        "last_department": departments[-1] if departments else None,
        "usual_place": min(liked, key=lambda place: (-liked[place], place.encode())) if liked else None,
        "places": len({told["place"] for _, told in past if "place" in told}),
        "since_visit": ages[-1][0] if ages else None,
        "since_meat": min((today - _day(at) for at in not_bakery), default=None),
        "interval": statistics.median(gaps) if len(gaps) >= 3 else None,
        "day_streak": _streak({_day(at) for at, _ in past}, today),
        "weeks": _streak({(_day(at) + 3) // 7 for at, _ in past}, (today + 3) // 7),
        "lately": newer / older if older else None,
        "spent_lately": spent / before if before else None,
        "anniversary": _until_anniversary(first.date(), day_of(today)) if first else None,
    }


def _streak(seen: set[int], now: int) -> int:
    now = now if now in seen else now - 1
    return 0 if now not in seen else 1 + _streak(seen - {now}, now - 1) if now - 1 in seen else 1


def _until_anniversary(first: date, today: date) -> int:
    days = [today + timedelta(days=n) for n in range(367 * 2)]
    leap = (first.month, first.day) == (2, 29)

    def is_one(day: date) -> bool:
        no_leap_day = day.year % 4 != 0
        return day.year > first.year and (
            (day.month, day.day) == (first.month, first.day)
            or (leap and no_leap_day and (day.month, day.day) == (2, 28))
        )

    return next(n for n, day in enumerate(days) if is_one(day))


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=st.data(), today=st.sampled_from(CHANGES).flatmap(lambda day: st.integers(-2, 2).map(
    lambda near: day + timedelta(days=near))))  # fmt: skip
def test_each_form_is_what_plain_python_makes_of_the_events(
    only_forms: None, session: Session, data: st.DataObject, today: date
) -> None:
    shop = {id_: data.draw(_visits(today)) for id_ in range(1, 5)}
    warehouse = Warehouse("duckdb://")
    with session.begin_nested() as undone:
        noon = datetime(today.year, today.month, today.day, 12, tzinfo=UTC)
        session.add_all(Customer(id=n, email=f"{n}@example.com", created_at=noon, updated_at=noon) for n in shop)
        session.flush()
        for id_, visits in shop.items():
            ordered = sorted(visits, key=lambda visit: visit[0].astimezone(UTC))
            rows = [{"key": f"{id_}/{n}", "customer_id": id_, "name": "visit", "at": at, "properties": told}
                    for n, (at, told) in enumerate(ordered)]  # fmt: skip
            take(session, rows)
        warehouse.fold(session, noon)
        found = warehouse.facts(list(shop))
        undone.rollback()
    warehouse.close()
    for id_, visits in shop.items():
        expected = _expected(visits, day_number(today))
        for name, value in expected.items():
            assert found[id_][name] == (pytest.approx(value) if isinstance(value, float) else value), name


def test_every_form_is_tried_here() -> None:
    told = tomllib.loads(FORMS_FILE.read_text(encoding="utf-8"))
    assert [each.name for each in declared.read(FORMS_FILE)] == list(told)
    assert {table["form"] for table in told.values()} == set(FORMS)
    assert set(_expected([], 0)) == set(told)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('form = "cout"\nevent = "x"', "form is 'cout'; give one of count, sum, first"),
        ('form = "count"', "event is None; give the name of an event"),
        ('form = "count"\nevent = "x"\ndayz = 3', "dayz means nothing to count, which takes form, event"),
        ('form = "count"\nevent = "x"\ndays = "3"', "days is '3'; give a whole number from 1 to"),
        ('form = "count"\nevent = "x"\nproperty = "y"', "property means nothing to count"),
        ('form = "sum"\nevent = "x"', "sum needs a property"),
        ('form = "sum"\nevent = "x"\nproperty = "department"', "department is no number"),
        ('form = "sum"\nevent = "x"\nproperty = "y"\ntype = "text"', "type is 'text'; it can be float or money or int"),
        ('form = "ratio"\nevent = "x"', "ratio needs days"),
        ('form = "streak"\nevent = "x"\nunit = "year"', "a streak is counted in day or week"),
        ('form = "first"\nevent = "x"\nenglish = "who {amount}"', "write {is} once"),
        ('form = "count"\nevent = "x"\nenglish = "had {amount}"', 'begin with "who"'),
        ('form = "count"\nevent = "x"\nline = "{mine"', "a brace is missing"),
        ('form = "count"\nevent = "x"\nbecause = "{nobody}"', "because speaks of {nobody}"),
        ('form = "count"\nevent = "x"\nwhere = [{ field = "items", op = "contains", value = 3 }]',
         "where 1: items cannot be asked with op 'contains'; give is, is_not, more_than"),
        ('form = "count"\nevent = "x"\nwhere = [{ field = "items", op = "is", value = "3" }]', "takes a number"),
        ('form = "count"\nevent = "x"\nwhere = [{ field = "y", op = "between", value = [1] }]', "takes two numbers"),
    ],
)  # fmt: skip
def test_a_wrong_declaration_says_which_key_and_what_is_allowed(tmp_path: Path, table: str, said: str) -> None:
    path = tmp_path / "insights.toml"
    path.write_text(f"[mine]\n{table}\n\n[good]\nform = 'count'\nevent = 'x'\n")
    with pytest.raises(Misconfigured) as told:
        declared.install(path)
    assert "[mine]" in str(told.value)
    assert "[good]" not in str(told.value)
    assert said in str(told.value)
    assert "good" not in INSIGHTS


@pytest.mark.parametrize("name", ["rfm", "language", "Big", "customer_id"])
def test_a_name_that_means_something_already_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "insights.toml"
    path.write_text(f"[{name}]\nform = 'count'\nevent = 'x'\n")
    with pytest.raises(Misconfigured, match=name):
        declared.read(path)


def test_a_house_knows_its_declarations_while_it_is_open(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.insights.parent.mkdir()
    home.insights.write_text(shipped_home().joinpath("config", "insights.toml").read_text())
    house = House(home)
    assert INSIGHTS["produce_60"].about.startswith("How often they came mostly for fruit")
    asked = from_data({"field": "produce_60", "op": "at_least", "value": 3})
    assert asked.sentence() == "Customers who had at least 3 baskets of mostly produce in the last 60 days"
    house.close()
    with pytest.raises(Invalid, match="there is no field 'produce_60'"):
        from_data({"field": "produce_60", "op": "at_least", "value": 3})


def test_a_house_with_a_wrong_declaration_does_not_open_and_says_what_to_do(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.insights.parent.mkdir()
    home.insights.write_text("[mine]\nform = 'sum'\nevent = 'basket'\n")
    with pytest.raises(Misconfigured, match=r"mend these and start again:\n  \[mine\] sum needs a property"):
        House(home)


@pytest.fixture
def saved(tmp_path: Path) -> Iterator[None]:
    """The shipped declarations beside the library."""
    declared.install(shipped_home() / "config" / "insights.toml")
    yield
    declared.install(None)


def test_a_proof_of_a_declared_sum_says_until_when(saved: None, session: Session, now: datetime, ann: int) -> None:
    warehouse = Warehouse("duckdb://")
    take(session, [
        {"key": str(days), "customer_id": ann, "name": "basket", "at": now - timedelta(days=days),
         "properties": {"discount_cents": cents, "department": where}}
        for days, cents, where in ((300, 700, "Produce"), (100, 400, "produce"), (50, 90, "Produce"), (2, 5, "Meat"))
    ])  # fmt: skip
    warehouse.fold(session, now)
    proof = segments.why(warehouse, from_data({"field": "saved_365", "op": "at_least", "value": 1_195}), ann, now)
    assert (proof.holds, proof.value, proof.line) == (True, 1_195, "saved 11.95 by discounts in a year")
    assert proof.until == datetime(2026, 5, 21, tzinfo=UTC)  # 366 days after the oldest
    proof = segments.why(warehouse, from_data({"field": "produce_60", "op": "is", "value": 1}), ann, now)
    assert (proof.holds, proof.until) == (True, datetime(2026, 3, 27, tzinfo=UTC))
    assert all("Meat" not in line for line in proof.evidence)
    for when in (proof.until - timedelta(seconds=1), proof.until):
        warehouse.fold(session, when)
        asked = from_data({"field": "produce_60", "op": "is", "value": 1})
        assert segments.why(warehouse, asked, ann, when).holds == (when < proof.until)
    warehouse.close()


def test_a_declared_insight_has_words_even_where_none_were_given(tmp_path: Path) -> None:
    path = tmp_path / "insights.toml"
    path.write_text("[calls_30]\nform = 'count'\nevent = 'asked_for_call'\ndays = 30\n")
    (found,) = declared.read(path)
    assert (found.type, found.unit, found.label) == (Type.INT, "asked for call", "calls 30")
    assert (found.english, found.line, found.because) == ("whose calls 30 {is}", "calls 30: {calls_30}", "")


def test_a_house_with_other_insights_does_not_open_beside_one(tmp_path: Path) -> None:
    one, same, other = (Home(tmp_path / name) for name in ("one", "same", "other"))
    for home, days in ((one, 30), (same, 30), (other, 60)):
        home.insights.parent.mkdir(parents=True)
        home.insights.write_text(f'[meat]\nform = "count"\nevent = "basket"\ndays = {days}\n', encoding="utf-8")
        home.var.mkdir(parents=True, exist_ok=True)
    first, second = House(one), House(same)
    with pytest.raises(Misconfigured, match="close that one first"):
        House(other)
    first.close()
    first.close()
    assert INSIGHTS["meat"].window == Window(30)
    second.close()
    assert "meat" not in INSIGHTS
    third = House(other)
    assert INSIGHTS["meat"].window == Window(60)
    third.close()
