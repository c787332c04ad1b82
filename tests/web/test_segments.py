from collections.abc import Callable

from sqlmodel import select
from werkzeug.datastructures import MultiDict

from mailer.house import House
from mailer.segments.criteria import from_data
from mailer.segments.segment import Segment
from mailer.web.segment_form import posted, shown

FORM = {
    "title": "Quiet bakers",
    "description": "",
    "match": "all",
    "field": "days_since_basket",
    "op": "more_than",
    "value": "30",
    "event": "basket",
    "did": "yes",
    "at_least": "2",
    "within": "365",
}


def test_the_list_shows_each_segment_as_a_sentence_with_its_count_now(browser: Callable, segment: Segment) -> None:
    html = browser("nora").get("/segments").get_data(as_text=True)
    assert segment.tree.sentence() in html
    assert '<span class="big">2</span>' in html


def test_one_segment_shows_some_of_them_and_why(browser: Callable, segment: Segment) -> None:
    html = browser("nora").get("/segments/quiet").get_data(as_text=True)
    assert "Ann Miller" in html
    assert "Bob Ray" not in html
    assert "60 days" in html


def test_showing_the_count_saves_nothing(browser: Callable, press: Callable, segment: Segment, house: House) -> None:
    nora = browser("nora")
    answer = press(nora, "/segments/new", "/segments/draft", **FORM, act="count")
    html = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "Customers " in html
    assert '<span class="big">2</span>' in html
    with house.store.read() as session:
        assert len(session.exec(select(Segment)).all()) == 1


def test_showing_the_count_does_not_wait_for_the_writer(
    browser: Callable, press: Callable, segment: Segment, house: House
) -> None:
    nora = browser("nora")
    with house.store.write():
        assert press(nora, "/segments/new", "/segments/draft", **FORM, act="count").status_code == 200


def test_a_row_is_added_and_removed_without_a_script(browser: Callable, press: Callable, segment: Segment) -> None:
    nora = browser("nora")
    more = press(nora, "/segments/new", "/segments/draft", **FORM, act="add-asked").get_data(as_text=True)
    less = press(nora, "/segments/new", "/segments/draft", **FORM, act="remove-done-0").get_data(as_text=True)
    assert (more.count('name="field"'), more.count('name="event"')) == (2, 1)
    assert (less.count('name="field"'), less.count('name="event"')) == (1, 0)


def test_a_segment_is_saved_and_changed(browser: Callable, press: Callable, segment: Segment, house: House) -> None:
    nora = browser("nora")
    assert press(nora, "/segments/new", "/segments", **FORM).location == "/segments/quiet-bakers"
    changed = press(nora, "/segments/quiet-bakers/form", "/segments/quiet-bakers", **(FORM | {"value": "45"}))
    assert changed.location == "/segments/quiet-bakers"
    with house.store.read() as session:
        kept = session.exec(select(Segment).where(Segment.name == "quiet-bakers")).one()
    assert kept.version == 2
    assert kept.criteria["all"][0]["value"] == 45


def test_a_value_that_does_not_fit_comes_back_as_it_was_written(
    browser: Callable, press: Callable, segment: Segment
) -> None:
    answer = press(browser("nora"), "/segments/new", "/segments", **(FORM | {"value": "a month"}))
    assert answer.status_code == 422
    assert 'value="a month"' in answer.get_data(as_text=True)


def test_an_empty_question_is_not_everybody(browser: Callable, press: Callable, segment: Segment) -> None:
    answer = press(browser("nora"), "/segments/new", "/segments/draft", title="All", act="count")
    assert answer.status_code == 422


def test_a_tree_and_its_form_are_the_same_question() -> None:
    tree = {"any": [
        {"field": "spend_90", "op": "between", "value": [1250, 2000]},
        {"field": "favourite_department", "op": "one_of", "value": ["Bakery", "Produce"]},
        {"field": "first_name", "op": "unknown"},
        {"field": "last_basket_at", "op": "before", "value": "2026-01-01"},
        {"did": "basket", "at_least": 3, "within_days": 90},
        {"not": {"did": "felt_understood", "at_least": 1}},
    ]}  # fmt: skip
    form = shown("t", "d", tree)
    assert form is not None
    sent = MultiDict({"match": form.match})
    for row in form.asked:
        sent.update({"field": row.field, "op": row.op, "value": row.value})
    for done in form.done:
        did = "yes" if done.did else "no"
        sent.update({"event": done.event, "did": did, "at_least": done.at_least, "within": done.within})
    assert from_data(posted(sent).data()) == from_data(tree)


def test_a_tree_that_no_form_can_show_is_not_flattened(browser: Callable, segment: Segment, house: House) -> None:
    deep = {"all": [{"any": [{"field": "language", "op": "is", "value": "de"}]}]}
    assert shown("", "", deep) is None
    with house.store.write() as session:
        session.get_one(Segment, segment.id).criteria = deep
    nora = browser("nora")
    assert nora.get("/segments/quiet").status_code == 200
    assert nora.get("/segments/quiet/form").status_code == 422
