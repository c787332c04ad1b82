"""A question from outside is either a tree that means what it says, or told why not."""

import json
import math
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.errors import Invalid
from mailer.segments import segment
from mailer.segments.criteria import from_data

Data = dict[str, Any]

# ---------------------------------------------------------------- a second opinion, sharing no code with the compiler


def _holds(data: Data, shop: SimpleNamespace, customer: int) -> bool:
    if "all" in data:
        return all(_holds(part, shop, customer) for part in data["all"])
    if "any" in data:
        return any(_holds(part, shop, customer) for part in data["any"])
    if "not" in data:
        return not _holds(data["not"], shop, customer)
    if "did" in data:
        times = 0
        for event in shop.events:
            age = (shop.now.date() - event["at"].date()).days
            if event["customer_id"] == customer and event["name"] == data["did"] and age >= 0:
                times += (data.get("within_days") is None or age <= data["within_days"]) and all(
                    _compare(event["properties"].get(each["field"]), each, shop.now) for each in data.get("where", [])
                )
        return times >= data["at_least"]
    return _compare(_known(data["field"], shop, customer), data, shop.now)


def _known(field: str, shop: SimpleNamespace, customer: int) -> Any:
    row = shop.customers[customer]
    if field.startswith("attributes."):
        return row["attributes"].get(field.split(".")[1])
    return row[field] if field in row else shop.facts[customer][field]


def _compare(known: Any, asked: Data, now: datetime) -> bool:
    op, value = asked["op"], asked.get("value")
    if op in ("known", "unknown", "is_not"):
        if op == "is_not":
            return not _compare(known, {"op": "is", "value": value}, now)
        return (known is None) == (op == "unknown")
    if known is None:
        return False
    if isinstance(known, datetime):
        day = known.astimezone(UTC).date()
        if op == "in_last_days":
            return 0 <= (now.date() - day).days <= value
        return day < date.fromisoformat(value) if op == "before" else day >= date.fromisoformat(value)
    if isinstance(known, str):
        known = known.lower()
        value = [each.lower() for each in value] if isinstance(value, list) else value.lower()
    return {
        "is": lambda: known == value,
        "more_than": lambda: known > value,
        "at_least": lambda: known >= value,
        "less_than": lambda: known < value,
        "at_most": lambda: known <= value,
        "between": lambda: value[0] <= known <= value[1],
        "one_of": lambda: known in value,
        "contains": lambda: value in known,
    }[op]()


# ------------------------------------------------------------------------------------------------------------ questions

_INTS = ("baskets_30", "baskets_90", "baskets_365", "days_since_basket", "week_streak", "anniversary_in", "years")
_TEXTS = (
    "Produce",
    "meat",
    "BAKERY",
    "en",
    "de",
    "gold",
    "silver",
    "web",
    "o",
    "Name 5",
    "'; drop table event --",
    "%",
)
_ORDER = ("is", "is_not", "more_than", "at_least", "less_than", "at_most")


def _asked(field: str, op: str, value: Any = None) -> Data:
    return {"field": field, "op": op} | ({} if value is None else {"value": value})


def _numbers(fields: tuple[str, ...], values: st.SearchStrategy[Any]) -> st.SearchStrategy[Data]:
    pair = st.tuples(values, values).map(sorted)
    return (
        st.builds(_asked, st.sampled_from(fields), st.sampled_from(_ORDER), values)
        | st.builds(_asked, st.sampled_from(fields), st.just("between"), pair)
        | st.builds(_asked, st.sampled_from(fields), st.sampled_from(("known", "unknown")))
    )


def _texts(*fields: str) -> st.SearchStrategy[Data]:
    word = st.sampled_from(_TEXTS)
    return st.builds(_asked, st.sampled_from(fields), st.sampled_from(("is", "is_not", "contains")), word) | st.builds(
        _asked, st.sampled_from(fields), st.just("one_of"), st.lists(word, min_size=1, max_size=3)
    )


def _times(*fields: str) -> st.SearchStrategy[Data]:
    day = st.dates(date(2024, 1, 1), date(2026, 4, 1)).map(date.isoformat)
    return st.builds(_asked, st.sampled_from(fields), st.sampled_from(("before", "since")), day) | st.builds(
        _asked, st.sampled_from(fields), st.just("in_last_days"), st.integers(0, 400)
    )


