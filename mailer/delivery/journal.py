"""What had already left, if the database is lost?

A database restored from yesterday does not know what was sent today. So each message that was accepted is also appended
to a file beside the database, one line a message: when, and its Message-ID. It is written after the settlement is
committed, synced once a batch, and read when a restored database asks what it missed.
"""

import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path


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

    def close(self) -> None:
        """Give the file back."""
        self._file.close()


def read(path: Path) -> Iterator[tuple[datetime, str]]:
    """Give what left, oldest first; a line that was cut short is passed over."""
    if not path.is_file():
        return
    with path.open(encoding="utf-8", errors="replace") as file:
        for line in file:
            when, _, message_id = line.rstrip("\n").partition(" ")
            if line.endswith("\n") and " " not in message_id:
                try:
                    yield datetime.fromisoformat(when), message_id
                except ValueError:
                    continue
