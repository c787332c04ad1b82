"""How many messages a second leave, from ready to settled, each handed over durably?

    python tests/bench/send.py [--messages 5000] [--size 20000] [--connections 8] [--rounds 3]

A SQLite house with the real gate, an SMTP sink in a process of its own, letters whose bytes cost nothing to make: what
is measured is the outbox, the gate, the sender and the protocol. Beside it, round by round, the same bytes over the
same connections without any outbox: the machine's own speed at this moment, so that the ratio means something. The last
line is JSON.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT))

from mailer.delivery import sender  # noqa: E402
from mailer.delivery.outbox import Message  # noqa: E402
from mailer.delivery.transport import Outcome, open_transport  # noqa: E402
from tests.drill.house import envelope, prepare  # noqa: E402
from tests.drill.worker import Worker  # noqa: E402


def timed(act: Callable[[], int]) -> tuple[float, float]:
    """Return messages a second, and CPU microseconds a message."""
    before, began = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    count = act()
    seconds, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return count / seconds, cpu / count * 1e6


def main() -> None:
    """Measure."""
    options = argparse.ArgumentParser()
    options.add_argument("--messages", type=int, default=5000)
    options.add_argument("--size", type=int, default=20_000)
    options.add_argument("--connections", type=int, default=8)
    options.add_argument("--rounds", type=int, default=3)
    given = options.parse_args()
    whole, bare = [], []
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        sink = subprocess.Popen([sys.executable, str(ROOT / "tests/drill/judge.py"), place, "--forget"])
        try:
            while not (Path(place) / "port").exists():
                time.sleep(0.01)
            url = f"smtp://127.0.0.1:{(Path(place) / 'port').read_text()}?tls=no"
            for number in range(given.rounds):
                folder = Path(place) / str(number)
                folder.mkdir()
                prepare(folder, given.messages)
                worker = Worker(folder, batch=200, size=given.size)

                def outbox(worker: Worker = worker) -> int:
                    transport = open_transport(url, ROOT)
                    tally = sender.send(worker.batches, transport, worker.commit, given.connections, worker.note)
                    return tally.outcomes[Outcome.ACCEPTED]

                def protocol() -> int:
                    batches = [
                        [
                            envelope(
                                Message(id=n, epoch=1, address=f"c{n}@example.com", message_id=f"{n}@x"), given.size
                            )
                            for n in range(1, given.messages + 1)
                        ],
                        [],
                    ]
                    transport = open_transport(url, ROOT)
                    yes = lambda _, claims: {message for message, _ in claims}  # noqa: E731
                    return sender.send(lambda: batches.pop(0), transport, yes, given.connections).outcomes.total()

                whole.append(timed(outbox))
                bare.append(timed(protocol))
                ours, theirs = whole[-1], bare[-1]
                line = f"{ours[0]:,.0f}/s, {ours[1]:.0f} µs; bare {theirs[0]:,.0f}/s, {theirs[1]:.0f} µs"
                print(f"round {number + 1}: {line}")
                worker.store.close()
        finally:
            sink.kill()
            sink.wait()
    rate, alone = (statistics.median(speed for speed, _ in each) for each in (whole, bare))
    cpu = statistics.median(cost for _, cost in whole)
    result = {
        "messages": given.messages, "size": given.size, "connections": given.connections,
        "per_second": round(rate), "without_outbox_per_second": round(alone), "ratio": round(rate / alone, 2),
        "cpu_microseconds": round(cpu),
    }  # fmt: skip
    print(json.dumps(result))


if __name__ == "__main__":
    main()
