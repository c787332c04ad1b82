from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from mailer.mail.seal import Seal
from mailer.people import second_step
from mailer.people.second_step import RecoveryCode, SecondStep, step_of, totp
from mailer.people.staff import Staff

NewStaff = Callable[..., Staff]
SEAL = Seal(b"a secret of thirty-two bytes or so")
RFC_6238 = (  # appendix B: seconds of the epoch, and the code of eight digits with SHA-1
    (59, "94287082"), (1111111109, "07081804"), (1111111111, "14050471"), (1234567890, "89005924"),
    (2000000000, "69279037"), (20000000000, "65353130"),
)  # fmt: skip
RFC_4226 = ("755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489")


@pytest.mark.parametrize(("seconds", "code"), RFC_6238)
def test_the_codes_are_those_of_rfc_6238(seconds: int, code: str) -> None:
    assert totp(b"12345678901234567890", seconds // 30, 8) == code


def test_the_codes_are_those_of_rfc_4226() -> None:
    assert tuple(totp(b"12345678901234567890", count) for count in range(10)) == RFC_4226


@pytest.fixture
def ida(new_staff: NewStaff) -> Staff:
    return new_staff("Ida Berg")


def code_at(session: Session, staff: Staff, at: datetime) -> str:
    row = session.get_one(SecondStep, staff.id)
    key = bytes.fromhex(SEAL.open(row.secret, f"second step of {staff.public_id}") or "")
    return totp(key, step_of(at))


def enrolled(session: Session, staff: Staff, now: datetime) -> list[str]:
    second_step.begin(session, staff, SEAL, now)
    return second_step.confirm(session, staff, SEAL, code_at(session, staff, now), now)


def test_a_key_counts_for_nothing_before_it_is_confirmed(session: Session, now: datetime, ida: Staff) -> None:
    second_step.begin(session, ida, SEAL, now)
    assert not second_step.is_asked(session, ida)
    assert len(second_step.typed(session, ida, SEAL)) == 32
    assert second_step.confirm(session, ida, SEAL, "000000", now) == []
    assert len(second_step.confirm(session, ida, SEAL, code_at(session, ida, now), now)) == second_step.CODES
    assert second_step.is_asked(session, ida)
    assert second_step.typed(session, ida, SEAL) == ""


def test_a_code_is_good_once_and_only_about_now(session: Session, now: datetime, ida: Staff) -> None:
    enrolled(session, ida, now)
    assert not second_step.accepts(session, ida, SEAL, code_at(session, ida, now), now)  # it confirmed the key
    later = now + timedelta(minutes=5)
    code = code_at(session, ida, later)
    assert not second_step.accepts(session, ida, SEAL, code, later + timedelta(seconds=61))
    assert second_step.accepts(session, ida, SEAL, f"{code[:3]} {code[3:]}", later + timedelta(seconds=30))
    assert not second_step.accepts(session, ida, SEAL, code, later)


def test_a_recovery_code_stands_in_once(session: Session, now: datetime, ida: Staff, new_staff: NewStaff) -> None:
    codes = enrolled(session, ida, now)
    kept = session.exec(select(RecoveryCode.digest)).all()
    assert len(kept) == second_step.CODES
    assert not {code.replace("-", "") for code in codes} & set(kept)
    assert second_step.accepts(session, ida, SEAL, codes[0].upper(), now)
    assert not second_step.accepts(session, ida, SEAL, codes[0], now)
    other = new_staff("Jonas Weber")
    enrolled(session, other, now)
    assert not second_step.accepts(session, other, SEAL, codes[1], now)


def test_a_begun_key_does_not_replace_a_confirmed_one(session: Session, now: datetime, ida: Staff) -> None:
    enrolled(session, ida, now)
    before = session.get_one(SecondStep, ida.id).secret
    second_step.begin(session, ida, SEAL, now)
    assert session.get_one(SecondStep, ida.id).secret == before


def test_the_key_in_the_database_opens_only_for_its_owner_in_its_house(
    session: Session, now: datetime, ida: Staff
) -> None:
    second_step.begin(session, ida, SEAL, now)
    sealed = session.get_one(SecondStep, ida.id).secret
    assert SEAL.open(sealed, f"second step of {ida.public_id}")
    assert SEAL.open(sealed, "second step of somebody else") is None
    assert Seal(b"another house").open(sealed, f"second step of {ida.public_id}") is None
    assert SEAL.open("not sealed at all", "") is None


def test_phones_understand_the_address(ida: Staff) -> None:
    told = second_step.address(ida, "My Shop", "ABC")
    assert told == f"otpauth://totp/My%20Shop%3A{ida.email.replace('@', '%40')}?secret=ABC&issuer=My%20Shop"
