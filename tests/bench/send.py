"""How many emails a second leave, side by side with the limit of the machine and with what others use?

    python -m tests.bench send [--rounds 3] [--only lifeline smtp-source …] [--json]

The same personal mail for all: about 20 kB on the wire, three conditionals, a loop of five, links that are signed for
each customer, list headers; the same sink (see `sinks`) over as many connections. Round by round, every row in a
process of its own; the median of the rounds counts, and `of limit` is the median of the ratios within a round.

    lifeline              the product's own path, ready rows to settled ones: house, campaign, templates, gate, journal
    lifeline-ed25519      the same, signed with an Ed25519 key; -rsa: with an RSA key of 2,048 bits
    lifeline-postgresql   the same, the truth in PostgreSQL (whose own processes are not counted into the CPU)
    prebuilt              our outbox, gate, sender and journal with bytes that were made before
    smtp-source           of Postfix, -d -s 8: a program in C that sends the same bytes again and again; the limit
    nodemailer            pooled, handlebars compiled once, CSS inlined once
    post-office           django-post-office, rendered on delivery, CSS inlined once
    naive                 Jinja2, premailer and smtplib, anew for each mail

CPU is that of the sending processes, user and system, children included.
"""

import argparse
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT))

from tests.bench import sinks  # noqa: E402
from tests.bench.sinks import Missing  # noqa: E402
from tests.postgresql import DURABLE, Server  # noqa: E402

RIVALS = HERE / "rivals"
CONNECTIONS = 8
LIMIT = "smtp-source"
FILLING = "<p>Our bakers begin at three in the morning, and by six the first loaves are on the shelf.</p>\n"
PLAIN = """We have missed you{% if first_name %}, {{ first_name }}{% endif %}.
{% if days %}The last time was {{ days }} days ago.{% else %}It has been a while.{% endif %}
{% if department %}In {{ department }}, where you buy most, much is new.{% else %}Much is new.{% endif %}
{% for sentence in because %}- {{ sentence }}
{% endfor %}FILLINGTalk with Maya: {{ human }}
Preferences: {{ preferences }}
Unsubscribe: {{ unsubscribe }}
"""


