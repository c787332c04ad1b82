import asyncio
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer import clock
from mailer.delivery.turns import Turns


class Moved:
    """A clock that sleeping moves."""

    def __init__(self) -> None:
        self.at = 1000.0

    async def sleep(self, seconds: float) -> None:
        self.at += seconds


def taken(rate: float, pauses: list[float]) -> list[float]:
    """When each got its turn, if so many seconds lie between one's turn and the next one's asking."""
    moved, times = Moved(), []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "monotonic", lambda: moved.at)
        patch.setattr("mailer.delivery.turns.asyncio.sleep", moved.sleep)
        turns = Turns(rate)

        async def run() -> None:
            for pause in pauses:
                moved.at += pause
                await turns.take()
                times.append(moved.at)

        asyncio.run(run())
    return times


@given(st.floats(0.1, 100), st.lists(st.floats(0, 30), min_size=2, max_size=40))
def test_whatever_comes_when_no_two_are_nearer_than_the_rate_allows(rate: float, pauses: list[float]) -> None:
    times = taken(rate, pauses)
    assert all(later - earlier >= 1 / rate - 1e-6 for earlier, later in pairwise(times))


@given(st.lists(st.floats(0, 3), min_size=1, max_size=20))
def test_without_a_rate_nobody_waits(pauses: list[float]) -> None:
    assert taken(0, pauses)[-1] == pytest.approx(1000 + sum(pauses))


def test_nobody_has_a_turn_while_all_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "monotonic", lambda: 50.0)
    turns = Turns(0)
    assert turns.wait == 0
    turns.rest(7)
    turns.rest(3)  # the longer one counts
    assert turns.wait == pytest.approx(7)
