"""How does the code for a new password reach its owner? By an email of the house's own, like every other.

The letter is kept in the outbox without the code: that lies beside it, sealed, and is put in when it leaves.
"""

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session, col, select

from mailer import settings
from mailer.delivery import departing
from mailer.delivery.message import Kind, Message
from mailer.delivery.outbox import Claimed
from mailer.house import House
from mailer.mail.compose import Letter
from mailer.mail.seal import Seal
from mailer.people import accounts, passes
from mailer.people.passes import PassFor
from mailer.people.staff import Role, Staff

GAP = "{the code}"  # what stands in the kept letter where the code belongs

LETTERS = {
    PassFor.RESET: (
        "Choose a new password",
        """Hello {name},

somebody asked for a new password for {email} at {brand}.

If it was you, open this address within 30 minutes and choose one:

{link}

If it was not you, there is nothing to do: your password is as it was.
""",
    ),
    PassFor.INVITATION: (
        "Welcome to {brand}",
        """Hello {name},

you have an account at {brand} now: {email}, as {role}.

Open this address within three days and choose your password:

{link}
""",
    ),
}


def send_pass(house: House, session: Session, staff: Staff, what: PassFor, now: datetime) -> Message:
    """Send `staff` the address at which they choose a password."""
    code = passes.issue(session, staff, what, now)
    brand = house.settings.brand
    told = {"name": staff.first_name, "email": staff.email, "brand": brand.name, "role": staff.role.value}
    subject, text = (part.format(**told, link=f"{brand.base_url}/password/{GAP}") for part in LETTERS[what])
    message_id = departing.new_message_id(what, staff.public_id, code, domain=house.settings.delivery.domain)
    sealed = Seal(settings.secret(house.home)).close(code, message_id)
    return departing.enqueue_one(
        session,
        kind=Kind.NOTICE,
        address=staff.email,
        staff_id=None,
        customer_id=None,
        message_id=message_id,
        subject=subject,
        letter={"subject": subject, "html": "", "text": text, "sealed": sealed},
        headers={},
        now=now,
    )


def forgotten(house: House, email: str, now: datetime) -> None:
    """Send who has this address, if anybody works here by it, the way to a new password; committed when it returns."""
    with house.store.write() as session:
        staff = session.exec(select(Staff).where(Staff.email == email, col(Staff.active))).one_or_none()
        if staff is not None:
            send_pass(house, session, staff, PassFor.RESET, now)
    house.woken.set()


def invite(
    house: House, session: Session, *, name: str, email: str, role: Role, now: datetime, zone: str = "UTC"
) -> Staff:
    """Add a member of staff, and have them choose their first password themselves.

    Raises:
        Invalid: the address cannot be one, or somebody has it already.
    """
    staff = accounts.join(session, name=name, email=email, role=role, now=now, zone=zone)
    send_pass(house, session, staff, PassFor.INVITATION, now)
    return staff


def filled(house: House, message: Message | Claimed, letter: Letter) -> Letter:
    """Return the letter as it leaves: with its code, if it has one."""
    sealed = (message.context or {}).get("sealed")
    code = Seal(settings.secret(house.home)).open(sealed, message.message_id) if sealed else None
    return replace(letter, text=letter.text.replace(GAP, code)) if code else letter
