"""What did the other side really get?

A mail server in a process of its own, which writes each Message-ID to a file and syncs it *before* it answers 250: the
only witness that does not depend on what we think happened. It offers PIPELINING, accepts everything that was
terminated properly, and nothing else.
"""

import asyncio
import os
import sys
from pathlib import Path

COMMANDS = {
    b"EHLO": b"250-judge\r\n250-PIPELINING\r\n250 8BITMIME\r\n",
    b"MAIL": b"250 2.1.0 Ok\r\n",
    b"RCPT": b"250 2.1.5 Ok\r\n",
    b"RSET": b"250 2.0.0 Ok\r\n",
    b"NOOP": b"250 2.0.0 Ok\r\n",
}


class Judge(asyncio.Protocol):
    """One connection to the judge."""

    def __init__(self, log: int) -> None:
        self.log = log
        self.rest = bytearray()
        self.in_data = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        transport.write(b"220 judge\r\n")

    def data_received(self, data: bytes) -> None:
        seen = max(0, len(self.rest) - 4)
        self.rest += data
        answers = []
        while True:
            if self.in_data:
                end = self.rest.find(b"\r\n.\r\n", seen)
                if end < 0:
                    break
                answers.append(self.accept(bytes(self.rest[: self.rest.find(b"\r\n\r\n") + 2])))
                del self.rest[: end + 5]
                self.in_data = False
            else:
                end = self.rest.find(b"\r\n")
                if end < 0:
                    break
                verb = bytes(self.rest[:4]).upper()
                del self.rest[: end + 2]
                if verb == b"DATA":
                    self.in_data = True
                    answers.append(b"354 go on\r\n")
                elif verb == b"QUIT":
                    self.transport.close()
                    return
                else:
                    answers.append(COMMANDS.get(verb, b"502 5.5.1 not here\r\n"))
            seen = 0
        if answers:
            self.transport.write(b"".join(answers))

    def accept(self, headers: bytes) -> bytes:
        start = headers.lower().find(b"message-id:") + 11
        message_id = headers[start : headers.find(b"\r\n", start)].strip(b" <>")
        if self.log >= 0:
            os.write(self.log, message_id + b"\n")
            os.fsync(self.log)
        return b"250 2.0.0 Ok: queued as " + message_id[:8].upper() + b"\r\n"


async def serve(folder: Path, durable: bool) -> None:
    """Serve until killed; the port is written to `port` in the folder."""
    log = os.open(folder / "judge.log", os.O_CREAT | os.O_APPEND | os.O_WRONLY) if durable else -1
    server = await asyncio.get_running_loop().create_server(lambda: Judge(log), "127.0.0.1", 0)
    half = folder / "port.part"
    half.write_text(str(server.sockets[0].getsockname()[1]))
    half.replace(folder / "port")
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), durable=sys.argv[2:] != ["--forget"]))
