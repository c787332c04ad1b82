"""Who may come in, and as what? Somebody joins, gets another role, leaves, and comes back."""

from datetime import datetime

from sqlmodel import Session, select

from mailer.errors import Invalid
from mailer.mail.address import normalise
from mailer.people import sign_in
from mailer.people.staff import Role, Staff, WorkingHours


def join(session: Session, *, name: str, email: str, role: Role, now: datetime, zone: str = "UTC") -> Staff:
    """Add a member of staff without a password. Representatives work Monday to Friday, nine to five.

    Raises:
        Invalid: the name is empty, the address cannot be one, or somebody has it already.
    """
    address = normalise(email)
    if not name.strip():
        raise Invalid("give them a name: customers come to know it")
    if session.exec(select(Staff.id).where(Staff.email == address)).first() is not None:
        raise Invalid(f"{address} is staff already; choose another address")
    staff = Staff(email=address, name=name.strip(), role=role, time_zone=zone, created_at=now)
    session.add(staff)
    session.flush()
    if role is Role.REPRESENTATIVE and staff.id is not None:
        session.add_all(WorkingHours(staff_id=staff.id, weekday=day) for day in range(5))
    return staff


def change(session: Session, staff: Staff, role: Role, active: bool, now: datetime) -> bool:
    """Give `staff` another role, or let them in or not; whatever changed signs them out. Whether anything did."""
    if (staff.role, staff.active) == (role, active):
        return False
    staff.role, staff.active = role, active
    session.add(staff)
    sign_in.end_all(session, staff.id or 0, now)
    return True
