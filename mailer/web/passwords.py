"""I forgot my password, or never had one: what now? An email to one's own address, with a link that is good once.

Whether there is such an address, the answer is the same, and takes the same: the letter is put into the outbox in a
write of its own, and the answer leaves when `EVEN` is over, which is longer than that takes.
"""

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field

from mailer import clock
from mailer.errors import Invalid
from mailer.people import passes
from mailer.people.staff import Staff
from mailer.pipeline.passes import forgotten
from mailer.web import attempts
from mailer.web.doors import anyone
from mailer.web.exchange import house, now, session
from mailer.web.form import read, wrongs

pages = Blueprint("passwords", __name__)

EVEN = 0.25  # seconds from the question to the answer


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
    begun = clock.monotonic()
    email = read(Forgotten).email.strip().lower()
    if attempts.allowed("reset", email):
        forgotten(house(), email, now())
    clock.sleep(max(0.0, begun + EVEN - clock.monotonic()))  # nobody waits for the writer meanwhile
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
        session().rollback()
        return _private(code, staff, wrongs(error, "password"))
    flash("Your new password is kept. Sign in with it.")
    return redirect(url_for("sign_in.form"))


def _private(code: str, staff: Staff, wrong: dict[str, str] | None = None) -> Response:
    """Return the form, under an address that is never sent on as a referrer."""
    shown = render_template("password.html", code=code, staff=staff, wrongs=wrong or {})
    answer = make_response(shown, 422 if wrong else 200)
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer
