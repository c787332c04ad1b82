"""Killed again and again under load, is anything sent twice, or lost unseen?

SIGKILL at each named failpoint of the sender in turn, and between them at any moment; each life begins with what the
one before left. In doubt may be one message a connection and kill, at most.
"""

import random
import signal
import sys
import time
from collections import Counter
from multiprocessing.process import BaseProcess
from pathlib import Path

from tests.drill import lives
from tests.drill.books import compare, logged, waiting
from tests.drill.ground import ground
from tests.drill.house import prepare
from tests.drill.result import Given, Result
from tests.drill.worker import live

BY_MESSAGE = ("delivery.claimed", "delivery.after-dot")
BY_ROUND = (
    "delivery.before-hand-over", "delivery.after-hand-over", "delivery.before-settle", "delivery.settled",
)  # fmt: skip
FAILPOINTS = (BY_MESSAGE[0], *BY_ROUND[:2], BY_MESSAGE[1], *BY_ROUND[2:])  # in the order a message meets them


class Drill:
    """One drill, in one folder."""

    def __init__(self, folder: Path, given: Given, kills: int, connections: int) -> None:
        self.folder, self.given, self.kills, self.connections = folder, given, kills, connections
        self.chance = random.Random(given.seed)
        self.killed_at: Counter[str] = Counter()
        self.most_in_doubt = 0

    def run(self) -> Result:
        """Send, kill, send …, then compare the books."""
        result = Result("kills")
        with lives.judge(self.folder):
            if all(self.life(number) for number in range(self.kills)):
                self.live("").join()
        compare(self.folder, result)
        result.kills = self.killed_at.total()
        result.wants(result.kills == self.kills, f"{result.kills} kills of the {self.kills} that were asked for")
        result.wants(
            self.most_in_doubt <= self.connections,
            f"{self.most_in_doubt} in doubt after one kill, over {self.connections} connections",
        )
        result.details = {
            "connections": self.connections,
            "in_doubt_most_per_kill": self.most_in_doubt,
            "killed_at": dict(self.killed_at),
        }
        return result

    def life(self, number: int) -> bool:
        """Let the worker live until it is killed, at a failpoint or by us at any moment; say whether it was."""
        share = max(1, waiting(self.folder) // (self.kills - number + 1))
        name = "" if number % 2 else FAILPOINTS[number // 2 % len(FAILPOINTS)]
        nth = self.chance.randint(1, share if name in BY_MESSAGE else max(1, share // self.connections))
        enough = logged(self.folder) + self.chance.randint(0, share)
        worker = self.live(f"{name}=kill@{nth}" if name else "")
        if not name:
            lives.until(lambda: not worker.is_alive() or logged(self.folder) >= enough)
            time.sleep(self.chance.uniform(0, 0.004))
            worker.kill()
        worker.join()
        if worker.exitcode == 0:  # nothing was left to send; a wrong protocol may get there early
            return False
        if worker.exitcode != -signal.SIGKILL:
            raise SystemExit(f"a worker failed by itself ({worker.exitcode})")
        self.killed_at[name or "any moment"] += 1
        print(f"kill {number + 1}: {name or 'any moment'}, {logged(self.folder)} delivered", file=sys.stderr)
        return True

    def live(self, failpoint: str) -> BaseProcess:
        """Begin a life, and note what it found of the one before."""
        ours, theirs = lives.PROCESSES.Pipe(duplex=False)
        told = (self.folder, self.connections, failpoint, self.given.wrong, theirs)
        worker = lives.PROCESSES.Process(target=live, args=told)
        worker.start()
        theirs.close()
        with ours:
            self.most_in_doubt = max(self.most_in_doubt, ours.recv())
        return worker


def drill(given: Given, kills: int, connections: int) -> Result:
    """Run one drill in a folder of its own."""
    messages = given.messages or max(300, kills * (connections + 20))
    with ground(given) as (folder, url):
        prepare(folder, messages, url)
        return Drill(folder, given, kills, connections).run()


def run(given: Given) -> Result:
    """Share the kills among the numbers of connections."""
    total = Result("kills")
    for place, connections in enumerate(given.connections):
        share = given.kills // len(given.connections) + (place < given.kills % len(given.connections))
        found = drill(given, share, connections)
        for name in ("messages", "kills", "delivered", "twice", "lost_unseen", "in_doubt", "in_doubt_and_delivered",
                     "unfinished"):  # fmt: skip
            setattr(total, name, getattr(total, name) + getattr(found, name))
        total.faults += found.faults
        total.details[f"{connections} connections"] = found.details
    return total
