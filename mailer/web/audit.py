"""Who did what, and what changed? Every act through the pages, for administrators, by person and by object."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlmodel import select

from mailer.people.audit import acts
from mailer.people.staff import Role, Staff
from mailer.web.doors import staff_only
from mailer.web.exchange import session

pages = Blueprint("audit", __name__)

SHOWN = 50


@pages.get("/audit")
@staff_only(Role.ADMINISTRATOR)
def listing() -> ResponseReturnValue:
    """List acts, the newest first."""
    who, about = request.args.get("who", ""), request.args.get("object", "").strip()
    people = session().exec(select(Staff).order_by(Staff.name)).all()
    staff_id = next((person.id for person in people if person.public_id == who), None)
    before = request.args.get("before", 0, type=int)
    found = session().exec(acts(staff_id, about, before).limit(SHOWN + 1)).all()
    older = found[SHOWN - 1].id if len(found) > SHOWN else None
    return render_template(
        "audit.html", rows=found[:SHOWN], older=older, people=people, who=who if staff_id else "", object=about
    )
