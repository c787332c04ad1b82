"""What needs me now? The first page, by role."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlmodel import col, func, select

from mailer.campaigns.campaign import Campaign, CampaignState
from mailer.campaigns.schedule import Schedule
from mailer.delivery.message import PENDING, Message, State
from mailer.inbox import overview, promised_call
from mailer.people.staff import Role
from mailer.replies.inbound import InboundEmail, quarantined
from mailer.segments.segment import Segment
from mailer.web import counted
from mailer.web.counted import Counted
from mailer.web.doors import staff_only
from mailer.web.exchange import me, now, session
from mailer.web.words import civil_time

pages = Blueprint("home", __name__)

SHOWN = 5
TODAY = timedelta(hours=24)
AHEAD = timedelta(days=35)  # looked ahead for what comes next
IDEAS = 3
PLOTTED = timedelta(hours=48)


@pages.get("/")
@staff_only()
def page() -> ResponseReturnValue:
    """Show who waits to a representative, what goes out today to a marketer, how the house is to an administrator."""
    role = me().role
    runs_it = role is Role.ADMINISTRATOR
    today = _today() if role is not Role.REPRESENTATIVE else None
    quarantine = len(session().exec(quarantined()).all()) if runs_it else 0
    return render_template(
        "home.html",
        role=role.value,
        waits=_waits() if role is not Role.MARKETER else None,
        calls=promised_call.of(session(), me(), now()) if role is not Role.MARKETER else [],
        today=today,
        coming=_coming() if today == [] else None,
        ideas=_ideas() if role is Role.MARKETER else None,
        health=_health() if runs_it else None,
        plotted=_by_the_hour() if runs_it else None,
        quarantine=quarantine,
    )


def _waits() -> dict[str, object]:
    everybody = overview.lines(session())
    mine = [line for line in everybody if line.staff and line.staff.id == me().id]
    shown = mine if me().role is Role.REPRESENTATIVE else everybody
    return {"mine": len(mine), "all": len(everybody), "lines": shown[:SHOWN]}


def _today() -> list[tuple[Campaign, str, Counted]]:
    """Return what is due within a day: campaign, civil time, how many match now."""
    due = []
    for campaign in session().exec(select(Campaign).where(Campaign.state == CampaignState.APPROVED)).all():
        occurrences = Schedule.from_data(campaign.schedule).occurrences(now(), now() + TODAY)
        if occurrences:
            due.append(
                (campaign, civil_time(occurrences[0]), counted.number(session().get_one(Segment, campaign.segment_id)))
            )
    return due


def _coming() -> tuple[Campaign, str] | None:
    """Return what is due next after today: campaign, civil time."""
    first: tuple[str, Campaign] | None = None
    for campaign in session().exec(select(Campaign).where(Campaign.state == CampaignState.APPROVED)).all():
        occurrences = Schedule.from_data(campaign.schedule).occurrences(now(), now() + AHEAD)
        if occurrences and (first is None or occurrences[0] < first[0]):
            first = occurrences[0], campaign
    return (first[1], civil_time(first[0])) if first else None


def _ideas() -> list[tuple[Segment, Counted]]:
    """Return segments, those without a campaign first, with how many match now."""
    used = set(session().exec(select(Campaign.segment_id)).all())
    offered = session().exec(select(Segment).where(col(Segment.archived_at).is_(None))).all()
    found = sorted(offered, key=lambda each: (each.id in used, not each.starred, each.title))
    return [(each, counted.number(each)) for each in found[:IDEAS]]


def _health() -> list[tuple[str, str, str]]:
    """Return where our emails are, as numbers: label, number, tone."""
    counted = select(Message.state, func.count()).group_by(col(Message.state))
    states: dict[State, int] = {State(state): count for state, count in session().exec(counted).all()}

    def number(label: str, *of: State, tone: str = "") -> tuple[str, str, str]:
        found = sum(states.get(state, 0) for state in of)
        return label, f"{found:,}", tone if found else ""

    return [
        number("sent", State.SENT),
        number("waiting to leave", *PENDING, tone="waits"),
        number("held while people talk", State.HELD, tone="waits"),
        number("failed", State.FAILED, State.RENDER_FAILED, tone="bad"),
        number("in doubt", State.IN_DOUBT, tone="bad"),
    ]


def _by_the_hour() -> list[tuple[datetime, int, int]]:
    """Return how many emails left and came back in each of the last hours, the oldest first."""
    since = (now() - PLOTTED).replace(minute=0, second=0, microsecond=0)
    left, came = _counted(Message.handed_over_at, since), _counted(InboundEmail.received_at, since)
    hours = [since + timedelta(hours=number) for number in range(int(PLOTTED.total_seconds()) // 3600 + 1)]
    return [(hour, left.get(hour, 0), came.get(hour, 0)) for hour in hours]


def _counted(at: Any, since: datetime) -> Mapping[datetime, int]:
    parts = [sa.extract(part, col(at)) for part in ("year", "month", "day", "hour")]
    asked = sa.select(*parts, sa.func.count()).where(col(at) >= since).group_by(*parts)
    rows = session().execute(asked).all()
    return {datetime(int(y), int(m), int(d), int(h), tzinfo=UTC): count for y, m, d, h, count in rows}
