"""How long does a part of a page ask again by itself? For half an hour from when the page was opened.

Each poll carries the second at which it ends. From then on the server sends the part without its trigger, so that a
forgotten tab stops asking; a hidden one does not ask at all.
"""

from datetime import timedelta

from flask import request

from mailer.web.exchange import now

LENGTH = timedelta(minutes=30)


def until() -> int:
    """Return when the polls of a page opened now end, in seconds of the epoch."""
    return int((now() + LENGTH).timestamp())


def still_until() -> int:
    """Return when this poll ends as it says itself, never later than one that begins now; 0 if it is over."""
    said = min(request.values.get("until", 0, type=int), until())
    return said if said > now().timestamp() else 0
