"""What had already left, if the database is lost?

A database restored from yesterday does not know what was sent today. So each message that was accepted is also appended
to a file beside the database, one line a message: when, and its Message-ID. It is written after the settlement is
committed, synced once a batch, and read when a restored database asks what it missed. What stands at its final dot is
noted too, with a question mark and without waiting for the disk: should the process die there, it is in doubt.
"""

import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

TAIL = 256 * 1024  # bytes of the file that hold its last lines


class Journal:
    """An append-only file of what left."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("ab")
        if self._file.tell() and not path.read_bytes().endswith(b"\n"):  # a line cut short by a power cut ends here
            self._file.write(b" cut\n")

    def append(self, message_ids: Iterable[str], now: datetime) -> None:
        """Write down that these left, and return when the disk has it."""
        lines = "".join(f"{now.isoformat()} {message_id}\n" for message_id in message_ids)
        if lines:
            self._file.write(lines.encode())
            self._file.flush()
            os.fsync(self._file.fileno())

    def note(self, message_ids: Iterable[str], now: datetime) -> None:
        """Write down that these are at their final dot; a process that dies cannot take it back, a power cut may."""
        self._file.write("".join(f"{now.isoformat()} ? {message_id}\n" for message_id in message_ids).encode())
        self._file.flush()

    def close(self) -> None:
        """Give the file back."""
        self._file.close()


class Left(NamedTuple):
    """A line of the journal: an email that left, or, if not `accepted`, was at its final dot."""

    at: datetime
    message_id: str
    accepted: bool


def told(path: Path) -> Iterator[Left]:
    """Give every line, oldest first; one that was cut short is passed over."""
    if path.is_file():
        with path.open("rb") as file:
            yield from filter(None, map(_line, file))


def read(path: Path) -> Iterator[tuple[datetime, str]]:
    """Give what left, oldest first."""
    return ((left.at, left.message_id) for left in told(path) if left.accepted)


def last(path: Path) -> Left | None:
    """Return the last email that left, looking at the end of the file only."""
    if not path.is_file():
        return None
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - TAIL))
        lines = [left for left in map(_line, file) if left and left.accepted]
    return lines[-1] if lines else None


def _line(line: bytes) -> Left | None:
    when, _, rest = line.decode(errors="replace").rstrip("\n").partition(" ")
    message_id = rest.removeprefix("? ")
    if not line.endswith(b"\n") or not message_id or " " in message_id:
        return None
    try:
        return Left(datetime.fromisoformat(when), message_id, accepted=rest == message_id)
    except ValueError:
        return None
