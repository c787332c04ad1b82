"""What does every way out have in common?

A transport takes envelopes one by one and asks, for each, just before nothing can be taken back any more: `hand_over`.
Only on a yes does the message leave; on a no the server must not have it. What came of it is a `Receipt`, never an
error: one email that cannot be delivered is nothing unusual.

Transports are chosen by URL: `smtp://` and `smtps://` (see `smtp`), `file:FOLDER` and `memory:NAME` (see `local`),
`ses://`, `sendgrid://`, `postmark://`, `mailgun://` and `resend://` (see `providers`).
"""

import enum
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from mailer.errors import Misconfigured


class Outcome(enum.StrEnum):
    """What became of one envelope."""

    ACCEPTED = "accepted"  # 2xx after the final dot: theirs now
    DEFERRED = "deferred"  # 4xx, or no connection: later
    REFUSED = "refused"  # 5xx: never
    LOST = "lost"  # the final dot was written, and no answer came: in doubt
    WITHHELD = "withheld"  # hand_over said no; nothing left


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message on its way: MAIL FROM, RCPT TO (RFC 5321, 2.3.1) and its bytes (CRLF, not dot-stuffed)."""

    id: int  # of our message, and
    epoch: int  # the claim it leaves under
    sender: str  # "" is the null return path
    recipient: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the server said, verbatim; code 0 where no server said anything and the words are ours."""

    outcome: Outcome
    code: int = 0
    text: str = ""
    queue_id: str = ""

    @property
    def reply(self) -> str:
        """The code and the words, as they are stored."""
        return f"{self.code} {self.text}".strip() if self.code else self.text


HandOver = Callable[[Envelope], Awaitable[bool]]


class Transport(Protocol):
    """A way out."""

    def send(self, envelopes: AsyncIterator[Envelope], hand_over: HandOver) -> AsyncIterator[tuple[Envelope, Receipt]]:
        """Send one envelope after the other over one connection, each with its receipt.

        A receipt is given before the next envelope is handed over. Several of these may run at once, each a connection
        of its own.
        """
        ...


def open_transport(url: str, root: Path, keep: float = 0) -> Transport:
    """Return the transport `url` names; a relative folder in it is read from `root`.

    A connection that can be used again is kept for `keep` seconds; who asks for that closes the transport.

    Raises:
        Misconfigured: no transport is called so, or its URL lacks something.
    """
    from mailer.delivery import local, providers, smtp
    from mailer.delivery.relay import Relay

    scheme = url.partition(":")[0]
    match scheme:
        case "smtp" | "smtps":
            return smtp.SmtpTransport(Relay.from_url(url), keep=keep)
        case "file":
            folder = url.removeprefix("file://").removeprefix("file:")
            if not folder:
                raise Misconfigured("delivery.transport: file: needs a folder, as in file:var/outgoing")
            return local.FileTransport(root / folder)
        case "memory":
            return local.MemoryTransport()
        case provider if provider in providers.APIS:
            return providers.open_provider(url)
    raise Misconfigured(f"delivery.transport cannot be {scheme!r}; give smtp://, smtps://, file:FOLDER or memory:")
