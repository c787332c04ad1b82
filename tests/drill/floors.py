"""Killed at every failpoint of the house, does each step go on where it was?

Not only the sender: the fold into the warehouse, the choosing of recipients, the spool that keeps what arrives. The
names are read from the source, so that a failpoint nobody tries is a fault here. Each life does all steps of a house in
turn until it is killed; customers' replies are given again until one was accepted, as their servers would.
With `--store postgresql` the truth lies in a server, which is not killed (see `restart` for that).
"""

import os
import re
import signal
from collections import Counter
from pathlib import Path

from sqlmodel import select

from mailer import clock, pipeline
from mailer.paths import Home
from mailer.replies.inbound import InboundEmail
from tests.drill import lives, shop
from tests.drill.books import compare
from tests.drill.ground import ground
from tests.drill.house import judge_of
from tests.drill.result import Given, Result

CUSTOMERS, REPLIES = 1600, 30
FIRST = ("spool.", "replies.", "insights.", "campaigns.")  # in the order a life meets them
LIVES = {
    "insights": (1, 1, 1),
    "campaigns": (1,),
}  # when each life is killed there
OFTEN = (1, 2, 3)  # elsewhere


def failpoints() -> list[str]:
    """Read the names of all failpoints from the source, in the order a life meets them."""
    sources = (path.read_text() for path in sorted((lives.ROOT / "mailer").rglob("*.py")))
    names = {name for source in sources for name in re.findall(r'\breach\(\s*"([^"]+)"', source)}
    floor = {prefix: place for place, prefix in enumerate(FIRST)}
    return sorted(names, key=lambda name: (floor.get(name.partition(".")[0] + ".", 9), name))


def run(given: Given) -> Result:
    """Kill the house at each."""
    result = Result("floors")
    killed: Counter[str] = Counter()
    names = failpoints()
    with ground(given) as (folder, url):
        with lives.judge(folder):
            home = shop.found(folder, CUSTOMERS, judge_of(folder), url=url)
            for name in names:
                often = LIVES.get(name.partition(".")[0], OFTEN)
                for nth in often[:1] if given.short else often:
                    killed[name] += _live(folder, home, {name: f"kill@{nth}"}) == -signal.SIGKILL
            result.wants(_live(folder, home, {}) == 0, "the last life failed")
        compare(folder, result)
        _replies(folder, home, result)
    result.kills = killed.total()
    result.wants(result.messages == CUSTOMERS, f"{result.messages} messages for {CUSTOMERS} customers")
    for name in names:
        result.wants(killed[name], f"the failpoint {name} was never met")
    result.details = {"killed at": dict(killed)}
    return result


def _live(folder: Path, home: Home, armed: dict[str, str]) -> int | None:
    life = lives.PROCESSES.Process(target=work, args=(folder, home, armed))
    life.start()
    life.join()
    return life.exitcode


def work(folder: Path, home: Home, armed: dict[str, str]) -> None:
    """Do what a house does, step by step, until nothing is left or until killed."""
    house = shop.open_house(home, armed)
    pipeline.recover(house)
    accepted = folder / "accepted"
    done = set(accepted.read_text().split()) if accepted.exists() else set()
    with accepted.open("a") as file:
        for number in range(REPLIES):
            if str(number) not in done:
                pipeline.accept(house, _reply(number), f"c{number}@example.com", ["hello@reply.drill.example"])
                file.write(f"{number}\n")
                file.flush()
                os.fsync(file.fileno())
    pipeline.sort(house, clock.now())
    shop.choose(house)
    pipeline.send(house)
    house.close()


def _reply(number: int) -> bytes:
    return (
        f"From: c{number}@example.com\r\nTo: hello@reply.drill.example\r\nSubject: Question {number}\r\n"
        f"Message-ID: <{number}@example.com>\r\n\r\nHello, this is question {number}.\r\n"
    ).encode()


def _replies(folder: Path, home: Home, result: Result) -> None:
    """Every reply that was accepted is there once, whole, and with a person."""
    house = shop.open_house(home)
    with house.store.read() as session:
        kept = list(session.exec(select(InboundEmail)))
    result.wants(sorted(house.spool.read(each.digest) for each in kept) == sorted(map(_reply, range(REPLIES))),
                 f"{len(kept)} replies are kept of {REPLIES} that were accepted, or not the same")  # fmt: skip
    result.wants(all(each.state.value == "routed" for each in kept), "a reply lies with nobody")
    house.close()
