"""What happens to the mail when something breaks, again and again?

    python -m tests.drill --kills 200 --connections 8 --json
    python -m tests.drill --only faults race

A house sends its messages to a judge (see `judge`), which notes each one durably before it answers. Meanwhile the
sending process is killed, put to sleep, refused its disk, cut off from its database or answered with nonsense: each a
scenario, a module here of that name. At the end both sides' books are compared:

    twice        the judge has it more than once                           must be 0
    lost_unseen  we say it was sent, and the judge never saw it            must be 0
    in_doubt     handed over and never answered: shown as such, at most one a connection and kill

Ends with 0 when every promise holds. The last line is the result as JSON. `--wrong` runs a protocol that is wrong on
purpose, and has to end with 1.
"""

import argparse
import importlib
import json
import random
import sys
import time
from dataclasses import asdict

from tests.drill.result import Given, Result

SCENARIOS = {
    "kills": "SIGKILL at every failpoint of the sender, and at any moment",
    "floors": "SIGKILL at every failpoint of the house, from folding events to keeping a reply",
    "disk": "SIGKILL, EIO and ENOSPC at each of the first syncs to disk",
    "full": "a disk that is full",
    "sleeper": "a process that sleeps past its lease and wakes up",
    "restart": "a database server that is restarted at once, while sending",
    "faults": "every fault of a mail server, at every verb",
    "race": "customers who leave while we send",
    "restore": "an older database put back while sending",
}
KILLS, FEW = 200, 8  # of the whole drill, and of its short form
SUMS = ("messages", "kills", "delivered", "twice", "lost_unseen", "in_doubt", "in_doubt_and_delivered", "unfinished")


def drill(given: Given, names: list[str]) -> list[Result]:
    """Run these scenarios, one after the other."""
    results = []
    for name in names:
        print(f"{name}: {SCENARIOS[name]}", file=sys.stderr)
        began = time.monotonic()
        result: Result = importlib.import_module(f"tests.drill.{name}").run(given)
        result.seconds = round(time.monotonic() - began, 1)
        print(f"{name}: {verdict(result)}, {result.seconds} s; {figures(result)}", file=sys.stderr)
        results.append(result)
    return results


def verdict(result: Result) -> str:
    """Say in a word or two how a scenario ended."""
    return "holds" if result.holds else "BROKEN" if not result.skipped else "not tried"


def figures(result: Result) -> str:
    """Say what a scenario counted: what is not nothing, and always the two that must be."""
    counted = {name: getattr(result, name) for name in SUMS}
    shown = {name: many for name, many in counted.items() if many or name in ("twice", "lost_unseen")} | result.details
    return ", ".join(f"{name} {many}" for name, many in shown.items())


def main() -> None:
    """Run the drill as a command."""
    options = argparse.ArgumentParser(
        prog="tests.drill", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    options.add_argument(
        "--kills",
        type=int,
        help="so many, in the scenario `kills` alone; without it 200 (short: 8), and every scenario",
    )
    options.add_argument("--messages", type=int, default=0, help="of the scenario `kills`; otherwise by the kills")
    options.add_argument("--connections", type=int, choices=(8, 32), help="only so many; otherwise both")
    options.add_argument("--store", choices=("sqlite", "postgresql"), default="sqlite")
    options.add_argument("--seed", type=int, default=random.randrange(10**6))
    options.add_argument("--wrong", choices=("mark-after", "mark-before"), default="")
    options.add_argument("--only", nargs="+", choices=SCENARIOS, metavar="NAME", help=", ".join(SCENARIOS))
    options.add_argument("--short", action="store_true", help="the form that runs with the tests")
    options.add_argument("--json", action="store_true", help="only the result, as one line of JSON")
    asked = options.parse_args()
    print(f"seed {asked.seed}", file=sys.stderr)
    connections = (asked.connections,) if asked.connections else (8, 32)
    kills = asked.kills or (FEW if asked.short else KILLS)
    given = Given(kills, asked.messages, connections, asked.store, asked.seed, asked.wrong, asked.short)
    results = drill(given, asked.only or (["kills"] if asked.wrong or asked.kills else list(SCENARIOS)))
    holds = all(result.holds for result in results)
    if not asked.json:
        for result in results:
            print(f"{verdict(result)}: {result.scenario}")
            for line in (*result.faults, *([result.skipped] if result.skipped else [])):
                print(f"    {line}")
        print("the promise holds" if holds else "the promise is broken")
    found = {name: sum(getattr(result, name) for result in results) for name in SUMS}
    each = {result.scenario: asdict(result) | {"holds": result.holds} for result in results}
    print(json.dumps(found | {"holds": holds, "wrong": given.wrong, "seed": given.seed, "scenarios": each}))
    sys.exit(0 if holds else 1)


if __name__ == "__main__":
    main()
