"""A sender that sleeps past its lease and wakes up when another has taken over: who sends?

The first is stopped (SIGSTOP) in the middle of its work. When its lease has ended a second takes back what was claimed
and sends it. Then the first goes on where it was, knowing nothing of this. A message belongs to the claim of the newest
epoch, so nothing leaves twice.
"""

import contextlib
import os
import random
import signal
import sqlite3
import time
from pathlib import Path

from tests.drill import lives
from tests.drill.books import compare, logged
from tests.drill.ground import ground
from tests.drill.house import address_of, prepare
from tests.drill.result import Given, Result
from tests.drill.worker import shift

LEASE = 1.0  # seconds
CONNECTIONS = 8
FIRST, SECOND = 120, 60  # messages each takes in a round


def run(given: Given) -> Result:
    """Let senders sleep, again and again."""
    result = Result("sleeper")
    rounds = 1 if given.short else 12
    chance = random.Random(given.seed)
    took = 0
    with ground(given) as (folder, url), lives.judge(folder):
        prepare(folder, rounds * (FIRST + SECOND), url)
        for _ in range(rounds):
            enough = logged(folder) + chance.randint(0, FIRST // 2)
            first = lives.PROCESSES.Process(target=shift, args=(folder, CONNECTIONS, FIRST, LEASE, None))
            first.start()
            assert first.pid is not None
            lives.until(lambda e=enough, f=first: logged(folder) > e or not f.is_alive())
            asleep = first.is_alive()
            if asleep:
                os.kill(first.pid, signal.SIGSTOP)
                while not _is_free(folder):  # on SQLite nobody can work while the one writer sleeps in the middle
                    os.kill(first.pid, signal.SIGCONT)
                    time.sleep(0.002)
                    os.kill(first.pid, signal.SIGSTOP)
                time.sleep(LEASE + 0.5)
            ours, theirs = lives.PROCESSES.Pipe(duplex=False)
            second = lives.PROCESSES.Process(target=shift, args=(folder, CONNECTIONS, SECOND, LEASE, theirs))
            second.start()
            theirs.close()
            took += ours.recv()
            second.join()
            if asleep:
                os.kill(first.pid, signal.SIGCONT)
            first.join()
            result.wants(second.exitcode == 0, f"the second ended with {second.exitcode}")
            result.wants(first.exitcode == 0, f"the first ended with {first.exitcode} when it woke up")
        last = lives.PROCESSES.Process(target=shift, args=(folder, CONNECTIONS, 10**9, 900.0, None, True))
        last.start()
        last.join()
        compare(folder, result)
    result.wants(took, "nothing was ever taken over")
    result.details = {"rounds": rounds, "taken over": took}
    return result


def _is_free(folder: Path) -> bool:
    address = address_of(folder)
    if not address.startswith("sqlite:///"):
        return True
    with contextlib.closing(sqlite3.connect(address.removeprefix("sqlite:///"), timeout=0)) as database:
        try:
            database.execute("begin immediate")
        except sqlite3.OperationalError:
            return False
        database.rollback()
    return True
