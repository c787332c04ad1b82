"""The form of a segment loses nothing: any tree, there and back; and whatever is posted is answered beside a field."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.errors import Invalid
from mailer.insights.insight import Type
from mailer.segments.criteria import from_data
from mailer.segments.operators import Takes
from mailer.web import segment_values
from mailer.web.segment_blocks import KINDS, Block, act, fields, posted
from mailer.web.segment_form import read, told

Data = dict[str, Any]

_TEXT = st.text(
    st.characters(exclude_categories=("C", "Zl", "Zp", "Zs"), include_characters=" \"',\\"), min_size=1, max_size=8
)
_NUMBER = st.integers(-(10**15), 10**15) | st.floats(-1e15, 1e15) | st.integers(-9, 99)
_CENTS = st.integers(-(10**15), 10**15)
_DATE = st.dates(date(1900, 1, 1), date(2200, 12, 31)).map(str)
_COUNT, _DAYS = st.integers(1, 1000), st.integers(0, 3660)


def _pair(values: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.tuples(values, values).map(sorted)


def _told(**given: Any) -> st.SearchStrategy[Data]:
    return st.fixed_dictionaries({k: v if isinstance(v, st.SearchStrategy) else st.just(v) for k, v in given.items()})


def _merged(*parts: st.SearchStrategy[Data]) -> st.SearchStrategy[Data]:
    return st.tuples(*parts).map(lambda each: {key: value for part in each for key, value in part.items()})


def _ordered(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Data]:
    ops = st.sampled_from(("is", "is_not", "more_than", "at_least", "less_than", "at_most"))
    return _told(op=ops, value=values) | _told(op="between", value=_pair(values))


_KNOWN = _told(op=st.sampled_from(("known", "unknown")))
_TEXTS = (
    _told(op=st.sampled_from(("is", "is_not", "contains", "starts_with")), value=_TEXT)
    | _told(op=st.sampled_from(("one_of", "none_of")), value=st.lists(_TEXT, min_size=1, max_size=4))
    | _KNOWN
)
_FIXED = _told(op=st.sampled_from(("on", "before", "since")), value=_DATE) | _told(op="between", value=_pair(_DATE))
_TIMES = (
    _FIXED
    | _told(op=st.sampled_from(("in_last_days", "more_than_days_ago", "in_next_days")), value=_DAYS)
    | _told(op="anniversary_within_days", value=st.integers(0, 364))
)
_FIELD = st.one_of(
    _merged(
        _told(field=st.sampled_from(("language", "favourite_department", "attributes.tier", "attributes.kids"))), _TEXTS
    ),
    _merged(_told(field=st.sampled_from(("overdue_ratio", "baskets_30", "attributes.points"))), _ordered(_NUMBER)),
    _merged(_told(field=st.sampled_from(("spend_90", "spend_365"))), _ordered(_CENTS) | _KNOWN),
    _merged(_told(field=st.sampled_from(("last_basket_at", "created_at", "attributes.birthday"))), _TIMES),
)
_CONDITION = st.one_of(
    _merged(_told(field=st.sampled_from(("department", "channel"))), _TEXTS),
    _merged(_told(field=st.sampled_from(("items", "weight"))), _ordered(_NUMBER)),
    _merged(_told(field="amount_cents"), _ordered(_CENTS)),
    _merged(_told(field="delivered"), _FIXED),
)
_WHERE = st.just({}) | _told(where=st.lists(_CONDITION, min_size=1, max_size=3))
_WINDOW = st.just({}) | _told(within_days=_DAYS) | _told(between=_pair(_DATE))
_OFTEN = (
    _told(at_least=_COUNT) | _told(at_most=st.integers(0, 1000)) | _told(exactly=st.integers(0, 1000))
    | _pair(_COUNT).map(lambda two: {"at_least": two[0], "at_most": two[1]})
)  # fmt: skip
_EVENT = st.sampled_from(("basket", "replied", "something_else"))
_DID = _merged(_told(did=_EVENT), _OFTEN, _WINDOW, _WHERE)
_MEASURED = st.one_of(
    *(_merged(_told(did=_EVENT, **{how: of}), _ordered(values), _WINDOW, _WHERE)
      for how in ("sum", "min", "max") for of, values in (("amount_cents", _CENTS), ("weight", _NUMBER))),
    _merged(_told(did=_EVENT, average="amount_cents"), _ordered(_NUMBER), _WINDOW, _WHERE),
)  # fmt: skip
_LEAF = st.one_of(
    _FIELD,
    _DID,
    _MEASURED,
    _merged(_told(first=_EVENT) | _told(last=_EVENT), _TIMES, _WHERE),
    _merged(
        _told(sequence=_EVENT), _told(then=_EVENT) | _told(then_not=_EVENT), _told(within_days=_DAYS),
        st.just({}) | _told(in_last_days=_DAYS) | _told(between=_pair(_DATE)), _WHERE,
        st.just({}) | _told(then_where=st.lists(_CONDITION, min_size=1, max_size=2)),
    ),
    _merged(
        _told(engaged=st.sampled_from(("any", "reply", "page", "survey"))), st.just({}) | _told(campaign=_TEXT), _OFTEN,
        _WINDOW, _WHERE,
    ),
    _merged(_told(consent=_TEXT), st.just({}) | _told(language=_TEXT)),
    _told(in_conversation=True),
    _told(segment=st.sampled_from(("win-back", "quiet"))),
    _merged(_told(share=st.floats(0.01, 100) | st.integers(1, 100)), st.just({}) | _told(salt=_TEXT)),
)  # fmt: skip
TREES = st.recursive(
    _LEAF,
    lambda part: _told(all=st.lists(part, max_size=3)) | _told(any=st.lists(part, min_size=1, max_size=3))
    | part.map(lambda one: {"not": one}),
    max_leaves=6,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(data=TREES)
def test_any_tree_becomes_fields_and_the_same_tree_again(data: Data) -> None:
    try:
        tree = from_data(data)
    except Invalid:
        return
    sent = fields(told(tree.to_data()))
    assert all(isinstance(value, str) for value in sent.values())
    reading = read(posted(sent))
    assert not reading.said
    assert reading.data is not None
    again = from_data(reading.data)
    assert again == tree or reading.data == {"all": [tree.to_data()]}


@settings(max_examples=120, deadline=None)
@given(data=TREES, garbage=st.dictionaries(st.integers(0, 40), st.text(max_size=12) | _DATE | _NUMBER.map(str)))
def test_a_field_that_says_anything_at_all_is_answered_beside_a_field(data: Data, garbage: dict[int, str]) -> None:
    try:
        sent = fields(told(from_data(data).to_data()))
    except Invalid:
        return
    names = sorted(sent)
    sent |= {names[place % len(names)]: value for place, value in garbage.items()}
    block = posted(sent)
    reading = read(block)
    shown = fields(block)
    for name in reading.said:
        path = name.removeprefix("node-").rpartition("-")[0]
        assert any(each.startswith(f"node-{path}-") for each in shown), name
    if reading.data is not None:
        assert from_data(reading.data)
    assert read(posted(shown)).said == reading.said


_NAMES = st.from_regex(
    r"node(-[0-9]{1,3}){0,12}(-(where|then)-[0-9])?-(kind|not|field|op|value|event|often|x)", fullmatch=True
)


@settings(max_examples=120, deadline=None)
@given(
    sent=st.dictionaries(
        _NAMES | st.text(max_size=20), st.sampled_from((*KINDS, "not-any", "is", "9" * 50, "")) | st.text()
    )
)
def test_fields_nobody_wrote_are_no_exception(sent: dict[str, str]) -> None:
    reading = read(posted(sent))
    assert reading.data is None or from_data(reading.data)
    json.dumps(reading.said)


_ACTS = st.sampled_from(
    ("up", "down", "nest", "out", "copy", "remove", "where", "then", "unwhere", "add-did", "add-any", "what")
)


@settings(max_examples=100, deadline=None)
@given(data=TREES, acts=st.lists(st.tuples(_ACTS, st.integers(0, 50)), max_size=8))
def test_no_button_loses_the_form(data: Data, acts: list[tuple[str, int]]) -> None:
    try:
        block = told(from_data(data).to_data())
    except Invalid:
        return
    for what, place in acts:
        paths = [path for path, _ in block.walk()]
        gone_on = act(block, f"{what}:{paths[place % len(paths)]}")
        assert gone_on in dict(block.walk())
        assert fields(posted(fields(block))) == fields(block)


def test_moving_a_part_down_and_up_changes_nothing_and_nesting_it_means_the_same() -> None:
    data = {"all": [{"in_conversation": True}, {"consent": "offers"}, {"segment": "quiet"}]}
    block = told(data)
    assert act(block, "down:1-1") == "1-2"
    assert act(block, "up:1-2") == "1-1"
    assert read(block).data == data
    assert act(block, "nest:1-2") == "1-2-1"
    assert read(block).data == {"all": [data["all"][0], {"any": [{"consent": "offers"}]}, data["all"][2]]}
    assert act(block, "out:1-2-1") == "1-3"
    act(block, "remove:1-2")
    assert read(block).data == data


def test_an_unfinished_part_is_left_out_of_the_count_and_named() -> None:
    block = Block("all", parts=[Block("in_conversation"), Block("field", given={"field": "overdue_ratio"})])
    reading = read(block)
    assert reading.data == {"all": [{"in_conversation": True}]}
    assert reading.unfinished == {"node-1-2-op": "choose how to ask"}
    assert not reading.wrong


def test_an_empty_form_is_not_everybody_but_a_question_of_everybody_stays_one() -> None:
    assert read(Block("all")).data is None
    assert "everybody" in read(Block("all")).said["node-1-kind"]
    assert read(told({"all": []})).data == {"all": []}


def test_a_segment_that_asks_for_itself_is_said_beside_its_field() -> None:
    def member(name: str) -> None:
        raise Invalid(f"the segment {name} asks for itself")

    assert read(told({"segment": "quiet"}), member).wrong == {"node-1-1-segment": "the segment quiet asks for itself"}


@pytest.mark.parametrize(
    ("kind", "takes", "text", "value"),
    [
        (Type.MONEY, Takes.ONE, "12.50", 1250),
        (Type.MONEY, Takes.ONE, "1,250", 125000),
        (Type.MONEY, Takes.ONE, "12,5", 1250),
        (Type.FLOAT, Takes.ONE, "2,5", 2.5),
        (Type.INT, Takes.ONE, " 1 250 ", 1250),
        (Type.TEXT, Takes.ONE, " Produce ", "Produce"),
        (Type.TEXT, Takes.SOME, 'Bakery, "Meat, fresh"\nProduce', ["Bakery", "Meat, fresh", "Produce"]),
        (Type.TIME, Takes.ONE, "2026-03-16", "2026-03-16"),
    ],
)  # fmt: skip
def test_values_are_read_as_people_write_them(kind: Type, takes: Takes, text: str, value: Any) -> None:
    assert segment_values.read(kind, takes, text, "") == value


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [(Type.MONEY, "12.505", "as 12.50"), (Type.INT, "a month", "a number"), (Type.TIME, "soon", "as 2026-11-21")],
)
def test_what_cannot_be_read_is_told_with_an_example(kind: Type, text: str, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        segment_values.read(kind, Takes.ONE, text, "")
