"""Which of several relays does a message leave through?

One that is for its sender's domain; of these by weight, each message starting somewhere else; one that must go slowly
only when its turn is near; and never one whose circuit breaker is open, or that warms up and has sent its share of
today. What a breaker knows is forgotten with the process: then each relay is tried once more. If a relay fails before
the hand-over was asked for, the next one gets the message; afterwards never, for then the first one may have it. It is
a transport made of transports.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from mailer import clock
from mailer.delivery.allotment import Allotments
from mailer.delivery.breaker import Breaker
from mailer.delivery.ramp import Ramp
from mailer.delivery.transport import Envelope, HandOver, Outcome, Receipt, Transport, open_transport
from mailer.delivery.turns import Turns
from mailer.settings import Delivery, RelaySection

NEAR = 1.0  # seconds a message waits for its turn at one relay, before another one gets it
NONE_NOW = Receipt(Outcome.DEFERRED, 0, "no relay can take it now")


@dataclass(slots=True)
class Way:
    """One relay, and how it behaves."""

    name: str
    transport: Transport
    weight: float = 1
    senders: frozenset[str] = frozenset()  # the domains it is for; none: all
    connections: int = 64
    turns: Turns = field(default_factory=lambda: Turns(0))
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

    def __init__(self, ways: Sequence[Way], allotments: Allotments | None = None) -> None:
        self.ways = ways
        self.allotments = allotments or Allotments()

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
            if self.allotments.is_full(way.name, clock.now().date()) or way.breaker.wait(clock.monotonic()):
                continue
            last, asked = await self._try(way, envelope, hand_over)
            way.note(last)
            unfit = last.outcome is Outcome.REFUSED and not last.code  # our words: this one lacks what the email needs
            down = last.outcome is Outcome.DEFERRED and (last.code in (0, 421) or not way.breaker.is_closed)
            if asked or not (unfit or down):
                break
        return last

    async def _try(self, way: Way, envelope: Envelope, hand_over: HandOver) -> tuple[Receipt, bool]:
        """Send through one way; return what came of it, and whether the hand-over was asked for."""
        last, asked = NONE_NOW, False

        async def ask(it: Envelope) -> bool:
            nonlocal asked
            asked = True
            self.allotments.stand(it.id, way.name)
            try:
                return await hand_over(it)
            finally:
                self.allotments.leave(it.id)

        async with way.seats:
            await way.turns.take()
            async for _, receipt in way.transport.send(_only(envelope), ask):
                last = receipt
        return last, asked

    def order(self, domain: str) -> list[Way]:
        """Return the ways for a sender's domain, drawn by weight; those whose turn is far away after the others."""

        def drawn(way: Way) -> tuple[bool, float]:
            return way.turns.wait > NEAR, -(random.random() ** (1 / way.weight))  # noqa: S311 -- no secret

        return sorted(_for(domain, self.ways), key=drawn)


Some = TypeVar("Some", RelaySection, Way)


def _for(domain: str, relays: Sequence[Some]) -> list[Some]:
    """Return the relays for a sender's domain: those for just this one or, where there is none, those for all."""
    named = [each for each in relays if domain in each.senders]
    return named or [each for each in relays if not each.senders]


def open_allotments(delivery: Delivery, sender: str) -> Allotments:
    """Return what those of the relays may still take that carry the mail of this sender's domain."""
    ours = _for(sender, delivery.relays)
    ramps = {each.name: Ramp.of(each.warm_up) for each in ours if each.warm_up}
    return Allotments(ramps, free=len(ramps) < len(ours))


def at_once(delivery: Delivery) -> int:
    """Return how many messages may be claimed at once, so that slow relays take them well before the claim ends."""
    rates = [each.per_second for each in delivery.relays]
    if not rates or not all(rates):
        return delivery.batch
    return max(1, min(delivery.batch, int(sum(rates) * delivery.lease_seconds / 4)))


def open_ways(delivery: Delivery, root: Path, keep: float, allotments: Allotments | None = None) -> Transport:
    """Return the way out the settings describe: one transport, or several relays."""
    if not delivery.relays:
        return open_transport(delivery.transport, root, keep)
    return Relays(
        [
            Way(
                each.name,
                open_transport(each.url, root, keep),
                each.weight,
                each.senders,
                each.connections,
                Turns(each.per_second),
            )
            for each in delivery.relays
        ],
        allotments,
    )


async def _only(envelope: Envelope) -> AsyncIterator[Envelope]:
    yield envelope
