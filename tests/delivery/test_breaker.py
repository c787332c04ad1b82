from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from mailer.delivery.breaker import PROBE, Breaker


def test_it_opens_after_failures_and_lets_one_try_when_it_rested() -> None:
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


def test_a_try_that_never_ends_lets_another_one_follow() -> None:
    breaker = Breaker(failures=1, first=10)
    breaker.bad(0)
    assert breaker.wait(20) == 0
    assert breaker.wait(20 + PROBE - 1) > 0
    assert breaker.wait(20 + PROBE) == 0


@given(st.integers(1, 8), st.floats(0.1, 60), st.integers(1, 12), st.lists(st.floats(0, 30), min_size=1, max_size=300))
def test_an_outage_costs_few_tries_however_often_it_is_asked(
    failures: int, first: float, more: int, pauses: list[float]
) -> None:
    """Everybody who is told to go on fails: after the first failures each try is at least a rest away from the last."""
    breaker, now, tries = Breaker(failures, first, first * more), 0.0, []
    for pause in pauses:
        now += pause
        if breaker.wait(now) == 0:
            tries.append(now)
            breaker.bad(now)
    after = tries[failures - 1 :]
    assert all(later - earlier >= first for earlier, later in pairwise(after))
    assert breaker.wait(now) <= first * more * 1.25


@given(st.integers(1, 8), st.lists(st.booleans(), max_size=100))
def test_it_is_closed_unless_so_many_failed_in_a_row(failures: int, answers: list[bool]) -> None:
    breaker, row = Breaker(failures), 0
    for number, good in enumerate(answers):
        breaker.good() if good else breaker.bad(float(number))
        row = 0 if good else row + 1
        assert breaker.is_closed is (row < failures)
