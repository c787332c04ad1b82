"""What happens to the mail when the process is killed, again and again?

    python -m tests.drill --kills 20 --json

A house with some thousand messages sends them to a judge (see `judge`), which notes each one durably before it answers.
The sending process is killed with SIGKILL at random moments and at each named failpoint in turn, started again, and so
on until the outbox is finished. Then both sides' books are compared:

    twice        the judge has it more than once                           must be 0
    lost_unseen  we say it was sent, or nothing at all, and the judge never saw it   must be 0
    in_doubt     handed over and never answered: shown as such, at most one a connection and kill

Ends with 0 when that holds. `--wrong` runs a protocol that is wrong on purpose, and has to end with 1.
"""

import argparse
import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT))
os.environ["PYTHONPATH"] = str(ROOT)  # for the processes begun from here

import sqlalchemy as sa  # noqa: E402

from mailer.delivery import outbox  # noqa: E402
from mailer.delivery.outbox import State, T  # noqa: E402
from mailer.store import Store  # noqa: E402
from tests.drill.house import prepare  # noqa: E402
from tests.drill.worker import live  # noqa: E402

PROCESSES = multiprocessing.get_context("forkserver")  # a clean process each, from one that has imported everything
PROCESSES.set_forkserver_preload(["tests.drill.worker"])

BY_MESSAGE = ("delivery.claimed", "delivery.after-dot")
BY_ROUND = (
    "delivery.before-hand-over", "delivery.after-hand-over", "delivery.before-settle", "delivery.settled",
)  # fmt: skip
FAILPOINTS = (BY_MESSAGE[0], *BY_ROUND[:2], BY_MESSAGE[1], *BY_ROUND[2:])  # in the order a message meets them


@dataclass
class Outcome:
    """What the drill found."""

    messages: int
    connections: int
    wrong: str = ""
    asked: int = 0
    kills: int = 0
    delivered: int = 0
    twice: int = 0
    lost_unseen: int = 0
    in_doubt: int = 0
    in_doubt_and_delivered: int = 0
    in_doubt_most_per_kill: int = 0
    unfinished: int = 0
    accounts_balance: bool = True
    killed_at: dict[str, int] = field(default_factory=dict)
    seconds: float = 0

    @property
    def holds(self) -> bool:
        """Whether what we promise is true."""
        promised = self.in_doubt_most_per_kill <= self.connections
        promised = promised and self.kills == self.asked
        return promised and self.accounts_balance and not (self.twice or self.lost_unseen or self.unfinished)


class Drill:
    """One drill, in one folder."""

    def __init__(self, folder: Path, kills: int, messages: int, connections: int, seed: int, wrong: str) -> None:
        self.folder, self.kills, self.chance = folder, kills, random.Random(seed)
        self.found = Outcome(messages, connections, wrong, asked=kills)
        self.killed_at: Counter[str] = Counter()

    def run(self) -> Outcome:
        """Send, kill, send …, then compare the books."""
        began = time.monotonic()
        prepare(self.folder, self.found.messages)
        judge = subprocess.Popen([sys.executable, str(HERE / "judge.py"), str(self.folder)])
        try:
            _until((self.folder / "port").exists)
            if all(self.life(number) for number in range(self.kills)):
                self.live("").join()
        finally:
            judge.kill()
            judge.wait()
        self.compare()
        self.found.kills, self.found.killed_at = self.killed_at.total(), dict(self.killed_at)
        self.found.seconds = round(time.monotonic() - began, 1)
        return self.found

    def life(self, number: int) -> bool:
        """Let the worker live until it is killed, at a failpoint or by us at any moment; say whether it was."""
        share = max(1, (self.found.messages - self.logged()) // (self.kills - number + 1))
        name = "" if number % 2 else FAILPOINTS[number // 2 % len(FAILPOINTS)]
        nth = self.chance.randint(1, share if name in BY_MESSAGE else max(1, share // self.found.connections))
        enough = self.logged() + self.chance.randint(0, share)
        worker = self.live(f"{name}=kill@{nth}" if name else "")
        if not name:
            _until(lambda: not worker.is_alive() or self.logged() >= enough)
            time.sleep(self.chance.uniform(0, 0.004))
            worker.kill()
        worker.join()
        if worker.exitcode == 0:  # nothing was left to send; a wrong protocol may get there early
            return False
        if worker.exitcode != -signal.SIGKILL:
            raise SystemExit(f"a worker failed by itself ({worker.exitcode})")
        self.killed_at[name or "any moment"] += 1
        print(f"kill {number + 1}: {name or 'any moment'}, {self.logged()} delivered", file=sys.stderr)
        return True

    def live(self, failpoint: str) -> BaseProcess:
        """Begin a life, and note what it found of the one before."""
        ours, theirs = PROCESSES.Pipe(duplex=False)
        told = (self.folder, self.found.connections, failpoint, self.found.wrong, theirs)
        worker = PROCESSES.Process(target=live, args=told)
        worker.start()
        theirs.close()
        with ours:
            in_doubt = ours.recv()
        self.found.in_doubt_most_per_kill = max(self.found.in_doubt_most_per_kill, in_doubt)
        return worker

    def logged(self) -> int:
        """How many lines the judge has written: one Message-ID each, all of one length: 40 letters and a line end."""
        log = self.folder / "judge.log"
        return log.stat().st_size // 41 if log.exists() else 0

    def compare(self) -> None:
        """Compare the judge's book with ours."""
        seen = Counter((self.folder / "judge.log").read_text().split())
        store = Store(f"sqlite:///{self.folder}/mailer.db")
        with store.read() as session:
            ours = {row[0]: row[1] for row in session.execute(sa.select(T.c.message_id, T.c.state))}
            self.found.accounts_balance = outbox.accounts(session, 1).balance
        store.close()
        self.found.delivered = len(seen)
        self.found.twice = sum(times > 1 for times in seen.values())
        doubtful = {message_id for message_id, state in ours.items() if state is State.IN_DOUBT}
        self.found.in_doubt = len(doubtful)
        self.found.in_doubt_and_delivered = len(doubtful & seen.keys())
        self.found.lost_unseen = len(ours.keys() - doubtful - seen.keys())
        self.found.unfinished = sum(state not in (State.SENT, State.IN_DOUBT) for state in ours.values())


def _until(true) -> None:
    deadline = time.monotonic() + 120
    while not true():
        if time.monotonic() > deadline:
            raise SystemExit("the drill stands still")
        time.sleep(0.0005)


def drill(kills: int, messages: int, connections: int = 8, seed: int = 1, wrong: str = "") -> Outcome:
    """Run one drill in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="drill-") as folder:
        return Drill(Path(folder), kills, messages, connections, seed, wrong).run()


def main() -> None:
    """Run the drill as a command."""
    options = argparse.ArgumentParser(
        prog="tests.drill", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    options.add_argument("--kills", type=int, default=20)
    options.add_argument("--messages", type=int, default=3000)
    options.add_argument("--connections", type=int, default=8)
    options.add_argument("--seed", type=int, default=random.randrange(10**6))
    options.add_argument("--wrong", choices=("mark-after", "mark-before"), default="")
    options.add_argument("--json", action="store_true", help="only the result, as one line of JSON")
    given = options.parse_args()
    print(f"seed {given.seed}", file=sys.stderr)
    found = drill(given.kills, given.messages, given.connections, given.seed, given.wrong)
    if not given.json:
        print("the promise holds" if found.holds else "the promise is broken")
    print(json.dumps(asdict(found)))
    sys.exit(0 if found.holds else 1)


if __name__ == "__main__":
    main()
