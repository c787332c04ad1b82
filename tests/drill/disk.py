"""The disk refuses, or the process dies, at one sync to disk after the other: what do the books say then?

`strace` makes the n-th fsync of a life fail, or kill it. What the process does about it is its own matter: it may stop
or go on. Whatever was handed over has to be known.

Always on SQLite, where every sync is ours. A PostgreSQL server whose disk refuses a sync stops by its own design and
recovers from its log; what that is for us, `restart` shows.
"""

import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.drill import lives
from tests.drill.books import compare
from tests.drill.house import prepare
from tests.drill.result import Given, Result

FAULTS = {"KILL": "signal=KILL", "EIO": "error=EIO", "ENOSPC": "error=ENOSPC"}
SYNCS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20)  # of each thread: strace counts them apart
SHORT = (3, 6)
CONNECTIONS = 8


def run(given: Given) -> Result:
    """Try each fault at each of the syncs; every life goes on with what the one before left."""
    result = Result("disk")
    strace = shutil.which("strace")
    if strace is None:
        result.skipped = "strace is not installed (Debian: apt-get install strace)"
        return result
    tries = [(fault, nth) for nth in (SHORT if given.short else SYNCS) for fault in FAULTS]
    ends: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="drill-") as place:
        folder = Path(place)
        prepare(folder, sum(_enough(nth) for _, nth in tries) + 200)
        with lives.judge(folder):
            for fault, nth in tries:
                inject = f"inject=fsync,fdatasync:{FAULTS[fault]}:when={nth}"
                command = [strace, "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync", "-e", inject]
                ended = _live(folder, command, str(_enough(nth)))
                ends[f"{fault}: {'killed' if ended == -signal.SIGKILL else 'went on' if not ended else 'stopped'}"] += 1
                result.wants(fault != "KILL" or ended in (-signal.SIGKILL, 128 + signal.SIGKILL),
                             f"not killed at sync {nth}: {ended}")  # fmt: skip
                result.kills += fault == "KILL"
            result.wants(_live(folder, [], "all") == 0, "the last life failed")
        compare(folder, result)
    result.details = {"syncs": len(tries), "ends": dict(ends)}
    return result


def _enough(nth: int) -> int:
    """How many messages a life needs, at most, to sync so often."""
    return 20 + 12 * nth


def _live(folder: Path, under: list[str], many: str) -> int:
    """Live once, for so many messages or all."""
    command = [*under, sys.executable, "-m", "tests.drill.worker", str(folder), str(CONNECTIONS), many]
    quiet = subprocess.DEVNULL
    return subprocess.run(command, check=False, cwd=lives.ROOT, stderr=quiet, timeout=lives.PATIENCE).returncode
