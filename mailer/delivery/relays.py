"""Which of several relays does a message leave through?

One that is for its sender's domain; of these by weight, each message starting somewhere else; and never one whose
circuit breaker is open. If a relay fails before the hand-over was asked for, the next one gets the message; afterwards
never, for then the first one may have it. It is a transport made of transports.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mailer import clock
from mailer.delivery.breaker import Breaker
from mailer.delivery.transport import Envelope, HandOver, Outcome, Receipt, Transport, open_transport
from mailer.settings import Delivery

NONE_NOW = Receipt(Outcome.DEFERRED, 0, "no relay can take it now")


@dataclass(slots=True)
class Way:
    """One relay, and how it behaves."""

    name: str
    transport: Transport
    weight: float = 1
    domains: frozenset[str] = frozenset()  # of the senders it is for; none: of all
    connections: int = 64
    breaker: Breaker = field(default_factory=Breaker)
    seats: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self.seats = asyncio.Semaphore(self.connections)

    def note(self, receipt: Receipt) -> None:
        """Learn from a receipt: no answer, a closing server and refused credentials are the relay's failures."""
        if receipt.outcome is Outcome.WITHHELD:
            return
        lost = receipt.outcome is Outcome.LOST or (receipt.outcome is Outcome.DEFERRED and not receipt.code)
        if lost or receipt.code in (421, 530, 534, 535, 538):
            self.breaker.bad(clock.monotonic())
        else:
            self.breaker.good()


class Relays:
    """Several ways out as one."""

    def __init__(self, ways: Sequence[Way]) -> None:
        self.ways = ways

    async def send(
        self, envelopes: AsyncIterator[Envelope], hand_over: HandOver
    ) -> AsyncIterator[tuple[Envelope, Receipt]]:
        """Send each envelope through the first way that takes it; end when none does."""
        async for envelope in envelopes:
            receipt = await self._send(envelope, hand_over)
            yield envelope, receipt
            if receipt is NONE_NOW:
                return

    async def close(self) -> None:
        """Close all of them."""
        for way in self.ways:
            if farewell := getattr(way.transport, "close", None):
                await farewell()

    async def _send(self, envelope: Envelope, hand_over: HandOver) -> Receipt:
        last = NONE_NOW
        for way in self.order(envelope.sender.rpartition("@")[2]):
            asked = False

            async def ask(it: Envelope) -> bool:
                nonlocal asked
                asked = True
                return await hand_over(it)

            if way.breaker.wait(clock.monotonic()):
                continue
            async with way.seats:
                async for _, receipt in way.transport.send(_only(envelope), ask):
                    last = receipt
            way.note(last)
            if asked or (way.breaker.is_closed and last.code not in (0, 421)) or last.outcome is not Outcome.DEFERRED:
                break
        return last

    def order(self, domain: str) -> list[Way]:
        """Return the ways for a sender's domain, drawn by weight; those for just this domain before those for all."""
        ours = [way for way in self.ways if domain in way.domains] or [way for way in self.ways if not way.domains]
        return sorted(ours, key=lambda way: random.random() ** (1 / way.weight), reverse=True)  # noqa: S311 -- no secret


def open_ways(delivery: Delivery, root: Path, keep: float) -> Transport:
    """Return the way out the settings describe: one transport, or several relays."""
    if not delivery.relays:
        return open_transport(delivery.transport, root, keep)
    return Relays(
        [
            Way(
                each.name,
                open_transport(each.url, root, keep),
                each.weight,
                frozenset(each.domains.split()),
                each.connections,
            )
            for each in delivery.relays
        ]
    )


async def _only(envelope: Envelope) -> AsyncIterator[Envelope]:
    yield envelope
