"""Times for a call: what is offered can be promised, once."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from mailer.inbox import conversation, promised_call
from mailer.inbox.conversation import EntryKind
from mailer.inbox.promised_call import SLOT, SOONEST, _next_half
from mailer.people.customer import Customer
from mailer.people.staff import Role, Staff, WorkingHours, is_here


def maya(session: Session, now: datetime, zone: str = "Asia/Kolkata") -> Staff:
    staff = Staff(email="m@x", name="Maya", role=Role.REPRESENTATIVE, time_zone=zone, created_at=now)
    session.add(staff)
    session.flush()
    session.add_all(WorkingHours(staff_id=staff.id or 0, weekday=day, opens="09:15") for day in (0, 2, 4))
    session.flush()
    return staff


def ann(session: Session, now: datetime) -> Customer:
    customer = Customer(email="ann@example.com", created_at=now, updated_at=now)
    session.add(customer)
    session.flush()
    return customer


def test_what_is_offered_is_whole_slots_within_five_working_days(session: Session, now: datetime) -> None:
    staff = maya(session, now)
    slots = promised_call.slots(session, staff, now)
    assert slots == sorted(set(slots))
    assert len({each.date() for each in slots}) == 5
    for at in slots:
        assert at >= now + SOONEST
        assert is_here(session, staff.id or 0, at)
        assert is_here(session, staff.id or 0, at + SLOT - timedelta(seconds=1))


def test_a_slot_is_promised_once_and_the_same_wish_once(session: Session, now: datetime) -> None:
    staff, customer = maya(session, now), ann(session, now)
    first, second = promised_call.slots(session, staff, now)[:2]
    talk = conversation.ask(session, customer, None, "Please call 1.", EntryKind.CALL, now)
    promised = promised_call.promise(session, talk, staff, first, now)
    assert promised is not None
    assert promised_call.promise(session, talk, staff, second, now) == promised
    other = conversation.ask(session, customer, None, "Please call 2.", EntryKind.CALL, now)
    assert promised_call.promise(session, other, staff, first, now) is None
    assert first not in promised_call.slots(session, staff, now)
    assert promised_call.promised(session, talk, now) == [(staff, first)]
    assert promised_call.promised(session, talk, first + timedelta(days=2)) == []


def test_without_a_wish_to_be_called_nothing_is_promised(session: Session, now: datetime) -> None:
    staff = maya(session, now)
    talk = conversation.ask(session, ann(session, now), None, "Hello", EntryKind.REPLY, now)
    assert promised_call.promise(session, talk, staff, promised_call.slots(session, staff, now)[0], now) is None


@given(st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)))
def test_slots_begin_at_the_full_or_half_hour(naive: datetime) -> None:
    from datetime import UTC

    at = _next_half(naive.replace(tzinfo=UTC))
    assert at.minute in (0, 30)
    assert timedelta() <= at - naive.replace(tzinfo=UTC) < SLOT
