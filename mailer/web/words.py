"""How are times, amounts and states said? Here, once, so that every page says them alike.

An instant is shown in the zone of whoever reads it, with the exact one in a <time> element; how long something waits
is said in words.
"""

from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError
from babel.dates import format_datetime, format_timedelta
from flask import Flask
from flask_login import current_user
from markupsafe import Markup

from mailer.people.face import initials
from mailer.people.staff import Role
from mailer.web import exchange

NAVIGATION = (  # what each role finds in the bar: endpoint, words, the key after g that leads there, roles
    ("inbox.waiting", "Inbox", "i", {Role.REPRESENTATIVE, Role.ADMINISTRATOR}),
    ("customers.search", "Customers", "c", set(Role)),
    ("segments.listing", "Segments", "s", {Role.MARKETER, Role.ADMINISTRATOR}),
    ("insights.listing", "Insights", "n", {Role.MARKETER, Role.ADMINISTRATOR}),
    ("campaigns.listing", "Campaigns", "m", {Role.MARKETER, Role.ADMINISTRATOR}),
    ("shelf.listing", "Templates", "t", {Role.MARKETER, Role.ADMINISTRATOR}),
    ("care.page", "Care", "r", set(Role)),
    ("staff.listing", "Staff", "f", set(Role)),
    ("quarantine.listing", "Quarantine", "q", {Role.ADMINISTRATOR}),
    ("settings.listing", "Settings", "e", {Role.ADMINISTRATOR}),
)
STATES = {  # of a message, a campaign, a run, a conversation: in the words of a shop
    "ready": "waiting to leave", "claimed": "leaving", "handed_over": "leaving", "sent": "sent",
    "waiting": "will be tried again", "failed": "failed", "in_doubt": "in doubt", "held": "held",
    "suppressed": "not written to", "capped": "left out: enough this week", "expired": "too late, not sent",
    "cancelled": "cancelled", "render_failed": "could not be written",
    "draft": "draft", "approved": "approved", "paused": "paused", "finished": "finished",
    "planned": "planned", "choosing": "choosing customers", "chosen": "customers chosen", "missed": "missed",
    "open": "waits for us", "answered": "answered", "closed": "closed",
}  # fmt: skip
REASONS = {  # why the gate says no
    "suppressed": "never to be written to", "no_consent": "did not agree to this topic",
    "held": "in conversation with us", "capped": "had enough email this week",
    "again": "had this campaign lately", "again_too_soon": "had this campaign lately", "quiet": "asleep just now",
    "expired": "too late by then", "paused": "the campaign is paused", "cancelled": "cancelled",
    "not_approved": "not approved", "same_address": "same address as another",
    "doubled_address": "same address as another",
}  # fmt: skip
BROWSERS = (  # each calls itself all those after it, too
    ("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("Windows", "Windows"), ("Android", "Android"), ("iPhone", "an iPhone"), ("iPad", "an iPad"),
    ("Mac OS", "macOS"), ("Linux", "Linux"),
)  # fmt: skip
GOOD, WAITS, BAD = "good", "waits", "bad"
TONES = {
    "sent": GOOD, "approved": GOOD, "answered": GOOD, "chosen": GOOD,
    "open": WAITS, "ready": WAITS, "claimed": WAITS, "handed_over": WAITS, "waiting": WAITS, "held": WAITS,
    "paused": WAITS, "planned": WAITS, "choosing": WAITS, "in_doubt": BAD, "failed": BAD, "render_failed": BAD,
    "missed": BAD, "upset": BAD, "glad": GOOD,
}  # fmt: skip


def install(app: Flask) -> None:
    """Teach the pages of `app` these words."""
    app.jinja_env.filters.update(
        when=when,
        how_long=how_long,
        state=state,
        reason=reason,
        tone=tone,
        fact=fact,
        number=number,
        civil_time=civil_time,
        day=day,
        agent=agent,
        initials=initials,
        opening=opening,
        percent=percent,
        language=language,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True

    @app.context_processor
    def common() -> dict[str, Any]:
        return {"brand": exchange.house().settings.brand, "navigation": navigation, "now": exchange.now}


def navigation() -> list[tuple[str, str, str]]:
    """Return what the person signed in finds in the bar: (endpoint, words, key)."""
    if not current_user.is_authenticated:
        return []
    return [(endpoint, words, key) for endpoint, words, key, roles in NAVIGATION if exchange.me().role in roles]


def zone(name: str) -> ZoneInfo:
    """Return a time zone by its name, or UTC if there is none of that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def civil(instant: datetime, time_zone: str, at: datetime) -> str:
    """Say an instant as people of `time_zone` would: today at 14:05, Tuesday 17 March, 09:00."""
    return _civil(instant, time_zone, at.astimezone(zone(time_zone)).date())


@lru_cache(maxsize=10_000)  # a page may hold hundreds, and is shown again
def _civil(instant: datetime, time_zone: str, today: date) -> str:
    here = instant.astimezone(zone(time_zone))
    days = (here.date() - today).days
    clock = f"{here:%H:%M}"
    named = {0: f"today, {clock}", 1: f"tomorrow, {clock}", -1: f"yesterday, {clock}"}
    year = "" if here.year == today.year else " yyyy"
    return named.get(days) or f"{format_datetime(here, f'EEE d MMM{year}', locale='en_GB')}, {clock}"


def when(instant: datetime | str | None, time_zone: str = "") -> Markup:
    """Return a <time> element in the reader's zone; a dash for no instant."""
    if not instant:
        return Markup("–")
    known = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
    known = known if known.tzinfo else known.replace(tzinfo=UTC)
    mine = time_zone or (exchange.me().time_zone if current_user.is_authenticated else "UTC")
    return _element(known, mine, exchange.now().astimezone(zone(mine)).date())


@lru_cache(maxsize=10_000)
def _element(instant: datetime, time_zone: str, today: date) -> Markup:
    exact = f"{instant.astimezone(zone(time_zone)):%Y-%m-%d %H:%M %Z}"
    said = _civil(instant, time_zone, today)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(instant.isoformat(), exact, said)


def day(instant: datetime) -> str:
    """Say the day it is for whoever reads: Saturday 21 November."""
    mine = exchange.me().time_zone if current_user.is_authenticated else "UTC"
    return format_datetime(instant.astimezone(zone(mine)), "EEEE d MMMM", locale="en_GB")


def how_long(length: timedelta) -> str:
    """Say a length of time: 3 hours."""
    return format_timedelta(max(length, timedelta()), threshold=1.5, locale="en_GB")


def civil_time(occurrence: str) -> str:
    """Say the civil time a run is for: "Fri 27 Nov 2026, 08:30"; one started by hand is told in UTC."""
    at = datetime.fromisoformat(occurrence.removesuffix("Z"))
    said = f"{format_datetime(at, 'EEE d MMM yyyy', locale='en_GB')}, {at:%H:%M}"
    return f"{said} UTC, by hand" if occurrence.endswith("Z") else said


def state(value: object) -> str:
    """Say a machine's state in the words of a shop."""
    word = str(value.value if isinstance(value, Enum) else value)
    return STATES.get(word, word.replace("_", " "))


def reason(value: object) -> str:
    """Say why somebody was left out."""
    word = str(value.value if isinstance(value, Enum) else value)
    return REASONS.get(word, word.replace("_", " "))


def tone(value: object) -> str:
    """Return the colour a state is shown in; the words beside it say the same."""
    return TONES.get(str(value.value if isinstance(value, Enum) else value), "plain")


@cache
def language(code: str) -> str:
    """Name a language: German, for de; what is no code of one, as it is."""
    try:
        return Locale.parse(code.replace("-", "_")).get_display_name("en") or code
    except (ValueError, UnknownLocaleError):
        return code


def agent(said: str) -> str:
    """Say which browser that is: "Firefox on Windows"; the whole of what it calls itself, where nobody knows it."""
    browser = next((name for sign, name in BROWSERS if sign in said), "")
    system = next((name for sign, name in SYSTEMS if sign in said), "")
    return " on ".join(filter(None, (browser, system))) if browser else said or "a browser that does not say"


def number(value: float) -> str:
    """Write a number with its thousands apart."""
    return f"{value:,}"


def opening(text: str) -> str:
    """Begin with a capital letter."""
    return text[:1].upper() + text[1:]


def percent(part: float, whole: float) -> str:
    """Say a share: 12 %, and of a little "under 1 %"."""
    share = 100 * part / whole if whole else 0
    return "under 1 %" if 0 < share < 1 else f"{share:.0f} %"


def fact(value: Any, unit: str = "") -> str | Markup:
    """Say the value of an insight with its unit."""
    if value is None or value == "":
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return when(value)
    if unit in {"cents", "cent"}:
        return f"{value / 100:,.2f}"
    if isinstance(value, float):
        value = round(value, 2)
    return f"{value:,} {unit}".strip() if isinstance(value, (int, float)) else f"{value} {unit}".strip()
