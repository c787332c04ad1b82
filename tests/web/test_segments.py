import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlmodel import select

from mailer.campaigns.campaign import Campaign
from mailer.house import House
from mailer.people.audit import Act
from mailer.segments.criteria import from_data
from mailer.segments.segment import Segment, save
from mailer.web.segment_blocks import fields
from mailer.web.segment_form import told

BAKERS = {
    "all": [
        {"field": "days_since_basket", "op": "more_than", "value": 30},
        {"did": "basket", "at_least": 2, "within_days": 365,
         "where": [{"field": "department", "op": "is", "value": "Bakery"}]},
        {"not": {"in_conversation": True}},
    ]
}  # fmt: skip
FORM = {"title": "Quiet bakers", "description": "", **fields(told(BAKERS))}


def kept(house: House, name: str) -> Segment:
    with house.store.read() as session:
        return session.exec(select(Segment).where(Segment.name == name)).one()


def test_the_list_is_there_before_the_counts_and_counts_when_asked(browser: Callable, segment: Segment) -> None:
    nora = browser("nora")
    first = nora.get("/segments").get_data(as_text=True)
    assert segment.tree.sentence() in first
    assert 'href="/segments?counted=1"' in first
    assert '<span class="big">2</span>' in nora.get("/segments?counted=1").get_data(as_text=True)


def test_the_starred_ones_come_first(
    browser: Callable, press: Callable, segment: Segment, house: House, now: datetime
) -> None:
    with house.store.write() as session:
        save(session, name="aaa", title="Aaa", description="", criteria=from_data({"all": []}), now=now)
    nora = browser("nora")
    assert press(nora, "/segments/quiet", "/segments/quiet/star", starred="yes").status_code == 302
    html = nora.get("/segments").get_data(as_text=True)
    assert html.index("Gone quiet") < html.index("Aaa")
    press(nora, "/segments/quiet", "/segments/quiet/star", starred="no")
    html = nora.get("/segments").get_data(as_text=True)
    assert html.index("Aaa") < html.index("Gone quiet")


def test_one_segment_says_what_it_asks_who_uses_it_and_its_versions(
    browser: Callable, campaign: Campaign, segment: Segment, house: House, now: datetime
) -> None:
    with house.store.write() as session:
        save(session, name="outer", title="Outer", description="", criteria=from_data({"segment": "quiet"}), now=now)
    html = browser("nora").get("/segments/quiet").get_data(as_text=True)
    assert segment.tree.sentence() in html
    assert campaign.title in html
    assert ">outer</a>" in html
    assert "Version 1" in html


