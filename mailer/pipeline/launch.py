"""May this campaign leave, and can I see it first? What a marketer does before a run.

An approval is of one template and one segment as they were: its digest is compared each time a run is planned.
"""

from datetime import datetime

from sqlmodel import Session, col, select

from mailer.campaigns import audience
from mailer.campaigns.campaign import Approval, Campaign, CampaignState, Run, digest
from mailer.delivery import departing
from mailer.delivery.message import Kind, Message
from mailer.errors import NotReady
from mailer.house import House
from mailer.people.customer import Customer
from mailer.pipeline.explain import preview
from mailer.segments.segment import Segment


def template_digest(house: House, session: Session, campaign: Campaign) -> str:
    """Return the digest of what an approval of `campaign` would approve now."""
    segment = session.get_one(Segment, campaign.segment_id)
    return digest(house.shelf.source(campaign.template), segment.whole)


def approval_of(house: House, session: Session, campaign: Campaign) -> Approval | None:
    """Return the approval of `campaign` as it is now, or None if nobody approved just this."""
    return session.exec(
        select(Approval)
        .where(Approval.campaign_id == campaign.id, Approval.of == template_digest(house, session, campaign))
        .order_by(col(Approval.id).desc())
        .limit(1)
    ).first()


def approve(house: House, session: Session, campaign: Campaign, staff_id: int, now: datetime) -> Approval:
    """Let `campaign` leave as it is now."""
    return campaign.approve(session, staff_id, template_digest(house, session, campaign), now)


def run_now(house: House, session: Session, campaign: Campaign, now: datetime) -> Run:
    """Start a run of an approved campaign at this minute, beside its schedule.

    Raises:
        NotReady: the campaign is not approved as it is now, or already ran this minute.
    """
    if why := house.safe_mode:
        raise NotReady(f"{why}; nothing is sent until an administrator accepts it")
    if campaign.state is not CampaignState.APPROVED or approval_of(house, session, campaign) is None:
        raise NotReady(f"“{campaign.title}” is not approved as it is now; approve it first")
    segment = session.get_one(Segment, campaign.segment_id)
    occurrence = f"{now:%Y-%m-%dT%H:%M}Z"  # UTC by the Z: no civil time of a schedule can collide with it
    run = audience.plan(session, campaign, occurrence, segment.whole, segment.version, now, late=False, missed=False)
    if run is None:
        raise NotReady(f"“{campaign.title}” was already started this minute")
    return run


def send_test(
    house: House, session: Session, campaign: Campaign, customer: Customer, to: str, now: datetime
) -> Message:
    """Send what `customer` would get to `to`, marked as a test and without a reply address of theirs."""
    letter = preview(house, session, campaign, customer, now)
    return departing.enqueue_one(
        session,
        kind=Kind.TEST,
        address=to,
        staff_id=customer.representative_id,
        customer_id=None,
        message_id=departing.new_message_id(
            "test", campaign.id, customer.id, now.isoformat(), domain=house.settings.delivery.domain
        ),
        subject=f"[Test] {letter.subject}",
        letter={"subject": f"[Test] {letter.subject}", "html": letter.html, "text": letter.text},
        headers={},
        now=now,
        campaign_id=campaign.id,
    )
