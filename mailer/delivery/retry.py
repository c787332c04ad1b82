"""When is a deferred message tried again, and when do we stop?

Delays grow (RFC 5321, 4.5.4.1): soon at first, because greylisting servers want to be asked again within minutes,
then ever more seldom. Each delay is stretched by up to a fifth, drawn from a hash of the message id and the attempt:
messages deferred together do not come back together, and the same question has the same answer on every machine.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

DELAYS = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 30, 60, 120, 240, 480))  # the last one repeats
JITTER = 0.2  # of the delay, at most
LEAST = 3  # attempts a message gets even when it is old already: it may have waited for us, not for the server


@dataclass(frozen=True, slots=True)
class Retry:
    """How often, and for how long, a deferred message is tried."""

    attempts: int = 8
    give_up: timedelta = timedelta(hours=24)

    def next_at(self, message_id: str, attempt: int, due_at: datetime, now: datetime) -> datetime | None:
        """Return when to try again after so many attempts (from 1), or None: give up."""
        if attempt >= self.attempts or (attempt >= LEAST and now - due_at >= self.give_up):
            return None
        wait = delay(message_id, attempt)
        last = due_at + self.give_up
        return min(now + wait, last) if now < last else now + wait


def delay(message_id: str, attempt: int) -> timedelta:
    """Return the wait after attempt number `attempt`, the same for the same message and attempt."""
    drawn = hashlib.sha256(f"{message_id} {attempt}".encode()).digest()
    share = int.from_bytes(drawn[:4], "big") / 2**32
    return DELAYS[min(max(attempt, 1), len(DELAYS)) - 1] * (1 + JITTER * share)
