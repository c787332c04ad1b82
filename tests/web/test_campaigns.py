import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from mailer import pipeline
from mailer.campaigns.campaign import Campaign, CampaignState, Run, RunState
from mailer.delivery import outbox
from mailer.delivery.allotment import Allotments
from mailer.delivery.message import Kind, Message, State
from mailer.delivery.ramp import Ramp
from mailer.house import House
from mailer.people.consent import decide
from mailer.people.customer import Customer
from mailer.web.segment_blocks import fields
from mailer.web.segment_form import told

FORM = {"title": "Win them back!", "segment": "quiet", "topic": "offers", "template": "win-back", "kind": "weekly",
        "at": "09:00", "weekdays": ["1", "3"], "zone": "customer", "moment": "has not come back"}  # fmt: skip


def kept(house: House, name: str) -> Campaign:
    with house.store.read() as session:
        return session.exec(select(Campaign).where(Campaign.name == name)).one()


def test_a_new_campaign_is_a_draft(browser: Callable, press: Callable, segment: object, house: House) -> None:
    answer = press(browser("nora"), "/campaigns/new?segment=quiet", "/campaigns", **FORM)
    assert answer.location == "/campaigns/win-them-back"
    campaign = kept(house, "win-them-back")
    assert campaign.state is CampaignState.DRAFT
    assert campaign.schedule["weekdays"] == [1, 3]


def test_what_is_done_with_a_lost_answer_is_chosen_in_the_form_and_shown_again(
    browser: Callable, press: Callable, segment: object, house: House
) -> None:
    nora = browser("nora")
    press(nora, "/campaigns/new", "/campaigns", **(FORM | {"in_doubt": "resend"}))
    assert kept(house, "win-them-back").in_doubt == "resend"
    assert '<option value="resend" selected>' in nora.get("/campaigns/win-them-back/form").get_data(as_text=True)
    answer = press(nora, "/campaigns/new", "/campaigns", **(FORM | {"title": "Other", "in_doubt": "forget"}))
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "wrong", [{"segment": "no"}, {"topic": "no"}, {"template": "no"}, {"at": "nine"}, {"title": ""}]
)
def test_a_form_with_a_mistake_comes_back_and_leaves_nothing(
    browser: Callable, press: Callable, segment: object, house: House, wrong: dict[str, str]
) -> None:
    answer = press(browser("nora"), "/campaigns/new", "/campaigns", **(FORM | wrong))
    assert answer.status_code == 422
    assert "has not come back" in answer.get_data(as_text=True)
    with house.store.read() as session:
        assert session.exec(select(Campaign)).first() is None


def test_the_page_says_to_whom_when_and_whether_it_may_leave(browser: Callable, campaign: Campaign) -> None:
    html = browser("nora").get("/campaigns/back").get_data(as_text=True)
    for words in (
        "Gone quiet",
        "every Tuesday at 9:00 in each customer&#39;s own time",
        "Nobody approved it",
        '<span class="big">2</span>',
    ):
        assert words in html
    assert browser("nora").get("/campaigns").status_code == 200


def test_it_is_tested_approved_run_stopped_and_resumed(
    browser: Callable, press: Callable, campaign: Campaign, house: House, now
) -> None:
    nora, page = browser("nora"), "/campaigns/back"
    assert press(nora, page, f"{page}/approval").status_code == 302
    assert press(nora, page, f"{page}/runs").status_code == 302
    with house.store.read() as session:
        run = session.exec(select(Run)).one()
    pipeline.choose(house, run.id or 0, now)
    html = nora.get(page).get_data(as_text=True)
    assert "2 chosen = " in html
    assert "adds up" in html
    assert press(nora, page, f"{page}/pause").status_code == 302
    assert kept(house, "back").state is CampaignState.PAUSED
    assert press(nora, page, f"{page}/resumption").status_code == 302
    assert press(nora, page, f"/runs/{run.public_id}/cancellation").status_code == 302
    with house.store.read() as session:
        assert session.get_one(Run, run.id).state is RunState.CANCELLED
        assert {each.state for each in session.exec(select(Message).where(Message.run_id == run.id))} == {
            State.CANCELLED
        }


def test_what_nobody_approved_does_not_run(browser: Callable, press: Callable, campaign: Campaign) -> None:
    answer = press(browser("nora"), "/campaigns/back", "/campaigns/back/runs")
    assert answer.status_code == 409
    assert "not approved" in answer.get_data(as_text=True)


def test_a_change_of_the_segment_asks_for_a_new_approval(
    browser: Callable, press: Callable, campaign: Campaign, house: House
) -> None:
    nora, page = browser("nora"), "/campaigns/back"
    press(nora, page, f"{page}/approval")
    press(
        nora,
        "/segments/quiet/form",
        "/segments/quiet",
        title="Gone quiet",
        **fields(told({"all": [{"field": "days_since_basket", "op": "more_than", "value": 40}]})),
    )
    assert "approve again" in nora.get(page).get_data(as_text=True)


