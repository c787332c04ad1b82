"""What every transport promises, asked of each of them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path

import pytest

from mailer.delivery.local import FileTransport, MemoryTransport
from mailer.delivery.transport import Envelope, Outcome, Receipt, Transport, open_transport
from mailer.errors import Misconfigured
from tests.delivery.sink import sink

DATA = b"Subject: Hello\r\nMessage-ID: <%d@x>\r\n\r\nHello\r\n.\r\n..two\r\n"


def envelope(n: int = 1, data: bytes | None = None) -> Envelope:
    return Envelope(n, 1, "b-1@reply.example", f"c{n}@example.com", data or DATA % n)


def send(
    transport: Transport, envelopes: Sequence[Envelope], allow: Callable[[Envelope], bool] = lambda _: True
) -> list[tuple[Envelope, Receipt]]:
    async def feed() -> AsyncIterator[Envelope]:
        for each in envelopes:
            yield each

    async def hand_over(each: Envelope) -> bool:
        return allow(each)

    async def run() -> list[tuple[Envelope, Receipt]]:
        async with asyncio.timeout(20):
            return [pair async for pair in transport.send(feed(), hand_over)]

    return asyncio.run(run())


class Case:
    """A transport, and a way to see what arrived."""

    def __init__(self, transport: Transport, arrived: Callable[[], list[bytes]]) -> None:
        self.transport, self.arrived = transport, arrived


@pytest.fixture(params=["memory", "file", "smtp", "smtp without pipelining"])
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Case]:
    match request.param:
        case "memory":
            memory = MemoryTransport()
            yield Case(memory, lambda: [e.data for e in memory.sent])
        case "file":
            found = open_transport("file:out", tmp_path)
            assert isinstance(found, FileTransport)
            yield Case(found, lambda: [p.read_bytes() for p in sorted((tmp_path / "out").glob("*.eml"))])
        case name:
            with sink(offers=() if "without" in name else ("PIPELINING",)) as server:
                url = f"smtp://127.0.0.1:{server.port}"
                yield Case(open_transport(url, tmp_path), lambda: [data for _, _, data in server.got])


def test_what_may_leave_arrives_as_it_was_and_is_accepted(case: Case) -> None:
    envelopes = [envelope(n) for n in range(1, 6)]
    receipts = send(case.transport, envelopes)
    assert [e for e, _ in receipts] == envelopes
    assert {r.outcome for _, r in receipts} == {Outcome.ACCEPTED}
    assert all(r.code == 250 and r.text and r.queue_id for _, r in receipts)
    assert case.arrived() == [e.data for e in envelopes]


def test_what_may_not_leave_does_not_arrive(case: Case) -> None:
    receipts = send(case.transport, [envelope(1), envelope(2), envelope(3)], lambda e: e.id != 2)
    assert [r.outcome for _, r in receipts] == [Outcome.ACCEPTED, Outcome.WITHHELD, Outcome.ACCEPTED]
    assert case.arrived() == [envelope(1).data, envelope(3).data]


def test_a_message_is_handed_over_only_after_the_receipt_of_the_one_before(case: Case) -> None:
    asked: list[int] = []
    told: list[int] = []

    async def feed() -> AsyncIterator[Envelope]:
        for n in range(1, 5):
            yield envelope(n)

    async def hand_over(each: Envelope) -> bool:
        assert told == asked
        asked.append(each.id)
        return True

    async def run() -> None:
        async for each, _ in case.transport.send(feed(), hand_over):
            told.append(each.id)

    asyncio.run(run())
    assert told == [1, 2, 3, 4]


def test_an_error_of_ours_at_the_last_moment_leaves_nothing_behind(case: Case) -> None:
    def fails(_: Envelope) -> bool:
        raise RuntimeError("the database is gone")

    with pytest.raises(RuntimeError):
        send(case.transport, [envelope()], fails)
    assert case.arrived() == []


def test_nothing_to_send_is_nothing_done(case: Case) -> None:
    assert send(case.transport, []) == []
    assert case.arrived() == []


@pytest.mark.parametrize("url", ["", "carrier-pigeon:", "file:", "smtp://", "smtp://host:none", "smtp://h?tls=maybe"])
def test_an_url_that_names_no_transport_is_explained(url: str, tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"delivery\.transport"):
        open_transport(url, tmp_path)
