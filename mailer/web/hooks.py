"""What do providers tell us about the emails they carry for us? One address each: POST /hooks/<provider>.

Nobody signs in here and no page leads here: the signature over the raw bytes is the authority (`doors.by_signature`).
The answer is 200 only when what was told is committed, so that the provider tells it again otherwise.
"""

from flask import Blueprint, Response

from mailer.delivery.providers.told import Hook, Posted
from mailer.pipeline.hear import hear
from mailer.web.doors import by_signature
from mailer.web.exchange import house, now

pages = Blueprint("hooks", __name__)


@pages.post("/hooks/<provider>")
@by_signature
def take(hook: Hook, posted: Posted) -> Response:
    """Take in what a provider tells, and thank it."""
    new = hear(house(), hook.take(posted), now())
    return Response(f"{new} new\n", mimetype="text/plain")
