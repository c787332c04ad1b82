"""What does the form of a campaign ask, and what is made of its answers?

A form is a mapping of field names to lists of text, whether it comes from a browser, from a campaign that exists, or
from nothing: so that one page shows all three, and a form with a mistake comes back as it was written.
"""

import re

from pydantic import BaseModel, Field
from sqlmodel import Session, select

from mailer.campaigns.campaign import Campaign, CampaignState, Stakes
from mailer.campaigns.schedule import Schedule
from mailer.delivery.release import InDoubt
from mailer.errors import Invalid
from mailer.people.consent import Topic
from mailer.rendering.template import Shelf
from mailer.segments.segment import Segment
from mailer.web.form import WrongFields, wrongs

Given = dict[str, list[str]]

FIELDS = {"from": "starts", "until": "ends"}  # keys of a schedule that the form calls otherwise
SAID = {
    "weekdays": "Choose at least one day.",
    "on": "Give the day on which it is sent.",
    "at": "Give a time of day, like 09:00.",
    "day": "Give a day from 1 to 28, so that every month has it.",
    "starts": "Give a day, like 2026-11-21.",
    "ends": "Give a day that is not before the first one.",
}


class CampaignForm(BaseModel):
    """The form, as it was posted."""

    title: str = Field(min_length=1, max_length=120)
    segment: str
    topic: str
    template: str
    moment: str = Field("", max_length=200)
    stakes: Stakes = Stakes.ROUTINE
    kind: str
    at: str
    on: str = ""
    weekdays: list[int] = Field(default_factory=list)
    day: int = 1
    zone: str = "customer"
    starts: str = ""
    ends: str = ""
    send_before_hours: float = Field(24, gt=0, le=24 * 30)
    again_after_days: int = Field(30, ge=0, le=3650)
    priority: int = Field(50, ge=0, le=100)
    in_doubt: str = Field("", pattern=f"^(|{'|'.join(InDoubt)})$")  # empty: as the house does

    def slug(self) -> str:
        """Return the name a title makes: "Win back!" is win-back."""
        return re.sub(r"[^a-z0-9]+", "-", self.title.lower()).strip("-") or "campaign"

    def schedule(self) -> Schedule:
        """Return the schedule, with only what its kind asks for.

        Raises:
            Invalid: it is not one.
        """
        data: dict[str, object] = {"kind": self.kind, "at": self.at, "zone": self.zone.strip() or "customer"}
        if self.kind == "once":
            data["on"] = self.on
        else:
            data |= {key: value for key, value in (("from", self.starts), ("until", self.ends)) if value}
        if self.kind == "weekly":
            data["weekdays"] = self.weekdays
        if self.kind == "monthly":
            data["day"] = self.day
        return Schedule.from_data(data)

    def put(self, session: Session, shelf: Shelf, campaign: Campaign) -> None:
        """Make `campaign` what the form says.

        Raises:
            WrongFields: the segment, topic, template or schedule is not there.
        """
        wrong: dict[str, str] = {}
        segment = session.exec(select(Segment).where(Segment.name == self.segment)).one_or_none()
        if segment is None or segment.id is None:
            wrong["segment"] = "Choose a segment."
        if session.get(Topic, self.topic) is None:
            wrong["topic"] = "Choose a topic."
        try:
            shelf.get(self.template)
        except Invalid as error:
            wrong |= wrongs(error, "template")
        try:
            schedule = self.schedule().to_data()
        except Invalid as error:
            wrong |= _of_schedule(error)
        if wrong or segment is None or segment.id is None:
            raise WrongFields(wrong)
        campaign.title, campaign.moment, campaign.stakes = self.title, self.moment, self.stakes
        campaign.segment_id, campaign.topic_id, campaign.template = segment.id, self.topic, self.template
        campaign.schedule = schedule
        campaign.send_before_hours, campaign.again_after_days = self.send_before_hours, self.again_after_days
        campaign.priority, campaign.in_doubt = self.priority, self.in_doubt
        if campaign.state is CampaignState.FINISHED:
            campaign.state = CampaignState.DRAFT
        session.add(campaign)
        session.flush()


def _of_schedule(error: Invalid) -> dict[str, str]:
    """Say beside which field what is wrong with a schedule: it names the key, or means its zone."""
    named = re.match(r"schedule\.(\w+) ", str(error))
    field = FIELDS.get(named[1], named[1]) if named else "zone"
    return {field: SAID[field]} if field in SAID else wrongs(error, field)


def blank(segment: str = "", template: str = "") -> Given:
    """Return the form of a new campaign: every Tuesday morning, in each customer's own time."""
    return {
        "segment": [segment], "template": [template or segment], "kind": ["weekly"], "weekdays": ["1"], "at": ["09:00"],
        "zone": ["customer"], "day": ["1"], "send_before_hours": ["24"], "again_after_days": ["30"], "priority": ["50"],
        "stakes": ["routine"], "in_doubt": [""],
    }  # fmt: skip


def filled(session: Session, campaign: Campaign) -> Given:
    """Return the form of a campaign as it is."""
    schedule = campaign.schedule
    return {
        "title": [campaign.title],
        "segment": [session.get_one(Segment, campaign.segment_id).name],
        "topic": [campaign.topic_id],
        "template": [campaign.template],
        "moment": [campaign.moment],
        "stakes": [campaign.stakes.value],
        "kind": [str(schedule.get("kind", "weekly"))],
        "at": [str(schedule.get("at", "09:00"))],
        "on": [str(schedule.get("on", ""))],
        "weekdays": [str(day) for day in schedule.get("weekdays", ())],
        "day": [str(schedule.get("day", 1))],
        "zone": [str(schedule.get("zone", "customer"))],
        "starts": [str(schedule.get("from", ""))],
        "ends": [str(schedule.get("until", ""))],
        "send_before_hours": [f"{campaign.send_before_hours:g}"],
        "again_after_days": [str(campaign.again_after_days)],
        "priority": [str(campaign.priority)],
        "in_doubt": [campaign.in_doubt],
    }
