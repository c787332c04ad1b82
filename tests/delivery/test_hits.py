"""Which clicks are a human's: what speaks for a machine, and what proves somebody."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.delivery.hits import BURST, NEAR, Asked, Hit, machine, proven

NOON = datetime(2026, 3, 16, 12, tzinfo=UTC)
PERSON = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari"


def click(seconds: float = 0, link: str = "1", machine: str = "") -> Hit:
    return Hit(message_id=1, what="click", link=link, at=NOON + timedelta(seconds=seconds), machine=machine)


@pytest.mark.parametrize("agent", [
    PERSON, "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari",
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (Linux; Android 16; Pixel 10) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36",
])  # fmt: skip
def test_a_browser_is_not_called_a_machine(agent: str) -> None:
    assert machine(Asked(agent, since_left=timedelta(minutes=1))) == ""


def test_the_plainest_reason_is_kept() -> None:
    asked = Asked("Googlebot/2.1", head=True, ahead=True, since_left=timedelta(seconds=1))
    reasons = [machine(asked), machine(asked._replace(head=False)), machine(asked._replace(head=False, ahead=False))]
    assert reasons == ["asked for the head only", "fetched ahead", "a program by its own name"]
    assert machine(Asked(PERSON, since_left=timedelta(seconds=1))) == "as soon as it left"


def test_nothing_is_proven_without_an_answer() -> None:
    assert proven([click()], []) is None


def test_an_answer_proves_a_click_before_it_and_after_it_for_a_day() -> None:
    for near, holds in ((NEAR, True), (-NEAR, True), (NEAR + timedelta(seconds=1), False)):
        assert (proven([click()], [NOON + near]) is not None) is holds


def test_of_several_the_first_that_no_machine_made_is_proven() -> None:
    clicks = [click(9), click(5), click(0, machine="fetched ahead")]
    assert proven(clicks, [NOON]) is clicks[1]


HITS = st.lists(st.builds(click, st.integers(0, 20), st.sampled_from("123"), st.sampled_from(["", "fetched ahead"])))


@given(HITS, st.lists(st.integers(-3, 3).map(lambda days: NOON + timedelta(days=days))))
def test_what_is_proven_stands_alone_and_near_an_answer(clicks: list[Hit], answers: list[datetime]) -> None:
    found = proven(clicks, answers)
    assert proven(clicks[::-1], answers[::-1]) == found or found is not None
    if found is not None:
        assert not found.machine
        assert any(abs(at - found.at) <= NEAR for at in answers)
        assert all(each.link == found.link for each in clicks if abs(each.at - found.at) <= BURST)
