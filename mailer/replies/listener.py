"""Who brings us email, and when do we say that we have it?

An SMTP server (RFC 5321) or, behind another mail server, an LMTP one (RFC 2033), each in a thread of its own. Who does
not live here is refused with 550; nothing is ever relayed. 250 is said only after `accept` returned, which means that
the bytes are durable. Whatever goes wrong on our side is 451: the sender keeps the email and comes again. Lines may be
far longer than the 1,000 octets of RFC 5321, 4.5.3.1.6: real mail has such lines, and refusing it loses a customer.
"""

import asyncio
import logging
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from mailer.errors import Misconfigured
from mailer.replies.inbound import NULL_SENDER

LINE = 2**20  # octets of one line
RECIPIENTS = 100  # of one email (RFC 5321, 4.5.3.1.8)
AT_ONCE = 8  # emails accepted at the same time
SILENCE = 300.0  # seconds a client may be silent (RFC 5321, 4.5.3.2.7)
TROUBLE = "451 4.3.0 We have a problem of our own; please come again"
NAME = "Lifeline"

log = logging.getLogger(__name__)

Accept = Callable[[bytes, str, list[str]], None]


class Listener:
    """A mail server that accepts, and does nothing else.

    Args:
        address, port: where it listens; port 0 takes a free one.
        protocol: "smtp" or "lmtp".
        max_bytes: a larger email is refused with 552 (RFC 1870).
        accept: keeps (bytes, MAIL FROM, all RCPT TO); when it returns, the email cannot be lost.
        takes: whether an address is ours to receive for; without it, all are. Both are called from threads.
    """

    def __init__(
        self,
        address: str,
        port: int,
        protocol: str,
        max_bytes: int,
        accept: Accept,
        takes: Callable[[str], bool] = lambda address: True,
    ) -> None:
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="accept")
        self._door = _Door(accept, takes, self._threads)
        self._kind = _Lmtp if protocol == "lmtp" else _Smtp
        self._address, self._port, self._max_bytes = address.strip("[]"), port, max_bytes
        self._controller: _Controller | None = None

    def start(self) -> int:
        """Listen, and return the port.

        Raises:
            Misconfigured: the address cannot be listened on.
        """
        family = socket.AF_INET6 if ":" in self._address else socket.AF_INET
        try:
            bound = socket.create_server((self._address, self._port), family=family)
        except OSError as error:
            where = f"{self._address}:{self._port}"
            raise Misconfigured(f"cannot listen on {where} ({error.strerror}); change replies.listen") from error
        self._controller = _Controller(self._kind, self._door, bound, self._max_bytes)
        self._controller.start()
        return int(self._controller.port)

    def stop(self) -> None:
        """Stop listening; what is being accepted is finished first."""
        if self._controller is not None:
            self._controller.stop(no_assert=True)
            self._controller = None
        self._threads.shutdown(wait=True)


class _Door:
    """What is said to each step of a transaction; the method names are aiosmtpd's."""

    def __init__(self, accept: Accept, takes: Callable[[str], bool], threads: ThreadPoolExecutor) -> None:
        self._accept, self._takes, self._threads = accept, takes, threads

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= RECIPIENTS:
            return "452 4.5.3 Too many recipients; send the others in another transaction"
        if not await self._do(self._takes, address):
            return f"550 5.1.1 <{address}> does not live here"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        raw, sender = envelope.original_content or b"", envelope.mail_from or NULL_SENDER
        await self._do(self._accept, raw, sender, list(dict.fromkeys(envelope.rcpt_tos)))
        return "250 2.0.0 OK, we have it"

    async def handle_exception(self, error: Exception) -> str:
        log.error("an email could not be accepted and will come again", exc_info=error)
        return TROUBLE

    async def _do(self, work: Callable[..., Any], *given: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *given)


class _Smtp(SMTP):
    line_length_limit = LINE


class _Lmtp(LMTP):
    """LMTP answers the end of DATA once for each recipient (RFC 2033, 4.2); aiosmtpd does it once only."""

    line_length_limit = LINE
    _answers = 1

    async def push(self, status: Any) -> None:
        times, self._answers = self._answers, 1
        if isinstance(status, str) and status.startswith("354") and self.envelope is not None:
            self._answers = len(self.envelope.rcpt_tos)
        for _ in range(times):
            await super().push(status)


class _Controller(Controller):
    """The thread of a server, on a socket that is bound already, which makes servers of the kind it is given."""

    def __init__(self, kind: type[SMTP], door: _Door, bound: socket.socket, max_bytes: int) -> None:
        address, port = bound.getsockname()[:2]
        super().__init__(door, hostname=address, port=port)
        self._kind, self._bound, self._max_bytes = kind, bound, max_bytes

    def factory(self) -> SMTP:
        return self._kind(
            self.handler,
            data_size_limit=self._max_bytes,
            enable_SMTPUTF8=True,
            ident=NAME,
            timeout=SILENCE,
            loop=self.loop,
        )

    async def _create_server(self) -> asyncio.AbstractServer:
        return await self.loop.create_server(self._factory_invoker, sock=self._bound)
