"""How do many messages leave at once, each marked durably before its final dot?

Several connections run side by side. Whoever stands at its final dot waits, and one *round* serves all that wait: in
one transaction what was answered is settled, and what waits is handed over. One sync to disk serves them all.

A connection's answer is settled in the very round, at the latest, that hands over its next message; so after a crash at
most one message a connection is in doubt, however far the rounds lag behind.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from mailer.delivery.transport import Envelope, Outcome, Receipt, Transport
from mailer.failpoints import reach

GATHER = 0.003  # seconds a round waits for those not yet at their dot: full rounds leave faster than many half ones
LINGER = 0.02  # seconds an answer waits for company, when nobody stands at a dot
REST = 10.0  # seconds after which a connection that could not be opened, or ended, is tried again

Receipts = Sequence[tuple[int, int, Receipt]]  # id, epoch, receipt
Claim = tuple[int, int]  # id, epoch
Claims = Sequence[Claim]
Commit = Callable[[Receipts, Claims], set[Claim]]  # settles the first, hands over the second at once: which may leave
Settled = Callable[[Receipts], None]  # told after the transaction
NOT_SENT = Receipt(Outcome.WITHHELD, text="there was no way out")


@dataclass(slots=True)
class Tally:
    """How many messages ended how."""

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    rounds: int = 0
    no_way_out: bool = False  # nobody could go on, so the rest was given back


async def deliver(
    envelopes: AsyncIterator[Envelope] | Iterable[Envelope],
    transport: Transport,
    commit: Commit,
    connections: int,
    settled: Settled | None = None,
    over: asyncio.Event | None = None,
) -> Tally:
    """Send all envelopes over so many connections at once; `commit` runs in a thread of its own.

    `settled` is told, in another thread, what each round settled: what it does (a journal) holds up no final dot, and
    all of it is done when this returns. A connection that cannot go on rests; when none can, `over` is set, and what
    was not sent is given back as withheld.

    Raises:
        Exception: whatever `commit` or the source of envelopes raises; nothing more leaves then, and what was under way
            is left as its row says.
    """
    return await _deliver(_Feed(_each(envelopes), over or asyncio.Event()), transport, commit, connections, settled)


async def _deliver(
    feed: "_Feed", transport: Transport, commit: Commit, connections: int, settled: Settled | None
) -> Tally:
    rounds = _Rounds(commit, settled, connections)
    working = connections

    async def connection() -> None:
        nonlocal working
        while not feed.over.is_set():
            async for envelope, receipt in transport.send(feed, rounds.hand_over):
                rounds.settle(envelope, receipt)
            working -= 1
            if not working:  # there is no way out at all now: nothing more is taken
                rounds.tally.no_way_out = not feed.over.is_set()
                feed.over.set()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(feed.over.wait(), REST)
            working += 1

    async def give_back() -> None:
        async for envelope in feed:
            rounds.settle(envelope, NOT_SENT)

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(rounds.serve())
            await asyncio.wait([group.create_task(connection()) for _ in range(connections)])
            await asyncio.wait([group.create_task(give_back())])
            rounds.finish()
    except BaseExceptionGroup as errors:
        raise _first(errors) from errors
    return rounds.tally


def send(
    batches: Callable[[], Sequence[Envelope]],
    transport: Transport,
    commit: Commit,
    connections: int,
    settled: Settled | None = None,
    wanted: Callable[[Envelope], bool] = lambda _: True,
) -> Tally:
    """Send batch after batch until one is empty, over connections that stay open; call this where no loop runs.

    `batches` claims and writes the next batch in a thread of its own, while the one before is leaving. What is
    not `wanted` any more when its turn comes is passed over.
    """
    return asyncio.run(flow(batches, transport, commit, connections, settled, wanted))


async def flow(
    batches: Callable[[], Sequence[Envelope]],
    transport: Transport,
    commit: Commit,
    connections: int,
    settled: Settled | None = None,
    wanted: Callable[[Envelope], bool] = lambda _: True,
) -> Tally:
    """Do what `send` does, in a loop that runs already."""
    over = asyncio.Event()

    async def made() -> AsyncIterator[Sequence[Envelope]]:
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(1, "mailer-write") as writer:
            following = loop.run_in_executor(writer, batches)
            while batch := await following:
                following = loop.run_in_executor(writer, (lambda: ()) if over.is_set() else batches)
                yield batch

    return await _deliver(_Feed(made(), over, wanted), transport, commit, connections, settled)


async def _each(envelopes: AsyncIterator[Envelope] | Iterable[Envelope]) -> AsyncIterator[Iterable[Envelope]]:
    if isinstance(envelopes, AsyncIterator):
        async for envelope in envelopes:
            yield (envelope,)
    else:
        yield envelopes


def _first(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


class _Feed:
    """One source that many connections draw from; it is `over` when it is empty, or nobody can draw."""

    def __init__(
        self,
        batches: AsyncIterator[Iterable[Envelope]],
        over: asyncio.Event,
        wanted: Callable[[Envelope], bool] = lambda _: True,
    ) -> None:
        self.over = over
        self._batches = batches
        self._batch: Iterator[Envelope] = iter(())
        self._wanted = wanted
        self._turn = asyncio.Lock()

    def __aiter__(self) -> "_Feed":
        return self

    async def __anext__(self) -> Envelope:
        while (envelope := self.at_hand()) is None:
            async with self._turn:
                if (envelope := self.at_hand()) is not None:  # somebody fetched a batch meanwhile
                    break
                batch = await anext(self._batches, None)
                if batch is None:
                    self.over.set()
                    raise StopAsyncIteration
                self._batch = iter(batch)
        return envelope

    def at_hand(self) -> Envelope | None:
        """Return the next one if nobody has to wait for it."""
        envelope = next(filter(self._wanted, self._batch), None)
        if envelope is not None:
            reach("delivery.claimed")
        return envelope


class _Rounds:
    """Gathers who waits at a dot and what was answered, and commits both together."""

    def __init__(self, commit: Commit, settled: Settled | None, connections: int) -> None:
        self.tally = Tally()
        self._settled = settled
        self._commit = commit
        self._connections = connections
        self._receipts: list[tuple[int, int, Receipt]] = []
        self._waiting: dict[tuple[int, int], asyncio.Future[bool]] = {}
        self._wake = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._done = False

    async def hand_over(self, envelope: Envelope) -> bool:
        """Wait for the round that marks this one, and return whether it may leave."""
        waits: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting[envelope.id, envelope.epoch] = waits
        self._within(GATHER if len(self._waiting) < self._connections else 0)
        return await waits

    def settle(self, envelope: Envelope, receipt: Receipt) -> None:
        """Leave a receipt for the next round."""
        self.tally.outcomes[receipt.outcome] += 1
        self._receipts.append((envelope.id, envelope.epoch, receipt))
        self._within(LINGER)

    def _within(self, seconds: float) -> None:
        """Begin the next round within so many seconds."""
        loop = asyncio.get_running_loop()
        if self._timer is None or self._timer.when() > loop.time() + seconds:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = loop.call_later(seconds, self._wake.set)

    def finish(self) -> None:
        """No connection is left; serve what there is, and end."""
        self._done = True
        self._wake.set()

    async def serve(self) -> None:
        """Commit round after round."""
        loop = asyncio.get_running_loop()
        telling: asyncio.Future[None] | None = None
        with ThreadPoolExecutor(1, "mailer-commit") as thread, ThreadPoolExecutor(1, "mailer-journal") as journal:
            while not self._done or self._receipts or self._waiting:
                await self._wake.wait()
                self._wake.clear()
                if self._timer is not None:
                    self._timer.cancel()
                    self._timer = None
                receipts, self._receipts = self._receipts, []
                waiting, self._waiting = self._waiting, {}
                if not receipts and not waiting:
                    continue
                allowed = await loop.run_in_executor(thread, self._round, receipts, tuple(waiting))
                self.tally.rounds += 1
                for claim, waits in waiting.items():
                    if not waits.done():
                        waits.set_result(claim in allowed)
                if telling is not None:
                    await telling
                telling = loop.run_in_executor(journal, self._settled, receipts) if self._settled and receipts else None
            if telling is not None:
                await telling

    def _round(self, receipts: Receipts, claims: Claims) -> set[Claim]:
        if claims:
            reach("delivery.before-hand-over")
        if receipts:
            reach("delivery.before-settle")
        allowed = self._commit(receipts, claims)
        if receipts:
            reach("delivery.settled")
        if claims:
            reach("delivery.after-hand-over")
        return allowed
