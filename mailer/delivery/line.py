"""What is said to a mail server, without a message leaving twice or being lost unseen?

The moment everything depends on is one that libraries hide. The body is sent *without its final dot*; a server must not
accept what was not terminated (RFC 5321, 4.1.1.4). Then the hand-over is asked for, which marks the message durably.
Only on a yes the dot follows:

    before the dot      connection lost, or a 4xx       deferred: the server does not have it
    hand-over says no   the connection is dropped       withheld: the server does not have it
    after the dot       2xx accepted, 4xx deferred, 5xx refused; no answer in ten minutes, or no connection: lost

MAIL, RCPT and DATA go out together where the server offers PIPELINING (RFC 2920), and right behind the final dot of the
message before (3.1 allows it) if the next one is there already: they commit nobody to anything, and a message then
costs one round trip less. An address with letters beyond ASCII before its @ goes only to a server that offers SMTPUTF8
(RFC 6531).

CHUNKING (RFC 3030) is not spoken. `BDAT` saves no round trip, because the recipient has to be accepted before the
hand-over either way; measured over loopback with letters of 19 kB it saved 40 to 60 millionths of a second of a
processor, client and server together, where a message costs us some 1,400 in all.
"""

import asyncio
import base64
import contextlib
import re
import ssl
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from mailer import clock
from mailer.delivery.relay import Relay
from mailer.delivery.transport import Envelope, HandOver, Outcome, Receipt
from mailer.delivery.wire import Gone, Reply, Wire
from mailer.failpoints import reach
from mailer.mail.address import a_labels

FAREWELL = 2.0  # seconds for the answer to QUIT
OUR_FAULT = {530, 534, 535, 538}  # credentials: the operator's matter, never a reason to fail a message (RFC 4954)

QUEUE_IDS = (
    re.compile(r"queued as (\S+?)[.)]?$", re.IGNORECASE),  # Postfix, aiosmtpd, Exchange
    re.compile(r"\bid=(\S+)"),  # Exim
    re.compile(r"(\S+) Message accepted for delivery", re.IGNORECASE),  # Sendmail
    re.compile(r"\bOK\s+\d+ (\S+) - gsmtp", re.IGNORECASE),  # Gmail
    re.compile(r"^(?:2\.\d+\.\d+ )?Ok:? (\S{8,})$", re.IGNORECASE),  # Amazon SES
)


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds we wait (RFC 5321, 4.5.3.2)."""

    connect: float = 30
    command: float = 300
    block: float = 180
    whole: float = 900  # from MAIL to the last byte before the dot: a slow server must not hold a connection for ever
    final: float = 600


class Unfit(Exception):
    """The server is there, but will not work with us."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(f"{reply.code} {reply.text}")
        self.reply = reply


def nothing() -> None:
    """Be a source that has nothing at hand."""


