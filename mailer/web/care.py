"""How do customers fare? How easily they reached a person, how fast one answered, and whether they felt understood."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlmodel import col, select

from mailer.inbox import reached
from mailer.inbox.reached import Answered
from mailer.insights.events import FELT, Event
from mailer.people.staff import Staff
from mailer.web.doors import staff_only
from mailer.web.exchange import now, session
from mailer.web.words import how_long

pages = Blueprint("care", __name__)

SPANS = (7, 30, 90)  # days
ANSWERS = {"yes": "yes, it felt written for them", "partly": "partly", "no": "no"}
MOST = 5_000  # answers to the survey that are counted, the newest


@pages.get("/care")
@staff_only()
def page() -> ResponseReturnValue:
    """Show the last days: reached, answered, understood."""
    asked = request.args.get("days", 30, type=int)
    days = asked if asked in SPANS else 30
    since = now() - timedelta(days=days)
    found = reached.conversations(session(), since)
    whole, sent, felt = reached.pace(found), reached.sent(session(), since), _felt(since)
    answers = sum(felt.values())
    names = {each.id: each.name for each in session().exec(select(Staff))}
    return render_template(
        "care.html",
        days=days,
        spans=SPANS,
        sent=sent,
        whole=whole,
        numbers=[
            ("emails with a person in them", f"{sent:,}", ""),
            ("conversations begun", f"{whole.begun:,}", ""),
            ("half are answered within", _said(whole.median), "good" if whole.median else ""),
            ("nine of ten are within", _said(whole.ninety), ""),
            ("felt it was written for them", f"{100 * felt['yes'] / answers:.0f} %" if answers else "–", ""),
        ],
        people=_people(found, names),
        plotted=_by_day(found, days),
        felt=[(words, felt[key], felt[key] / answers if answers else 0) for key, words in ANSWERS.items()],
        answers=answers,
    )


def _people(found: list[Answered], names: dict[int | None, str]) -> list[tuple[str, int, str, str, str]]:
    """Return how fast each person answered, who answered most first."""
    by_person: dict[int, list[Answered]] = {}
    for each in found:
        if each.staff_id is not None:
            by_person.setdefault(each.staff_id, []).append(each)
    rows = []
    for staff_id, theirs in sorted(by_person.items(), key=lambda item: -len(item[1])):
        pace = reached.pace(theirs)
        rows.append((names.get(staff_id, "?"), pace.answered, _said(pace.median), _said(pace.ninety), _said(pace.felt)))
    return rows


def _by_day(found: list[Answered], days: int) -> list[tuple[datetime, int, int]]:
    """Return how many conversations began and how many were first answered on each day (UTC), the oldest first."""
    today = now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    begun = Counter(each.opened_at.astimezone(UTC).date() for each in found)
    answered = Counter(each.answered_at.astimezone(UTC).date() for each in found if each.answered_at)
    every = [today - timedelta(days=back) for back in range(days - 1, -1, -1)]
    return [(day, begun[day.date()], answered[day.date()]) for day in every]


def _felt(since: datetime) -> Counter[str]:
    """Count what customers said of our emails; of several answers about one email, the newest."""
    asked = select(Event.properties).where(FELT, col(Event.at) >= since)
    last: dict[str, str] = {}
    for properties in session().exec(asked.order_by(col(Event.at).desc(), col(Event.id).desc()).limit(MOST)):
        last.setdefault(properties.get("message", ""), properties.get("answer", ""))
    return Counter(last.values())


def _said(length: timedelta | None) -> str:
    return "–" if length is None else "at once" if length < timedelta(minutes=1) else how_long(length)
