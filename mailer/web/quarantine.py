"""What arrived that could not be read? It is kept whole; look at it, or have it tried again."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import select

from mailer.people.staff import Role
from mailer.replies.inbound import InboundEmail, quarantined
from mailer.web.doors import staff_only
from mailer.web.exchange import house, session

pages = Blueprint("quarantine", __name__)

SHOWN = 200


@pages.get("/quarantine")
@staff_only(Role.ADMINISTRATOR)
def listing() -> ResponseReturnValue:
    """List what could not be read."""
    return render_template("quarantine.html", emails=session().exec(quarantined().limit(SHOWN)).all())


@pages.get("/quarantine/<public_id>/bytes")
@staff_only(Role.ADMINISTRATOR)
def its_bytes(public_id: str) -> Response:
    """Download the bytes as they arrived; never shown in the page, because nobody knows what they are."""
    raw = house().spool.read(_found(public_id).digest)
    response = Response(raw, mimetype="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{public_id}.eml"'
    return response


@pages.post("/quarantine/<public_id>/retry")
@staff_only(Role.ADMINISTRATOR)
def retry(public_id: str) -> ResponseReturnValue:
    """Have it sorted again."""
    _found(public_id).retry()
    house().woken.set()
    flash("It is tried again now. If it still cannot be read, it comes back here.")
    return redirect(url_for("quarantine.listing"))


def _found(public_id: str) -> InboundEmail:
    email = session().exec(select(InboundEmail).where(InboundEmail.public_id == public_id)).one_or_none()
    if email is None:
        abort(404)
    return email
