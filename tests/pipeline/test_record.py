"""What happens between customers and us becomes an event, once, whoever looks and however often."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import Session, col, select

from mailer import clock
from mailer.delivery.message import Kind, Message, State, T
from mailer.house import House
from mailer.inbox.conversation import Conversation, Entry, EntryKind
from mailer.insights.events import Event
from mailer.insights.recorded import Recorded
from mailer.paths import Home
from mailer.people.consent import Topic, decide
from mailer.people.customer import Customer
from mailer.people.hold import end_hold, open_hold
from mailer.pipeline import record
from mailer.pipeline.record import LATE
from mailer.replies.inbound import InboundEmail, InboundState, Trust, Verdict
from mailer.segments import segment as segments
from mailer.segments.criteria import from_data
from mailer.store import CHUNK
from tests.drill import shop

ANN = 1


@pytest.fixture
def house(tmp_path: Path, now: datetime) -> Iterator[House]:
    house = House(Home(tmp_path))
    house.store.create()
    with house.store.write() as session:
        session.add(Customer(id=ANN, email="ann@example.com", created_at=now, updated_at=now))
        session.add(Topic(id="offers", name="Offers"))
    yield house
    house.close()


def told(house: House) -> list[tuple[str, dict[str, object]]]:
    with house.store.read() as session:
        return [(event.name, event.properties) for event in session.exec(select(Event).order_by(Event.id))]


def names(house: House) -> list[str]:
    return [name for name, _ in told(house)]


def message(now: datetime, state: State = State.SENT, n: int = 1, **more: object) -> Message:
    settled = None if state in (State.READY, State.HANDED_OVER) else now
    given = {"kind": Kind.CAMPAIGN, "customer_id": ANN, "topic_id": "offers", **more}
    return Message(state=state, address="ann@example.com", message_id=f"{n}@example.com", due_at=now, next_at=now,
                   created_at=now, settled_at=settled, **given)  # fmt: skip


def talk(session: Session, now: datetime, entry: EntryKind, trust: Trust | None = None) -> None:
    """A conversation of Ann's with one entry; with a trust, it came by email."""
    conversation = Conversation(customer_id=ANN, address="ann@example.com", opened_at=now)
    session.add(conversation)
    inbound = None
    if trust:
        inbound = InboundEmail(digest=trust, envelope_from="ann@example.com", envelope_to="r@example.com", size=1)
        inbound.received_at, inbound.state, inbound.verdict = now, InboundState.ROUTED, Verdict.REPLY
        inbound.trust = trust
        session.add(inbound)
    session.flush()
    session.add(Entry(conversation_id=conversation.id or 0, kind=entry, at=now, text="…",
                      inbound_id=inbound.id if inbound else None))  # fmt: skip


def test_each_kind_of_row_becomes_its_event_once(house: House, now: datetime) -> None:
    with house.store.write() as session:
        session.add(message(now))
        decide(session, ANN, "offers", True, now, "import", "yes")
        decide(session, ANN, "offers", False, now, "link")
        end_hold(session, open_hold(session, ANN, "a person talks with them", now), now + timedelta(hours=1))
        talk(session, now, EntryKind.REPLY, Trust.VERIFIED)
        talk(session, now, EntryKind.REPLY)
        talk(session, now, EntryKind.CALL)
        talk(session, now, EntryKind.ANSWER)
        talk(session, now, EntryKind.NOTE)
    assert record.record(house, now) == 9
    assert sorted(names(house)) == sorted([
        "email_sent", "consent_given", "unsubscribed", "conversation_opened", "conversation_ended", "replied", "wrote",
        "asked_for_call", "answered",
    ])  # fmt: skip
    assert record.record(house, now + timedelta(minutes=1)) == 0
    assert len(told(house)) == 9


@pytest.mark.parametrize("state", sorted(set(State) - {State.SENT}))
def test_only_what_left_is_sent(house: House, now: datetime, state: State) -> None:
    with house.store.write() as session:
        session.add(message(now, state))
    assert record.record(house, now) == 0


def test_what_leaves_later_is_told_then_and_keeps_its_time(house: House, now: datetime) -> None:
    with house.store.write() as session:
        session.add(message(now, State.IN_DOUBT, 1))
        session.add(message(now, State.READY, 2))
        session.add(message(now, State.SENT, 3))
    assert record.record(house, now) == 1
    later = now + timedelta(minutes=2)
    with house.store.write() as session:
        for one in session.exec(select(Message).where(Message.state != State.SENT)):
            one.state, one.settled_at = State.SENT, later
            session.add(one)
    assert record.record(house, later) == 2
    with house.store.read() as session:
        assert {event.at for event in session.exec(select(Event))} == {now, later}


def test_an_email_to_staff_is_nobodys_event(house: House, now: datetime) -> None:
    with house.store.write() as session:
        session.add(message(now, kind=Kind.NOTICE, customer_id=None, topic_id=None))
    assert record.record(house, now) == 0


def test_what_is_empty_is_left_out(house: House, now: datetime) -> None:
    with house.store.write() as session:
        session.add(message(now, kind=Kind.ANSWER, topic_id=None))
    record.record(house, now)
    ((name, properties),) = told(house)
    assert (name, sorted(properties)) == ("email_sent", ["kind", "message"])


@pytest.mark.parametrize(
    ("trust", "expected"),
    [(Trust.VERIFIED, ["replied"]), (Trust.LIKELY, ["replied"]), (Trust.OTHER_SENDER, []), (Trust.UNVERIFIED, []),
     (Trust.SUSPECT, [])],
)  # fmt: skip
def test_only_the_customers_own_mailbox_replied(house: House, now: datetime, trust: Trust, expected: list[str]) -> None:
    with house.store.write() as session:
        talk(session, now, EntryKind.REPLY, trust)
    record.record(house, now)
    assert names(house) == expected


def test_more_rows_than_are_read_at_once_are_all_told(house: House, now: datetime) -> None:
    with house.store.write() as session:
        for n in range(CHUNK + 3):
            decide(session, ANN, "offers", bool(n % 2), now, "import")
        session.add_all(message(now, n=n) for n in range(CHUNK + 3))
    assert record.record(house, now) == 2 * (CHUNK + 3)
    assert record.record(house, now) == 0


def test_a_record_that_dies_before_its_cursor_moved_tells_nothing_twice(house: House, now: datetime) -> None:
    with house.store.write() as session:
        session.add(message(now))
        decide(session, ANN, "offers", True, now, "import")
        talk(session, now, EntryKind.CALL)
    assert record.record(house, now) == 3
    with house.store.write() as session:
        for cursor in session.exec(select(Recorded)).all():
            session.delete(cursor)  # as if the events had been committed and the cursors not
    assert record.record(house, now) == 0
    assert len(told(house)) == 3


def test_a_hold_that_ends_later_is_told_when_it_ends(house: House, now: datetime) -> None:
    asked = from_data({"in_conversation": True})
    with house.store.write() as session:
        hold = open_hold(session, ANN, "a person talks with them", now)
    for moment, talking in ((now, True), (now + timedelta(hours=2), False)):
        with house.store.write() as session:
            if not talking:
                end_hold(session, session.merge(hold), moment)
        record.record(house, moment)
        with house.store.read() as session:
            house.warehouse.fold(session, moment)
        assert segments.count(house.warehouse, asked, moment) == talking


def sent(house: House) -> list[str]:
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
        record.record(house, now)
        assert sent(house) == ["house:sent:1", "house:sent:2"]
        record.record(house, now)
        assert sent(house) == ["house:sent:1", "house:sent:2"]
        settle(house, [4], State.SENT, now + timedelta(seconds=1))  # by a relay's log, perhaps: whoever says so
        record.record(house, now)
        assert sent(house)[2:] == ["house:sent:4"]
        settle(house, [5], State.SENT, now - timedelta(seconds=1))  # committed after later ones were told
        record.record(house, now)
        assert "house:sent:5" not in sent(house)
        clock.move_to(now + LATE + timedelta(minutes=1))
        record.record(house, clock.now())
        assert sent(house)[3:] == ["house:sent:5"]
    finally:
        clock.reset()
        house.close()
