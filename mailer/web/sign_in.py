"""Who are you? A page that asks once, and a cookie that names a row which can be ended from here."""

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field
from sqlmodel import select

from mailer.people import sign_in
from mailer.people.staff import Role, Staff
from mailer.web import attempts
from mailer.web.doors import anyone, staff_only
from mailer.web.exchange import COOKIE, house, now, session
from mailer.web.form import read
from mailer.web.onward import inside

pages = Blueprint("sign_in", __name__)


class Credentials(BaseModel):
    """What the sign-in form asks for."""

    email: str = Field(max_length=320)
    password: str = Field(max_length=1000)
    next: str = ""


@pages.get("/sign-in")
@anyone
def form() -> ResponseReturnValue:
    """Ask for address and password."""
    return _asked(request.args.get("next", ""))


@pages.post("/sign-in")
@anyone
def begin() -> ResponseReturnValue:
    """Sign in.

    The password is checked before the writing session is opened: argon2 takes a tenth of a second on purpose, and
    nobody else should wait for it.
    """
    given = read(Credentials)
    email = given.email.strip().lower()
    if attempts.too_many(email, now()):
        return _asked(given.next, email, "That was too often. Please wait a quarter of an hour.", 429)
    with house().store.read() as looking:
        staff = sign_in.recognise(looking, email, given.password)
    if staff is None:
        attempts.failed(email, now())
        return _asked(given.next, email, "Address and password do not fit together.", 422)
    return _begun(staff, given.next)


@pages.post("/sign-in/<public_id>")
@anyone
def one_click(public_id: str) -> ResponseReturnValue:
    """Sign in by one press, where the house is a demo; elsewhere there is nothing here."""
    with house().store.read() as looking:
        staff = looking.exec(select(Staff).where(Staff.public_id == public_id)).one_or_none()
    if not current_app.config["ONE_CLICK"] or staff is None or not staff.active:
        return render_template("problem.html", status=404, title="There is nothing here", text=""), 404
    return _begun(staff, "")


@pages.post("/sign-out")
@staff_only()
def end() -> ResponseReturnValue:
    """Sign out: the row ends, whatever the browser remembers."""
    sign_in.end(session(), request.cookies.get(COOKIE, ""), now())
    response = redirect(url_for("sign_in.form"))
    response.delete_cookie(COOKIE)
    return response


def _begun(staff: Staff, onward: str) -> ResponseReturnValue:
    web = house().settings.web
    _, cookie = sign_in.begin(session(), staff, now(), web.session_hours)
    response = redirect(inside(onward) or url_for("home.page"))
    response.set_cookie(
        COOKIE, cookie, max_age=web.session_hours * 3600, httponly=True, samesite="Lax", secure=web.secure_cookies
    )
    return response


def _asked(onward: str, email: str = "", wrong: str = "", status: int = 200) -> ResponseReturnValue:
    people: list[Staff] = []
    if current_app.config["ONE_CLICK"]:
        with house().store.read() as looking:
            people = sorted(
                looking.exec(select(Staff).where(Staff.active)).all(),
                key=lambda each: (list(Role).index(each.role), each.name),
            )
    return render_template("sign_in.html", next=inside(onward), email=email, wrong=wrong, people=people), status