def test_it_is_looked_at_for_real_customers(browser: Callable, campaign: Campaign, shop) -> None:
    nora = browser("nora")
    html = nora.get("/campaigns/back/test").get_data(as_text=True)
    assert "For Ann Miller" in html
    assert "Somebody with no first name" in html
    assert "Nothing stops it" in html
    letter = nora.get(f"/campaigns/back/letter/{shop.ann.public_id}")
    assert "sandbox" in letter.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in letter.headers["Content-Security-Policy"]
    assert "Ann" in letter.get_data(as_text=True)
    other = nora.get(f"/campaigns/back/test?customer={shop.bob.public_id}").get_data(as_text=True)
    assert "Not in the segment now" in other


def test_looking_at_it_for_somebody_without_a_representative_gives_them_none(
    browser: Callable, campaign: Campaign, house: House, shop
) -> None:
    with house.store.write() as session:
        session.get_one(Customer, shop.ann.id).representative_id = None
    assert browser("nora").get(f"/campaigns/back/letter/{shop.ann.public_id}").status_code == 200
    with house.store.read() as session:
        assert session.get_one(Customer, shop.ann.id).representative_id is None


def test_a_test_goes_to_whoever_asks_for_it(
    browser: Callable, press: Callable, campaign: Campaign, house: House, shop
) -> None:
    nora, page = browser("nora"), "/campaigns/back/test"
    assert press(nora, page, "/campaigns/back/tests", customer=shop.ann.public_id).status_code == 302
    with house.store.read() as session:
        test = session.exec(select(Message).where(Message.kind == Kind.TEST)).one()
    assert (test.address, test.customer_id) == ("nora@example.com", None)


def test_a_campaign_can_be_changed(browser: Callable, press: Callable, campaign: Campaign, house: House) -> None:
    form = FORM | {"title": "Come back", "kind": "once", "on": "2026-04-01"}
    answer = press(browser("nora"), "/campaigns/back/form", "/campaigns/back", **form)
    assert answer.location == "/campaigns/back"
    assert kept(house, "back").schedule == {"kind": "once", "at": "09:00", "zone": "customer", "on": "2026-04-01"}


def test_home_shows_a_marketer_what_goes_out_and_whom_to_write_to(
    browser: Callable, press: Callable, campaign: Campaign, now
) -> None:
    nora = browser("nora")
    press(nora, "/campaigns/back", "/campaigns/back/approval")
    html = nora.get("/").get_data(as_text=True)
    assert "Come back" in html
    assert "Gone quiet" in html
    assert browser("maya").get("/").status_code == browser("ida").get("/").status_code == 200


def test_templates_are_shown_for_real_customers(browser: Callable, campaign: Campaign, shop) -> None:
    nora = browser("nora")
    assert "win-back" in nora.get("/templates").get_data(as_text=True)
    assert "For Ann Miller" in nora.get("/templates/win-back").get_data(as_text=True)
    assert "Ann" in nora.get(f"/templates/win-back/letter/{shop.ann.public_id}").get_data(as_text=True)
    assert nora.get("/templates/anniversary").status_code == 200
    assert nora.get(f"/templates/anniversary/letter/{shop.ann.public_id}").status_code == 200
    assert nora.get("/templates/nothing").status_code == 404


def test_emails_that_wait_for_a_relay_say_why_and_until_when(
    browser: Callable, press: Callable, campaign: Campaign, house: House, now: datetime
) -> None:
    nora, page = browser("nora"), "/campaigns/back"
    press(nora, page, f"{page}/approval")
    press(nora, page, f"{page}/runs")
    with house.store.read() as session:
        run = session.exec(select(Run)).one()
    pipeline.choose(house, run.id or 0, now)
    allotments = Allotments({"new": Ramp(now.date(), (1, 40))}, free=False)
    with house.store.write() as session:
        claimed = outbox.claim(session, "me", now, 9, timedelta(minutes=5), allotments.at_claim(lambda *_: {}))
        assert len(claimed) == 1
    html = nora.get(page).get_data(as_text=True)
    assert re.search(
        r"1 wait</span> new has sent its 1 of today; goes on <time datetime=\"2026-03-17T00:00:00\+00:00\"", html
    )


def test_the_page_says_why_somebody_got_it_and_why_somebody_did_not(
    browser: Callable, press: Callable, campaign: Campaign, house: House, shop, now: datetime
) -> None:
    nora, page = browser("nora"), "/campaigns/back"
    assert "Who got it" not in nora.get(page).get_data(as_text=True)
    with house.store.write() as session:
        decide(session, shop.nameless.id, "offers", False, now, "by link", "No")
    press(nora, page, f"{page}/approval")
    press(nora, page, f"{page}/runs")
    with house.store.read() as session:
        run = session.exec(select(Run)).one()
    pipeline.choose(house, run.id or 0, now)
    html = nora.get(page).get_data(as_text=True)
    assert "Why Ann Miller has not got it yet" in html
    assert "Why somebody@example.com did not get it" in html
    assert "In the segment, and left out when the run chose: did not agree" in html
    bob = nora.get(f"{page}?who=bob").get_data(as_text=True)
    assert "not in the segment" in bob
    assert "Why Bob Ray did not get it" in bob
    assert "Ann Miller" not in bob
    assert "Nobody is called “zzz”" in nora.get(f"{page}?who=zzz").get_data(as_text=True)
