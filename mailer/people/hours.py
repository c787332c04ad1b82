"""When is somebody here? Working hours are civil times in their own zone.

Hours that close at or before they open run past midnight. Nobody's hours follow UTC: nine in Berlin stays nine in
Berlin when the clocks change. A time that a spring change skips is taken as the instant it would have been.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import NamedTuple
from zoneinfo import ZoneInfo

from babel.dates import get_day_names, get_timezone_location
from babel.lists import format_list

FALLBACK = "en"


class Manner(NamedTuple):
    """How a language says hours."""

    none: str  # where there are none
    days: str  # three or more weekdays in a row
    span: str
    at: str  # where these hours are kept


MANNERS = {
    "en": Manner("no fixed hours", "{first} to {last}", "{days}, {opens} to {closes}", "{hours} ({city})"),
    "de": Manner("keine festen Zeiten", "{first} bis {last}", "{days}, {opens} bis {closes} Uhr", "{hours} ({city})"),
    "fr": Manner(
        "pas d’horaires fixes", "{first}–{last}", "{days}, de {opens} à {closes}", "{hours} (heure de {city})"
    ),
    "es": Manner("sin horario fijo", "{first} a {last}", "{days}, de {opens} a {closes}", "{hours} (hora de {city})"),
    "ja": Manner(
        "営業時間は決まっておりません", "{first}～{last}", "{days} {opens}～{closes}", "{hours}（{city}時間）"
    ),
}


class Hours(NamedTuple):
    """One weekday's hours: Monday is 0, times are "09:00"; "24:00" is the end of the day."""

    weekday: int
    opens: str
    closes: str


Span = tuple[datetime, datetime]  # from, until (exclusive), in UTC


def here(
    week: Sequence[Hours], zone: str, since: datetime, until: datetime, away: Sequence[Span] = ()
) -> Iterator[Span]:
    """Yield the hours in [since, until), in order, less the times `away`, which are sorted by their begin."""
    for opens, closes in spans(week, zone, since, (until - since).days + 2):
        left, end = max(opens, since), min(closes, until)
        for gone, back in away:
            if left < min(gone, end):
                yield left, min(gone, end)
            left = max(left, back)
        if left < end:
            yield left, end


def spans(week: Sequence[Hours], zone: str, since: datetime, days: int) -> Iterator[Span]:
    """Yield each (opens, closes) in UTC, in order, from the day before `since` for so many days."""
    first = since.astimezone(ZoneInfo(zone)).date() - timedelta(days=1)
    by_weekday = {hours.weekday: hours for hours in week}
    for day in (first + timedelta(days=n) for n in range(days + 1)):
        if hours := by_weekday.get(day.weekday()):
            opens, closes = _minutes(hours.opens), _minutes(hours.closes)
            yield _instant(day, opens, zone), _instant(day, closes if closes > opens else closes + 1440, zone)


def sentence(week: Sequence[Hours], zone: str, language: str = FALLBACK) -> str:
    """Say the hours in words: "Monday to Friday, 9:00 to 17:00; Saturday, 10:00 to 14:00 (Berlin)"."""
    language = language if language in MANNERS else FALLBACK
    manner = MANNERS[language]
    if not week:
        return manner.none
    same: dict[tuple[str, str], list[int]] = {}
    for hours in sorted(week):
        same.setdefault((hours.opens, hours.closes), []).append(hours.weekday)
    parts = [
        manner.span.format(days=_days(days, language), opens=_short(opens), closes=_short(closes))
        for (opens, closes), days in same.items()
    ]
    city = str(get_timezone_location(zone, locale=language, return_city=True)) if "/" in zone else zone
    return manner.at.format(hours="; ".join(parts), city=city)


def _days(days: Sequence[int], language: str) -> str:
    """Name weekdays, joining three or more in a row: "Monday to Wednesday, Friday and Sunday"."""
    known, names = get_day_names("wide", locale=language), list[str]()
    for _, together in groupby(enumerate(days), lambda pair: pair[1] - pair[0]):
        run = [known[day] for _, day in together]
        names += run if len(run) < 3 else [MANNERS[language].days.format(first=run[0], last=run[-1])]
    return str(format_list(names, locale="en_GB" if language == FALLBACK else language))


def _short(time: str) -> str:
    return time.removeprefix("0")


def _minutes(time: str) -> int:
    hour, _, minute = time.partition(":")
    return int(hour) * 60 + int(minute)


def _instant(day: date, minutes: int, zone: str) -> datetime:
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
    return (midnight + timedelta(minutes=minutes)).astimezone(UTC)  # civil arithmetic: the zone's own day
