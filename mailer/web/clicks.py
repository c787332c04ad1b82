"""What happens when a link or a picture of an email is fetched? It is counted, and leads where it always did.

Nothing acts here: a hit goes to the append-only log (`delivery.hits`), and the browser is sent on. The target is looked
up by its number in the very version the message was made of (`rendering.counted`), so no address can be put into the
link; whatever is wrong with it, the answer is the same 404. What a house has stopped counting still leads on.
"""

import base64

from flask import Blueprint, Response, abort, redirect, request
from flask.typing import ResponseReturnValue

from mailer.delivery.hits import Asked, hit
from mailer.delivery.message import Message
from mailer.mail.tokens import Purpose
from mailer.pipeline.proving import keep
from mailer.rendering import counted
from mailer.rendering.template import TemplateVersion
from mailer.web.doors import by_token
from mailer.web.exchange import house, now, session

pages = Blueprint("clicks", __name__)

PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")  # a GIF, transparent
AHEAD = ("prefetch", "preview", "prerender")  # said in Sec-Purpose, Purpose or X-Moz


@pages.get("/c/<token>/<int:link>", defaults={"turn": 0})
@pages.get("/c/<token>/<int:link>/<int:turn>")
@by_token(Purpose.CLICK)
def follow(message: Message, token: str, link: int, turn: int) -> ResponseReturnValue:
    """Send the browser to where link number `link` of this email leads; in a loop, to that of its round `turn`."""
    version = session().get(TemplateVersion, message.template_version_id) if message.template_version_id else None
    target = counted.target(version.html, message.context or {}, link, turn) if version else None
    if target is None:
        abort(404)
    if house().settings.hits.clicks:
        _log(message, "click", link=f"{link}/{turn}" if turn else str(link), target=target)
    return redirect(target)


@pages.get("/o/<token>.gif")
@by_token(Purpose.OPEN)
def seen(message: Message, token: str) -> Response:
    """Give the picture of one pixel."""
    if house().settings.hits.opens:
        _log(message, "open")
    return Response(PIXEL, mimetype="image/gif", headers={"Cross-Origin-Resource-Policy": "cross-origin"})


def _log(message: Message, what: str, **of: str) -> None:
    said = " ".join(request.headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Moz")).lower()
    asked = Asked(
        agent=request.headers.get("User-Agent", ""),
        head=request.method == "HEAD",
        ahead=any(word in said for word in AHEAD),
    )
    keep(house(), hit(message, what, now(), asked, **of))
