"""The disk is full: is anything sent that is not written down?

A small disk of its own (tmpfs) holds the database and the journal; a file takes the room that is left, and gives it
back when the sender has failed. Then everything has to leave, once. The judge's book lies on another disk.

Always on SQLite, where the disk is ours. A PostgreSQL server without room stops, or refuses the statement: to us the
one is a server that is restarted (see `restart`), the other a transaction that failed, as here.
"""

import contextlib
import ctypes
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.drill import lives
from tests.drill.books import compare, logged
from tests.drill.house import prepare
from tests.drill.result import Given, Result

ROUNDS = 6
SIZE = 24 << 20


def run(given: Given) -> Result:
    """Fill the disk again and again while sending."""
    result = Result("full")
    rounds = 1 if given.short else ROUNDS
    messages = 150 if given.short else 3000
    libc = ctypes.CDLL(None, use_errno=True)
    with tempfile.TemporaryDirectory(prefix="drill-") as place:
        disk = Path(place) / "disk"
        disk.mkdir()
        if libc.mount(b"tmpfs", bytes(disk), b"tmpfs", 0, b"size=%d" % SIZE):
            result.skipped = f"no disk can be mounted here: {os.strerror(ctypes.get_errno())}"
            return result
        try:
            folder = Path(place)
            prepare(folder, messages, f"sqlite:///{disk}/mailer.db")
            with lives.judge(folder):
                stopped = sum(_until_full(folder, messages * (number + 1) // (rounds + 2)) for number in range(rounds))
                result.wants(stopped, "the disk was never too full to go on")
                last = [sys.executable, "-m", "tests.drill.worker", place, "8", "all"]
                done = subprocess.run(last, check=False, cwd=lives.ROOT, timeout=lives.PATIENCE)
                result.wants(done.returncode == 0, "the last life failed")
            compare(folder, result)
            result.details = {"rounds": rounds, "stopped by a full disk": stopped}
        finally:
            libc.umount2(bytes(disk), 2)
    return result


def _until_full(folder: Path, enough: int) -> bool:
    """Send; once so many left, take all the room there is; return whether that stopped the sender."""
    command = [sys.executable, "-m", "tests.drill.worker", str(folder), "8", "all"]
    sender = subprocess.Popen(command, cwd=lives.ROOT, stderr=subprocess.DEVNULL)
    ballast = folder / "disk" / "ballast"
    try:
        lives.until(lambda: logged(folder) >= enough or sender.poll() is not None)
        os.sched_yield()
        with ballast.open("wb", buffering=0) as file:
            for piece in (1 << 20, 1 << 12):
                with contextlib.suppress(OSError):  # ENOSPC
                    while True:
                        file.write(b"\0" * piece)
        lives.until(lambda: sender.poll() is not None)
    finally:
        sender.kill()
        sender.wait()
        ballast.unlink(missing_ok=True)
    return sender.returncode != 0
