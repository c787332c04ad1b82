"""Is it really you? Six digits from a program on your phone, beside the password (TOTP, RFC 6238; HOTP, RFC 4226).

The shared key has to be read again, so it is sealed with the house's secret. A code counts once: the time step of the
last one is kept, and no step up to it is taken again (RFC 6238, 5.2). Ten recovery codes stand in for a lost phone,
each once; only their hashes are kept.
"""

import base64
import hmac
import secrets
import struct
from datetime import datetime
from hashlib import sha256
from urllib.parse import quote

from sqlmodel import Field, Session, SQLModel, col, delete, update

from mailer.mail.seal import Seal
from mailer.people.staff import Staff
from mailer.store import ID, UTC

STEP = 30  # seconds a code is shown
DIGITS = 6
DRIFT = 1  # steps a clock may be off, either way
CODES = 10


class SecondStep(SQLModel, table=True):
    """The key somebody shares with their phone."""

    __tablename__ = "second_step"

    staff_id: int = Field(foreign_key="staff.id", sa_type=ID, primary_key=True)
    secret: str  # sealed
    at: datetime = Field(sa_type=UTC)
    confirmed_at: datetime | None = Field(default=None, sa_type=UTC)  # asked for at sign-in from then on
    last_step: int = Field(default=0, sa_type=ID)


class RecoveryCode(SQLModel, table=True):
    """What stands in for the phone, once."""

    __tablename__ = "recovery_code"

    digest: str = Field(primary_key=True)
    staff_id: int = Field(foreign_key="staff.id", sa_type=ID, index=True)
    used_at: datetime | None = Field(default=None, sa_type=UTC)


def totp(key: bytes, step: int, digits: int = DIGITS) -> str:
    """Return the code of one time step (RFC 4226, 5.3, over HMAC-SHA-1, which is what every phone speaks)."""
    mac = hmac.digest(key, struct.pack(">Q", step), "sha1")
    number = struct.unpack_from(">I", mac, mac[-1] & 15)[0] & 0x7FFFFFFF
    return f"{number % 10**digits:0{digits}}"


def step_of(now: datetime) -> int:
    """Return the number of the time step `now` is in."""
    return int(now.timestamp()) // STEP


def is_asked(session: Session, staff: Staff) -> bool:
    """Whether `staff` is asked for a code at sign-in."""
    row = session.get(SecondStep, staff.id)
    return row is not None and row.confirmed_at is not None


def begin(session: Session, staff: Staff, seal: Seal, now: datetime) -> None:
    """Make a new key for `staff`; it counts for nothing until it is confirmed. A confirmed one is not replaced."""
    assert staff.id is not None
    row = session.get(SecondStep, staff.id)
    if row is not None and row.confirmed_at is not None:
        return
    row = row or SecondStep(staff_id=staff.id, secret="", at=now)
    row.secret, row.at = seal.close(secrets.token_bytes(20).hex(), _about(staff)), now
    session.add(row)


def typed(session: Session, staff: Staff, seal: Seal) -> str:
    """Return the key of `staff` that waits to be confirmed, as one types it; nothing if none does."""
    row = session.get(SecondStep, staff.id)
    return base64.b32encode(_key(row, staff, seal)).decode() if row and row.confirmed_at is None else ""


def address(staff: Staff, brand: str, key: str) -> str:
    """Return the address that phones understand: otpauth://totp/…"""
    return f"otpauth://totp/{quote(f'{brand}:{staff.email}')}?secret={key}&issuer={quote(brand)}"


def confirm(session: Session, staff: Staff, seal: Seal, code: str, now: datetime) -> list[str]:
    """Have the code asked for from now on, if this one is right; return the recovery codes, or none if it is wrong."""
    row = session.get(SecondStep, staff.id)
    if row is None or row.confirmed_at is not None or not _fits(session, row, staff, seal, code, now):
        return []
    row.confirmed_at = now
    session.add(row)
    return _new_codes(session, staff)


def accepts(session: Session, staff: Staff, seal: Seal, code: str, now: datetime) -> bool:
    """Whether this is the code of now, or a recovery code not used yet; either is used up by it."""
    row = session.get(SecondStep, staff.id)
    if row is None or row.confirmed_at is None:
        return False
    return _fits(session, row, staff, seal, code, now) or _recovers(session, staff, code, now)


def end(session: Session, staff_id: int) -> None:
    """Ask for no code any more."""
    session.exec(delete(RecoveryCode).where(col(RecoveryCode.staff_id) == staff_id))
    session.exec(delete(SecondStep).where(col(SecondStep.staff_id) == staff_id))


def _fits(session: Session, row: SecondStep, staff: Staff, seal: Seal, code: str, now: datetime) -> bool:
    key, given = _key(row, staff, seal), "".join(code.split())
    right = 0
    for step in range(step_of(now) - DRIFT, step_of(now) + DRIFT + 1):
        if hmac.compare_digest(totp(key, step).encode(), given.encode()):
            right = step
    if not right:
        return False
    later = update(SecondStep).where(col(SecondStep.staff_id) == staff.id, col(SecondStep.last_step) < right)
    taken = int(session.exec(later.values(last_step=right)).rowcount)  # one of two at the same instant
    return taken == 1


def _recovers(session: Session, staff: Staff, code: str, now: datetime) -> bool:
    unused = update(RecoveryCode).where(
        col(RecoveryCode.digest) == _digest(staff, code),
        col(RecoveryCode.staff_id) == staff.id,
        col(RecoveryCode.used_at).is_(None),
    )
    return int(session.exec(unused.values(used_at=now)).rowcount) == 1


def _new_codes(session: Session, staff: Staff) -> list[str]:
    assert staff.id is not None
    session.exec(delete(RecoveryCode).where(col(RecoveryCode.staff_id) == staff.id))
    codes = [base64.b32encode(secrets.token_bytes(10)).decode().lower() for _ in range(CODES)]
    session.add_all(RecoveryCode(digest=_digest(staff, code), staff_id=staff.id) for code in codes)
    return ["-".join(code[at : at + 4] for at in range(0, 16, 4)) for code in codes]


def _digest(staff: Staff, code: str) -> str:
    bare = "".join(code.split()).replace("-", "").lower()
    return sha256(f"{staff.id}:{bare}".encode()).hexdigest()


def _key(row: SecondStep, staff: Staff, seal: Seal) -> bytes:
    return bytes.fromhex(seal.open(row.secret, _about(staff)) or "")


def _about(staff: Staff) -> str:
    return f"second step of {staff.public_id}"
