"""Is it worth asking a server again, after it failed?

A circuit breaker. Closed, everything goes. After some failures in a row it opens: nobody asks for a while, a longer one
each time, with jitter, so that many senders do not come back together. Then it is half open: one may try, and the
answer decides for all. So an outage costs a few attempts, and what waited drains by itself when it is over.
"""

import random

PROBE = 60.0  # seconds a try may take before another is let through


class Breaker:
    """Remembers how one server behaved; `now` is a monotonic clock's."""

    def __init__(self, failures: int = 5, first: float = 5.0, longest: float = 300.0) -> None:
        self._limit, self._first, self._longest = failures, first, longest
        self._failed = 0
        self._rest = first
        self._until = 0.0  # open until then, if it is not closed
        self._probe_until = 0.0

    @property
    def is_closed(self) -> bool:
        """Whether all is well."""
        return self._failed < self._limit

    def wait(self, now: float) -> float:
        """Return how many seconds to wait; 0: go on. Half open, whoever is told 0 is the one that tries."""
        if self.is_closed:
            return 0
        if now < self._until:
            return self._until - now
        if now < self._probe_until:
            return min(1.0, self._probe_until - now)
        self._probe_until = now + PROBE
        return 0

    def good(self) -> None:
        """It answered as it should."""
        self._failed, self._rest, self._probe_until = 0, self._first, 0

    def bad(self, now: float) -> None:
        """It did not."""
        was_closed = self.is_closed
        self._failed += 1
        if self.is_closed or (not was_closed and now < self._until):
            return
        self._until = now + self._rest * random.uniform(1, 1.25)  # noqa: S311 -- jitter, no secret
        self._rest, self._probe_until = min(self._rest * 2, self._longest), 0
