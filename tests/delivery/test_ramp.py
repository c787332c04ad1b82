from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from mailer.delivery.ramp import Ramp
from mailer.settings import WarmUp

BEGINS = date(2026, 11, 1)
DAY = timedelta(days=1)

ramps = st.one_of(
    st.builds(
        lambda first, factor, more: WarmUp(**{"from": BEGINS}, first_day=first, factor=factor, warm=first * more),
        st.integers(1, 300), st.floats(1.2, 3), st.integers(2, 40),
    ),
    st.builds(lambda days: WarmUp(**{"from": BEGINS}, days=days), st.lists(st.integers(1, 60), min_size=1, max_size=8)),
).map(Ramp.of)  # fmt: skip


def test_it_grows_by_its_factor_and_then_has_no_limit() -> None:
    ramp = Ramp.of(WarmUp(**{"from": BEGINS}, first_day=200, factor=1.5, warm=1000))
    assert [ramp.allowed(BEGINS + n * DAY) for n in range(-1, 6)] == [0, 200, 300, 450, 675, None, None]


def test_a_list_is_taken_as_it_is() -> None:
    ramp = Ramp.of(WarmUp(**{"from": BEGINS}, days=(5, 3, 100)))
    assert [ramp.allowed(BEGINS + n * DAY) for n in range(4)] == [5, 3, 100, None]


@given(st.integers(1, 500), st.floats(1.01, 10), st.integers(1, 10**6))
def test_by_a_factor_no_day_has_less_than_the_one_before(first: int, factor: float, more: int) -> None:
    ramp = Ramp.of(WarmUp(**{"from": BEGINS}, first_day=first, factor=factor, warm=first + more))
    assert ramp.steps[0] == first
    assert list(ramp.steps) == sorted(ramp.steps)
    assert ramp.steps[-1] < first + more
    assert ramp.allowed(BEGINS + len(ramp.steps) * DAY) is None


@given(ramps, st.integers(-5, 12))
def test_whoever_waits_has_a_place_on_a_later_day_and_no_day_has_more_than_it_may(ramp: Ramp, start: int) -> None:
    today = BEGINS + start * DAY
    places = [ramp.place(n, today) for n in range(400)]
    assert places == sorted(places)
    assert all(place.date() > today for place in places)
    for day, many in Counter(place.date() for place in places).items():
        allowed = ramp.allowed(day)
        assert allowed is None or many <= allowed


@given(ramps)
def test_no_hour_of_a_day_has_much_more_than_its_share(ramp: Ramp) -> None:
    today = BEGINS - DAY
    many = ramp.steps[0]
    hours = Counter(ramp.place(n, today).hour for n in range(many))
    assert max(hours.values()) <= many / 24 + 1


def test_the_first_place_is_at_midnight_utc() -> None:
    assert Ramp(BEGINS, (2, 4)).place(0, BEGINS) == datetime(2026, 11, 2, tzinfo=UTC)
    assert Ramp(BEGINS, (2, 4)).place(1, BEGINS) == datetime(2026, 11, 2, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    "given",
    [{}, {"days": [1], "first_day": 5}, {"days": [0]}, {"first_day": 5, "factor": 1}, {"first_day": 5, "warm": 5}],
)
def test_a_ramp_that_is_none_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        WarmUp(**({"from": BEGINS} | given))
