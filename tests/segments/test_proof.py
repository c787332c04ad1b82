"""A proof says what the segment does, and shows what it rests on."""

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from mailer.segments import segment
from mailer.segments.criteria import from_data
from mailer.segments.proof import Proof

ANN, NEW = 1, 30  # of the shop: comes every nine days, last 31 days ago; has not come yet
WIN_BACK = {
    "all": [
        {"field": "overdue_ratio", "op": "at_least", "value": 2.5},
        {"field": "usual_interval", "op": "known"},
        {"did": "basket", "at_least": 8, "within_days": 365},
    ]
}


def _why(shop: SimpleNamespace, data: dict[str, Any], customer: int = ANN) -> Proof:
    return segment.why(shop.warehouse, from_data(data), customer, shop.now)


def test_each_part_shows_its_value_and_the_events_it_rests_on(shop: SimpleNamespace) -> None:
    proof = _why(shop, WIN_BACK)
    assert proof.holds
    ratio, interval, baskets = proof.parts
    assert ratio.sentence == "Customers whose last basket is at least 2.5 times their usual interval ago"
    assert ratio.value == pytest.approx(31 / 9)
    assert interval.value == 9
    assert baskets.value == 20
    assert baskets.evidence == (
        "basket on 13 February 2026: amount 10.31, number of items 3, department Produce",
        "basket on 4 February 2026: amount 10.40, number of items 3, department Produce",
        "basket on 26 January 2026: amount 10.49, number of items 3, department Produce",
    )


def test_the_lines_speak_of_the_customer_and_because_speaks_to_them(shop: SimpleNamespace) -> None:
    proof = _why(shop, WIN_BACK)
    assert proof.lines() == ["last basket 31 days ago; usually every 9 days", "20 baskets in the last 365 days"]
    assert proof.because() == [
        "Your last basket was 31 days ago; you usually come every 9 days",
        "You had 20 baskets in the last 365 days",
    ]


def test_a_part_that_does_not_hold_is_not_said(shop: SimpleNamespace) -> None:
    either = {"any": [{"field": "days_since_basket", "op": "is", "value": 31}, {"did": "opened", "at_least": 3}]}
    assert _why(shop, either).because() == ["Your last basket was 31 days ago"]
    assert _why(shop, {"not": either}).because() == []


def test_seldom_is_said_as_such(shop: SimpleNamespace) -> None:
    proof = _why(shop, {"not": {"did": "basket", "at_least": 1, "within_days": 30}})
    assert proof.lines() == ["no baskets in the last 30 days"]
    assert proof.because() == ["You had no baskets in the last 30 days"]


def test_which_events_count_is_said_too(shop: SimpleNamespace) -> None:
    meat = {"did": "basket", "at_least": 1, "where": [{"field": "department", "op": "is", "value": "Meat"}]}
    assert _why(shop, {"not": meat}).because() == ["You had no baskets ever whose department is Meat"]
    cheap = {**meat, "within_days": 365, "where": [{"field": "amount_cents", "op": "less_than", "value": 1050}]}
    assert _why(shop, cheap).lines() == ["3 baskets in the last 365 days whose amount is less than 10.50"]


def test_for_a_customer_who_never_came_nothing_is_made_up(shop: SimpleNamespace) -> None:
    proof = _why(shop, WIN_BACK, NEW)
    assert not proof.holds
    assert [part.value for part in proof.parts] == [None, None, 0]
    assert proof.lines() == proof.because() == []


def test_for_a_customer_who_is_not_folded_yet_nothing_holds(shop: SimpleNamespace) -> None:
    assert not _why(shop, {"not": {"did": "basket"}}, 999).holds


@pytest.mark.parametrize(
    ("data", "days"),
    [
        ({"did": "basket", "at_least": 1, "within_days": 40}, 10),
        ({"did": "basket", "at_least": 3, "within_days": 90}, 90 - 49 + 1),
        ({"field": "baskets_90", "op": "at_least", "value": 3}, 90 - 49 + 1),
        ({"field": "baskets_90", "op": "more_than", "value": 2}, 90 - 49 + 1),
        ({"field": "days_since_basket", "op": "at_most", "value": 35}, 5),
        ({"field": "days_since_basket", "op": "less_than", "value": 35}, 4),
        ({"field": "days_since_basket", "op": "between", "value": [5, 31]}, 1),
        ({"field": "anniversary_in", "op": "known"}, None),
        ({"field": "anniversary_in", "op": "at_most", "value": 365}, None),
        ({"field": "last_basket_at", "op": "in_last_days", "value": 31}, 1),
        ({"did": "basket", "at_least": 2}, None),
        ({"field": "overdue_ratio", "op": "at_least", "value": 2}, None),
    ],
)
def test_a_part_ends_when_nothing_more_happens(shop: SimpleNamespace, data: dict[str, Any], days: int | None) -> None:
    proof = _why(shop, data)
    assert proof.holds
    midnight = datetime(shop.now.year, shop.now.month, shop.now.day, tzinfo=UTC)
    assert proof.until == (None if days is None else midnight + timedelta(days=days))


def test_an_end_is_the_very_day_the_segment_lets_go(shop: SimpleNamespace) -> None:
    did = from_data({"did": "basket", "at_least": 3, "within_days": 90})
    until = segment.why(shop.warehouse, did, ANN, shop.now).until
    assert until
    assert ANN in segment.customers(shop.warehouse, did, until - timedelta(microseconds=1))
    assert ANN not in segment.customers(shop.warehouse, did, until)


def test_all_end_with_the_first_and_any_with_the_last(shop: SimpleNamespace) -> None:
    short, long, endless = (
        {"did": "basket", "at_least": 1, "within_days": 40},
        {"did": "basket", "at_least": 1, "within_days": 50},
        {"field": "language", "op": "known"},
    )
    short_end, long_end = _why(shop, short).until, _why(shop, long).until
    assert _why(shop, {"all": [long, short, endless]}).until == short_end
    assert _why(shop, {"any": [long, short]}).until == long_end
    assert _why(shop, {"any": [long, short, endless]}).until is None


def test_a_proof_is_plain_data(shop: SimpleNamespace) -> None:
    data = {"all": [*WIN_BACK["all"], {"field": "last_basket_at", "op": "known"}, {"not": {"did": "opened"}}]}
    told = json.loads(json.dumps(_why(shop, data).to_data()))
    assert told["holds"] is False or told["holds"] is True
    assert set(told) == {"sentence", "kind", "holds", "value", "evidence", "until", "foreseen", "parts"}
    assert told["parts"][3]["value"].startswith("2026-02-13")


def test_a_proof_agrees_with_the_segment_for_everybody(shop: SimpleNamespace) -> None:
    for data in (WIN_BACK, {"not": WIN_BACK}, {"any": [{"field": "new_favourite", "op": "known"}, {"did": "opened"}]}):
        criteria = from_data(data)
        meant = segment.customers(shop.warehouse, criteria, shop.now)
        some = list(shop.customers)[::5]
        assert [c for c in some if segment.why(shop.warehouse, criteria, c, shop.now).holds] == [
            c for c in some if c in meant
        ]