@dataclass
class Bench:
    """What all rows share."""

    port: int
    folder: Path
    scale: float
    size: int = 20_000
    stack: ExitStack = field(default_factory=ExitStack)
    server: Server | None = None
    connections: int = CONNECTIONS

    def lifeline(self, many: int, keys: str = "", url: str = "") -> dict[str, float]:
        """The product."""
        return _run([sys.executable, RIVALS / "lifeline.py", self.port, many, self.connections, keys, url])

    def lifeline_postgresql(self, many: int) -> dict[str, float]:
        """The product, on PostgreSQL."""
        if self.server is None:
            try:
                self.server = Server((*DURABLE, "fsync=on"))
            except (AssertionError, OSError) as error:
                raise Missing(f"no PostgreSQL can be started: {error}") from error
            self.stack.callback(self.server.stop)
        url = self.server.new()
        try:
            return self.lifeline(many, url=url)
        finally:
            self.server.drop(url)

    def prebuilt(self, many: int) -> dict[str, float]:
        """Our sender alone."""
        return _run([sys.executable, RIVALS / "prebuilt.py", self.port, many, self.connections, self.size])

    def smtp_source(self, many: int) -> dict[str, float]:
        """The limit."""
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        given = [
            "-d",
            "-s",
            self.connections,
            "-m",
            many,
            "-l",
            self.size,
            "-f",
            "b@drill.example",
            "-t",
            "c@example.com",
        ]
        command = [sinks.program("smtp-source"), *map(str, given), f"127.0.0.1:{self.port}"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        seconds, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
        return {"messages": many, "seconds": seconds, "cpu": cpu, "peak_mb": 0}

    def nodemailer(self, many: int) -> dict[str, float]:
        """The rival of Node.js."""
        modules = sinks.node_modules()
        command = [sinks.program("node"), RIVALS / "nodemailer.js", self.port, many, self.connections]
        return _run([*command, self.page("letter.hbs"), self.page("letter.txt.hbs")], NODE_PATH=str(modules))

    def post_office(self, many: int) -> dict[str, float]:
        """The rival of Django."""
        return self._python("queued.py", many)

    def naive(self, many: int) -> dict[str, float]:
        """What one writes first."""
        return self._python("naive.py", many)

    def _python(self, name: str, many: int) -> dict[str, float]:
        pages = (self.page("letter.html"), self.page("letter.txt"))
        return _run([sinks.rivals_python(), RIVALS / name, self.port, many, self.connections, *pages])

    def page(self, name: str) -> Path:
        """Write a rival's template, as long as our letter, and return its path."""
        source = PLAIN if "txt" in name else (RIVALS / "letter.html").read_text()
        filling = FILLING if "txt" not in name else re.sub("<[^>]+>", "", FILLING)
        lines = max(1, (self.size - 7_500) // (2 * len(FILLING)))
        source = source.replace("FILLING", filling * lines)
        if name.endswith(".hbs"):
            for jinja, handlebars in (
                (r"\{% if (\w+) %\}", r"{{#if \1}}"), (r"\{% else %\}", "{{else}}"), (r"\{% endif %\}", "{{/if}}"),
                (r"\{% for \w+ in (\w+) %\}", r"{{#each \1}}"), (r"\{% endfor %\}", "{{/each}}"),
                (r"\{\{ sentence \}\}", "{{this}}"),
            ):  # fmt: skip
                source = re.sub(jinja, handlebars, source)
        path = self.folder / name
        path.write_text(source)
        return path


ROWS: dict[str, tuple[int, Callable[[Bench, int], dict[str, float]]]] = {
    "lifeline": (4000, Bench.lifeline),
    "lifeline-ed25519": (3000, lambda bench, many: bench.lifeline(many, "ed25519")),
    "lifeline-rsa": (2000, lambda bench, many: bench.lifeline(many, "rsa")),
    "lifeline-postgresql": (3000, Bench.lifeline_postgresql),
    "prebuilt": (6000, Bench.prebuilt),
    LIMIT: (20000, Bench.smtp_source),
    "nodemailer": (1000, Bench.nodemailer),
    "post-office": (400, Bench.post_office),
    "naive": (60, Bench.naive),
}  # messages a round, and how


def _run(command: list[object], **more: str) -> dict[str, float]:
    environment = {**os.environ, **more}
    done = subprocess.run([str(part) for part in command], check=False, capture_output=True, text=True, env=environment)
    if done.returncode:
        raise Missing(f"failed: {(done.stderr.strip().splitlines() or ['nothing said'])[-1][:200]}")
    found: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def main() -> None:
    """Measure."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--only", nargs="+", choices=ROWS, default=list(ROWS), metavar="ROW")
    options.add_argument("--scale", type=float, default=1, help="messages a round, times this")
    options.add_argument("--connections", type=int, default=CONNECTIONS, help="of every row, to the sink")
    options.add_argument("--json", action="store_true", help="one object a line instead of a table")
    asked = options.parse_args()
    found: dict[str, list[dict[str, float]]] = {name: [] for name in asked.only}
    errors: dict[str, str] = {}
    with tempfile.TemporaryDirectory(prefix="bench-") as place, sinks.sink() as port, ExitStack() as stack:
        bench = Bench(port, Path(place), asked.scale, stack=stack, connections=asked.connections)
        sized = [sys.executable, str(RIVALS / "lifeline.py"), "0", "1", "1", "", ""]
        bench.size = int(subprocess.run(sized, check=True, capture_output=True, text=True).stdout)
        for number in range(asked.rounds):
            for name in asked.only:
                many, act = ROWS[name]
                try:
                    row = act(bench, max(20, int(many * asked.scale)))
                except Missing as error:
                    errors[name] = str(error)
                    continue
                found[name].append(row | {"round": number})
                said = f"{row['messages'] / row['seconds']:,.0f}/s"
                print(f"round {number + 1}: {name} {said}", file=sys.stderr)
    limits = {row["round"]: row["messages"] / row["seconds"] for row in found.get(LIMIT, ())}
    rows = [_summary(name, found[name], limits, errors.get(name, "")) for name in asked.only]
    if asked.json:
        for row in rows:
            print(json.dumps(row | {"bytes": bench.size, "rounds": asked.rounds, "connections": asked.connections}))
        return
    print(f"{bench.size:,} bytes a mail, {asked.connections} connections, median of {asked.rounds} rounds\n")
    print(f"{'':20} {'mails/s':>9} {'a core':>9} {'CPU µs':>8} {'peak MB':>8} {'of limit':>9}")
    for row in rows:
        if row.get("error"):
            print(f"{row['name']:20} {row['error']}")
            continue
        share = f"{row['of_limit']:9.3f}" if row["of_limit"] is not None else ""
        print(f"{row['name']:20} {row['messages_per_s']:9,.0f} {row['per_core']:9,.0f} {row['cpu_us']:8,.0f} "
              f"{row['peak_mb']:8,.0f} {share}")  # fmt: skip


def _summary(name: str, rounds: list[dict[str, float]], limits: dict[float, float], error: str) -> dict[str, object]:
    if not rounds:
        return {"name": name, "error": error or "not measured"}
    rates = [row["messages"] / row["seconds"] for row in rounds]
    cpu = statistics.median(row["cpu"] / row["messages"] for row in rounds)
    shares = [rate / limits[row["round"]] for rate, row in zip(rates, rounds, strict=True) if row["round"] in limits]
    summary: dict[str, object] = {
        "name": name,
        "messages_per_s": round(statistics.median(rates), 1),
        "per_core": round(1 / cpu, 1),
        "cpu_us": round(cpu * 1e6, 1),
        "peak_mb": round(max(row["peak_mb"] for row in rounds), 1),
        "of_limit": round(statistics.median(shares), 4) if shares else None,
    }
    return summary | ({"error_in_some_round": error} if error else {})


if __name__ == "__main__":
    main()