class Line:
    """One open connection to the relay, past its greeting."""

    def __init__(self, wire: Wire, patience: Patience) -> None:
        self.wire = wire
        self.patience = patience
        self.offers: dict[str, str] = {}
        self.served = 0  # messages it took
        self.idle_since = 0.0
        self._ahead: Envelope | None = None  # whose MAIL, RCPT and DATA went out behind the dot of the one before
        self._asked = False  # whether the hand-over of the message at hand was asked for
        self._until = 0.0  # the message at hand has to be at its dot

    def is_worn(self, receipt: Receipt | None) -> bool:
        """Whether a message deserves a new connection: this one served others, and ended before it was handed over."""
        return bool(
            receipt and self.served and self.wire.gone and not self._asked and receipt.outcome is Outcome.DEFERRED
        )

    @classmethod
    async def open(cls, relay: Relay, patience: Patience) -> "Line":
        """Connect, greet, begin TLS and sign in.

        Raises:
            OSError, Unfit: it cannot be reached; it does not want us.
        """
        context = ssl.create_default_context(cafile=relay.ca or None) if relay.tls != "no" else None
        wrapped = context if relay.tls == "wrapped" else None
        async with asyncio.timeout(patience.connect):
            _, wire = await asyncio.get_running_loop().create_connection(Wire, relay.host, relay.port, ssl=wrapped)
        line = cls(wire, patience)
        try:
            line._want(await wire.reply(patience.command), 220)
            await line._greet(relay)
            if relay.tls in ("required", "offered") and context is not None:
                await line._secure(relay, context)
            if relay.user:
                await line._sign_in(relay)
        except BaseException:
            wire.end("not usable")
            raise
        return line

    async def send(
        self, envelope: Envelope, hand_over: HandOver, following: Callable[[], Envelope | None] = nothing
    ) -> Receipt:
        """Bring one envelope to the server, by the rule this module is about; `following` tells which comes next."""
        wire = self.wire
        self._asked, self._until = False, clock.monotonic() + self.patience.whole
        try:
            if refusal := await self._begin(envelope):
                return refusal
            wire.write(stuffed(envelope.data))
            await wire.drain(self._at_most(self.patience.block))
        except Gone as error:
            return Receipt(Outcome.DEFERRED, 0, f"before the final dot: {error}")
        self._asked = True
        try:
            yes = await hand_over(envelope)
        except BaseException:
            wire.end("no answer from our own side")
            raise
        if not yes:
            wire.end("withheld")
            return Receipt(Outcome.WITHHELD, 0, "not handed over")
        if wire.gone or wire.pending:
            reply = await wire.reply(0) if wire.pending else None
            wire.end("ended before the final dot")
            words = f"{reply.code} {reply.text}" if reply else str(wire.gone)
            return Receipt(Outcome.DEFERRED, 0, f"before the final dot: {words}")
        wire.write(b".\r\n" + self._begin_ahead(following))
        reach("delivery.after-dot")
        try:
            reply = await wire.reply(self.patience.final)
        except Gone as error:
            return Receipt(Outcome.LOST, 0, str(error))
        if 300 <= reply.code < 400:  # neither a yes nor a no
            self.wire.end("out of step")
            return Receipt(Outcome.LOST, reply.code, reply.text)
        self.served += 1
        return self._judged(reply, Outcome.ACCEPTED)

    async def close(self) -> None:
        """Say goodbye; nobody waits long for the answer."""
        with contextlib.suppress(Gone):
            self.wire.write(b"QUIT\r\n")
            await self.wire.reply(FAREWELL)
        self.wire.end("goodbye")

    # The conversation

    async def _greet(self, relay: Relay) -> None:
        ours = self.wire.local_address
        name = relay.hello or (f"[IPv6:{ours}]" if ":" in ours else f"[{ours}]")
        reply = await self._ask(f"EHLO {name}")
        if reply.code >= 500:  # a server from before 1995
            self._want(await self._ask(f"HELO {name}"), 250)
            return
        self._want(reply, 250)
        offers = (line.partition(" ") for line in reply.lines[1:])
        self.offers = {word.upper(): rest for word, _, rest in offers}

    async def _secure(self, relay: Relay, context: ssl.SSLContext) -> None:
        if "STARTTLS" not in self.offers:
            if relay.tls == "required":
                raise Unfit(Reply(0, (f"{relay.host} offers no STARTTLS, and tls=required",)))
            return
        self._want(await self._ask("STARTTLS"), 220)
        await self.wire.secure(context, relay.host, self.patience.connect)
        await self._greet(relay)  # what was offered before TLS counts for nothing (RFC 3207, 4.2)

    async def _sign_in(self, relay: Relay) -> None:
        ways = self.offers.get("AUTH", "").upper().split()
        if "PLAIN" in ways:  # RFC 4616
            reply = await self._ask(f"AUTH PLAIN {_encoded(chr(0) + relay.user + chr(0) + relay.password)}")
        elif "LOGIN" in ways:
            self._want(await self._ask("AUTH LOGIN"), 334)
            self._want(await self._ask(_encoded(relay.user)), 334)
            reply = await self._ask(_encoded(relay.password))
        else:
            raise Unfit(Reply(0, (f"{relay.host} offers neither AUTH PLAIN nor LOGIN",)))
        self._want(reply, 235)

    def _begin_ahead(self, following: Callable[[], Envelope | None]) -> bytes:
        """Return the commands of the next message, to be written behind the dot of this one."""
        if not self._pipelines or (envelope := following()) is None:
            return b""
        commands = self._commands(envelope)
        if isinstance(commands, Receipt):
            return b""
        self._ahead = envelope
        return _lines(commands)

    async def _begin(self, envelope: Envelope) -> Receipt | None:
        """Go as far as 354, or return why not."""
        commands = self._commands(envelope)
        begun, self._ahead = self._ahead, None
        if begun is not None and begun is not envelope:
            self.wire.end("another message was begun")
        if isinstance(commands, Receipt):
            return commands
        if self._pipelines:
            if begun is None:
                self.wire.write(_lines(commands))
            replies = await self.wire.replies(len(commands), self._at_most(self.patience.command))
        else:
            replies = []
            for command in commands:
                replies.append(await self._ask(command))
                if replies[-1].code >= 300:
                    break
        failed = next((reply for reply in replies[:2] if reply.code >= 300), None)
        failed = failed or next((reply for reply in replies[2:] if reply.code != 354), None)
        if failed is None:
            return None
        if replies[-1].code == 354:  # asked for data without a recipient (RFC 2920, 3.1): end it here
            self.wire.end("nobody to send to")
        elif failed.code < 400:  # the answer to another question: what follows would be read as commands
            self.wire.end("out of step")
        elif failed.code != 421:
            await self._ask("RSET")
        return self._judged(failed, Outcome.DEFERRED)

    def _commands(self, envelope: Envelope) -> tuple[str, ...] | Receipt:
        """Return how a message begins, or why this server cannot have it."""
        eight_bit = not envelope.data.isascii()
        if eight_bit and "8BITMIME" not in self.offers:  # RFC 6152, 3
            return Receipt(Outcome.REFUSED, 0, "not sent: the server takes no 8-bit messages")
        sender, recipient = spelt(envelope.sender), spelt(envelope.recipient)
        wide = not (sender + recipient).isascii()
        if wide and "SMTPUTF8" not in self.offers:  # RFC 6531, 3.1
            words = f"not sent: {recipient} has letters beyond ASCII before its @, and the server offers no SMTPUTF8"
            return Receipt(Outcome.REFUSED, 0, words)
        options = (" BODY=8BITMIME" if eight_bit else "") + (" SMTPUTF8" if wide else "")
        return f"MAIL FROM:<{sender}>{options}", f"RCPT TO:<{recipient}>", "DATA"

    @property
    def _pipelines(self) -> bool:
        return "PIPELINING" in self.offers

    def _judged(self, reply: Reply, good: Outcome) -> Receipt:
        """Turn a reply into a receipt, and hang up where the server said that it will (421)."""
        if reply.code == 421:
            self.wire.end("the server is closing")
        if reply.code < 400:
            return Receipt(good, reply.code, reply.text, queue_id(reply.text))
        later = reply.code < 500 or reply.code in OUR_FAULT
        return Receipt(Outcome.DEFERRED if later else Outcome.REFUSED, reply.code, reply.text)

    async def _ask(self, command: str) -> Reply:
        self.wire.write(command.encode() + b"\r\n")
        return await self.wire.reply(self._at_most(self.patience.command))

    def _at_most(self, seconds: float) -> float:
        """Cut a wait to what is left of the whole."""
        return max(0.001, min(seconds, self._until - clock.monotonic())) if self._until else seconds

    def _want(self, reply: Reply, code: int) -> None:
        if reply.code != code:
            raise Unfit(reply)


def spelt(address: str) -> str:
    """Return an address with its domain in A-labels (RFC 5891), which every server understands."""
    local, at, domain = address.rpartition("@")
    return f"{local}{at}{a_labels(domain)}"


def stuffed(data: bytes) -> bytes:
    """Double the dots that begin a line (RFC 5321, 4.5.2), and end with a line end."""
    if data.startswith(b"."):
        data = b"." + data
    data = data.replace(b"\r\n.", b"\r\n..")
    return data if data.endswith(b"\r\n") else data + b"\r\n"


def queue_id(text: str) -> str:
    """Return the name the server gave the message, if its words hold one."""
    first = text.partition("\n")[0].strip()
    return next((found[1] for pattern in QUEUE_IDS if (found := pattern.search(first))), "")


def _lines(commands: Iterable[str]) -> bytes:
    return "".join([f"{command}\r\n" for command in commands]).encode()


def _encoded(words: str) -> str:
    return base64.b64encode(words.encode()).decode()
