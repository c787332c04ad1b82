"""Where am I signed in, what is my password, and what else do I show? One's own account, and nobody else's."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from pydantic import BaseModel, Field
from segno import make

from mailer.errors import Invalid
from mailer.people import second_step, sign_in
from mailer.people.staff import Staff, set_password
from mailer.web import attempts
from mailer.web.doors import staff_only
from mailer.web.exchange import COOKIE, asks_second_step, house, me, now, session
from mailer.web.form import WrongFields, read, wrongs
from mailer.web.sign_in import TOO_OFTEN, begun, seal

pages = Blueprint("me", __name__)


class NewPassword(BaseModel):
    """The password of now, and the next one."""

    password: str = Field(max_length=1000)
    new_password: str = Field(max_length=1000)


class Proof(BaseModel):
    """The password of now."""

    password: str = Field(max_length=1000)


class Code(BaseModel):
    """Six digits."""

    code: str = Field(max_length=40)


@pages.get("/me")
@staff_only()
def page() -> ResponseReturnValue:
    """Show one's own account."""
    return _shown()


@pages.post("/me/sign-ins/<public_id>/end")
@staff_only()
def end_one(public_id: str) -> ResponseReturnValue:
    """Sign one of one's own browsers out."""
    if not sign_in.end_one(session(), me().id or 0, public_id, now()):
        abort(404)
    flash("That browser is signed out.")
    return redirect(url_for("me.page"))


@pages.post("/me/sign-ins/end-others")
@staff_only()
def end_others() -> ResponseReturnValue:
    """Sign out everywhere but here."""
    ended = sign_in.end_others(session(), me().id or 0, request.cookies.get(COOKIE, ""), now())
    flash(f"{ended} other sign-ins ended.")
    return redirect(url_for("me.page"))


@pages.post("/me/password")
@staff_only()
def change() -> ResponseReturnValue:
    """Choose another password; every browser is signed out, and this one signed in anew."""
    try:
        given = read(NewPassword)
        _prove(given.password)  # it counts the try in a write of its own, so before this request writes
        mine = session().get_one(Staff, me().id)
        set_password(mine, given.new_password)
    except Invalid as error:
        session().rollback()
        return _shown("change", wrongs(error, "new_password"))
    session().add(mine)
    sign_in.end_all(session(), mine.id or 0, now())
    flash("Your password is another now. Every other browser is signed out.")
    return begun(mine, url_for("me.page"))


@pages.post("/me/second-step")
@staff_only()
def begin() -> ResponseReturnValue:
    """Make a key for one's phone; it counts for nothing before it is confirmed."""
    second_step.begin(session(), me(), seal(), now())
    return redirect(url_for("me.page", _anchor="second-step"))


@pages.post("/me/second-step/confirmation")
@staff_only()
def confirm() -> ResponseReturnValue:
    """Confirm the key with a code, and show the recovery codes, this once."""
    given = read(Code)
    if not attempts.allowed("code", me().public_id):
        return _shown("confirm", {"code": TOO_OFTEN}, status=429)
    codes = second_step.confirm(session(), me(), seal(), given.code, now())
    if not codes:
        return _shown("confirm", {"code": "That is not the code of now. Look again, and type it once more."})
    attempts.forgive("code", me().public_id)
    return _shown(codes=codes)


@pages.post("/me/second-step/end")
@staff_only()
def end() -> ResponseReturnValue:
    """Ask for no code any more; the password proves that it is oneself."""
    if asks_second_step(me()):
        raise Invalid("Administrators of this house always show a code. Another one can take your lost phone off.")
    try:
        _prove(read(Proof).password)
    except Invalid as error:
        return _shown("end", wrongs(error, "password"))
    second_step.end(session(), me().id or 0)
    flash("You are not asked for a code any more.")
    return redirect(url_for("me.page"))


def _prove(password: str) -> None:
    """Take the password of now as the proof that it is oneself.

    Raises:
        WrongFields: it is another one, or there were too many tries.
    """
    if not attempts.allowed("password", me().email):
        raise WrongFields({"password": TOO_OFTEN})
    if not me().accepts(password):
        raise WrongFields({"password": "That is not your password of now."})
    attempts.forgive("password", me().email)


def _shown(
    form: str = "", wrong: dict[str, str] | None = None, *, status: int = 422, codes: list[str] | None = None
) -> ResponseReturnValue:
    """Show the page; where one of its forms does not fit, what is wrong stands there. Passwords are typed anew."""
    key = second_step.typed(session(), me(), seal())
    address = second_step.address(me(), house().settings.brand.name, key) if key else ""
    return render_template(
        "me.html",
        wrongs={form: wrong} if wrong else {},
        codes=codes,
        asked=second_step.is_asked(session(), me()),
        insists=asks_second_step(me()),
        key=" ".join(key[at : at + 4] for at in range(0, len(key), 4)),
        address=address,
        picture=Markup(make(address, error="m").svg_data_uri(scale=4, light="white")) if address else "",  # noqa: S704
        rows=[(row, row.is_of(request.cookies.get(COOKIE, ""))) for row in sign_in.open_ones(session(), me(), now())],
    ), status if wrong else 200
