"""Every insight of the shop is what plain Python makes of the same baskets."""

import random
import statistics
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlmodel import Session

from mailer.insights.events import take
from mailer.insights.insight import INSIGHTS, Type
from mailer.insights.warehouse import Warehouse
from mailer.people.customer import Customer
from mailer.segments import segment as segments
from mailer.segments.criteria import from_data

Basket = tuple[datetime, int | None, str | None]


def _expected(baskets: list[Basket], today: date) -> dict[str, Any]:
    past = sorted(basket for basket in baskets if basket[0].date() <= today)
    age = {at: (today - at.date()).days for at, _, _ in past}

    def favourite(youngest: int, oldest: int) -> str | None:
        spent: Counter[str] = Counter()
        for at, cents, department in past:
            if department is not None and youngest <= age[at] <= oldest:
                spent[department] += cents or 0
        return min(spent, key=lambda name: (-spent[name], name)) if spent else None

    found: dict[str, Any] = {}
    for days in (30, 90, 365):
        recent = [cents for at, cents, _ in past if age[at] <= days]
        found |= {f"baskets_{days}": len(recent), f"spend_{days}": sum(cents or 0 for cents in recent)}
    days_with = sorted({at.date() for at, _, _ in past if age[at] <= 365})
    gaps = [(later - earlier).days for earlier, later in pairwise(days_with)]
    usual = statistics.median(gaps) if len(gaps) >= 3 else None
    weeks = {at.date() - timedelta(days=at.weekday()) for at, _, _ in past}
    week = today - timedelta(days=today.weekday())
    week, streak = (week if week in weeks else week - timedelta(days=7)), 0
    while week in weeks:
        week, streak = week - timedelta(days=7), streak + 1
    first, last = (past[0][0], past[-1][0]) if past else (None, None)
    since = age[last] if last else None
    coming = _anniversary(first.date(), today) if first else None
    recently, before = favourite(0, 90), favourite(91, 455)
    every = sorted({at.date() for at, _, _ in past})
    later = [sum(cents or 0 for at, cents, _ in past if at.date() == day) for day in every[1:]]
    spent_before = sum(cents or 0 for at, cents, _ in past if 90 < age[at] <= 180)
    year, much = found["baskets_365"], found["spend_365"]
    classes = [
        3 if since is not None and since <= 30 else 2 if since is not None and since <= 90 else 1,
        3 if year >= 24 else 2 if year >= 6 else 1,
        3 if much >= 100_000 else 2 if much >= 25_000 else 1,
    ]
    return found | {
        "repeats": len(every) - 1 if every else 0,
        "days_with_us": (every[-1] - every[0]).days if every else 0,
        "repeat_value": pytest.approx(sum(later) / len(later), abs=0.51) if later else None,
        "baskets_ever": len(past),
        "spend_before_90": spent_before,
        "spend_trend": found["spend_90"] / spent_before if spent_before else None,
        "milestone": max(each for each in (0, 10, 25, 50) if len(past) >= each),
        "rfm": "".join(map(str, classes)) if past else None,
        "emails_90": 0,
        "emails_unanswered": 0,
        "engaged_90": 0,
        "clicks_90": 0,
        "last_engaged_at": None,
        "replies_365": 0,
        "last_reply_at": None,
        "felt_understood": None,
        "first_basket_at": first,
        "last_basket_at": last,
        "days_since_basket": since,
        "usual_interval": usual,
        "overdue_ratio": None if usual is None or since is None else since / usual,
        "week_streak": streak,
        "favourite_department": favourite(0, 365),
        "recent_favourite": recently,
        "previous_favourite": before,
        "new_favourite": recently if before and recently != before else None,
        "anniversary_in": coming and (coming - today).days,
        "years": coming and first and coming.year - first.year,
    }


def _anniversary(first: date, today: date) -> date:
    for year in range(first.year + 1, today.year + 3):
        leap_day = (first.month, first.day) == (2, 29) and year % 4
        day = date(year, 2, 28) if leap_day else first.replace(year=year)
        if day >= today:
            return day
    raise AssertionError


def _baskets(chance: random.Random, today: date) -> list[Basket]:
    """Baskets of one customer: seldom or often, some in the future, some without an amount or a department."""
    end = datetime(today.year, today.month, today.day, tzinfo=UTC) + timedelta(days=2)
    reach = chance.choice((30, 120, 700))
    ats = {end - timedelta(minutes=chance.randrange(reach * 1440)) for _ in range(chance.randrange(40))}
    departments = ("Meat", "Produce", "Bakery", None)
    return [(at, chance.choice((None, chance.randrange(-500, 9000))), chance.choice(departments)) for at in ats]


