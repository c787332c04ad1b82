import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from mailer.delivery import sender
from mailer.delivery.local import MemoryTransport
from mailer.delivery.sender import Claim, Claims, Receipts
from mailer.delivery.transport import Envelope, HandOver, Outcome, Receipt, open_transport
from tests.delivery.sink import sink
from tests.delivery.test_transport import envelope


class Book:
    """What was handed over and settled, and whether the promise held all the while."""

    def __init__(self, connections: int) -> None:
        self.connections = connections
        self.at_dot: set[int] = set()
        self.settled: dict[int, Outcome] = {}
        self.rounds: list[int] = []
        self.thread = threading.get_ident()

    def commit(self, receipts: Receipts, claims: Claims) -> set[Claim]:
        assert threading.get_ident() != self.thread
        for message, _, receipt in receipts:
            self.at_dot.remove(message)
            assert message not in self.settled
            self.settled[message] = receipt.outcome
        self.at_dot |= {message for message, _ in claims}
        assert len(self.at_dot) <= self.connections  # what a crash right now would leave in doubt
        if claims:
            self.rounds.append(len(claims))
        return set(claims)


def test_everything_leaves_once_and_never_more_is_in_doubt_than_there_are_connections() -> None:
    book, transport = Book(8), MemoryTransport()
    envelopes = [envelope(n) for n in range(1, 200)]
    tally = asyncio.run(sender.deliver(envelopes, transport, book.commit, 8))
    assert sorted(e.id for e in transport.sent) == list(range(1, 200))
    assert tally.outcomes == {Outcome.ACCEPTED: 199}
    assert len(book.settled) == 199
    assert not book.at_dot


def test_those_who_wait_at_their_dots_are_handed_over_together(tmp_path: Path) -> None:
    book = Book(8)
    with sink() as server:
        transport = open_transport(f"smtp://127.0.0.1:{server.port}", tmp_path)
        asyncio.run(sender.deliver([envelope(n) for n in range(1, 65)], transport, book.commit, 8))
        assert len(server.got) == 64
        assert server.connections <= 8
    assert len(book.rounds) < 50


def test_an_async_source_feeds_all_connections() -> None:
    book, transport = Book(4), MemoryTransport()

    async def source() -> AsyncIterator[Envelope]:
        for n in range(1, 30):
            await asyncio.sleep(0)
            yield envelope(n)

    asyncio.run(sender.deliver(source(), transport, book.commit, 4))
    assert len(book.settled) == 29


def test_batches_are_sent_until_one_is_empty() -> None:
    book, transport = Book(4), MemoryTransport()
    batches: list[Sequence[Envelope]] = [[envelope(1), envelope(2)], [envelope(3)], []]
    tally = sender.send(lambda: batches.pop(0), transport, book.commit, 4)
    assert tally.outcomes[Outcome.ACCEPTED] == 3
    assert batches == []


def test_who_may_not_leave_is_withheld() -> None:
    transport = MemoryTransport()
    tally = asyncio.run(sender.deliver([envelope(1), envelope(2)], transport, lambda _, claims: {(2, 1)}, 2))
    assert tally.outcomes == {Outcome.ACCEPTED: 1, Outcome.WITHHELD: 1}
    assert [e.id for e in transport.sent] == [2]


def test_of_two_claims_of_one_message_only_the_one_that_was_handed_over_leaves() -> None:
    """Who slept past a lease may hold the same message twice, both at a dot in the same round."""
    old, new = envelope(1), replace(envelope(1), epoch=2)
    transport = MemoryTransport()
    tally = asyncio.run(sender.deliver([old, new], transport, lambda _, claims: {(1, 2)} & set(claims), 2))
    assert tally.outcomes == {Outcome.ACCEPTED: 1, Outcome.WITHHELD: 1}
    assert [each.epoch for each in transport.sent] == [2]


@pytest.mark.parametrize("connections", [1, 4])
def test_when_the_database_fails_nothing_more_leaves(connections: int) -> None:
    transport = MemoryTransport()

    def commit(receipts: Receipts, claims: Claims) -> set[Claim]:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        asyncio.run(sender.deliver([envelope(n) for n in range(1, 9)], transport, commit, connections))
    assert transport.sent == []


def test_when_a_batch_cannot_be_written_the_error_is_told() -> None:
    def batches() -> Sequence[Envelope]:
        raise ValueError("no template")

    with pytest.raises(ValueError, match="no template"):
        sender.send(batches, MemoryTransport(), lambda _, claims: set(), 4)


class Broken(MemoryTransport):
    """Takes some, then no more."""

    async def send(
        self, envelopes: AsyncIterator[Envelope], hand_over: HandOver
    ) -> AsyncIterator[tuple[Envelope, Receipt]]:
        async for each in envelopes:
            if len(self.sent) >= 5:
                yield each, Receipt(Outcome.DEFERRED, text="cannot reach it")
                return
            assert await hand_over(each)
            self.sent.append(each)
            yield each, Receipt(Outcome.ACCEPTED, 250)


def test_where_there_is_no_way_out_the_rest_is_given_back_and_no_other_batch_is_made() -> None:
    made: list[int] = []

    def batches() -> Sequence[Envelope]:
        made.append(len(made))
        return [envelope(10 * len(made) + n) for n in range(10)]

    tally = sender.send(batches, Broken(), lambda _, claims: set(claims), 2)
    assert tally.outcomes[Outcome.ACCEPTED] in (5, 6)
    assert tally.outcomes[Outcome.DEFERRED] == 2
    assert tally.outcomes.total() == 10 * len(made)
    assert len(made) <= 2
