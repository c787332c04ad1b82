"""A number that is only shown is a minute old at most, and says so; what acts on it asks anew."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from mailer import clock
from mailer.errors import Invalid
from mailer.house import House
from mailer.people.customer import Customer
from mailer.segments.criteria import from_data
from mailer.segments.segment import save
from mailer.web.counted import EARLY, GOOD, LOOKED_AT, Memory


def test_it_is_asked_once_a_minute(now) -> None:
    asked: list[int] = []
    memory = Memory()

    def ask() -> int:
        asked.append(len(asked))
        return len(asked)

    times = (timedelta(), timedelta(seconds=59), GOOD, -timedelta(seconds=1))
    found = [memory.of(("quiet",), ask, now + each) for each in times]
    assert [each.answer for each in found] == [1, 1, 2, 3]
    assert found[1].at == now
    assert memory.of(("another",), ask, now).answer == 4


def test_what_was_looked_at_is_counted_anew_before_it_is_old(now) -> None:
    asked: list[str] = []
    memory = Memory()

    def ask() -> int:
        asked.append("")
        return len(asked)

    assert memory.of(("quiet",), ask, now).answer == 1
    assert memory.refresh(now + EARLY / 2) == 0  # as good as new
    assert memory.refresh(now + GOOD - EARLY) == 1
    looked = memory.of(("quiet",), ask, now + GOOD)
    assert (looked.answer, looked.at) == (2, now + GOOD - EARLY)  # who looks does not count
    assert memory.refresh(now + GOOD + LOOKED_AT) == 0  # nobody has looked for an hour
    assert len(asked) == 2


def test_what_cannot_be_asked_any_more_is_said_to_who_looks_next(now) -> None:
    memory = Memory()
    answers: list[int] = [1]

    def ask() -> int:
        if not answers:
            raise Invalid("there is no such field")
        return answers.pop()

    memory.of(("gone",), ask, now)
    memory.refresh(now + EARLY)
    with pytest.raises(Invalid):
        memory.of(("gone",), ask, now + EARLY)


def test_the_scheduler_counts_for_who_looks(browser: Callable, house: House, campaign, shop, now) -> None:
    nora = browser("nora")
    nora.get(f"/campaigns/{campaign.name}")
    [(name, step, seconds)] = house.beats
    assert name == "count"
    assert timedelta(seconds=seconds) <= GOOD - EARLY
    clock.move_to(now + GOOD)
    assert step() == 1
    assert step() == 0


def test_a_campaign_shows_how_many_and_when_it_was_counted(
    browser: Callable, house: House, campaign, segment, shop, now
) -> None:
    nora = browser("nora")
    assert '<span class="big">2</span>' in nora.get(f"/campaigns/{campaign.name}").get_data(as_text=True)
    with house.store.write() as session:  # another version of the question is another number at once
        wider = from_data({"all": [{"field": "days_since_basket", "op": "more_than", "value": 1}]})
        save(session, name="quiet", title="Gone quiet", description="", now=now, criteria=wider)
    assert '<span class="big">3</span>' in nora.get(f"/campaigns/{campaign.name}").get_data(as_text=True)
    with house.store.write() as session:
        customer = session.get_one(Customer, shop.bob.id)
        customer.first_name = "Robert"
        session.add(customer)
    clock.move_to(clock.now() + GOOD)
    assert nora.get("/").status_code == 200
