"""Which instant is a civil time in a zone?

A clock set back shows an hour twice: the first one counts. A clock set forward skips one: the first instant after the
gap counts. A run that a person starts beside the schedule has a Z at the end of its key: it is UTC, for everybody.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from mailer.errors import Invalid


def instant(occurrence: str, zone: str) -> datetime:
    """Return the UTC instant of a civil time: of a repeated hour the first, after a gap the first there is.

    Raises:
        Invalid: the zone is not in the IANA database.
    """
    return _instant(civil(occurrence), "UTC" if occurrence.endswith("Z") else zone)


@lru_cache(maxsize=4096)
def _instant(civil: datetime, zone: str) -> datetime:
    local = civil.replace(tzinfo=zone_of(zone), fold=0)
    utc = local.astimezone(UTC)
    if utc.astimezone(local.tzinfo).replace(tzinfo=None) == civil:
        return utc
    # in a gap the two folds read the clock as before and as after it (PEP 495): the change lies between the two
    before, after = local.replace(fold=1).astimezone(UTC), utc
    old = before.astimezone(local.tzinfo).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if middle.astimezone(local.tzinfo).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after


@lru_cache(maxsize=1024)
def zone_of(name: str) -> ZoneInfo:
    """Return the IANA zone of that name.

    Raises:
        Invalid: there is none.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:  # unknown, a path that leads out, a folder
        raise Invalid(f"{name!r} is not a time zone; give one as Europe/Berlin") from error


@lru_cache(maxsize=64)
def civil(occurrence: str) -> datetime:
    """Return the civil time an occurrence names, without a zone."""
    return datetime.strptime(occurrence.removesuffix("Z"), "%Y-%m-%dT%H:%M")  # noqa: DTZ007 -- civil on purpose
