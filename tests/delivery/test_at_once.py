"""What two workers do at the same moment: on SQLite one after the other, on PostgreSQL really together."""

import threading
from collections import Counter
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from mailer.delivery import gate, outbox
from mailer.delivery.message import State, T
from mailer.delivery.outbox import Claim
from mailer.people.consent import decide
from mailer.settings import Gate
from mailer.store import Store
from tests.delivery.conftest import found

CUSTOMERS, ROUNDS = 12, 6
GATE = Gate(cap=1, quiet_from="00:00", quiet_until="00:00")


@pytest.fixture
def pairs(store: Store, now: datetime) -> list[list[Claim]]:
    """Two campaigns to the same customers, each claimed by a worker of its own; the cap allows one email to each."""
    with store.write() as session:
        town = found(session, now)
        customers = town.customers(CUSTOMERS)
        for name in ("one", "other"):
            town.run(town.campaign(name), customers)
        claimed = outbox.claim(session, "two workers", now, 2 * CUSTOMERS, timedelta(minutes=15))
    by_campaign: dict[int | None, list[Claim]] = {}
    for each in claimed:
        by_campaign.setdefault(each.campaign_id, []).append((each.id, each.epoch))
    return list(by_campaign.values())


def together(*works: object) -> None:
    """Begin all of these at the same moment, and wait for them."""
    start = threading.Barrier(len(works))

    def run(work: object) -> None:
        start.wait()
        work()  # type: ignore[operator]

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_two_workers_at_the_cap_hand_over_one_email_to_each_customer(
    store: Store, now: datetime, pairs: list[list[Claim]]
) -> None:
    judge = gate.judge(GATE)
    meet = threading.Barrier(2)

    def work(claims: list[Claim], backwards: bool) -> None:
        for start in range(0, CUSTOMERS, CUSTOMERS // ROUNDS):
            some = claims[start : start + CUSTOMERS // ROUNDS]
            meet.wait()
            with store.write() as session:
                outbox.hand_over(session, some[::-1] if backwards else some, now, judge)

    together(lambda: work(pairs[0], False), lambda: work(pairs[1], True))
    with store.read() as session:
        asked = sa.select(T.c.customer_id, T.c.state)
        left = Counter(who for who, state in session.execute(asked) if state is State.HANDED_OVER)
        capped = session.execute(sa.select(sa.func.count()).where(T.c.state == State.CAPPED)).scalar_one()
    assert set(left.values()) == {1}, "nobody gets more than the cap allows"
    assert len(left) == capped == CUSTOMERS, "and nobody less"


def test_a_hand_over_waits_for_nobody_and_a_withdrawal_is_before_it_or_after_it(
    store: Store, now: datetime, pairs: list[list[Claim]]
) -> None:
    claims, judge = pairs[0], gate.judge(GATE)
    with store.read() as session:
        whose = dict(session.execute(sa.select(T.c.id, T.c.customer_id)).all())
    gone: set[int] = set()
    held = threading.Event()

    def leave() -> None:
        held.wait()
        for message, _ in claims:
            with store.write() as session:
                decide(session, whose[message], "offers", False, now, "one-click")
            gone.add(message)

    def hand_over() -> None:
        with store.write() as session:
            allowed = outbox.hand_over(session, claims, now, judge)
            held.set()
            threading.Event().wait(0.2)  # a commit that takes its time
            before.update(gone)
        assert allowed == set(claims)

    before: set[int] = set()
    together(leave, hand_over)
    assert before == set(), "whoever leaves while an email is handed over has left after it, and sees it so"
    assert gone == {message for message, _ in claims}
