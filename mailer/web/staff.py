"""Who works here, when are they here, and who stands in for them?"""

from datetime import date, datetime, time, timedelta

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field
from sqlmodel import col, select

from mailer.errors import Invalid
from mailer.people.staff import Absence, Role, Staff, hours_sentence, next_here
from mailer.web.doors import staff_only
from mailer.web.exchange import me, now, session
from mailer.web.form import WrongFields, read, wrongs
from mailer.web.words import zone

pages = Blueprint("staff", __name__)


class AbsenceForm(BaseModel):
    """From the beginning of one day to the end of another, in the zone of whoever is away."""

    first: date
    last: date
    deputy: str = ""
    why: str = Field("", max_length=200)


@pages.get("/staff")
@staff_only()
def listing() -> ResponseReturnValue:
    """List who works here, their hours, and who is away."""
    return _shown()


@pages.post("/staff/<public_id>/absences")
@staff_only()
def be_away(public_id: str) -> ResponseReturnValue:
    """Say that somebody is away for some days, and who stands in: oneself, or an administrator for anybody."""
    person = _found(public_id)
    if not _may_edit(person):
        abort(403)
    try:
        form = read(AbsenceForm)
        session().add(_absence(person, form))
    except Invalid as error:
        return _shown(person, wrongs(error))
    flash(f"{person.name} is away from {form.first} to {form.last}.")
    return redirect(url_for("staff.listing"))


@pages.post("/absences/<int:number>/end")
@staff_only()
def be_back(number: int) -> ResponseReturnValue:
    """End an absence now; one that has not begun is taken back."""
    absence = session().get(Absence, number)
    person = session().get(Staff, absence.staff_id) if absence else None
    if absence is None or person is None or absence.ends_at <= now():
        abort(404)
    if not _may_edit(person):
        abort(403)
    if absence.starts_at >= now():
        session().delete(absence)
    else:
        absence.ends_at = now()
        session().add(absence)
    flash(f"{person.name} is not away any more.")
    return redirect(url_for("staff.listing"))


def _shown(absent: Staff | None = None, wrong: dict[str, str] | None = None) -> ResponseReturnValue:
    """Show the list; where somebody's absence was not kept, its form again as it was filled in."""
    people = session().exec(select(Staff).order_by(col(Staff.active).desc(), Staff.role, Staff.name)).all()
    names = {person.id: person.name for person in people}
    coming = session().exec(select(Absence).where(Absence.ends_at > now()).order_by(col(Absence.starts_at))).all()
    return render_template(
        "staff.html",
        people=[
            (person, hours_sentence(session(), person), next_here(session(), person.id or 0, now()))
            for person in people
        ],
        away={person.id: [each for each in coming if each.staff_id == person.id] for person in people},
        names=names,
        may_edit=_may_edit,
        absent=absent.id if absent else None,
        wrongs=wrong or {},
        given=request.form,
    ), 422 if wrong else 200


def _absence(person: Staff, form: AbsenceForm) -> Absence:
    """Return the absence a form asks for.

    Raises:
        WrongFields: it ends before it begins, or nobody can stand in like that.
    """
    there, deputy = zone(person.time_zone), None
    if form.last < form.first:
        raise WrongFields({"last": "The last day is before the first one."})
    if form.deputy:
        deputy = session().exec(select(Staff).where(Staff.public_id == form.deputy, col(Staff.active))).one_or_none()
        if deputy is None or deputy.id == person.id:
            raise WrongFields({"deputy": "Choose somebody else who works here, or nobody."})
    return Absence(
        staff_id=person.id or 0,
        deputy_id=deputy.id if deputy else None,
        starts_at=datetime.combine(form.first, time(), there),
        ends_at=datetime.combine(form.last + timedelta(days=1), time(), there),
        why=form.why,
    )


def _may_edit(person: Staff) -> bool:
    return me().role is Role.ADMINISTRATOR or me().id == person.id


def _found(public_id: str) -> Staff:
    staff = session().exec(select(Staff).where(Staff.public_id == public_id)).one_or_none()
    if staff is None:
        abort(404)
    return staff
