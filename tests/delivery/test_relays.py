import asyncio
import time
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from mailer.delivery.allotment import Allotments
from mailer.delivery.line import Patience
from mailer.delivery.local import MemoryTransport
from mailer.delivery.outgoing import Outgoing
from mailer.delivery.ramp import Ramp
from mailer.delivery.relay import Relay
from mailer.delivery.relays import NONE_NOW, Relays, Way, at_once, open_allotments, open_ways
from mailer.delivery.smtp import SmtpTransport
from mailer.delivery.transport import Envelope, Outcome
from mailer.delivery.turns import Turns
from mailer.settings import Delivery, RelaySection
from tests.delivery.sink import sink
from tests.delivery.test_transport import envelope, send

SOON = Patience(connect=2, command=2, block=2, final=2)


def smtp(port: int, keep: float = 0) -> SmtpTransport:
    return SmtpTransport(Relay.from_url(f"smtp://127.0.0.1:{port}"), SOON, keep)


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


def test_what_one_relay_cannot_carry_another_one_may() -> None:
    wide = Envelope(1, 1, "b@shop.example", "müller@example.com", b"\r\n")
    with sink() as narrow, sink(utf8=True) as able:
        relays = Relays([Way("narrow", smtp(narrow.port), weight=10**9), Way("able", smtp(able.port))])
        [(_, receipt)] = send(relays, [wide])
        assert receipt.outcome is Outcome.ACCEPTED
        [(_, receipt)] = send(Relays([Way("narrow", smtp(narrow.port))]), [wide])
        assert receipt.outcome is Outcome.REFUSED
        assert (len(narrow.got), len(able.got)) == (0, 1)


def test_messages_are_shared_by_weight_and_routed_by_the_domain_of_the_sender() -> None:
    big, small, other = MemoryTransport(), MemoryTransport(), MemoryTransport()
    relays = Relays(
        [Way("big", big, 3), Way("small", small, 1), Way("other", other, senders=frozenset({"news.example"}))]
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

    tally = outgoing.send(batches, lambda _, claims: set(claims), 4)
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
        outgoing.send(lambda: batches.pop(0), lambda _, claims: set(claims), 8)
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


def test_a_relay_that_sent_its_share_of_today_is_passed_over() -> None:
    new, old = MemoryTransport(), MemoryTransport()
    full = Allotments({"new": Ramp(date(9999, 1, 1), (5,))}, free=False)  # it has not begun
    relays = Relays([Way("new", new, weight=10**9), Way("old", old)], full)
    receipts = send(relays, [envelope(n) for n in range(1, 6)])
    assert {receipt.outcome for _, receipt in receipts} == {Outcome.ACCEPTED}
    assert (len(new.sent), len(old.sent)) == (0, 5)
    [(_, receipt)] = send(Relays([Way("new", new)], full), [envelope(1), envelope(2)])  # it ends: there is no way
    assert receipt is NONE_NOW


def test_a_message_stands_at_the_relay_that_asks_for_it_and_at_none_afterwards() -> None:
    class Noted(Allotments):
        seen: list[tuple[str, int]] = []

        def stand(self, message: int, relay: str) -> None:
            self.seen.append((relay, message))

        def leave(self, message: int) -> None:
            self.seen.append(("", message))

    with sink() as gone:
        pass
    ways = [Way("dead", smtp(gone.port), weight=10**9), Way("good", MemoryTransport())]
    noted = Noted()
    send(Relays(ways, noted), [envelope(1)])
    assert noted.seen == [("good", 1), ("", 1)]


def test_a_relay_sends_no_faster_than_it_may_and_its_neighbour_takes_the_rest() -> None:
    slow, fast = MemoryTransport(), MemoryTransport()
    relays = Relays([Way("slow", slow, weight=10**9, turns=Turns(0.5)), Way("fast", fast)])
    began = time.monotonic()
    send(relays, [envelope(n) for n in range(1, 21)])
    assert time.monotonic() - began < 1.5
    assert (len(slow.sent), len(fast.sent)) == (1, 19)


def test_slow_relays_are_given_no_more_than_they_can_take_before_the_claim_ends() -> None:
    def given(*rates: float) -> Delivery:
        return Delivery(relays=tuple(RelaySection(name=str(r), url="memory:", per_second=r) for r in rates))

    assert at_once(Delivery()) == 500
    assert at_once(given(0.5, 0.5)) == 225
    assert at_once(given(0.001)) == 1
    assert at_once(given(0.001, 0)) == 500


def test_only_the_relays_of_our_senders_decide_whether_mail_has_to_wait() -> None:
    warm = {"from": date(2026, 11, 1), "first_day": 200}
    new = RelaySection(name="new", url="memory:", domains="shop.example", warm_up=warm)
    old = RelaySection(name="old", url="memory:")
    given = Delivery(relays=(new, old))
    assert open_allotments(given, "shop.example").is_full("new", date(2026, 10, 31))
    assert not open_allotments(given, "other.example").is_full("new", date(2026, 10, 31))
