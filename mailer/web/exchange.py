"""What does one request hold? Its house, its instant, its session, and who asks.

One session a request, opened when it is first asked for. GET and HEAD read a snapshot in which the database itself
refuses writes, so that a link a scanner follows changes nothing whatever the code behind it does. POST gets the one
writer and commits only after a response below 400; anything else is rolled back, so that a form that is shown again
with its mistake has left nothing behind.

Who is signed in is looked up in a short read of its own: a POST that only asks the warehouse then never waits for the
writer, and never makes others wait.
"""

from contextlib import ExitStack
from datetime import datetime
from typing import TYPE_CHECKING, cast

from flask import Flask, Response, abort, current_app, g, request
from flask_login import LoginManager, UserMixin, current_user
from sqlmodel import Session

from mailer import clock
from mailer.people.sign_in import signed_in
from mailer.people.staff import Staff

if TYPE_CHECKING:
    from mailer.house import House

COOKIE = "lifeline"


class Visitor(UserMixin):  # type: ignore[misc] # Flask-Login carries no types
    """A member of staff, as Flask-Login wants to see one."""

    def __init__(self, staff: Staff) -> None:
        self.staff = staff
        self.id = staff.public_id


def install(app: Flask, house: "House") -> None:
    """Give `app` its house, its sessions and its sign-ins."""
    app.extensions["house"] = house
    app.after_request(_settle)
    app.teardown_request(_drop)
    login = LoginManager(app)
    login.session_protection = None  # the sign-in is our own row; there is nothing of it in Flask's session
    login.request_loader(_visitor)


def house() -> "House":
    """Return the house these pages belong to."""
    return cast("House", current_app.extensions["house"])


def now() -> datetime:
    """Return the instant of this request: the same one wherever it is asked for."""
    if "now" not in g:
        g.now = clock.now()
    return cast("datetime", g.now)


def session() -> Session:
    """Return this request's session: the writer for POST, a snapshot for everything else."""
    if "session" not in g:
        g.stack = ExitStack()
        store = house().store
        g.session = g.stack.enter_context(store.write() if request.method == "POST" else store.read())
    return cast("Session", g.session)


def me() -> Staff:
    """Return who is signed in; 401 when nobody is."""
    if not current_user.is_authenticated:
        abort(401)
    return cast("Visitor", current_user).staff


def language() -> str:
    """Return the language of the customer this request is for; English where it is for nobody."""
    return cast("str", g.get("language", "en"))


def _visitor(_request: object) -> Visitor | None:
    cookie = request.cookies.get(COOKIE, "")
    if not cookie:
        return None
    with house().store.read() as looking:
        staff = signed_in(looking, cookie, now())
    return Visitor(staff) if staff else None


def _settle(response: Response) -> Response:
    """Commit what a request below 400 did, before its answer leaves; take back what any other did."""
    stack = g.pop("stack", None)
    if stack is not None:
        done = g.pop("session")
        if response.status_code >= 400:
            done.rollback()
        stack.close()
    return response


def _drop(_error: BaseException | None) -> None:
    """Let go of a session that no response settled."""
    stack = g.pop("stack", None)
    if stack is not None:
        g.pop("session").rollback()
        stack.close()
