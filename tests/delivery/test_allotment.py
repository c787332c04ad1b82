import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import select

from mailer.delivery import outbox
from mailer.delivery.allotment import Allotments, RelayDay
from mailer.delivery.message import Message, State, T
from mailer.delivery.policy import No
from mailer.delivery.ramp import Ramp
from mailer.store import Store, Urgency
from tests.delivery.conftest import Town, found, yes
from tests.delivery.test_outbox import states

LEASE = timedelta(minutes=15)


def claim(town: Town, allotments: Allotments, at: datetime) -> list[Message]:
    return outbox.claim(town.session, "me", at, 100, LEASE, allotments.at_claim(yes))


def hand_over(
    town: Town, allotments: Allotments, relay: str, messages: list[Message], at: datetime
) -> set[tuple[int, int]]:
    for message in messages:
        allotments.stand(message.id or 0, relay)
    claims = [(message.id or 0, message.epoch) for message in messages]
    done = outbox.hand_over(town.session, claims, at, allotments.at_dot(yes))
    for message in messages:
        allotments.leave(message.id or 0)
    return done


def waits(town: Town) -> list[Message]:
    town.session.expire_all()
    return [m for m in town.session.exec(select(Message).order_by(Message.id)) if m.state is State.WAITING]


def test_a_relay_takes_what_it_may_today_and_the_rest_waits_with_the_reason(town: Town) -> None:
    town.run(town.campaign(), town.customers(30))
    allotments = Allotments({"new": Ramp(town.now.date(), (10, 40))}, free=False)
    claimed = claim(town, allotments, town.now)
    assert len(claimed) == 10
    waiting = waits(town)
    assert len(waiting) == 20
    assert {m.reason for m in waiting} == {"paced: new has sent its 10 of today"}
    tomorrow = town.now.date() + timedelta(days=1)
    assert [m.next_at.date() for m in waiting] == [tomorrow] * 20
    assert len({m.next_at for m in waiting}) == 20  # no storm at midnight
    assert len(hand_over(town, allotments, "new", claimed, town.now)) == 10
    assert allotments.is_full("new", town.now.date())
    assert not allotments.is_full("new", tomorrow)
    midnight = datetime.combine(tomorrow, datetime.min.time(), UTC)
    assert len(claim(town, allotments, midnight)) == 1
    assert len(claim(town, allotments, midnight + timedelta(hours=23))) == 19


def test_what_was_taken_is_known_after_a_restart(town: Town) -> None:
    town.run(town.campaign(), town.customers(30))
    ramp = {"new": Ramp(town.now.date(), (10, 40))}
    first = Allotments(ramp, free=False)
    hand_over(town, first, "new", claim(town, first, town.now)[:7], town.now)
    town.session.execute(sa.update(T).values(state=State.READY).where(T.c.state == State.CLAIMED))
    again = Allotments(ramp, free=False)
    assert len(claim(town, again, town.now)) == 3


def test_at_the_dot_nobody_passes_beyond_the_number_whatever_was_claimed(town: Town) -> None:
    town.run(town.campaign(), town.customers(30))
    allotments = Allotments({"new": Ramp(town.now.date(), (10,))}, free=True)  # another relay has room
    claimed = claim(town, allotments, town.now)
    assert len(claimed) == 30
    assert len(hand_over(town, allotments, "new", claimed[:20], town.now)) == 10
    assert [(m.reason, m.next_at) for m in waits(town)] == [("paced: new has sent its 10 of today", town.now)] * 10
    assert len(hand_over(town, allotments, "warm", claimed[20:], town.now)) == 10  # not counted
    assert town.session.exec(select(RelayDay)).one().handed_over == 10
    assert len(claim(town, allotments, town.now)) == 10  # and now the others find their way


def test_what_the_gate_refuses_is_not_counted(town: Town) -> None:
    town.run(town.campaign(), town.customers(5))
    allotments = Allotments({"new": Ramp(town.now.date(), (10,))}, free=False)
    claimed = claim(town, allotments, town.now)
    for message in claimed:
        allotments.stand(message.id or 0, "new")
    from mailer.delivery.policy import Refusal

    def no(session: object, ids: list[int], now: datetime) -> dict[int, Refusal]:
        return {ident: Refusal(No.HELD, None, "a talk") for ident in ids[:2]}

    done = outbox.hand_over(town.session, [(m.id or 0, m.epoch) for m in claimed], town.now, allotments.at_dot(no))
    assert len(done) == 3
    assert town.session.exec(select(RelayDay)).one().handed_over == 3


def test_before_its_first_day_a_relay_takes_nothing(town: Town) -> None:
    town.run(town.campaign(), town.customers(3))
    begins = town.now.date() + timedelta(days=2)
    allotments = Allotments({"new": Ramp(begins, (10,))}, free=False)
    assert allotments.is_full("new", town.now.date())
    assert claim(town, allotments, town.now) == []
    assert {(m.reason, m.next_at.date()) for m in waits(town)} == {(f"paced: new begins on {begins}", begins)}


def test_two_relays_share_those_who_wait_by_what_each_may_take(town: Town) -> None:
    town.run(town.campaign(), town.customers(40))
    today = town.now.date()
    allotments = Allotments({"a": Ramp(today, (1, 30)), "b": Ramp(today, (1, 10))}, free=False)
    assert len(claim(town, allotments, town.now)) == 2
    told = Counter(m.reason for m in waits(town) if m.next_at.date() == today + timedelta(days=1))
    assert sum(told.values()) == 38
    assert 25 <= told["paced: a has sent its 1 of today"] <= 30


def test_warm_relays_and_houses_without_relays_know_no_limit(town: Town) -> None:
    town.run(town.campaign(), town.customers(5))
    warm = Allotments({"old": Ramp(town.now.date() - timedelta(days=9), (1, 2))}, free=False)
    claimed = claim(town, warm, town.now)
    assert len(hand_over(town, warm, "old", claimed, town.now)) == 5
    assert not warm.is_full("old", town.now.date())
    assert not Allotments().is_full("old", town.now.date())
    assert states(town.session).count(State.HANDED_OVER) == 5
    assert town.session.exec(select(RelayDay)).all() == []


@pytest.mark.parametrize("workers", [4])
def test_several_workers_together_pass_no_more_than_the_relay_may_take(
    store: Store, now: datetime, workers: int
) -> None:
    with store.write() as session:
        town = found(session, now)
        town.run(town.campaign(), town.customers(80))
    ramp = {"new": Ramp(now.date(), (50,))}

    def work(mine: int) -> None:
        allotments = Allotments(ramp, free=True)  # nothing is held back at the claim: the dot alone has to hold
        with store.write(Urgency.MAIL) as session:
            claims = [(m.id or 0, m.epoch) for m in outbox.claim(session, f"w{mine}", now, 20, LEASE)]
        for message, _ in claims:
            allotments.stand(message, "new")
        for start in range(0, len(claims), 4):
            with store.write(Urgency.MAIL) as session:
                outbox.hand_over(session, claims[start : start + 4], now, allotments.at_dot(yes))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.read() as session:
        assert states(session).count(State.HANDED_OVER) == 50
        assert session.exec(select(RelayDay)).one().handed_over == 50
