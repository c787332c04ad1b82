"""People that the tests of this floor share."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlmodel import Session

from mailer.people.customer import Customer
from mailer.people.staff import Role, Staff, WorkingHours


@pytest.fixture
def new_staff(session: Session, now: datetime) -> Callable[..., Staff]:
    def add(name: str, days: range = range(5), **more: object) -> Staff:
        given = {"email": f"{name.split()[0].lower()}@lifeline.example", "role": Role.REPRESENTATIVE, "created_at": now}
        staff = Staff(name=name, **{"time_zone": "Europe/Berlin"} | given | more)
        session.add(staff)
        session.flush()
        session.add_all(WorkingHours(staff_id=staff.id, weekday=day) for day in days)
        session.flush()
        return staff

    return add


@pytest.fixture
def new_customer(session: Session, now: datetime) -> Callable[..., Customer]:
    def add(email: str, **more: object) -> Customer:
        customer = Customer(email=email, created_at=now, updated_at=now, **more)
        session.add(customer)
        session.flush()
        return customer

    return add
