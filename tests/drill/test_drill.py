import pytest

from tests.drill.__main__ import drill


def test_killed_again_and_again_nothing_is_sent_twice_and_nothing_is_lost_unseen() -> None:
    found = drill(kills=4, messages=300, seed=7)
    assert (found.kills, found.twice, found.lost_unseen, found.unfinished) == (4, 0, 0, 0)
    assert found.in_doubt_most_per_kill <= found.connections
    assert found.delivered + found.in_doubt - found.in_doubt_and_delivered == 300
    assert found.holds


@pytest.mark.slow
def test_marking_after_the_answer_sends_twice_and_the_drill_sees_it() -> None:
    found = drill(kills=6, messages=400, seed=7, wrong="mark-after")
    assert found.twice
    assert not found.holds


@pytest.mark.slow
def test_marking_before_the_message_leaves_loses_it_and_the_drill_sees_it() -> None:
    found = drill(kills=2, messages=200, seed=7, wrong="mark-before")
    assert found.lost_unseen
    assert not found.holds
