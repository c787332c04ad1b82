"""A set of customers is what a set of their ids is, whatever is done with it."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mailer.insights.members import Members

BELOW = 1 << 13
IDS = st.sets(st.integers(0, BELOW - 1), max_size=40)


def _members(ids: set[int]) -> Members:
    marked = np.zeros(BELOW, np.uint8)
    marked[sorted(ids)] = 1
    return Members.told(np.packbits(marked).tobytes(), BELOW)


@given(one=IDS, other=IDS)
def test_sets_are_joined_as_sets_are(one: set[int], other: set[int]) -> None:
    first, second = _members(one), _members(other)
    assert (first & second).ids().tolist() == sorted(one & other)
    assert (first | second).ids().tolist() == sorted(one | other)
    assert (first - second).ids().tolist() == sorted(one - other)
    assert len(first) == len(one)
    assert first.among([*one, *other]) == one


@given(ids=IDS, after=st.integers(-1, BELOW), limit=st.integers(1, 9))
def test_the_next_of_them_come_ascending(ids: set[int], after: int, limit: int) -> None:
    assert _members(ids).after(after, limit) == [id_ for id_ in sorted(ids) if id_ > after][:limit]


def test_nobody_is_a_set_too_and_an_id_beyond_it_is_not_in_it() -> None:
    nobody = Members.told(None, BELOW)
    assert len(nobody) == 0
    assert nobody.among([BELOW + 1, -1]) == set()
    assert _members({0, BELOW - 1}).among([-1, 0, BELOW - 1, BELOW]) == {0, BELOW - 1}
