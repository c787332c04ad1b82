"""Is this house alive? Said to whatever watches it, in one line, after asking the database."""

import sqlalchemy as sa
from flask import Blueprint, Response

from mailer.web.doors import anyone
from mailer.web.exchange import session

pages = Blueprint("health", __name__)


@pages.get("/healthz")
@anyone
def alive() -> Response:
    """Answer `ok` when the truth can be read."""
    session().execute(sa.text("select 1"))
    return Response("ok\n", mimetype="text/plain")
