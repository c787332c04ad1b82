"""How do connections outlive one round of sending?

The scheduler looks for work twice a second. Were each look to begin an event loop of its own, every email would pay for
a connection, TLS and a sign-in. So one thread keeps one loop, and in it the transport keeps its connections a while.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Sequence

from mailer import clock
from mailer.delivery import sender
from mailer.delivery.breaker import Breaker
from mailer.delivery.sender import Commit, Settled, Tally
from mailer.delivery.transport import Envelope, Outcome, Transport

KEEP = 20.0  # seconds an unused connection is kept; RFC 5321, 4.5.3.2.7 asks servers for five minutes
GOODBYE = 5.0  # seconds for all farewells


class Outgoing:
    """A transport, and the thread in which its connections live."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self._breaker = Breaker(failures=1)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="outgoing", daemon=True)
        self._thread.start()

    def send(
        self,
        batches: Callable[[], Sequence[Envelope]],
        commit: Commit,
        connections: int,
        settled: Settled | None = None,
        wanted: Callable[[Envelope], bool] = lambda _: True,
    ) -> Tally:
        """Send batch after batch until one is empty; see `sender.send`."""
        flow = sender.flow(batches, self.transport, commit, connections, settled, wanted)
        tally = asyncio.run_coroutine_threadsafe(flow, self._loop).result()
        if tally.outcomes[Outcome.ACCEPTED] or tally.outcomes[Outcome.REFUSED]:
            self._breaker.good()
        elif tally.no_way_out:
            self._breaker.bad(clock.monotonic())
        return tally

    @property
    def rests(self) -> bool:
        """Whether there was no way out lately, so that it is not worth claiming anything."""
        return self._breaker.wait(clock.monotonic()) > 0

    def close(self) -> None:
        """Say goodbye to the servers, and end the thread."""
        if farewell := getattr(self.transport, "close", None):
            with contextlib.suppress(Exception):
                asyncio.run_coroutine_threadsafe(farewell(), self._loop).result(GOODBYE)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(GOODBYE)
        if not self._thread.is_alive():
            self._loop.close()
