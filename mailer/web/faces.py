"""What does a representative look like? Their initials on their colour: a face that needs no photograph."""

from flask import Blueprint, Response, abort
from sqlmodel import select

from mailer.people.staff import Staff, face
from mailer.web.doors import anyone
from mailer.web.exchange import session

pages = Blueprint("faces", __name__)


@pages.get("/face/<public_id>.svg")
@anyone
def drawn(public_id: str) -> Response:
    """Draw the face; public, because emails show it."""
    staff = session().exec(select(Staff).where(Staff.public_id == public_id)).one_or_none()
    if staff is None:
        abort(404)
    response = Response(face(staff), mimetype="image/svg+xml")
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    response.headers["Cache-Control"] = "public, max-age=3600"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
