from collections.abc import Callable
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from mailer.people.sign_in import SignIn, begin, end, end_all, recognise, signed_in
from mailer.people.staff import Staff, set_password

NewStaff = Callable[..., Staff]


def test_a_sign_in_lasts_so_many_hours(session: Session, now: datetime, new_staff: NewStaff) -> None:
    maya = new_staff("Maya Lindqvist")
    _, token = begin(session, maya, now, 12)
    assert signed_in(session, token, now + timedelta(hours=11, minutes=59)) == maya
    assert signed_in(session, token, now + timedelta(hours=12)) is None
    assert signed_in(session, "something else", now) is None


def test_what_the_database_holds_opens_nothing(session: Session, now: datetime, new_staff: NewStaff) -> None:
    row, token = begin(session, new_staff("Maya Lindqvist"), now, 12)
    assert token not in row.token
    assert signed_in(session, row.token, now) is None


def test_ending_one_sign_in_leaves_the_others(session: Session, now: datetime, new_staff: NewStaff) -> None:
    maya, jonas = new_staff("Maya Lindqvist"), new_staff("Jonas Weber")
    tokens = [begin(session, staff, now, 12)[1] for staff in (maya, maya, jonas)]
    end(session, tokens[0], now)
    assert [signed_in(session, token, now) for token in tokens] == [None, maya, jonas]
    end_all(session, maya.id, now + timedelta(hours=1))
    assert [signed_in(session, token, now) for token in tokens] == [None, None, jonas]
    assert session.exec(select(SignIn.ended_at).order_by(col(SignIn.ended_at).nulls_first())).all()[-2:] == [
        now,
        now + timedelta(hours=1),
    ]


def test_who_leaves_is_signed_out(session: Session, now: datetime, new_staff: NewStaff) -> None:
    maya = new_staff("Maya Lindqvist")
    _, token = begin(session, maya, now, 12)
    maya.active = False
    assert signed_in(session, token, now) is None


def test_an_address_and_its_password_recognise_somebody(session: Session, new_staff: NewStaff) -> None:
    maya = new_staff("Maya Lindqvist")
    set_password(maya, "lifeline")
    session.flush()
    assert recognise(session, " Maya@Lifeline.example", "lifeline") == maya
    assert recognise(session, "maya@lifeline.example", "lifelines") is None
    assert recognise(session, "nobody@lifeline.example", "lifeline") is None