@pytest.mark.parametrize(
    ("piece", "said"),
    [("count", '<span class="big">2</span>'), ("sample", "Ann Miller"), ("history", "<td"), ("reach", "Offers"),
     ("overlap", "no other segment")],
)  # fmt: skip
def test_each_piece_of_the_answer_has_an_address_of_its_own(
    browser: Callable, segment: Segment, piece: str, said: str
) -> None:
    nora = browser("nora")
    page = nora.get(f"/segments/quiet/found/{piece}").get_data(as_text=True)
    part = nora.get(f"/segments/quiet/found/{piece}", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert said in page
    assert said in part
    assert "<html" in page
    assert "<html" not in part
    assert nora.get("/segments/quiet/found/nothing").status_code == 404


def test_some_of_them_come_with_the_proof(browser: Callable, segment: Segment) -> None:
    html = browser("nora").get("/segments/quiet/found/sample").get_data(as_text=True)
    assert "Bob Ray" not in html
    assert "60 days" in html
    assert "basket on 15 January 2026" in html


def test_the_gate_is_asked_how_many_would_get_an_email(browser: Callable, segment: Segment) -> None:
    html = browser("nora").get("/segments/quiet/found/reach").get_data(as_text=True)
    offers, news = (
        re.search(rf"{name}</td><td class=\"number[^>]*><strong>(\d+)", html) for name in ("Offers", "News")
    )
    assert offers is not None
    assert news is not None
    assert (offers[1], news[1]) == ("2", "0")
    assert "2 did not agree to this topic" in html


def test_the_count_comes_with_the_question_as_a_sentence(browser: Callable, segment: Segment) -> None:
    html = browser("nora").get("/segments/quiet/found/count").get_data(as_text=True)
    assert "Customers whose last basket was more than 30 days ago." in html


def test_the_past_is_counted_from_what_had_happened_by_then(browser: Callable, segment: Segment) -> None:
    html = browser("nora").get("/segments/quiet/found/history").get_data(as_text=True)
    counts = [int(each) for each in re.findall(r'<td class="number">(\d+)</td>', html)]
    assert counts == [0, 1, 2, 2, 2, 2, 2]  # 30 days ago their last baskets were 30 and 25 days old


def test_showing_the_count_saves_nothing(browser: Callable, press: Callable, segment: Segment, house: House) -> None:
    nora = browser("nora")
    answer = press(nora, "/segments/new", "/segments/draft", **FORM, act="find:count")
    html = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "whose last basket was more than 30 days ago" in html
    assert '<span class="big">2</span>' in html
    assert "of 3" in html
    with house.store.read() as session:
        assert len(session.exec(select(Segment)).all()) == 1
        assert not [each for each in session.exec(select(Act)) if "draft" in each.did]


def test_showing_the_count_does_not_wait_for_the_writer(
    browser: Callable, press: Callable, segment: Segment, house: House
) -> None:
    nora = browser("nora")
    with house.store.write():
        assert press(nora, "/segments/new", "/segments/draft", **FORM, act="find:count").status_code == 200


def test_blocks_are_added_nested_and_removed_without_a_script(
    browser: Callable, press: Callable, segment: Segment
) -> None:
    nora = browser("nora")

    def kinds(act: str) -> list[str]:
        html = press(nora, "/segments/new", "/segments/draft", **FORM, act=act).get_data(as_text=True)
        assert 'value="Quiet bakers"' in html
        assert 'value="Bakery"' in html or act == "remove:1-2"
        return re.findall(r'type="hidden" name="node-([\d-]+)-kind"', html)

    assert kinds("") == ["1-1", "1-2", "1-3"]
    assert kinds("add-share:1") == ["1-1", "1-2", "1-3", "1-4"]
    assert kinds("nest:1-2") == ["1-1", "1-2-1", "1-3"]
    assert kinds("remove:1-2") == ["1-1", "1-2"]
    assert kinds("copy:1-1") == ["1-1", "1-2", "1-3", "1-4"]


def test_another_field_brings_the_ways_to_ask_it(browser: Callable, press: Callable, segment: Segment) -> None:
    sent = {**FORM, "node-1-1-field": "language", "act": "show:1"}
    html = press(browser("nora"), "/segments/new", "/segments/draft", **sent).get_data(as_text=True)
    ways = re.search(r'name="node-1-1-op".*?</select>', html, re.DOTALL)
    assert ways is not None
    assert 'value="is" selected' in ways[0]
    assert "more_than" not in ways[0]


def test_a_script_gets_only_what_it_puts_in_place(browser: Callable, press: Callable, segment: Segment) -> None:
    nora = browser("nora")
    page = nora.get("/segments/new").get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    for act, begins in (("up:1-2", '<div id="blocks"'), ("find:count", '<p class="count-line"')):
        sent = {**FORM, "csrf_token": token[1], "act": act}
        part = nora.post("/segments/draft", data=sent, headers={"HX-Request": "true"}).get_data(as_text=True)
        assert part.strip().startswith(begins)


def test_a_segment_is_saved_and_changed(browser: Callable, press: Callable, segment: Segment, house: House) -> None:
    nora = browser("nora")
    assert press(nora, "/segments/new", "/segments", **FORM).location == "/segments/quiet-bakers"
    assert kept(house, "quiet-bakers").criteria == from_data(BAKERS).to_data()
    sent = FORM | {"node-1-1-value": "45", "title": "Bakers, gone"}
    changed = press(nora, "/segments/quiet-bakers/form", "/segments/quiet-bakers", **sent)
    assert changed.location == "/segments/quiet-bakers"
    after = kept(house, "quiet-bakers")
    assert (after.version, after.title, after.criteria["all"][0]["value"]) == (2, "Bakers, gone", 45)


def test_a_value_that_does_not_fit_is_told_beside_its_field_as_it_was_written(
    browser: Callable, press: Callable, segment: Segment
) -> None:
    answer = press(browser("nora"), "/segments/new", "/segments", **(FORM | {"node-1-1-value": "a month"}))
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'value="a month"' in html
    assert 'aria-describedby="wrong-node-1-1-value"' in html
    assert 'id="wrong-node-1-1-value">Give a number, not “a month”' in html


@pytest.mark.parametrize("sent", [{"title": "All"}, {"title": "", **fields(told(BAKERS))}, {"title": "Gone quiet"}])
def test_an_empty_question_or_title_or_one_that_is_taken_is_not_kept(
    browser: Callable, press: Callable, segment: Segment, house: House, sent: dict[str, Any]
) -> None:
    assert press(browser("nora"), "/segments/new", "/segments", **sent).status_code == 422
    with house.store.read() as session:
        assert len(session.exec(select(Segment)).all()) == 1


def test_parts_within_parts_are_shown_and_kept_as_they_are(
    browser: Callable, press: Callable, segment: Segment, house: House
) -> None:
    deep = {
        "all": [{"any": [{"field": "language", "op": "is", "value": "de"}, {"not": {"any": [{"segment": "quiet"}]}}]}]
    }
    with house.store.write() as session:
        save(session, name="deep", title="Deep", description="", criteria=from_data(deep), now=segment.created_at)
    nora = browser("nora")
    assert nora.get("/segments/deep/form").status_code == 200
    assert press(nora, "/segments/deep/form", "/segments/deep", title="Deep", **fields(told(deep))).status_code == 302
    assert (kept(house, "deep").criteria, kept(house, "deep").version) == (deep, 1)


def test_a_segment_cannot_ask_for_itself(browser: Callable, press: Callable, segment: Segment) -> None:
    sent = {"title": "Gone quiet", "name": "quiet", **fields(told({"all": [{"segment": "quiet"}]}))}
    for act in ("/segments/quiet", "/segments/draft"):
        html = press(browser("nora"), "/segments/quiet/form", act, **sent, act="find:count").get_data(as_text=True)
        assert "The segment quiet asks for itself" in html


def test_a_copy_is_a_segment_of_its_own(browser: Callable, press: Callable, segment: Segment, house: House) -> None:
    nora = browser("nora")
    for name in ("quiet-copy", "quiet-copy-2"):
        assert press(nora, "/segments/quiet", "/segments/quiet/copies").location == f"/segments/{name}/form"
        assert kept(house, name).criteria == segment.criteria


def test_what_is_used_cannot_go_to_the_archive_and_what_is_there_is_not_offered(
    browser: Callable, press: Callable, segment: Segment, campaign: Campaign, house: House
) -> None:
    nora = browser("nora")
    assert press(nora, "/segments/quiet", "/segments/quiet/archive", archived="yes").status_code == 422
    press(nora, "/segments/quiet", "/segments/quiet/copies")
    assert press(nora, "/segments/quiet-copy", "/segments/quiet-copy/archive", archived="yes").status_code == 302
    assert "quiet-copy" not in nora.get("/segments").get_data(as_text=True)
    assert "quiet-copy" in nora.get("/segments?show=archived").get_data(as_text=True)
    assert 'value="quiet-copy"' not in nora.get("/campaigns/new").get_data(as_text=True)
    press(nora, "/segments/quiet-copy", "/segments/quiet-copy/archive", archived="no")
    assert kept(house, "quiet-copy").archived_at is None


def test_a_segment_from_a_file_says_so(browser: Callable, segment: Segment, house: House, now: datetime) -> None:
    with house.store.write() as session:
        save(
            session,
            name="filed",
            title="Filed",
            description="",
            criteria=from_data(BAKERS),
            now=now,
            source="filed.toml",
        )
    for page in ("/segments/filed", "/segments/filed/form"):
        html = browser("nora").get(page).get_data(as_text=True)
        assert "segments/filed.toml" in html
        assert "mailer segment sync" in html
