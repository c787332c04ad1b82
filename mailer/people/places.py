"""Is this a language, and is this a time zone? In which one spelling do we keep it?

A language is kept as far as templates are written by it: "de-AT" is "de", while "zh-TW" is "zh-Hant", another script.
"""

from difflib import get_close_matches
from functools import cache
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError


@cache
def language(text: str) -> str:
    """Return a language as we keep it: "en", "de", "zh-Hant".

    Raises:
        ValueError: nobody knows it.
    """
    try:
        locale = Locale.parse(text.replace("_", "-"), sep="-")
    except (UnknownLocaleError, ValueError, TypeError):
        raise ValueError(f"{text[:40]!r} is not a language we know; write its code: en, de, fr, es, ja …") from None
    return f"{locale.language}-{locale.script}" if locale.script else locale.language


@cache
def time_zone(text: str) -> str:
    """Return a time zone by its IANA name, whatever case it was written in.

    Raises:
        ValueError: there is none of that name; the message names the nearest.
    """
    zones = _zones()
    if found := zones.get(text.lower()):
        return found
    near = get_close_matches(text[:40].lower().replace(" ", "_"), zones, n=1)
    instead = f"did you mean {zones[near[0]]}?" if near else "write one like Europe/Berlin or America/Chicago"
    raise ValueError(f"{text[:40]!r} is not a time zone; {instead}")


@cache
def _zones() -> dict[str, str]:
    return {name.lower(): name for name in sorted(available_timezones() - {"localtime", "Factory"})}
