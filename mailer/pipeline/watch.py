"""Is everybody accounted for, and does everything move? Asked once a minute; what is wrong is said aloud."""

from datetime import datetime

import structlog

from mailer.delivery import accounts
from mailer.delivery.accounts import Alarm
from mailer.house import House

log = structlog.get_logger()


def watch(house: House, now: datetime) -> list[Alarm]:
    """Count where everybody of the recent runs is; log and return what does not balance or stands still."""
    with house.store.read() as session:
        found = accounts.alarms(session, accounts.recent(session, now), now)
    for alarm in found:
        log.error("alarm", campaign=alarm.campaign, occurrence=alarm.occurrence, run=alarm.run, what=alarm.what)
    return found
