"""Who are you? A page that asks once, and a cookie that names a row which can be ended from here.

Whoever has a second step is asked for its code after the password. Between the two there is no row and no cookie: the
page carries a sealed word that says who gave the right password, for five minutes.
"""

from datetime import timedelta

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field
from sqlmodel import Session, select

from mailer import settings
from mailer.mail.seal import Seal
from mailer.people import second_step, sign_in
from mailer.people.staff import Role, Staff
from mailer.web import attempts
from mailer.web.doors import anyone, staff_only
from mailer.web.exchange import COOKIE, house, now, session
from mailer.web.form import read
from mailer.web.onward import inside

pages = Blueprint("sign_in", __name__)

BETWEEN = timedelta(minutes=5)  # the password and the code
TOO_OFTEN = "That was too often. Please wait a quarter of an hour."


class Credentials(BaseModel):
    """What the sign-in form asks for."""

    email: str = Field(max_length=320)
    password: str = Field(max_length=1000)
    next: str = ""


class Code(BaseModel):
    """What the second form asks for."""

    code: str = Field(max_length=40)
    passed: str = Field(max_length=1000)
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
    if not attempts.allowed("password", email):
        return _asked(given.next, email, TOO_OFTEN, 429)
    with house().store.read() as looking:
        staff = sign_in.recognise(looking, email, given.password)
        more = staff is not None and second_step.is_asked(looking, staff)
    if staff is None:
        return _asked(given.next, email, "Address and password do not fit together.", 422)
    attempts.forgive("password", email)
    return _asked_more(_passed(staff), given.next) if more else begun(staff, given.next)


@pages.post("/sign-in/code")
@anyone
def second() -> ResponseReturnValue:
    """Take the code of the second step, or a recovery code."""
    given = read(Code)
    with house().store.read() as looking:
        staff = _who_passed(looking, given.passed)
    if staff is None:
        return _asked(given.next, "", "That took too long. Please begin again.", 422)
    if not attempts.allowed("code", staff.public_id):
        return _asked_more(given.passed, given.next, TOO_OFTEN, 429)
    if not second_step.accepts(session(), staff, seal(), given.code, now()):
        return _asked_more(given.passed, given.next, "That is not the code of now. Look again.", 422)
    attempts.forgive("code", staff.public_id)
    return begun(staff, given.next)


@pages.post("/sign-in/<public_id>")
@anyone
def one_click(public_id: str) -> ResponseReturnValue:
    """Sign in by one press, where the house is a demo; elsewhere there is nothing here."""
    with house().store.read() as looking:
        staff = looking.exec(select(Staff).where(Staff.public_id == public_id)).one_or_none()
    if not current_app.config["ONE_CLICK"] or staff is None or not staff.active:
        return render_template("problem.html", status=404, title="There is nothing here", text=""), 404
    return begun(staff, "")


@pages.post("/sign-out")
@staff_only()
def end() -> ResponseReturnValue:
    """Sign out: the row ends, whatever the browser remembers."""
    sign_in.end(session(), request.cookies.get(COOKIE, ""), now())
    response = redirect(url_for("sign_in.form"))
    response.delete_cookie(COOKIE)
    return response


def begun(staff: Staff, onward: str) -> ResponseReturnValue:
    """Sign `staff` in here, and lead them on."""
    web = house().settings.web
    agent = request.headers.get("User-Agent", "")
    _, cookie = sign_in.begin(session(), staff, now(), web.session_hours, agent)
    g.acting = staff
    response = redirect(inside(onward) or url_for("home.page"))
    response.set_cookie(
        COOKIE, cookie, max_age=web.session_hours * 3600, httponly=True, samesite="Lax", secure=web.secure_cookies
    )
    return response


def seal() -> Seal:
    """Return the seal of this house."""
    return Seal(settings.secret(house().home))


def _passed(staff: Staff) -> str:
    until = int((now() + BETWEEN).timestamp())
    return seal().close(f"{staff.public_id} {until} {sign_in.standing(staff)}", "password was right")


def _who_passed(looking: Session, passed: str) -> Staff | None:
    public_id, until, standing = (seal().open(passed, "password was right") or "- 0 -").split(" ")
    staff = looking.exec(select(Staff).where(Staff.public_id == public_id)).one_or_none()
    in_time = int(until) > now().timestamp()
    return staff if staff and staff.active and in_time and sign_in.standing(staff) == standing else None


def _asked_more(passed: str, onward: str, wrong: str = "", status: int = 200) -> ResponseReturnValue:
    return render_template("sign_in_code.html", passed=passed, next=inside(onward), wrong=wrong), status


def _asked(onward: str, email: str = "", wrong: str = "", status: int = 200) -> ResponseReturnValue:
    people: list[Staff] = []
    if current_app.config["ONE_CLICK"]:
        with house().store.read() as looking:
            people = sorted(
                looking.exec(select(Staff).where(Staff.active)).all(),
                key=lambda each: (list(Role).index(each.role), each.name),
            )
    return render_template("sign_in.html", next=inside(onward), email=email, wrong=wrong, people=people), status
