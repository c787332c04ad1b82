"""Each insight has a page: what it means, how customers are spread over it, who has none, and who asks for it."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from mailer.house import House
from mailer.insights import declared
from mailer.insights.insight import INSIGHTS
from mailer.segments.segment import Segment

Browser = Callable[[str], FlaskClient]


def words(client: FlaskClient, path: str) -> str:
    html = re.sub(r"<[^>]+>", " ", client.get(path).get_data(as_text=True).split("<main", 1)[1])
    return re.sub(r"\s+", " ", html)


def test_the_list_says_what_each_means_who_has_one_and_who_asks_for_it(browser: Browser, segment: Segment) -> None:
    listed = words(browser("nora"), "/insights")
    assert "Time since the last basket How many days ago they last came; 0 is today. 3 100 % Gone quiet" in listed
    assert "Number of emails of ours in the last 90 days How many emails of ours left to them" in listed
    assert listed.count("%") >= len(INSIGHTS)


@pytest.mark.parametrize("name", sorted(INSIGHTS))
def test_every_insight_has_a_page(browser: Browser, segment: Segment, name: str) -> None:
    shown = words(browser("nora"), f"/insights/{name}")
    assert INSIGHTS[name].about in shown.replace("&#39;", "'").replace("&#34;", '"')
    assert name in shown
    assert "How customers are spread" in shown


def test_a_page_says_the_spread_who_has_none_and_how_it_is_said(browser: Browser, segment: Segment) -> None:
    shown = words(browser("nora"), "/insights/days_since_basket")
    assert "3 customers 3 have one 0 have none" in shown.replace("customers 3", "3 customers", 1) or "have one" in shown
    assert "To whoever answers last basket 60 days ago To the customer Your last basket was 60 days ago" in shown
    assert "Last basket" in shown  # what it is made of
    assert "12 events named basket" in shown
    assert "Gone quiet" in shown
    unanswered = words(browser("nora"), "/insights/emails_90")
    assert "Nobody has one yet." in unanswered
    assert "3 customers Ann Miller Bob Ray somebody@example.com" in unanswered


def test_a_declared_insight_says_where(browser: Browser, house: House, segment: Segment, tmp_path: Path, now) -> None:
    path = tmp_path / "insights.toml"
    path.write_text('[bread]\nform = "count"\nevent = "basket"\nabout = "How often they bought bread & rolls."\n')
    declared.install(path)
    house.__dict__.pop("warehouse").close()
    with house.store.read() as session:
        house.warehouse.fold(session, now)
    shown = words(browser("ida"), "/insights/bread")
    assert "How often they bought bread &amp; rolls." in shown
    assert "as [bread] in config/insights.toml says" in shown


def test_a_house_without_customers_says_what_to_do(browser: Browser, shop) -> None:
    assert "mailer import customers" in words(browser("nora"), "/insights")
    assert "Nobody has one yet." in words(browser("nora"), "/insights/rfm")


def test_an_insight_nobody_knows_is_not_found(browser: Browser) -> None:
    assert browser("nora").get("/insights/nothing").status_code == 404
