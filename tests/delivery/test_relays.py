import asyncio
from collections import Counter
from pathlib import Path

import pytest

from mailer.delivery.breaker import Breaker
from mailer.delivery.local import MemoryTransport
from mailer.delivery.outgoing import Outgoing
from mailer.delivery.relays import Relays, Way, open_ways
from mailer.delivery.smtp import Patience, Relay, SmtpTransport
from mailer.delivery.transport import Envelope, Outcome
from mailer.settings import Delivery, RelaySection
from tests.delivery.sink import sink
from tests.delivery.test_transport import envelope, send

SOON = Patience(connect=2, command=2, block=2, final=2)


def smtp(port: int, keep: float = 0) -> SmtpTransport:
    return SmtpTransport(Relay.from_url(f"smtp://127.0.0.1:{port}"), SOON, keep)


def test_a_breaker_opens_after_failures_and_lets_one_try_when_it_rested() -> None:
    breaker = Breaker(failures=3, first=10, longest=30)
    for _ in range(2):
        breaker.bad(0)
    assert breaker.wait(0) == 0
    breaker.bad(0)
    assert 10 <= breaker.wait(0) <= 12.5
    assert breaker.wait(13) == 0  # this one tries
    assert breaker.wait(13) > 0  # nobody else does
    breaker.bad(13)
    assert 20 <= breaker.wait(13) <= 25  # a longer rest each time
    assert breaker.wait(40) == 0
    breaker.good()
    assert [breaker.wait(40) for _ in range(5)] == [0] * 5


def test_what_the_first_relay_cannot_take_the_second_one_does() -> None:
    with sink() as gone:
        pass
    with sink() as server:
        dead = Way("dead", smtp(gone.port), weight=10**9)
        relays = Relays([dead, Way("good", smtp(server.port))])
        receipts = [receipt for _, receipt in send(relays, [envelope(n) for n in range(1, 21)])]
        assert {receipt.outcome for receipt in receipts} == {Outcome.ACCEPTED}
        assert len(server.got) == 20
        assert not dead.breaker.is_closed


def test_what_was_handed_over_is_never_given_to_another_relay() -> None:
    with sink({"DATA": "drop"}) as bad, sink() as good:
        relays = Relays([Way("bad", smtp(bad.port), weight=10**9), Way("good", smtp(good.port))])
        [(_, receipt)] = send(relays, [envelope(1)])
        assert receipt.outcome is Outcome.LOST
        assert good.got == []


def test_a_refusal_of_the_recipient_is_believed_and_not_asked_of_another() -> None:
    with sink({"RCPT": "550 5.1.1 No such user"}) as strict, sink() as good:
        relays = Relays([Way("strict", smtp(strict.port), weight=10**9), Way("good", smtp(good.port))])
        [(_, receipt)] = send(relays, [envelope(1)])
        assert receipt.outcome is Outcome.REFUSED
        assert good.got == []


def test_messages_are_shared_by_weight_and_routed_by_the_domain_of_the_sender() -> None:
    big, small, other = MemoryTransport(), MemoryTransport(), MemoryTransport()
    relays = Relays(
        [Way("big", big, 3), Way("small", small, 1), Way("other", other, domains=frozenset({"news.example"}))]
    )
    drawn = Counter(relays.order("shop.example")[0].name for _ in range(2000))
    assert 1350 < drawn["big"] < 1650
    assert drawn["other"] == 0
    assert [way.name for way in relays.order("news.example")] == ["other"]
    send(relays, [Envelope(1, 1, "b@news.example", "c@example.com", envelope(1).data)])
    assert (len(big.sent), len(small.sent), len(other.sent)) == (0, 0, 1)


def test_the_settings_describe_the_relays(tmp_path: Path) -> None:
    plain = open_ways(Delivery(transport="memory:"), tmp_path, 0)
    assert isinstance(plain, MemoryTransport)
    given = (
        RelaySection(name="a", url="memory:", domains="x.example y.example"),
        RelaySection(name="b", url="memory:"),
    )
    relays = open_ways(Delivery(relays=given), tmp_path, 0)
    assert isinstance(relays, Relays)
    assert [way.name for way in relays.order("y.example")] == ["a"]


@pytest.mark.parametrize("several", [False, True])
def test_in_an_outage_little_is_tried_and_afterwards_everything_leaves(several: bool) -> None:
    with sink() as gone:
        pass
    transport = Relays([Way("one", smtp(gone.port))]) if several else smtp(gone.port)
    outgoing = Outgoing(transport)
    made: list[int] = []

    def batches() -> list[Envelope]:
        made.append(1)
        return [envelope(n) for n in range(1, 51)] if len(made) < 20 else []

    tally = outgoing.send(batches, lambda _, claims: {m for m, _ in claims}, 4)
    assert tally.no_way_out
    assert outgoing.rests
    assert len(made) <= 2
    assert tally.outcomes[Outcome.DEFERRED] <= 12
    assert tally.outcomes[Outcome.WITHHELD] >= 38
    outgoing.close()


def test_a_relay_gets_no_more_connections_than_it_may() -> None:
    with sink() as server:
        relays = Relays([Way("one", smtp(server.port, keep=5), connections=2)])
        outgoing = Outgoing(relays)
        batches = [[envelope(n) for n in range(1, 41)], []]
        outgoing.send(lambda: batches.pop(0), lambda _, claims: {m for m, _ in claims}, 8)
        outgoing.close()
        assert len(server.got) == 40
        assert server.connections <= 2


def test_an_empty_list_of_envelopes_is_nothing_to_do() -> None:
    async def none() -> list[object]:
        return [each async for each in Relays([]).send(_nothing(), lambda _: asyncio.sleep(0, True))]

    assert asyncio.run(none()) == []


async def _nothing():  # type: ignore[no-untyped-def]
    for each in ():
        yield each
