"""A number that is only shown is a minute old at most, and says so; what acts on it asks anew."""

from collections.abc import Callable
from datetime import timedelta

from mailer import clock
from mailer.house import House
from mailer.people.customer import Customer
from mailer.segments.criteria import from_data
from mailer.segments.segment import save
from mailer.web.counted import GOOD, Memory


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
