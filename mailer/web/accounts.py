"""Who may come in, and as what? For administrators: invite somebody, give another role, let nobody in any more."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field
from sqlmodel import col, select

from mailer.campaigns.civil import zone_of
from mailer.errors import Invalid
from mailer.people import accounts, second_step
from mailer.people.passes import PassFor
from mailer.people.second_step import SecondStep
from mailer.people.staff import Role, Staff
from mailer.pipeline.passes import invite, send_pass
from mailer.web.doors import staff_only
from mailer.web.exchange import house, me, now, session
from mailer.web.form import WrongFields, read, wrongs

pages = Blueprint("accounts", __name__)


class Invitation(BaseModel):
    """Who is to come in."""

    name: str = Field(min_length=1, max_length=120)
    email: str = Field(max_length=320)
    role: Role
    zone: str = Field("UTC", max_length=60)


class Account(BaseModel):
    """What somebody may do from now on."""

    role: Role
    active: bool = False


@pages.get("/accounts")
@staff_only(Role.ADMINISTRATOR)
def listing() -> ResponseReturnValue:
    """List the accounts."""
    return _shown()


@pages.post("/accounts")
@staff_only(Role.ADMINISTRATOR)
def add() -> ResponseReturnValue:
    """Invite somebody: they choose their first password from an email."""
    try:
        given = read(Invitation)
        where = _zone(given.zone)
        staff = invite(house(), session(), name=given.name, email=given.email, role=given.role, zone=where, now=now())
    except Invalid as error:
        session().rollback()
        return _shown(wrongs(error, "email"))
    house().woken.set()
    flash(f"An invitation is on its way to {staff.email}; it is good for three days.")
    return redirect(url_for("accounts.listing"))


@pages.post("/accounts/<public_id>")
@staff_only(Role.ADMINISTRATOR)
def change(public_id: str) -> ResponseReturnValue:
    """Give another role, or end an account; whoever it is, is signed out."""
    staff, given = _somebody_else(public_id), read(Account)
    if accounts.change(session(), staff, given.role, given.active, now()):
        flash(f"{staff.name} is {'a ' + staff.role.value if staff.active else 'not let in any more'}, and signed out.")
    return redirect(url_for("accounts.listing"))


@pages.post("/accounts/<public_id>/invitation")
@staff_only(Role.ADMINISTRATOR)
def invite_again(public_id: str) -> ResponseReturnValue:
    """Send the invitation once more; the one before it is not good any more."""
    staff = _somebody_else(public_id)
    if not staff.active or staff.password_hash:
        raise Invalid(f"{staff.name} has a password already, or is not let in; they can ask for a new one at sign-in")
    send_pass(house(), session(), staff, PassFor.INVITATION, now())
    house().woken.set()
    flash(f"Another invitation is on its way to {staff.email}.")
    return redirect(url_for("accounts.listing"))


@pages.post("/accounts/<public_id>/second-step/end")
@staff_only(Role.ADMINISTRATOR)
def end_second_step(public_id: str) -> ResponseReturnValue:
    """Ask somebody for no code any more, who lost their phone and their recovery codes."""
    staff = _somebody_else(public_id)
    second_step.end(session(), staff.id or 0)
    flash(f"{staff.name} is not asked for a code any more.")
    return redirect(url_for("accounts.listing"))


def _somebody_else(public_id: str) -> Staff:
    """Return an account that is not one's own: so there is always an administrator left."""
    staff = session().exec(select(Staff).where(Staff.public_id == public_id)).one_or_none() or abort(404)
    if staff.id == me().id:
        raise Invalid("this is your own account; another administrator can change it")
    return staff


def _zone(name: str) -> str:
    try:
        return zone_of(name.strip()).key
    except Invalid as error:
        raise WrongFields(wrongs(error, "zone")) from error


def _shown(wrong: dict[str, str] | None = None) -> ResponseReturnValue:
    people = session().exec(select(Staff).order_by(col(Staff.active).desc(), Staff.name)).all()
    asked = select(SecondStep.staff_id).where(col(SecondStep.confirmed_at).is_not(None))
    return render_template(
        "accounts.html",
        people=people,
        asked=set(session().exec(asked).all()),
        roles=list(Role),
        wrongs=wrong or {},
        given=request.form if wrong else {"zone": me().time_zone},
    ), 422 if wrong else 200
