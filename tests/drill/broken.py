"""A mail server that breaks once, at one verb, in one way; what it takes it notes before it answers."""

import asyncio
import contextlib
import socket
import ssl
import struct

FOREVER = 3600.0
TRICKLE = 0.002

REPLIES = {
    "4xx": b"451 4.3.0 later\r\n",
    "5xx": b"554 5.7.1 no\r\n",
    "garbage": b"hello there\r\n",
    "octets": bytes(range(128, 256)) + b"\r\n",
    "endless-reply": b"250-more\r\n" * 300,
    "wrong-1xx": b"150 wait\r\n",
    "wrong-2xx": b"299 fine\r\n",
    "wrong-3xx": b"399 go on\r\n",
}  # of faults that are one wrong reply, after which the server goes on as if it had been the right one


class Cut(Exception):
    """The server hangs up."""


class Broken:
    """One server, for one cell of the table."""

    def __init__(self, speaks: str, verb: str, fault: str, tls: ssl.SSLContext) -> None:
        self.speaks, self.verb, self.fault, self.tls = speaks, verb, fault, tls
        self.broke = False
        self.got: list[bytes] = []
        self.talks: set[asyncio.Task[None]] = set()
        self.server: asyncio.Server | None = None
        self.sockets: list[socket.socket] = []

    async def start(self) -> int:
        """Listen, and return the port."""
        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        if (self.verb, self.fault) == ("connect", "refused"):
            self.broke = True
            listening.close()
            return port
        if (self.verb, self.fault) == ("connect", "stall"):  # a queue that is full: nothing answers
            self.broke = True
            listening.listen(0)
            self.sockets = [listening, *(socket.socket() for _ in range(3))]
            for each in self.sockets[1:]:
                each.setblocking(False)
                with contextlib.suppress(BlockingIOError):
                    each.connect(("127.0.0.1", port))
            return port
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        self.server = await asyncio.start_server(self.serve, sock=listening)
        return port

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hold one conversation."""
        talk = asyncio.current_task()
        assert talk is not None
        self.talks.add(talk)
        try:
            await self.talk(reader, writer)
        except (Cut, OSError, asyncio.IncompleteReadError, ValueError, ssl.SSLError):
            pass
        except asyncio.CancelledError:  # the table is done with this cell
            pass
        finally:
            self.talks.discard(talk)
            writer.transport.abort()

    async def stop(self) -> None:
        """Hang up on whoever still waits."""
        talks = list(self.talks)
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks)
        if self.server is not None:
            self.server.close()
        for each in self.sockets:
            each.close()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Say what a server says, until it breaks."""
        await self.say(writer, "banner", b"220 broken\r\n")
        known, recipient, took = False, False, False
        while line := await reader.readline():
            verb = line.split()[0].upper().decode() if line.split() else ""
            if took:
                await self.say(writer, "after-dot", b"")
                took = False
            match verb:
                case "EHLO":
                    offers = {"piped": b"250-PIPELINING\r\n", "auth": b"250-AUTH PLAIN\r\n"}.get(self.speaks, b"")
                    if self.speaks == "tls" and not writer.get_extra_info("ssl_object"):
                        offers = b"250-STARTTLS\r\n"
                    known = await self.say(writer, "EHLO", b"250-broken\r\n" + offers + b"250 8BITMIME\r\n") or known
                case "HELO":
                    writer.write(b"250 broken\r\n")
                case "STARTTLS":
                    if await self.say(writer, "STARTTLS", b"220 go on\r\n"):
                        await self.say(writer, "TLS", b"")
                        await writer.start_tls(self.tls)
                case "AUTH":
                    await self.say(writer, "AUTH", b"235 welcome\r\n")
                case "MAIL":
                    known = await self.say(writer, "MAIL", b"250 sender ok\r\n")
                case "RCPT" if known:
                    recipient = await self.say(writer, "RCPT", b"250 recipient ok\r\n")
                case "DATA" if recipient:
                    if await self.say(writer, "DATA", b"354 go on\r\n"):
                        await self.take(reader, writer)
                        recipient, took = False, True
                case "RSET":
                    known = recipient = False
                    writer.write(b"250 ok\r\n")
                case "QUIT":
                    await self.say(writer, "QUIT", b"221 goodbye\r\n")
                    return
                case _:
                    writer.write(b"503 not now\r\n")

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read a letter; once it is terminated it is ours, whatever is answered."""
        body = await reader.readline()
        if not await self.say(writer, "body", b""):
            while await reader.read(1 << 20):  # what is refused already is read, and forgotten
                pass
            raise Cut
        while not body.endswith(b"\r\n.\r\n"):
            line = await reader.readline()
            if not line:
                raise Cut
            body += line
        if not (self.verb == "dot" and not self.broke and self.fault in ("4xx", "5xx", "421")):
            start = body.index(b"Message-ID: <") + 13
            self.got.append(body[start : body.index(b">", start)])
        await self.say(writer, "dot", b"250 2.0.0 Ok: queued as 4F1B2\r\n")

    async def say(self, writer: asyncio.StreamWriter, verb: str, good: bytes) -> bool:
        """Give the good answer, or break; return whether the answer was good."""
        if verb != self.verb or self.broke:
            writer.write(good)
            return True
        self.broke = True
        match self.fault:
            case "421":
                writer.write(b"421 4.3.2 closing\r\n")
                await writer.drain()
                await asyncio.sleep(0.05)
                raise Cut
            case "close":
                raise Cut
            case "reset":
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                raise Cut
            case "stall":
                await asyncio.sleep(FOREVER)
            case "endless-line":
                writer.write(b"250 " + b"x" * 100_000)
                await asyncio.sleep(FOREVER)
            case "partial-close" | "partial-stall":
                writer.write(good[:2] or b"25")
                await writer.drain()
                await asyncio.sleep(0.05 if self.fault.endswith("close") else FOREVER)
                raise Cut
            case "trickle":
                for start in range(0, len(good) - 1, 3):
                    writer.write(good[start : min(start + 3, len(good) - 1)])
                    await asyncio.sleep(TRICKLE)
                writer.write(good[-1:])
                return True
            case "many-lines":
                code, last = good[:3], good.splitlines(keepends=True)[-1]
                writer.write((code + b"-and more\r\n") * 50 + good[: -len(last)] + last)
                return True
            case "twice":
                writer.write(good * 2)
                return True
            case fault:
                writer.write(REPLIES[fault])
                return fault == "wrong-2xx" and verb != "DATA"
        return False
