"""How does a relay receive us: is it there, over which TLS, and does it let us in?

Asked with the very steps a message takes, as far as the sign-in, and then goodbye: what this says is what sending will
meet. A reply that is no yes is told as it came.
"""

import asyncio
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime

from mailer.delivery.line import Line, Patience, Unfit
from mailer.delivery.relay import Relay

SOON = Patience(connect=3, command=3, block=3, whole=10, final=3)


@dataclass(frozen=True, slots=True)
class Greeting:
    """What it offers, the version of TLS ("" is none), until when its certificate is good; or what went wrong."""

    offers: tuple[str, ...] = ()
    tls: str = ""
    certificate_until: datetime | None = None
    wrong: str = ""
    silent: bool = False  # it was not reached at all


def greet(relay: Relay, patience: Patience = SOON) -> Greeting:
    """Connect, begin TLS, sign in, and leave; call this where no loop runs."""
    return asyncio.run(_greet(relay, patience))


async def _greet(relay: Relay, patience: Patience) -> Greeting:
    try:
        line = await Line.open(relay, patience)
    except (Unfit, ssl.SSLError) as error:
        return Greeting(wrong=str(error))
    except OSError as error:
        return Greeting(
            wrong=f"{relay.host}:{relay.port}: {str(error) or 'no answer'}",
            silent=not isinstance(error, ConnectionError),
        )
    secured = line.wire.tls
    await line.close()
    if secured is None:
        return Greeting(tuple(line.offers))
    until = (secured.getpeercert() or {}).get("notAfter")
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(until)), UTC) if until else None
    return Greeting(tuple(line.offers), secured.version() or "", ends)
