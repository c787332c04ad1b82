"""I forgot my password, or never had one: what now? An email to one's own address, with a link that is good once.

Whether there is such an address, the answer is the same, and so is the work: one note of the attempt, one letter or
none, and nothing that takes longer for one than for the other.
"""

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field
from sqlmodel import col, select

from mailer.errors import Invalid
from mailer.people import passes
from mailer.people.passes import PassFor
from mailer.people.staff import Staff
from mailer.pipeline.passes import send_pass
from mailer.web import attempts
from mailer.web.doors import anyone
from mailer.web.exchange import house, now, session
from mailer.web.form import read

pages = Blueprint("passwords", __name__)


class Forgotten(BaseModel):
    """Whose password was forgotten."""

    email: str = Field(max_length=320)


class Chosen(BaseModel):
    """The new password."""

    password: str = Field(max_length=1000)


@pages.get("/reset")
@anyone
def form() -> ResponseReturnValue:
    """Ask for the address."""
    return render_template("reset.html", sent=False)


@pages.post("/reset")
@anyone
def ask() -> ResponseReturnValue:
    """Send the link, if there is somebody to send it to, and say the same in any case."""
    email = read(Forgotten).email.strip().lower()
    if attempts.allowed("reset", email):
        staff = session().exec(select(Staff).where(Staff.email == email, col(Staff.active))).one_or_none()
        if staff is not None:
            send_pass(house(), session(), staff, PassFor.RESET, now())
            house().woken.set()
    return render_template("reset.html", sent=True)


@pages.get("/password/<code>")
@anyone
def page(code: str) -> ResponseReturnValue:
    """Ask for the new password; opening the link uses nothing up."""
    staff = passes.holder(session(), code, now())
    return _private(code, staff) if staff else abort(404)


@pages.post("/password/<code>")
@anyone
def choose(code: str) -> ResponseReturnValue:
    """Keep the new password; then sign in with it."""
    staff = passes.holder(session(), code, now())
    if staff is None:
        abort(404)
    try:
        passes.redeem(session(), code, read(Chosen).password, now())
    except Invalid as error:
        return _private(code, staff, str(error), 422)
    flash("Your new password is kept. Sign in with it.")
    return redirect(url_for("sign_in.form"))


def _private(code: str, staff: Staff, wrong: str = "", status: int = 200) -> Response:
    """Return the form, under an address that is never sent on as a referrer."""
    answer = make_response(render_template("password.html", code=code, staff=staff, wrong=wrong), status)
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer
