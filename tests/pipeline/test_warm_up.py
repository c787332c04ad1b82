"""A relay that warms up, on the path every email takes: what is sent, what waits, and what a restart remembers."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import select

from mailer import clock, pipeline
from mailer.delivery import departing
from mailer.delivery.message import Kind, Message, State, T
from mailer.house import House
from mailer.paths import Home
from mailer.settings import Delivery, RelaySection, Settings

TODAY = datetime(2026, 3, 16, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def moved() -> Iterator[None]:
    clock.move_to(TODAY)
    yield
    clock.reset()


def opened(folder: Path, *more: RelaySection) -> House:
    warm_up = {"from": TODAY.date(), "days": (3, 4)}
    new = RelaySection(name="new", url="file:new", weight=10**9, warm_up=warm_up)
    house = House(Home(folder), Settings(delivery=Delivery(relays=(new, *more), connections=2)))
    house.store.create()
    return house


def written(house: House, many: int) -> None:
    with house.store.write() as session:
        for number in range(many):
            departing.enqueue_one(
                session, kind=Kind.ANSWER, address=f"c{number}@example.com", staff_id=None, customer_id=None,
                message_id=f"m{number}@example.com", subject="Re", letter={"subject": "Re", "text": "Yes"}, headers={},
                now=clock.now(),
            )  # fmt: skip


def states(house: House) -> Counter[State]:
    with house.store.read() as session:
        return Counter(session.exec(select(Message.state)))


def arrived(house: House, name: str) -> int:
    return len(list((house.home.root / name).glob("*.eml")))


def test_a_day_takes_its_number_a_restart_knows_it_and_the_rest_leaves_on_the_next_days(tmp_path: Path) -> None:
    house = opened(tmp_path)
    written(house, 9)
    pipeline.send(house)
    assert (states(house), arrived(house, "new")) == ({State.SENT: 3, State.WAITING: 6}, 3)
    with house.store.read() as session:
        waiting = session.exec(select(Message).where(Message.state == State.WAITING)).all()
        assert {message.reason for message in waiting} == {"paced: new has sent its 3 of today"}
    house.close()

    house = opened(tmp_path)  # again, the same day
    with house.store.write() as session:
        session.execute(sa.update(T).values(next_at=TODAY).where(T.c.state == State.WAITING))
    pipeline.send(house)
    assert states(house)[State.SENT] == 3
    clock.move_to(TODAY.replace(hour=23, minute=59) + timedelta(days=1))
    while pipeline.send(house):
        pass
    assert states(house) == {State.SENT: 7, State.WAITING: 2}
    clock.move_to(TODAY + timedelta(days=3))  # warm
    pipeline.send(house)
    assert states(house) == {State.SENT: 9}
    house.close()


def test_what_a_new_relay_may_not_take_leaves_through_the_old_one_on_the_same_day(tmp_path: Path) -> None:
    house = opened(tmp_path, RelaySection(name="old", url="file:old"))
    written(house, 9)
    while pipeline.send(house):
        pass
    assert states(house) == {State.SENT: 9}
    assert (arrived(house, "new"), arrived(house, "old")) == (3, 6)
    house.close()
