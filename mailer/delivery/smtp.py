"""How does a message reach a mail server?

Over connections that are kept for many messages, and a while after the last one; what is said on them is `line`'s
matter. A server that hung up meanwhile, or says that it had enough of this connection, gets the message over a new one,
as long as the hand-over was not asked for.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable

from mailer import clock
from mailer.delivery.line import Line, Patience, Unfit, nothing
from mailer.delivery.relay import Relay
from mailer.delivery.transport import Envelope, HandOver, Outcome, Receipt

_NO_ENDS = bytes(sign for sign in range(256) if sign not in b"\r\n\0")


class SmtpTransport:
    """A way out through one relay.

    Args:
        relay: where to.
        patience: how long we wait.
        keep: seconds an open connection is kept for the next call of `send`, in the same event loop; then `close`.
    """

    def __init__(self, relay: Relay, patience: Patience | None = None, keep: float = 0) -> None:
        self.relay = relay
        self.patience = patience or Patience()
        self.keep = keep
        self._spare: list[Line] = []
        self._ending: set[asyncio.Task[None]] = set()
        self._sweeping: asyncio.TimerHandle | None = None

    async def send(
        self, envelopes: AsyncIterator[Envelope], hand_over: HandOver
    ) -> AsyncIterator[tuple[Envelope, Receipt]]:
        """Send one envelope after the other over one connection, opened again when it is lost.

        It ends when the relay cannot be reached: the envelope at hand is deferred, and no other is drawn.
        """
        line: Line | None = None
        queue = _Queue(envelopes)
        try:
            while (envelope := await queue.draw()) is not None:
                if queue.wrong is not None:
                    yield envelope, queue.wrong
                    continue
                line = line or self._kept()
                receipt = await line.send(envelope, hand_over, queue.peek) if line else None
                if line is None or line.is_worn(receipt):
                    line = None
                    try:
                        line = await Line.open(self.relay, self.patience)
                    except (Unfit, OSError, ssl.SSLError, TimeoutError) as error:
                        yield envelope, self._unreachable(error)
                        return
                    receipt = await line.send(envelope, hand_over, queue.peek)
                if line.wire.gone:
                    line = None
                assert receipt is not None
                yield envelope, receipt
        except BaseException:  # stopped in the middle: what was not terminated is not theirs
            if line is not None:
                line.wire.end("stopped")
            raise
        if line is not None:
            await self._lay_by(line)

    async def close(self) -> None:
        """Say goodbye on every connection that was kept."""
        spare, self._spare = self._spare, []
        if self._sweeping is not None:
            self._sweeping.cancel()
        await asyncio.gather(*(line.close() for line in spare), *self._ending)

    def _kept(self) -> "Line | None":
        while self._spare:
            line = self._spare.pop()
            if not line.wire.gone and not line.wire.pending:
                return line
            line.wire.end("not wanted any more")
        return None

    async def _lay_by(self, line: "Line") -> None:
        if not self.keep:
            await line.close()
            return
        line.idle_since = clock.monotonic()
        self._spare.append(line)
        if self._sweeping is None:
            self._sweeping = asyncio.get_running_loop().call_later(self.keep, self._sweep)

    def _sweep(self) -> None:
        """End what nobody used for long, and look again while anything is kept."""
        loop, since = asyncio.get_running_loop(), clock.monotonic() - self.keep
        for line in [line for line in self._spare if line.idle_since <= since]:
            self._spare.remove(line)
            ending = loop.create_task(line.close())
            self._ending.add(ending)
            ending.add_done_callback(self._ending.discard)
        self._sweeping = loop.call_later(self.keep, self._sweep) if self._spare else None

    def _unreachable(self, error: Exception) -> Receipt:
        if isinstance(error, Unfit):
            return Receipt(Outcome.DEFERRED, 0, str(error))
        return Receipt(
            Outcome.DEFERRED, 0, f"cannot reach {self.relay.host}:{self.relay.port}: {str(error) or 'no answer'}"
        )


class _Queue:
    """What one connection sends, with a look at the next one where the source has it at hand."""

    def __init__(self, source: AsyncIterator[Envelope]) -> None:
        self._source = source
        self._at_hand: Callable[[], Envelope | None] = getattr(source, "at_hand", nothing)
        self._next: Envelope | None = None
        self.wrong: Receipt | None = None  # with the one that was drawn or looked at last

    async def draw(self) -> Envelope | None:
        """Return the next one, or None: there is no other."""
        if self._next is None and (drawn := await anext(self._source, None)) is not None:
            self._look_at(drawn)
        found, self._next = self._next, None
        return found

    def peek(self) -> Envelope | None:
        """Return the one that `draw` will give, if it is there already and nothing is wrong with it."""
        if self._next is None and (drawn := self._at_hand()) is not None:
            self._look_at(drawn)
        return self._next if self.wrong is None else None

    def _look_at(self, envelope: Envelope) -> None:
        self._next, self.wrong = envelope, malformed(envelope)


def malformed(envelope: Envelope) -> Receipt | None:
    """Return why an envelope can never be sent as it is, or None.

    A bare CR or LF would let one server see two messages where another sees one (SMTP smuggling; RFC 5321, 2.3.8).
    """
    ends = envelope.data.translate(None, _NO_ENDS)  # what is left has to be CRLF and nothing else
    if ends != b"\r\n" * (len(ends) // 2):
        return Receipt(Outcome.REFUSED, 0, "not sent: the message has a bare CR or LF, or a NUL")
    for address in (envelope.sender, envelope.recipient):
        if not address.isprintable() or any(sign in address for sign in " <>"):
            return Receipt(Outcome.REFUSED, 0, f"not sent: {address!r} is no address SMTP can carry")
    if not envelope.recipient:
        return Receipt(Outcome.REFUSED, 0, "not sent: nobody to send to")
    return None
