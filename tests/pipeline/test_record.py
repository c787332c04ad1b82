"""Does every email that left become one event, whoever settled it, and however late the commit?"""

from datetime import timedelta

import sqlalchemy as sa
from sqlmodel import col, select

from mailer import clock
from mailer.delivery.outbox import State, T
from mailer.house import House
from mailer.insights.events import Event
from mailer.pipeline.record import LATE, record
from tests.drill import shop


def told(house: House) -> list[str]:
    with house.store.read() as session:
        return list(session.exec(select(Event.key).where(Event.name == "email_sent").order_by(col(Event.id))))


def settle(house: House, ids: list[int], state: State, at: object) -> None:
    with house.store.write() as session:
        session.execute(sa.update(T).where(T.c.id.in_(ids)).values(state=state, settled_at=at))


def test_what_left_becomes_an_event_once(tmp_path) -> None:
    house = shop.open_house(shop.found(tmp_path, 6, "memory:"))
    try:
        shop.choose(house)
        now = clock.now()
        settle(house, [1, 2], State.SENT, now)
        settle(house, [3], State.FAILED, now)
        record(house, now)
        assert told(house) == ["house:sent:1", "house:sent:2"]
        record(house, now)
        assert told(house) == ["house:sent:1", "house:sent:2"]
        settle(house, [4], State.SENT, now + timedelta(seconds=1))  # by a relay's log, perhaps: whoever says so
        record(house, now)
        assert told(house)[2:] == ["house:sent:4"]
        settle(house, [5], State.SENT, now - timedelta(seconds=1))  # committed after later ones were told
        record(house, now)
        assert "house:sent:5" not in told(house)
        clock.move_to(now + LATE + timedelta(minutes=1))
        record(house, clock.now())
        assert told(house)[3:] == ["house:sent:5"]
    finally:
        clock.reset()
        house.close()
