from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from mailer.errors import Invalid
from mailer.people import accounts, sign_in
from mailer.people.attempts import Attempt, allowed, forgive
from mailer.people.passes import LASTS, Pass, PassFor, holder, issue, redeem
from mailer.people.staff import Role, Staff, WorkingHours, set_password

NewStaff = Callable[..., Staff]


@pytest.mark.parametrize("what", PassFor)
def test_a_pass_lasts_so_long_and_is_good_once(session: Session, now: datetime, new_staff: NewStaff, what) -> None:
    maya = new_staff("Maya Lindqvist")
    code = issue(session, maya, what, now)
    assert holder(session, code, now + LASTS[what] - timedelta(seconds=1)) == maya
    assert holder(session, code, now + LASTS[what]) is None
    redeem(session, code, "a few plain words", now)
    assert maya.accepts("a few plain words")
    with pytest.raises(Invalid, match="not good any more"):
        redeem(session, code, "some other words", now)


def test_only_the_hash_of_a_pass_is_kept_and_a_newer_one_ends_it(
    session: Session, now: datetime, new_staff: NewStaff
) -> None:
    maya = new_staff("Maya Lindqvist")
    first, second = (issue(session, maya, PassFor.RESET, now) for _ in range(2))
    session.flush()
    assert not {first, second} & set(session.exec(select(Pass.digest)))
    assert holder(session, first, now) is None
    assert holder(session, second, now) == maya


def test_a_short_password_uses_no_pass_up(session: Session, now: datetime, new_staff: NewStaff) -> None:
    maya = new_staff("Maya Lindqvist")
    code = issue(session, maya, PassFor.RESET, now)
    with pytest.raises(Invalid, match="at least"):
        redeem(session, code, "short", now)
    assert holder(session, code, now) == maya


def test_who_is_not_let_in_has_no_pass(session: Session, now: datetime, new_staff: NewStaff) -> None:
    maya = new_staff("Maya Lindqvist")
    code = issue(session, maya, PassFor.RESET, now)
    maya.active = False
    assert holder(session, code, now) is None


def test_a_new_password_or_role_ends_every_sign_in_however_it_was_changed(
    session: Session, now: datetime, new_staff: NewStaff
) -> None:
    maya = new_staff("Maya Lindqvist")
    _, token = sign_in.begin(session, maya, now, 12)
    maya.role = Role.ADMINISTRATOR
    assert sign_in.signed_in(session, token, now) is None
    _, token = sign_in.begin(session, maya, now, 12)
    assert len(sign_in.open_ones(session, maya, now)) == 1
    set_password(maya, "a few plain words")
    assert sign_in.signed_in(session, token, now) is None
    assert sign_in.open_ones(session, maya, now) == []


def test_somebody_joins_without_a_password_and_may_get_another_role(session: Session, now: datetime) -> None:
    eva = accounts.join(session, name=" Eva Roth ", email="Eva@Example.com", role=Role.REPRESENTATIVE, now=now)
    assert (eva.name, eva.email) == ("Eva Roth", "eva@example.com")
    assert not eva.accepts("")
    assert len(session.exec(select(WorkingHours).where(WorkingHours.staff_id == eva.id)).all()) == 5
    with pytest.raises(Invalid, match="staff already"):
        accounts.join(session, name="Eva", email="eva@example.com", role=Role.MARKETER, now=now)
    _, token = sign_in.begin(session, eva, now, 12)
    assert not accounts.change(session, eva, Role.REPRESENTATIVE, True, now)
    assert sign_in.signed_in(session, token, now) == eva
    assert accounts.change(session, eva, Role.MARKETER, True, now)
    assert sign_in.signed_in(session, token, now) is None


def test_so_many_attempts_within_the_window(session: Session, now: datetime) -> None:
    assert [allowed(session, {"a": 2, "b": 3}, now) for _ in range(3)] == [True, True, False]
    assert [allowed(session, {"c": 2, "b": 3}, now) for _ in range(2)] == [True, False]
    forgive(session, ["b"])
    assert allowed(session, {"c": 2, "b": 3}, now)
    assert allowed(session, {"a": 2}, now + timedelta(minutes=15))
    assert {row.at for row in session.exec(select(Attempt))} == {now + timedelta(minutes=15)}
