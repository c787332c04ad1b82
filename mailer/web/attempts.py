"""May this be tried once more? Ten times a quarter of an hour for one address, a hundred from one network.

The answer depends on nothing but what was tried, so it says nothing about who works here. The attempt is committed in a
short write of its own before a password is looked at, whatever becomes of the request.
"""

from mailer.people import attempts
from mailer.pipeline.guard import may_try
from mailer.web.exchange import house, keyed, now, place, session

ADDRESS = 10
NETWORK = 100


def allowed(what: str, whom: str) -> bool:
    """Note an attempt at `what` for `whom`, and say whether there were not too many."""
    limits = {_key(what, whom): ADDRESS, f"{what} {place()}": NETWORK}
    return may_try(house(), limits, now())


def forgive(what: str, whom: str) -> None:
    """Forget the attempts for `whom`, with what this request does: the last one was right."""
    attempts.forgive(session(), [_key(what, whom)])


def _key(what: str, whom: str) -> str:
    return f"{what} {keyed(whom)}"
