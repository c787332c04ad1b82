"""What needs me now? The first page, by role."""

from datetime import timedelta

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlmodel import col, func, select

from mailer.campaigns.campaign import Campaign, CampaignState
from mailer.campaigns.schedule import Schedule
from mailer.delivery.outbox import Message
from mailer.inbox import overview
from mailer.people.staff import Role
from mailer.replies.inbound import quarantined
from mailer.segments import segment as segments
from mailer.segments.segment import Segment
from mailer.web.doors import staff_only
from mailer.web.exchange import house, me, now, session
from mailer.web.words import civil_time

pages = Blueprint("home", __name__)

SHOWN = 5
TODAY = timedelta(hours=24)
IDEAS = 6


@pages.get("/")
@staff_only()
def page() -> ResponseReturnValue:
    """Show who waits for a representative, what goes out today to a marketer, and both to an administrator."""
    role = me().role
    return render_template(
        "home.html",
        role=role.value,
        waits=_waits() if role is not Role.MARKETER else None,
        today=_today() if role is not Role.REPRESENTATIVE else None,
        ideas=_ideas() if role is not Role.REPRESENTATIVE else None,
        states=_states() if role is Role.ADMINISTRATOR else None,
        quarantine=len(session().exec(quarantined()).all()) if role is Role.ADMINISTRATOR else 0,
    )


def _waits() -> dict[str, object]:
    everybody = overview.lines(session())
    mine = [line for line in everybody if line.staff and line.staff.id == me().id]
    shown = mine if me().role is Role.REPRESENTATIVE else everybody
    return {"mine": len(mine), "all": len(everybody), "lines": shown[:SHOWN]}


def _today() -> list[tuple[Campaign, str, int]]:
    """Return what is due within a day: campaign, civil time, how many match now."""
    due = []
    for campaign in session().exec(select(Campaign).where(Campaign.state == CampaignState.APPROVED)).all():
        occurrences = Schedule.from_data(campaign.schedule).occurrences(now(), now() + TODAY)
        if occurrences:
            due.append((campaign, civil_time(occurrences[0]), _count(session().get_one(Segment, campaign.segment_id))))
    return due


def _ideas() -> list[tuple[Segment, int]]:
    """Return segments, those without a campaign first, with how many match now."""
    used = set(session().exec(select(Campaign.segment_id)).all())
    found = sorted(session().exec(select(Segment)).all(), key=lambda each: (each.id in used, each.title))
    return [(each, _count(each)) for each in found[:IDEAS]]


def _count(segment: Segment) -> int:
    return segments.count(house().warehouse, segment.tree, now())


def _states() -> list[tuple[str, int]]:
    counted = select(Message.state, func.count()).group_by(col(Message.state))
    return [(str(state), number) for state, number in session().exec(counted).all()]