ONE_WEEK = _asked("week_streak", "is", 1)
_CARRIED = _numbers(("amount_cents",), st.integers(0, 9000)) | _texts("department", "channel")
_WHERE = (
    _numbers(_INTS, st.integers(-1, 60) | st.integers(0, 400))
    | _numbers(("overdue_ratio", "usual_interval"), st.floats(0, 40, width=16) | st.integers(0, 9))
    | _numbers(("spend_30", "spend_365"), st.integers(0, 90_000))
    | _texts("favourite_department", "new_favourite", "language", "first_name", "attributes.tier")
    | _times("last_basket_at", "first_basket_at", "created_at")
    | st.builds(_asked, st.just("attributes.points"), st.sampled_from(_ORDER), st.integers(0, 300))
)
_DID = st.fixed_dictionaries(
    {"did": st.sampled_from(("basket", "opened", "never")), "at_least": st.integers(1, 9)},
    optional={"within_days": st.integers(0, 500), "where": st.lists(_CARRIED, min_size=1, max_size=2)},
)
_TREES = st.recursive(
    _WHERE | _DID,
    lambda parts: (
        st.fixed_dictionaries({"all": st.lists(parts, max_size=3)})
        | st.fixed_dictionaries({"any": st.lists(parts, min_size=1, max_size=3)})
        | st.fixed_dictionaries({"not": parts})
    ),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None)
@given(data=_TREES)
def test_the_warehouse_answers_as_plain_python_does(shop: SimpleNamespace, data: Data) -> None:
    expected = [customer for customer in shop.customers if _holds(data, shop, customer)]
    criteria = from_data(data)
    assert segment.customers(shop.warehouse, criteria, shop.now) == expected
    assert segment.count(shop.warehouse, criteria, shop.now) == len(expected)


@settings(max_examples=15, deadline=None)
@given(data=_TREES)
def test_nobody_is_left_out_of_a_question_and_its_opposite(shop: SimpleNamespace, data: Data) -> None:
    yes, no = (segment.customers(shop.warehouse, from_data(each), shop.now) for each in (data, {"not": data}))
    assert sorted(yes + no) == list(shop.customers)


@given(data=_TREES)
def test_a_tree_survives_being_data(data: Data) -> None:
    tree = from_data(data)
    assert from_data(json.loads(json.dumps(tree.to_data()))) == tree
    assert tree.to_data() == data
    assert hash(tree) == hash(from_data(data))


@given(data=_TREES)
def test_every_question_has_a_sentence(data: Data) -> None:
    sentence = from_data(data).sentence()
    assert sentence.startswith(("Customers ", "All customers"))
    assert "{" not in sentence
    assert "None" not in sentence


def test_a_basket_in_the_last_days_is_what_the_insight_counts(shop: SimpleNamespace) -> None:
    for days in (30, 90, 365):
        did = from_data({"did": "basket", "at_least": 2, "within_days": days})
        insight = from_data(_asked(f"baskets_{days}", "at_least", 2))
        assert segment.customers(shop.warehouse, did, shop.now) == segment.customers(shop.warehouse, insight, shop.now)
    recent, counted = (
        from_data(each) for each in (_asked("days_since_basket", "at_most", 30), _asked("baskets_30", "at_least", 1))
    )
    assert segment.customers(shop.warehouse, recent, shop.now) == segment.customers(shop.warehouse, counted, shop.now)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (
            {"all": [_asked("overdue_ratio", "more_than", 2), {"did": "basket", "at_least": 5, "within_days": 365}]},
            "Customers whose last basket is more than 2 times their usual interval ago, "
            "and who had at least 5 baskets in the last 365 days",
        ),
        ({"all": []}, "All customers"),
        ({"not": {"did": "basket", "at_least": 1, "within_days": 1}}, "Customers who had no baskets in the last day"),
        ({"not": {"did": "basket", "at_least": 3}}, "Customers who had fewer than 3 baskets ever"),
        (_asked("baskets_30", "is", 0), "Customers who had no baskets in the last 30 days"),
        (
            _asked("spend_90", "between", [1000, 250050]),
            "Customers who spent between 10.00 and 2,500.50 in the last 90 days",
        ),
        (_asked("new_favourite", "known"), "Customers whose new favourite department is known"),
        (_asked("language", "one_of", ["en", "de", "fr"]), "Customers whose language is en, de or fr"),
        (_asked("last_basket_at", "before", "2026-03-01"), "Customers whose last basket was before 1 March 2026"),
        (_asked("attributes.tier", "is", "gold"), "Customers whose “tier” is gold"),
        (
            {
                "any": [
                    _asked("language", "is", "en"),
                    {"all": [_asked("years", "at_least", 2), ONE_WEEK]},
                ]
            },
            "Customers whose language is en, or both whose next anniversary marks at least 2 years "
            "and who came exactly 1 week in a row",
        ),
        (
            {"not": _asked("days_since_basket", "at_most", 1)},
            "Customers who are not among those whose last basket was at most 1 day ago",
        ),
        (
            {"did": "basket", "at_least": 1, "within_days": 30, "where": [_asked("amount_cents", "more_than", 5000)]},
            "Customers who had at least 1 basket in the last 30 days whose amount is more than 50.00",
        ),
        ({"did": "email_opened", "at_least": 2}, "Customers who had at least 2 “email opened” events ever"),
    ],
)
def test_the_sentence_is_one_a_shopkeeper_would_say(data: Data, sentence: str) -> None:
    assert from_data(data).sentence() == sentence