@pytest.mark.parametrize(("seed", "day"), [(1, "2024-02-29"), (2, "2024-03-01"), (3, "2025-12-31"), (4, "2026-01-05")])
def test_insights_are_what_plain_python_makes_of_the_baskets(
    session: Session, warehouse: Warehouse, now: datetime, seed: int, day: str
) -> None:
    chance, today = random.Random(seed), date.fromisoformat(day)
    shop = {id_: _baskets(chance, today) for id_ in range(1, 61)}
    session.add_all(Customer(id=id_, email=f"{id_}@example.com", created_at=now, updated_at=now) for id_ in shop)
    session.flush()
    for id_, baskets in shop.items():
        rows = [
            {
                "key": f"{id_}/{at}",
                "name": "basket",
                "at": at,
                "properties": {"amount_cents": cents, "department": where},
            }
            for at, cents, where in baskets
        ]
        take(session, [{**row, "customer_id": id_} for row in rows])
    warehouse.fold(session, datetime(today.year, today.month, today.day, 12, tzinfo=UTC))
    facts = warehouse.facts(list(shop))
    for id_, baskets in shop.items():
        assert facts[id_] == _expected(baskets, today)


@pytest.mark.parametrize(
    ("today", "days", "years"),
    [("2025-02-27", 1, 1), ("2025-02-28", 0, 1), ("2025-03-01", 364, 2), ("2028-02-29", 0, 4), ("2024-02-29", 365, 1)],
)
def test_a_leap_day_has_its_anniversary_on_28_february(
    session: Session, warehouse: Warehouse, ann: int, today: str, days: int, years: int
) -> None:
    at = datetime(2024, 2, 29, 8, tzinfo=UTC)
    take(session, [{"key": "leap", "customer_id": ann, "name": "basket", "at": at}])
    warehouse.fold(session, datetime.fromisoformat(f"{today}T12:00:00+00:00"))
    facts = warehouse.facts([ann])[ann]
    assert (facts["anniversary_in"], facts["years"]) == (days, years)


def test_every_insight_can_be_said() -> None:
    for each in INSIGHTS.values():
        assert each.english.startswith("who")
        assert ("{amount}" in each.english) != ("{is}" in each.english)
        assert each.label
        assert each.line
        assert each.because
        assert each.type in Type


def test_only_baskets_are_baskets(
    session: Session, warehouse: Warehouse, now: datetime, ann: int, basket: Callable[..., None]
) -> None:
    basket(ann, 1, name="opened")
    warehouse.fold(session, now)
    assert warehouse.facts([ann])[ann]["baskets_30"] == 0


def test_engagement_is_what_only_a_human_does(
    session: Session, warehouse: Warehouse, now: datetime, ann: int, bob: int
) -> None:
    told = [(ann, "email_sent", 80), (ann, "replied", 70), (ann, "email_sent", 60), (ann, "felt_understood", 50),
            (ann, "email_sent", 40), (ann, "email_sent", 30), (ann, "opened", 20), (ann, "clicked", 50),
            (ann, "wrote", 91), (bob, "email_sent", 10), (bob, "opened", 9)]  # fmt: skip
    take(session, [{"key": str(n), "customer_id": who, "name": name, "at": now - timedelta(days=days)}
                   for n, (who, name, days) in enumerate(told)])  # fmt: skip
    warehouse.fold(session, now)
    facts = warehouse.facts([ann, bob])
    asked = ("engaged_90", "clicks_90", "emails_unanswered", "last_engaged_at")
    assert [facts[ann][name] for name in asked] == [2, 1, 2, now - timedelta(days=50)]
    assert [facts[bob][name] for name in asked] == [0, 0, 1, None]


def test_an_insight_counts_days_in_utc_and_a_criterion_those_of_the_customer(
    session: Session, warehouse: Warehouse
) -> None:
    """They differ by a day at most, and only for what happened between the two midnights."""
    tokyo = {1: "Asia/Tokyo", 2: "UTC", 3: "America/Los_Angeles"}
    now = datetime(2026, 3, 16, 20, tzinfo=UTC)  # in Tokyo it is the 17th already
    for id_, zone in tokyo.items():
        session.add(Customer(id=id_, email=f"{id_}@example.com", time_zone=zone, created_at=now, updated_at=now))
        session.flush()
        for hours in range(0, 24 * 33, 5):
            at = now - timedelta(hours=hours)
            take(session, [{"key": f"{id_}/{hours}", "customer_id": id_, "name": "basket", "at": at}])
    warehouse.fold(session, now)
    for days in (30, 90):
        for id_ in tokyo:
            mine = warehouse.facts([id_])[id_][f"baskets_{days}"]
            theirs = segments.why(warehouse, from_data({"did": "basket", "within_days": days}), id_, now).value
            assert (mine == theirs) if id_ == 2 or days == 90 else (0 < abs(mine - theirs) <= 24 / 5), (id_, days)
