"""Which campaigns are kept in git? Those of config/campaigns.toml, taken in as drafts.

A file can describe a campaign, and never approve one: that is a person's act, and a row. What the file says of a known
campaign is taken over, and it is a draft again if anything changed. A campaign that left the file stays as it is.
"""

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from sqlmodel import Session, select

from mailer.campaigns.campaign import Campaign, Stakes
from mailer.campaigns.schedule import Schedule
from mailer.errors import Invalid
from mailer.people.consent import Topic
from mailer.segments.segment import Segment

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TopicEntry(_Strict):
    """[[topic]] What mail can be about."""

    id: Slug
    name: str
    description: str = ""


class CampaignEntry(_Strict):
    """[[campaign]] A plan."""

    name: Slug
    title: str
    segment: Slug
    topic: Slug
    template: Slug
    moment: str = ""
    stakes: Stakes = Stakes.ROUTINE
    schedule: dict[str, Any]
    priority: int = Field(50, ge=0, le=100)
    send_before_hours: float = Field(24, gt=0)
    again_after_days: int = Field(30, ge=0)
    in_doubt: str = Field("", pattern="^(|hold|resend|resend_idempotent)$")


class CampaignFile(_Strict):
    """The whole file."""

    topic: tuple[TopicEntry, ...] = ()
    campaign: tuple[CampaignEntry, ...] = ()


def read(path: Path) -> CampaignFile:
    """Read the file; one that is not there is empty.

    Raises:
        Invalid: it is not TOML, or says something unknown; the message names every place.
    """
    if not path.is_file():
        return CampaignFile()
    try:
        found = CampaignFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Invalid(f"{path.name} is not valid TOML: {error}") from error
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(str(part) for part in each['loc'])}: {each['msg']}" for each in error.errors())
        raise Invalid(f"{path.name}: {wrong}") from error
    names = [entry.name for entry in found.campaign]
    if twice := {name for name in names if names.count(name) > 1}:
        raise Invalid(f"{path.name} has {min(twice)} twice; give each campaign its own name")
    return found


def sync(session: Session, path: Path, now: datetime) -> list[str]:
    """Take the file's topics and campaigns over; return the names of campaigns that are new or changed.

    Raises:
        Invalid: the file cannot be read, or names a segment or topic that is not there.
    """
    found = read(path)
    for topic in found.topic:
        if session.get(Topic, topic.id) is None:
            session.add(Topic(id=topic.id, name=topic.name, description=topic.description))
    session.flush()
    return [entry.name for entry in found.campaign if _take(session, entry, now)]


def _take(session: Session, entry: CampaignEntry, now: datetime) -> bool:
    segment_id = session.exec(select(Segment.id).where(Segment.name == entry.segment)).first()
    if segment_id is None:
        raise Invalid(f"campaign {entry.name}: there is no segment {entry.segment}; add segments/{entry.segment}.toml")
    if session.get(Topic, entry.topic) is None:
        raise Invalid(f"campaign {entry.name}: there is no topic {entry.topic}; add it as [[topic]]")
    try:
        schedule = Schedule.from_data(entry.schedule).to_data()
    except Invalid as error:
        raise Invalid(f"campaign {entry.name}: {error}") from error
    said = {
        **entry.model_dump(exclude={"name", "segment", "topic", "schedule"}),
        "segment_id": segment_id,
        "topic_id": entry.topic,
        "schedule": schedule,
    }
    campaign = session.exec(select(Campaign).where(Campaign.name == entry.name)).first()
    if campaign is None:
        session.add(Campaign(name=entry.name, created_at=now, **said))
        session.flush()
        return True
    if all(getattr(campaign, key) == value for key, value in said.items()):
        return False
    for key, value in said.items():
        setattr(campaign, key, value)
    campaign.withdraw(session)
    session.flush()
    return True
