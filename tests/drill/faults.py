"""Whatever a mail server does, at whatever verb: does each message end in the one state that is true?

`faults.txt` says it literally, a line a cell: what the server speaks, the verb it breaks at, how; then what becomes of
the message under way (outcome and state), whether the server has it, and what becomes of the next message on the same
transport, which shows whether an answer was taken for the answer to another question. Each cell has a server of its
own (see `broken`), and the real client, outbox and gate.
"""

import asyncio
import tempfile
from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

import mailer.tables  # noqa: F401 -- every table is known
from mailer import clock
from mailer.delivery import gate, outbox, sender
from mailer.delivery.line import Patience
from mailer.delivery.message import Message, State, T
from mailer.delivery.relay import Relay
from mailer.delivery.retry import Retry
from mailer.delivery.sender import Claim, Claims, Receipts
from mailer.delivery.smtp import SmtpTransport
from mailer.people.consent import decide
from mailer.store import Store, Urgency
from tests.drill.broken import Broken
from tests.drill.certificate import served
from tests.drill.house import BODY, GATE, address_of, envelope, prepare
from tests.drill.result import Given, Result

TABLE = Path(__file__).with_name("faults.txt")
PATIENCE = Patience(connect=5, command=5, block=5, final=5)
WAITS = ("stall", "partial-stall")  # faults that cost our whole patience
AT_ONCE = 60  # cells
LARGE = BODY * 500  # more than the buffers between us and a server that does not read hold


@dataclass(frozen=True)
class Cell:
    """One line of the table."""

    speaks: str
    verb: str
    fault: str
    outcome: str
    state: str
    logged: str
    following: str

    @property
    def name(self) -> str:
        return f"{self.speaks} {self.verb} {self.fault}"

    @property
    def expected(self) -> tuple[str, str, str, str]:
        return self.outcome, self.state, self.logged, self.following


def cells() -> list[Cell]:
    """Read the table."""
    lines = (line.split() for line in TABLE.read_text().splitlines())
    return [Cell(*words) for words in lines if words and not words[0].startswith("#")]


class Table:
    """All cells, tried on one store."""

    def __init__(self, folder: Path, wanted: list[Cell]) -> None:
        prepare(folder, 2 * len(wanted))
        self.store = Store(address_of(folder))
        self.judge = gate.judge(GATE)
        self.cells = wanted
        self.places = asyncio.Semaphore(AT_ONCE)
        self.authority = folder / "server.pem"
        self.tls = served(self.authority)

    async def run(self) -> list[tuple[Cell, tuple[str, str, str, str], bool]]:
        """Try them all; return what each gave."""
        with self.store.write() as session:
            pairs = []
            for cell in self.cells:
                claimed = outbox.claim(session, "me", clock.now(), 2, timedelta(minutes=15))
                pairs.append((cell, claimed))
        return await asyncio.gather(*(self.attempt(cell, claimed) for cell, claimed in pairs))

    async def attempt(self, cell: Cell, claimed: list[Message]) -> tuple[Cell, tuple[str, str, str, str], bool]:
        """Try one."""
        async with self.places:
            server = Broken(cell.speaks, cell.verb, cell.fault, self.tls)
            relay = self.relay(cell, await server.start())
            self.before(cell, claimed[0])
            given: dict[int, str] = {}

            def note(receipts: Receipts) -> None:
                given.update({message: receipt.outcome.value for message, _, receipt in receipts})

            letters = [envelope(message) for message in claimed]
            if cell.verb == "body":
                letters[0] = replace(letters[0], data=letters[0].data + LARGE)
            await sender.deliver(letters, SmtpTransport(relay, PATIENCE), self.commit, 1, note)
            await server.stop()
        with self.store.read() as session:
            state = session.execute(sa.select(T.c.state).where(T.c.id == claimed[0].id)).scalar_one()
        times = Counter(server.got)
        logged = {0: "no", 1: "yes"}.get(times[claimed[0].message_id.encode()], "twice")
        honest = times[claimed[1].message_id.encode()] == (given[claimed[1].id or 0] == "accepted")
        broke = server.broke or cell.verb in ("connect", "gate")
        found = (given[claimed[0].id or 0], state.value, logged, given[claimed[1].id or 0])
        return cell, found, broke and honest

    def relay(self, cell: Cell, port: int) -> Relay:
        host = "nobody.invalid" if cell.fault == "unknown-host" else "127.0.0.1"
        if cell.speaks == "tls":
            return Relay(host, port, tls="required", ca=str(self.authority))
        user = "ann" if cell.speaks == "auth" else ""
        return Relay(host, port, user, "secret", tls="no")

    def before(self, cell: Cell, message: Message) -> None:
        """What happened between the claim and the final dot, where that is the fault."""
        if cell.verb != "gate":
            return
        with self.store.write() as session:
            if cell.fault == "left":
                decide(session, message.customer_id or 0, "offers", False, clock.now(), "one-click")
            else:
                stolen = {"epoch": T.c.epoch + 1, "owner": "another"}
                session.execute(sa.update(T).where(T.c.id == message.id).values(stolen))

    def commit(self, receipts: Receipts, claims: Claims) -> set[Claim]:
        with self.store.write(Urgency.MAIL) as session:
            outbox.settle(session, receipts, clock.now(), Retry())
            return outbox.hand_over(session, claims, clock.now(), self.judge)


def run(given: Given) -> Result:
    """Try every cell of the table."""
    wanted = [cell for cell in cells() if not (given.short and cell.fault in WAITS)]
    with tempfile.TemporaryDirectory(prefix="drill-") as folder:
        table = Table(Path(folder), wanted)
        found = asyncio.run(table.run())
        table.store.close()
    result = Result("faults", messages=2 * len(wanted))
    for cell, got, sound in found:
        result.wants(got == cell.expected, f"{cell.name}: expected {' '.join(cell.expected)}, found {' '.join(got)}")
        result.wants(sound, f"{cell.name}: it never broke, or the next message is not where its receipt says")
        result.delivered += got[2] != "no"
        result.twice += got[2] == "twice"
        result.lost_unseen += got[1] == State.SENT and got[2] == "no"
        result.in_doubt += got[1] == State.IN_DOUBT
        result.in_doubt_and_delivered += got[1] == State.IN_DOUBT and got[2] != "no"
    result.details = {"cells": len(wanted), "outcomes": dict(Counter(cell.outcome for cell in wanted))}
    return result
