"""In which language does a customer read their pages? In that of their letters, or in the house's own, or in English.

The words are data, one file a language in languages/ beside this module; a test keeps the files equal in their keys and
in what they leave room for. Days and times are written by Babel. Who comes by an address that names nobody is answered
in the language their browser asks for.
"""

import tomllib
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path

from babel.dates import format_date, format_time, get_timezone_location
from flask import request

from mailer.web.words import zone

FALLBACK = "en"
LOCALES = {"en": "en_GB"}  # where the language alone says too little

Say = Callable[..., str]


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Return every phrase: language -> key -> words."""
    files = sorted((Path(__file__).parent / "languages").glob("*.toml"))
    return {file.stem: tomllib.loads(file.read_text(encoding="utf-8")) for file in files}


def language_of(wished: str, otherwise: str = FALLBACK) -> str:
    """Return the language to speak: the one wished for (de for de-AT) if we have it, else the house's, else English."""
    known = (each.lower().partition("-")[0] for each in (wished, otherwise))
    return next((each for each in known if each in catalogue()), FALLBACK)


def browsers() -> str:
    """Return the language that the browser of this request asks for, of those we have."""
    return request.accept_languages.best_match(catalogue(), FALLBACK)


def phrases(language: str) -> Say:
    """Return a function that says a phrase in `language`: say("write_to", first="Maya")."""
    words = catalogue()[language_of(language)]

    def say(key: str, **values: object) -> str:
        return words[key].format(**values)

    return say


def civil(instant: datetime, time_zone: str, at: datetime, language: str) -> str:
    """Say an instant to a customer, in their time and language: "morgen, 09:00"."""
    return phrases(language)("at", day=day(instant, time_zone, at, language), time=hour(instant, time_zone, language))


def day(instant: datetime, time_zone: str, at: datetime, language: str) -> str:
    """Say the day of an instant to a customer: "heute", "Dienstag, 17. März"."""
    here, today = instant.astimezone(zone(time_zone)).date(), at.astimezone(zone(time_zone)).date()
    say = phrases(language)
    near = {0: "today", 1: "tomorrow"}.get((here - today).days)
    return say(near) if near else str(format_date(here, say("day"), locale=_locale(language)))


def hour(instant: datetime, time_zone: str, language: str) -> str:
    """Say the time of day of an instant to a customer: "09:00"."""
    return str(format_time(instant.astimezone(zone(time_zone)), "short", locale=_locale(language)))


def place(time_zone: str, language: str) -> str:
    """Name a time zone by its city: Berlin, ベルリン."""
    return str(get_timezone_location(time_zone, locale=_locale(language), return_city=True))


def _locale(language: str) -> str:
    return LOCALES.get(language, language)
