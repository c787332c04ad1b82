"""May this be tried once more? Asked and noted in a short write of its own, whatever becomes of the request."""

from collections.abc import Mapping
from datetime import datetime

from mailer.house import House
from mailer.people import attempts


def may_try(house: House, limits: Mapping[str, int], now: datetime) -> bool:
    """Note an attempt under each key, and say whether there were not too many."""
    with house.store.write() as session:
        return attempts.allowed(session, limits, now)
