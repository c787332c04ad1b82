"""The first page says what needs whoever looks at it, and nothing else."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from mailer.campaigns.campaign import Campaign, CampaignState
from mailer.house import House
from mailer.inbox import conversation, promised_call
from mailer.inbox.conversation import Conversation, EntryKind
from mailer.mail.tokens import Purpose
from mailer.people.staff import Staff
from mailer.segments.segment import Segment


def words(client: FlaskClient, path: str = "/") -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", client.get(path).get_data(as_text=True)).split())


def test_a_call_that_was_promised_is_shown_to_who_promised_it_until_the_conversation_is_closed(
    anyone: FlaskClient, browser: Callable, link: Callable, house: House, shop, now: datetime
) -> None:
    page = link("h", Purpose.HUMAN)
    at = re.findall(r'<option value="([^"]+)"', anyone.get(page).get_data(as_text=True))[3]
    anyone.post(f"{page}/calls", data={"phone": "+49 30 1234", "at": at})
    assert "A call you promised today, 13:30 Ann Miller" in words(browser("maya"))
    assert "A call you promised" not in words(browser("ida"))
    with house.store.write() as session:
        session.exec(select(Conversation)).one().close(session, now)
    assert "A call you promised" not in words(browser("maya"))


def test_calls_are_listed_in_their_order(house: House, shop, now: datetime) -> None:
    with house.store.write() as session:
        maya = session.get_one(Staff, shop.staff["maya"].id)
        first, second = promised_call.slots(session, maya, now)[:2]
        for customer, at in ((shop.ann, second), (shop.bob, first)):
            talk = conversation.ask(session, customer, None, "Please call.", EntryKind.CALL, now)
            promised_call.promise(session, talk, maya, at, now)
        found = promised_call.of(session, maya, now)
        assert [(customer.email, at) for _, customer, at in found if customer] == [
            (shop.bob.email, first), (shop.ann.email, second),
        ]  # fmt: skip
        assert promised_call.of(session, maya, second + timedelta(days=2)) == []


@pytest.mark.parametrize("state", [CampaignState.APPROVED, CampaignState.PAUSED])
def test_where_nothing_is_due_today_it_says_what_comes_next(
    browser: Callable, house: House, campaign: Campaign, state: CampaignState
) -> None:
    with house.store.write() as session:
        kept = session.get_one(Campaign, campaign.id)
        kept.state, kept.schedule = state, {**kept.schedule, "weekdays": [4]}
    next_friday = "Next comes “Come back”: Fri 20 Mar 2026, 09:00."
    assert (next_friday in words(browser("nora"))) is (state is CampaignState.APPROVED)


def test_a_segment_in_the_archive_is_no_idea(browser: Callable, house: House, segment: Segment, now: datetime) -> None:
    assert "Gone quiet" in words(browser("nora"))
    with house.store.write() as session:
        session.get_one(Segment, segment.id).archived_at = now
    assert "Gone quiet" not in words(browser("nora"))


def test_languages_are_named(browser: Callable, house: House, shop) -> None:
    with house.store.write() as session:
        session.get_one(type(shop.ann), shop.ann.id).language = "de"
        session.get_one(type(shop.bob), shop.bob.id).language = "tlh-x"
    assert "Ann Miller ann@example.com German Maya Keller" in words(browser("maya"), "/customers")
    assert "tlh-x" in words(browser("maya"), "/customers")


def test_what_tells_most_of_a_customer_comes_first(browser: Callable, segment: Segment, shop) -> None:
    page = browser("maya").get(f"/customers/{shop.ann.public_id}").get_data(as_text=True)
    first, _, more = page.partition("more</summary>")
    assert "Time since the last basket" in first
    assert "Last basket" not in first
    assert "Last basket" in more