_DEEP: Data = _asked("years", "is", 1)
for _ in range(9):
    _DEEP = {"not": _DEEP}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "criteria: give a table with one of all, any, not, segment, share"),
        ([], "criteria: give a table"),
        ({"any": []}, "criteria: any is a list of parts"),
        ({"all": {}}, "criteria: all is a list of parts"),
        ({"all": [], "any": []}, "criteria: give a table with one of"),
        ({"all": [], "note": 1}, "'note' means nothing beside all"),
        ({"all": [ONE_WEEK, _asked("basket_30", "is", 1)]}, "all 2: there is no field 'basket_30'; did you mean"),
        (_asked("email", "is", "x"), "there is no field 'email'"),
        ({"field": 7, "op": "is"}, "there is no field '7'"),
        (_asked("attributes.a'b", "is", "x"), "there is no field"),
        (_asked("language", "more_than", "en"), "language cannot be asked with op 'more_than'; give is"),
        (_asked("language", "is", ""), "takes a text of 1 to 200 letters"),
        (_asked("language", "is", "a\x00"), "takes a text"),
        (_asked("language", "is", 5), "takes a text"),
        (_asked("language", "one_of", []), "takes a list of 1 to 200 values"),
        (_asked("years", "is"), "years is takes a number; not None"),
        (_asked("years", "is", True), "takes a number; not True"),
        (_asked("years", "is", math.nan), "takes a number"),
        (_asked("years", "is", 10**400), "takes a number"),
        (_asked("years", "known", 1), "takes no value"),
        (_asked("years", "between", [3, 2]), "takes two values, the lower first"),
        (_asked("spend_30", "at_least", 1.5), "(in cents) takes a whole number"),
        (_asked("last_basket_at", "before", "yesterday"), "takes a date as 2026-11-21"),
        (_asked("last_basket_at", "in_last_days", -1), "takes a whole number from 0 to 3,660"),
        ({"did": "Basket; --", "at_least": 1}, "did names an event"),
        ({"did": "basket", "at_least": 0}, "criteria, at_least takes a whole number from 1 to 1,000; not 0"),
        ({"did": "basket", "within_days": 1.5}, "criteria, within_days takes a whole number"),
        ({"did": "basket", "where": {}}, "where is a list"),
        ({"did": "basket", "where": [_asked("department", "at_least", "x")]}, "where 1: department cannot be asked"),
        ({"did": "basket", "where": [_asked("a.b", "is", "x")]}, "cannot be asked for a property 'a.b'"),
        ({"did": "basket", "where": [{"did": "basket"}]}, "means nothing beside field"),
        ({"not": [1]}, "criteria, not: give a table"),
        (_DEEP, "at most 200 parts, 8 deep"),
        ({"all": [_asked("years", "is", 1)] * 200}, "at most 200 parts"),
        ({"did": "basket", "where": [_asked("items", "is", 1)] * 200}, "at most 200 parts"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_told_with_its_place(data: Any, said: str) -> None:
    with pytest.raises(Invalid) as told:
        from_data(data)
    assert said in str(told.value)


def test_text_is_never_a_part_of_the_query(shop: SimpleNamespace) -> None:
    before = shop.warehouse.counts()
    for text in ("'", "''; drop table event; --", '"', "\\", "$1", "%", "{0}", "\N{ZERO WIDTH JOINER}'"):
        if text.isprintable():
            for op in ("is", "contains"):
                assert segment.count(shop.warehouse, from_data(_asked("language", op, text)), shop.now) == 0
    assert shop.warehouse.counts() == before


def test_windows_reach_to_the_whole_day(shop: SimpleNamespace) -> None:
    did = {"did": "basket", "at_least": 20, "within_days": 202}
    late = shop.now.replace(hour=23, minute=59)
    assert 1 in segment.customers(shop.warehouse, from_data(did), late)
    assert 1 not in segment.customers(shop.warehouse, from_data(did), late + timedelta(minutes=1))
