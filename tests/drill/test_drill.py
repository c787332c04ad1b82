import pytest

from tests.drill.kills import drill
from tests.drill.result import Given


def test_killed_again_and_again_nothing_is_sent_twice_and_nothing_is_lost_unseen() -> None:
    found = drill(Given(messages=300, seed=7), kills=4, connections=8)
    assert found.holds, found
    assert found.kills == 4
    assert found.delivered + found.in_doubt - found.in_doubt_and_delivered == 300


@pytest.mark.slow
def test_marking_after_the_answer_sends_twice_and_the_drill_sees_it() -> None:
    found = drill(Given(messages=400, seed=7, wrong="mark-after"), kills=6, connections=8)
    assert found.twice
    assert not found.holds


@pytest.mark.slow
def test_marking_before_the_message_leaves_loses_it_and_the_drill_sees_it() -> None:
    found = drill(Given(messages=200, seed=7, wrong="mark-before"), kills=2, connections=8)
    assert found.lost_unseen
    assert not found.holds
