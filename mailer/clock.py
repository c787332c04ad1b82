"""What time is it? Only this module asks the machine.

Everything else is told `now`. Tests and the demo move the clock; the monotonic clock cannot be moved, so that a
time-out stays a time-out whatever day it is.
"""

import time
from datetime import UTC, datetime, timedelta

_offset = timedelta()


def now() -> datetime:
    """Return this instant, aware, in UTC, as moved by `move_to`."""
    return datetime.now(UTC) + _offset


def monotonic() -> float:
    """Return seconds that never jump, for measuring how long something takes."""
    return time.monotonic()


def wall() -> float:
    """Return the machine's own wall time, seconds since 1970, never moved."""
    return time.time()


def sleep(seconds: float) -> None:
    """Wait so many real seconds."""
    time.sleep(seconds)


def move_to(instant: datetime) -> None:
    """Make `now` start from `instant` and run on from there."""
    global _offset  # noqa: PLW0603 -- one clock a process, on purpose
    _offset = instant - datetime.now(UTC)


def reset() -> None:
    """Make `now` the machine's own time again."""
    global _offset  # noqa: PLW0603
    _offset = timedelta()
