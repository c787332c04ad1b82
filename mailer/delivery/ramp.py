"""How many messages may a relay take on a day, while receivers get to know it?

An address nobody has heard of that sends much at once looks like a stolen one. So a new relay begins with little and
takes more each day: by a factor, or by a list of numbers. After its last day it is warm, and has no limit. Days are
those of UTC.

What exceeds a day waits for a place on a later one. Places lie evenly over each day, so that midnight is an hour like
any other; whoever comes on that day may still go at once, as long as the day has room.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from mailer.settings import WarmUp

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Ramp:
    """The day a relay begins, and how many it may take on each day from then on."""

    begins: date
    steps: tuple[int, ...]

    @classmethod
    def of(cls, given: WarmUp) -> "Ramp":
        """Return what the settings describe."""
        if given.days:
            return cls(given.begins, given.days)
        steps, many = [], float(given.first_day)
        while many < given.warm:
            steps.append(int(many))
            many *= given.factor
        return cls(given.begins, tuple(steps))

    def allowed(self, day: date) -> int | None:
        """Return how many may leave on `day`: none before the first, None (no limit) after the last."""
        number = (day - self.begins).days
        if number < 0:
            return 0
        return self.steps[number] if number < len(self.steps) else None

    def place(self, waiting: int, today: date) -> datetime:
        """Return when a message may ask again that finds `today` used up, and so many others waiting before it."""
        day = max(today + DAY, self.begins)
        while (room := self.allowed(day)) is not None and waiting >= room:
            waiting -= room
            day += DAY
        pace = DAY / (room or self.steps[-1])  # a warm day has no limit, and still no storm
        return datetime.combine(day, time(), UTC) + waiting * pace
