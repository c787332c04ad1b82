"""When may the next one leave, where only so many a second may?

Each takes the next turn, however many connections ask; nobody is told to come back. It holds for this process.
"""

import asyncio

from mailer import clock


class Turns:
    """So many a second, over all connections; 0 is no limit."""

    def __init__(self, rate: float) -> None:
        self._gap = 1 / rate if rate else 0.0
        self._next = 0.0

    @property
    def wait(self) -> float:
        """How many seconds it is until the next turn."""
        return max(0.0, self._next - clock.monotonic())

    async def take(self) -> None:
        """Wait until it is our turn."""
        wait = self.wait
        self._next = max(self._next, clock.monotonic()) + self._gap
        if wait:
            await asyncio.sleep(wait)

    def rest(self, seconds: float) -> None:
        """Let nobody have a turn for so long."""
        self._next = max(self._next, clock.monotonic() + seconds)
