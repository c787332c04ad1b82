"""In which language does a customer read their pages? In that of their letters, or in English where we have no other.

The words are data, phrases.toml beside this module, one table a language; a test keeps the tables equal in their keys
and in what they leave room for.
"""

import tomllib
from collections.abc import Callable
from datetime import datetime
from functools import cache
from itertools import groupby
from pathlib import Path

from babel.dates import format_date, get_day_names
from sqlmodel import Session, col, select

from mailer.people.staff import Staff, WorkingHours, hours_sentence
from mailer.web.words import zone

FALLBACK = "en"

Say = Callable[..., str]


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Return every phrase: language -> key -> words."""
    return tomllib.loads((Path(__file__).parent / "phrases.toml").read_text(encoding="utf-8"))


def language_of(wished: str) -> str:
    """Return the language to speak: the one wished for (de for de-AT), if we have it."""
    plain = wished.lower().partition("-")[0]
    return plain if plain in catalogue() else FALLBACK


def phrases(language: str) -> Say:
    """Return a function that says a phrase in `language`: say("write_to", first="Maya")."""
    words = catalogue()[language_of(language)]

    def say(key: str, **values: object) -> str:
        return words[key].format(**values)

    return say


def civil(instant: datetime, time_zone: str, at: datetime, language: str) -> str:
    """Say an instant to a customer, in their time and language: "morgen, 09:00"."""
    here, today = instant.astimezone(zone(time_zone)), at.astimezone(zone(time_zone)).date()
    say, days = phrases(language), (here.date() - today).days
    locale = {"en": "en_GB"}.get(language, language)
    near = {0: "today", 1: "tomorrow"}.get(days)
    return f"{say(near) if near else format_date(here, 'EEEE d MMMM', locale=locale)}, {here:%H:%M}"


def hours(session: Session, staff: Staff, language: str) -> str:
    """Say when `staff` is here, in a customer's language: "Montag–Freitag 9:00–17:00 (Berlin)"."""
    if language == FALLBACK:
        return hours_sentence(session, staff)
    rows = session.exec(
        select(WorkingHours).where(WorkingHours.staff_id == staff.id).order_by(col(WorkingHours.weekday))
    ).all()
    if not rows:
        return phrases(language)("no_hours")
    names, said = get_day_names("wide", locale=language), []
    numbered = list(enumerate(rows))
    for _, together in groupby(numbered, lambda pair: (pair[1].weekday - pair[0], pair[1].opens, pair[1].closes)):
        days = [row for _, row in together]
        first, last = names[days[0].weekday], names[days[-1].weekday]
        opens, closes = days[0].opens.removeprefix("0"), days[0].closes.removeprefix("0")
        said.append(f"{first if first == last else f'{first}–{last}'} {opens}–{closes}")
    return f"{', '.join(said)} ({staff.time_zone.rpartition('/')[2].replace('_', ' ')})"
