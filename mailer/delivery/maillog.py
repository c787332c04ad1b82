"""What does a relay's own log say became of our messages?

Postfix writes the Message-ID beside its queue id when it has read the headers, and from then on speaks of the queue id
alone. That line proves nothing: the final dot may not have come yet. Proof that a message was accepted is what only
happens to a whole one: `qmgr` takes it up, or a delivery of it is tried, however that ends. Proof that it was not is
a rejection under its queue id, or, in a log that is known to be whole, that nothing of the kind is there.
"""

import gzip
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_LINE = re.compile(
    r"(?P<program>[\w./-]*postfix[\w-]*/[\w/-]+)\[\d+\]: (?P<queue_id>[0-9A-Za-z]{6,20}): (?P<said>.*)", re.DOTALL
)
_MESSAGE_ID = re.compile(r"(?:resent-)?message-id=<?([^>\s]+)>?")
_FATE = re.compile(r"\bdsn=(?P<dsn>[245]\.\d+\.\d+),.*?\bstatus=(?P<status>\w+) \((?P<words>.*)\)", re.DOTALL)
_REJECTED = re.compile(r"(?:milter-)?(?:reject|discard|hold): ")
MAX_WORDS = 300


@dataclass(slots=True)
class Trace:
    """What the log says of one message: its latest fate counts."""

    queue_id: str
    accepted: bool | None = None  # None: the log does not say
    status: str = ""  # sent, bounced, deferred, expired
    dsn: str = ""  # RFC 3463
    words: str = ""

    @property
    def sentence(self) -> str:
        """What it says, for people."""
        if self.accepted is None:
            return f"{self.queue_id}: its headers came, and nothing says that the rest did"
        said = f"{self.status} {self.dsn} {self.words}" if self.status else self.words
        return f"{self.queue_id}: {said}".strip()[:MAX_WORDS]


def lines(path: Path) -> Iterator[str]:
    """Give the lines of a log, also of one that logrotate packed."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", errors="replace") as file:
        yield from file


def traces(log: Iterable[str], message_ids: Collection[str]) -> dict[str, Trace]:
    """Follow these messages through a log, in one pass; a queue id that was used again is another message."""
    wanted = set(message_ids)
    by_queue: dict[str, str] = {}
    found: dict[str, Trace] = {}
    for line in log:
        if "postfix" not in line or not (seen := _LINE.search(line)):
            continue
        queue_id, said = seen["queue_id"], seen["said"].rstrip("\n")
        if named := _MESSAGE_ID.match(said):
            by_queue.pop(queue_id, None)
            if named[1] in wanted:
                by_queue[queue_id] = named[1]
                before = found.get(named[1])
                found[named[1]] = before if before and before.accepted else Trace(queue_id)
        elif message_id := by_queue.get(queue_id):
            trace = found[message_id]
            if trace.accepted and trace.queue_id != queue_id:
                continue  # it was handed over twice, and accepted the first time
            _learn(trace, seen["program"].rpartition("/")[2], said)
    return found


def _learn(trace: Trace, program: str, said: str) -> None:
    if fate := _FATE.search(said):
        trace.accepted, trace.status, trace.dsn = True, fate["status"], fate["dsn"]
        trace.words = fate["words"]
    elif program == "qmgr" and said.startswith("from="):
        trace.accepted = True
        trace.words = trace.words or "taken into the queue"
    elif _REJECTED.match(said) and not trace.accepted:
        trace.accepted, trace.words = said.startswith(("hold", "milter-hold")), said
