from datetime import datetime

import pytest
from sqlmodel import Session

from mailer.campaigns.campaign import Campaign, CampaignState, approved, digest
from mailer.errors import Invalid


def test_nothing_is_approved_by_itself(session: Session, campaign: Campaign) -> None:
    assert campaign.state is CampaignState.DRAFT
    assert not approved(session, campaign, digest("a", {}))


def test_an_approval_is_of_one_template_and_one_segment(
    session: Session, campaign: Campaign, marketer: int, now: datetime
) -> None:
    of = digest("Hello", {"field": "a"})
    approval = campaign.approve(session, marketer, of, now)
    assert (approval.staff_id, approval.at, approval.of) == (marketer, now, of)
    assert approved(session, campaign, of)
    assert not approved(session, campaign, digest("Hello!", {"field": "a"}))
    assert not approved(session, campaign, digest("Hello", {"field": "b"}))


def test_only_the_newest_approval_counts(session: Session, campaign: Campaign, marketer: int, now: datetime) -> None:
    campaign.approve(session, marketer, "old", now)
    campaign.approve(session, marketer, "new", now)
    assert approved(session, campaign, "new")
    assert not approved(session, campaign, "old")


def test_a_digest_is_the_same_whatever_order_a_tree_was_written_in() -> None:
    assert digest("a", {"x": 1, "y": [2]}) == digest("a", {"y": [2], "x": 1})
    assert digest("a", {"x": 1}) != digest('a", {"x": 1', {})


def test_a_paused_campaign_does_not_leave_until_it_is_resumed(
    session: Session, campaign: Campaign, marketer: int, now: datetime
) -> None:
    campaign.approve(session, marketer, "of", now)
    campaign.pause(session)
    assert not approved(session, campaign, "of")
    campaign.resume(session)
    assert approved(session, campaign, "of")


def test_resuming_never_approves(session: Session, campaign: Campaign) -> None:
    campaign.pause(session)
    campaign.resume(session)
    assert campaign.state is CampaignState.DRAFT


def test_a_finished_campaign_is_not_approved_by_mistake(
    session: Session, campaign: Campaign, marketer: int, now: datetime
) -> None:
    campaign.finish(session)
    with pytest.raises(Invalid, match="finished"):
        campaign.approve(session, marketer, "of", now)
    campaign.withdraw(session)
    campaign.approve(session, marketer, "of", now)
    assert approved(session, campaign, "of")
