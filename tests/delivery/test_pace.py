from datetime import timedelta

import pytest
from sqlmodel import select

from mailer import clock
from mailer.delivery import outbox
from mailer.delivery.message import Message, State
from mailer.delivery.pace import Pace
from mailer.delivery.policy import No
from mailer.delivery.transport import Outcome, Receipt
from tests.delivery.conftest import Town, yes
from tests.delivery.test_outbox import states

BUSY = Receipt(Outcome.DEFERRED, 421, "4.7.0 Try again later")
OK = Receipt(Outcome.ACCEPTED, 250)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    at = [1000.0]
    monkeypatch.setattr(clock, "monotonic", lambda: at[0])
    return at


def test_what_exceeds_the_pace_waits_each_for_a_time_of_its_own(town: Town, at: list[float]) -> None:
    town.run(town.campaign(), town.customers(30))
    pace = Pace({"example.com": 5})
    claimed = outbox.claim(town.session, "me", town.now, 100, timedelta(minutes=5), pace.judge(yes))
    assert len(claimed) == 10  # two seconds' worth go at once
    assert states(town.session).count(State.WAITING) == 20
    due = sorted(m.next_at for m in town.session.exec(select(Message)) if m.state is State.WAITING)
    assert [(when - town.now).total_seconds() for when in due] == pytest.approx([(n + 1) / 5 for n in range(20)])


def test_whoever_waited_goes_when_it_is_time_and_before_who_comes_later(town: Town, at: list[float]) -> None:
    town.run(town.campaign(), town.customers(30))
    pace, taken = Pace({"example.com": 5}), 0
    for second in range(8):
        now = town.now + timedelta(seconds=second)
        taken += len(outbox.claim(town.session, "me", now, 100, timedelta(minutes=5), pace.judge(yes)))
        assert taken <= 10 + 5 * second
        at[0] += 1
    assert taken == 30


def test_a_domain_that_complains_is_left_alone_and_others_are_not(at: list[float], town: Town) -> None:
    pace = Pace({})
    pace.learn([("a@busy.example", BUSY), ("b@busy.example", BUSY)])
    refusal = pace.ask("busy.example", False, town.now)
    assert refusal
    assert refusal.no is No.PACED
    assert timedelta(seconds=60) <= (refusal.until or town.now) - town.now <= timedelta(seconds=75)
    assert pace.ask("calm.example", False, town.now) is None
    at[0] += 80
    assert pace.ask("busy.example", True, town.now) is None  # one asks again
    assert pace.ask("busy.example", True, town.now)
    pace.learn([("a@busy.example", BUSY)])
    again = pace.ask("busy.example", True, town.now)
    assert again
    assert (again.until or town.now) - town.now >= timedelta(seconds=120)
    at[0] += 200
    pace.learn([("a@busy.example", OK)])
    assert [pace.ask("busy.example", True, town.now) for _ in range(5)] == [None] * 5


@pytest.mark.parametrize("reply", [(450, "4.2.2 Mailbox full"), (451, "4.3.0 Trouble of our own"), (550, "5.7.1 No")])
def test_what_is_about_one_mailbox_slows_nobody_down(reply: tuple[int, str], town: Town) -> None:
    pace = Pace({})
    pace.learn([("a@x.example", Receipt(Outcome.DEFERRED, *reply))])
    assert pace.ask("x.example", False, town.now) is None
