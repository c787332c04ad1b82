from datetime import datetime
from pathlib import Path

import pytest
from sqlmodel import Session, select

from mailer.campaigns.campaign import Approval, Campaign, CampaignState
from mailer.campaigns.files import read, sync
from mailer.campaigns.schedule import Schedule
from mailer.errors import Invalid
from mailer.people.consent import Topic
from mailer.segments.segment import Segment

SHIPPED = Path(__file__).parents[2] / "config" / "campaigns.toml"
FILE = """
[[topic]]
id = "news"
name = "News"

[[campaign]]
name = "hello"
title = "Hello"
segment = "win-back"
topic = "news"
template = "win-back"
schedule = { kind = "weekly", weekdays = [1], at = 09:00:00 }
"""


@pytest.fixture
def path(tmp_path: Path, segment: Segment) -> Path:
    assert segment.name == "win-back"
    path = tmp_path / "campaigns.toml"
    path.write_text(FILE)
    return path


def found(session: Session) -> Campaign:
    return session.exec(select(Campaign).where(Campaign.name == "hello")).one()


def test_a_file_makes_drafts_and_a_topic(session: Session, path: Path, now: datetime) -> None:
    assert sync(session, path, now) == ["hello"]
    campaign = found(session)
    assert campaign.state is CampaignState.DRAFT
    assert campaign.schedule == {"kind": "weekly", "at": "09:00", "zone": "customer", "weekdays": [1]}
    assert session.exec(select(Approval)).all() == []
    assert session.get_one(Topic, "news").name == "News"


def test_reading_it_again_changes_nothing_and_keeps_the_approval(session: Session, path: Path, now: datetime) -> None:
    sync(session, path, now)
    found(session).approve(session, 0, "of", now)
    assert sync(session, path, now) == []
    assert found(session).state is CampaignState.APPROVED


def test_a_change_makes_it_a_draft_again(session: Session, path: Path, now: datetime) -> None:
    sync(session, path, now)
    found(session).approve(session, 0, "of", now)
    path.write_text(FILE.replace('"Hello"', '"Good day"'))
    assert sync(session, path, now) == ["hello"]
    assert (found(session).title, found(session).state) == ("Good day", CampaignState.DRAFT)


def test_a_topic_that_is_there_is_left_as_the_house_calls_it(session: Session, path: Path, now: datetime) -> None:
    session.add(Topic(id="news", name="Our news"))
    session.flush()
    sync(session, path, now)
    assert session.get_one(Topic, "news").name == "Our news"


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('"win-back"\ntopic', '"nobody"\ntopic', r"hello.*segment nobody"),
        ('topic = "news"', 'topic = "olds"', "topic olds"),
        ('title = "Hello"', 'titel = "Hello"', "titel"),
        ("weekdays = [1]", "weekdays = [9]", "hello: .*weekdays"),
        ('name = "hello"', 'name = "Hello World"', "campaign.0.name"),
        ("[[campaign]]", "[[campaign", "TOML"),
        ("schedule =", 'stakes = "huge"\nschedule =', "stakes"),
        ("schedule =", "approved = true\nschedule =", "approved"),
    ],
)
def test_what_is_wrong_is_said(session: Session, path: Path, now: datetime, old: str, new: str, named: str) -> None:
    assert old in FILE
    path.write_text(FILE.replace(old, new, 1))
    with pytest.raises(Invalid, match=named):
        sync(session, path, now)


def test_no_file_is_no_campaign(session: Session, tmp_path: Path, now: datetime) -> None:
    assert sync(session, tmp_path / "none.toml", now) == []


def test_the_shipped_file_can_be_read() -> None:
    shipped = read(SHIPPED)
    names = [entry.name for entry in shipped.campaign]
    assert names == ["win-back", "anniversary", "new-favourite", "quiet-after-heavy-use"]
    templates = SHIPPED.parents[1] / "templates"
    assert all((templates / entry.template / "en.html").is_file() for entry in shipped.campaign)
    assert {entry.topic for entry in shipped.campaign} <= {topic.id for topic in shipped.topic}
    assert all(Schedule.from_data(entry.schedule).sentence() for entry in shipped.campaign)
