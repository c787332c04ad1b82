"""What every transport promises, asked of each of them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path

import pytest

from mailer.delivery.local import FileTransport, MemoryTransport
from mailer.delivery.relays import Relays, Way
from mailer.delivery.transport import Envelope, Outcome, Transport, open_transport
from mailer.errors import Misconfigured
from tests.delivery.letters import RAW, send
from tests.delivery.letters import envelope as written
from tests.delivery.providers import fakes
from tests.delivery.sink import sink

DATA = b"Subject: Hello\r\nMessage-ID: <%d@x>\r\n\r\nHello\r\n.\r\n..two\r\n"


def envelope(n: int = 1, data: bytes | None = None) -> Envelope:
    return Envelope(n, 1, "b-1@reply.example", f"c{n}@example.com", data or DATA % n)


@dataclass
class Case:
    """A way out, and what arrived at its end."""

    transport: Transport
    recipients: Callable[[], list[str]]
    raw: Callable[[], list[bytes]] | None = None  # None: it takes the email apart


WAYS = ("memory", "file", "smtp", "smtp without pipelining", "relays")
PROVIDERS = sorted(fakes.FAKES)


@pytest.fixture(params=[*WAYS, *PROVIDERS])
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Case]:
    match request.param:
        case "memory":
            memory = MemoryTransport()
            yield Case(memory, lambda: [e.recipient for e in memory.sent], lambda: [e.data for e in memory.sent])
        case "file":
            found = open_transport("file:out", tmp_path)
            assert isinstance(found, FileTransport)

            def written() -> list[bytes]:
                return [path.read_bytes() for path in sorted((tmp_path / "out").glob("*.eml"))]

            yield Case(found, lambda: [str(message_from_bytes(raw)["To"]) for raw in written()], written)
        case "relays" | "smtp" | "smtp without pipelining":
            with sink(offers=() if "without" in request.param else ("PIPELINING",)) as server:
                smtp = open_transport(f"smtp://127.0.0.1:{server.port}", tmp_path)
                way = Relays([Way("one", smtp)]) if request.param == "relays" else smtp
                yield Case(way, lambda: [to for _, to, _ in server.got], lambda: [data for _, _, data in server.got])
        case name:
            with fakes.running(fakes.FAKES[name]) as fake:
                raw = (lambda: [kept["raw"] for kept in fake.kept]) if name in RAW else None
                way = open_transport(fakes.address_of(name, fake), tmp_path)
                yield Case(way, lambda: [kept["to"] for kept in fake.kept], raw)


def test_what_may_leave_arrives_and_is_accepted_under_a_name_of_theirs(case: Case) -> None:
    envelopes = [written(n) for n in range(1, 6)]
    receipts = send(case.transport, envelopes)
    assert [e for e, _ in receipts] == envelopes
    assert {r.outcome for _, r in receipts} == {Outcome.ACCEPTED}
    assert all(200 <= r.code < 300 and r.text for _, r in receipts)
    assert all(r.queue_id for _, r in receipts)
    assert case.recipients() == [e.recipient for e in envelopes]


@pytest.mark.parametrize("case", [*WAYS, *RAW], indirect=True)
def test_where_the_email_itself_is_taken_not_a_byte_changes(case: Case) -> None:
    assert case.raw
    odd = envelope(2, b"To: c2@example.com\r\nMessage-ID: <x@y>\r\n\r\n.\r\n--\r\n..\r\n\xff\r\n")
    send(case.transport, [written(1), odd])
    assert case.raw() == [written(1).data, odd.data]


def test_what_may_not_leave_does_not_arrive_and_the_others_do(case: Case) -> None:
    receipts = send(case.transport, [written(n) for n in (1, 2, 3)], lambda e: e.id != 2)
    assert [r.outcome for _, r in receipts] == [Outcome.ACCEPTED, Outcome.WITHHELD, Outcome.ACCEPTED]
    assert case.recipients() == ["c1@example.com", "c3@example.com"]


def test_a_message_is_handed_over_only_after_the_receipt_of_the_one_before(case: Case) -> None:
    asked: list[int] = []
    told: list[int] = []

    async def feed() -> AsyncIterator[Envelope]:
        for n in range(1, 5):
            yield written(n)

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
        send(case.transport, [written()], fails)
    assert case.recipients() == []


@pytest.mark.parametrize("case", [*WAYS[2:], *PROVIDERS], indirect=True)
def test_a_bare_line_feed_never_leaves_where_a_server_reads_it(case: Case) -> None:
    [(_, receipt)] = send(case.transport, [written(1, raw=written().data + b"\n")], lambda _: pytest.fail("asked"))
    assert (receipt.outcome, case.recipients()) == (Outcome.REFUSED, [])


def test_nothing_to_send_is_nothing_done(case: Case) -> None:
    assert send(case.transport, []) == []
    assert case.recipients() == []


@pytest.mark.parametrize("url", ["", "carrier-pigeon:", "file:", "smtp://", "smtp://host:none", "smtp://h?tls=maybe"])
def test_an_url_that_names_no_transport_is_explained(url: str, tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"delivery\.transport"):
        open_transport(url, tmp_path)
