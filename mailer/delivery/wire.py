"""What was said on one SMTP connection?

Lines out, replies in (RFC 5321, 4.2): nothing is known here of mail. A server that is silent too long, talks nonsense
or goes away is `Gone`; the connection is closed then and never used again, because a late reply would be taken for the
answer to another question.
"""

import asyncio
import re
import ssl
from collections import deque
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

LINE = 8192  # octets of a reply line; RFC 5321, 4.5.3.1.5 allows 512, real servers say more
LINES = 200  # of one reply
TICK = 0.002  # seconds a timer may be early


class Gone(ConnectionError):
    """The connection is no more; the text says how it ended."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply: its code, and its words verbatim, one line each."""

    code: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The words, enhanced status code (RFC 2034) included."""
        return "\n".join(self.lines)


_REPLY_LINE = re.compile(rb"([2-5][0-9][0-9])([ -]?)(.*)", re.DOTALL)


@lru_cache(maxsize=64)  # a server says the same to every MAIL, RCPT and DATA
def _read(line: bytes) -> tuple[Reply, bool] | None:
    """Return what a line says, and whether the reply ends with it; None: no reply at all."""
    found = _REPLY_LINE.fullmatch(line.rstrip(b"\r"))
    if found is None:
        return None
    return Reply(int(found[1]), (found[3].decode("utf-8", "replace"),)), found[2] != b"-"


class Wire(asyncio.Protocol):
    """One connection."""

    def __init__(self) -> None:
        self.gone: Gone | None = None
        self._transport: asyncio.Transport | None = None
        self._rest = b""
        self._lines: list[str] = []
        self._replies: deque[Reply] = deque()
        self._listener: asyncio.Future[None] | None = None
        self._wanted = 1  # replies the listener waits for
        self._until, self._late = 0.0, ""  # when whoever waits has waited too long, and what is said then
        self._timer: asyncio.TimerHandle | None = None
        self._paused = False
        self._drained: asyncio.Future[None] | None = None

    @property
    def pending(self) -> bool:
        """Whether the server said something nobody asked for yet."""
        return bool(self._replies)

    @property
    def local_address(self) -> str:
        """Our own address on this connection."""
        assert self._transport is not None
        return str(self._transport.get_extra_info("sockname")[0])

    @property
    def tls(self) -> ssl.SSLObject | None:
        """What TLS says of this connection; None in clear text."""
        assert self._transport is not None
        found: ssl.SSLObject | None = self._transport.get_extra_info("ssl_object")
        return found

    async def reply(self, seconds: float) -> Reply:
        """Return the next reply.

        Raises:
            Gone: there is none within so many seconds, or the connection ended.
        """
        if not self._replies:
            await self._heard(1, seconds)
        return self._replies.popleft()

    async def replies(self, many: int, seconds: float) -> list[Reply]:
        """Return the next so many replies, when all of them are there.

        Raises:
            Gone: they are not within so many seconds, or the connection ended.
        """
        if len(self._replies) < many:
            await self._heard(many, seconds)
        return [self._replies.popleft() for _ in range(many)]

    async def _heard(self, many: int, seconds: float) -> None:
        if self.gone:
            raise self.gone
        self._wanted, self._listener = many, asyncio.get_running_loop().create_future()
        self._watch(seconds, "no answer within")
        try:
            await self._listener
        finally:
            self._listener = None

    def _watch(self, seconds: float, what: str) -> None:
        """End the connection if somebody still waits then: one timer, looked at when it is due, not set for each."""
        loop = asyncio.get_running_loop()
        self._until, self._late = loop.time() + seconds, f"{what} {seconds:g} seconds"
        if self._timer is None or self._timer.when() > self._until:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = loop.call_at(self._until, self._look)

    def _look(self) -> None:
        self._timer = None
        if self._listener is None and self._drained is None:
            return
        loop = asyncio.get_running_loop()
        if self._until <= loop.time() + TICK:
            self.end(self._late)
        else:
            self._timer = loop.call_at(self._until, self._look)

    def write(self, data: bytes) -> None:
        """Write as soon as the network takes it."""
        if self._transport is not None and self.gone is None:
            self._transport.write(data)

    async def drain(self, seconds: float) -> None:
        """Return when the network took most of what was written.

        Raises:
            Gone: it did not within so many seconds, or the connection ended.
        """
        if self.gone:
            raise self.gone
        if self._paused:
            self._drained = asyncio.get_running_loop().create_future()
            self._watch(seconds, "nothing was read for")
            try:
                await self._drained
            finally:
                self._drained = None

    async def secure(self, context: ssl.SSLContext, host: str, seconds: float) -> None:
        """Begin TLS (RFC 3207). What came in clear text before it is an attack, and ends the connection.

        Raises:
            Gone: the other side did not begin it, or is not who it should be.
        """
        if self._rest or self._lines or self._replies or self._transport is None:
            self.end("clear text before TLS")
        if self.gone or self._transport is None:
            raise self.gone or Gone("no connection")
        try:
            async with asyncio.timeout(seconds):  # the loop has a limit only for handshakes that began
                self._transport = await asyncio.get_running_loop().start_tls(
                    self._transport, self, context, server_hostname=host
                )
        except TimeoutError:
            self.end(f"no TLS with {host} within {seconds:g} seconds")
        except (OSError, ssl.SSLError) as error:
            self.end(f"no TLS with {host}: {error}")
        if self.gone:
            raise self.gone

    def end(self, why: str) -> None:
        """Drop the connection: whoever listens is told why, unless all they wait for was said before."""
        self.gone = self.gone or Gone(why)
        if self._transport is not None:
            self._transport.abort()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._tell_listener()
        for future in (self._listener, self._drained):
            if future is not None and not future.done():
                future.set_exception(self.gone)

    def _tell_listener(self) -> None:
        if self._listener is not None and len(self._replies) >= self._wanted and not self._listener.done():
            self._listener.set_result(None)

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Cut what came into lines, and lines into replies."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            found = _read(line)
            if found is None:
                self.end(f"not an SMTP reply: {line[:80]!r}")
                return
            reply, ends = found
            if self._lines or not ends:
                self._lines += reply.lines
                if len(self._lines) > LINES:
                    self.end("a reply without end")
                    return
                if not ends:
                    continue
                reply, self._lines = Reply(reply.code, tuple(self._lines)), []
            self._replies.append(reply)
        self._tell_listener()
        if len(self._rest) > LINE:
            self.end("a line without end")

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever listens."""
        self.end(f"connection lost: {exc}" if exc else "connection closed by the server")

    def pause_writing(self) -> None:
        """The network is slower than we are."""
        self._paused = True

    def resume_writing(self) -> None:
        """It caught up."""
        self._paused = False
        if self._drained is not None and not self._drained.done():
            self._drained.set_result(None)
