"""Who waits for us? The one who waits longest comes first.

The list is live: the page asks again every few seconds, and the server ends it (see live.py).
"""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from mailer.inbox import overview
from mailer.inbox.conversation import ConversationState
from mailer.people.staff import Role
from mailer.web.doors import staff_only
from mailer.web.exchange import me, session
from mailer.web.live import still_until, until

pages = Blueprint("inbox", __name__)

STATES = {"waiting": ConversationState.OPEN, "answered": ConversationState.ANSWERED, "closed": ConversationState.CLOSED}


@pages.get("/inbox")
@staff_only(Role.REPRESENTATIVE)
def waiting() -> ResponseReturnValue:
    """List conversations: those that wait for us, the longest wait first; or those answered, or closed."""
    return render_template("inbox.html", **_asked(), until=until())


@pages.get("/inbox/lines")
@staff_only(Role.REPRESENTATIVE)
def lines() -> ResponseReturnValue:
    """Give the list alone, for a page that shows it already."""
    return render_template("inbox_lines.html", **_asked(), until=still_until())


def _asked() -> dict[str, object]:
    show = request.args.get("show", "")
    show = show if show in STATES else "waiting"
    whose = request.args.get("whose", "all" if me().role is Role.ADMINISTRATOR else "mine")
    found = overview.lines(session(), STATES[show], me().id if whose == "mine" else None)
    return {"lines": found, "show": show, "whose": whose}
