"""One life of the sending process: the verbs the real one uses, until killed or done.

The two wrong protocols are here to prove that the drill sees what it is for: `mark-after` marks a message only when the
server has answered, so that a crash sends it again; `mark-before` marks it before it leaves, so that a crash loses it.
"""

import os
import sys
import time
from collections.abc import Sequence
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import sqlalchemy as sa

import mailer.tables  # noqa: F401 -- every table is known
from mailer import clock, failpoints
from mailer.delivery import gate, outbox, release, sender
from mailer.delivery.journal import Journal
from mailer.delivery.message import State, T
from mailer.delivery.retry import Retry
from mailer.delivery.sender import Claim, Claims, Receipts
from mailer.delivery.transport import Envelope, Outcome, open_transport
from mailer.store import Store, Urgency
from tests.drill.house import GATE, LEASE, address_of, envelope, judge_of

RETRY = Retry()
LOCKED = "55P03"  # lock_not_available


class Worker:
    """One life of the sending process."""

    def __init__(self, folder: Path, batch: int = 50, size: int = 2_000, *, alone: bool = True) -> None:
        self.store = Store(address_of(folder))
        if alone:
            self.store.lock()
        self.alone = alone
        self.lease = LEASE
        self.owner = f"worker-{os.getpid()}-{os.urandom(4).hex()}"
        beside = Path(self.store.address.database or "").parent if self.store.is_sqlite else folder
        self.journal = Journal(beside / "journal")
        self.judge = gate.judge(GATE)
        self.batch, self.size = batch, size
        self.names: dict[Claim, str] = {}
        self.left = 10**9  # messages this life may still claim

    def recover(self) -> release.Recovered:
        """Take back what the life before had in its hands."""
        with self.store.write(Urgency.MAIL) as session:
            return release.recover(session, clock.now(), alive={self.owner} if self.alone else None)

    def batches(self) -> Sequence[Envelope]:
        """Claim and write the next batch."""
        with self.store.write(Urgency.BULK) as session:
            limit = min(self.batch, self.left)
            if not limit:
                return []
            claimed = outbox.claim(session, self.owner, clock.now(), limit, self.lease, self.judge)
        self.left -= len(claimed)
        self.names.update({(message.id, message.epoch): message.message_id for message in claimed})
        return [envelope(message, self.size) for message in claimed]

    def commit(self, receipts: Receipts, claims: Claims) -> set[Claim]:
        """Settle, and hand over."""
        now = clock.now()
        with self.store.write(Urgency.MAIL) as session:
            outbox.settle(session, receipts, now, RETRY)
            return outbox.hand_over(session, claims, now, self.judge)

    def note(self, receipts: Receipts) -> None:
        """Write down what left."""
        if not self.alone:
            return  # one file has one writer
        left = [self.names.pop((m, epoch)) for m, epoch, receipt in receipts if receipt.outcome is Outcome.ACCEPTED]
        self.journal.append(left, clock.now())


class MarkAfter(Worker):
    """Wrong: the mark comes only with the answer."""

    def commit(self, receipts: Receipts, claims: Claims) -> set[Claim]:
        with self.store.write(Urgency.MAIL) as session:
            sent = [m for m, _, _ in receipts]
            session.execute(sa.update(T).where(T.c.id.in_(sent)).values(state=State.SENT))
        return set(claims)


class MarkBefore(Worker):
    """Wrong: the mark comes before anything has left."""

    def batches(self) -> Sequence[Envelope]:
        found = super().batches()
        with self.store.write(Urgency.MAIL) as session:
            session.execute(sa.update(T).where(T.c.id.in_([e.id for e in found])).values(state=State.SENT))
        return found

    def commit(self, receipts: Receipts, claims: Claims) -> set[Claim]:
        return set(claims)


KINDS = {"": Worker, "mark-after": MarkAfter, "mark-before": MarkBefore}


def deliver(worker: Worker, folder: Path, connections: int) -> None:
    """Send to the judge until nothing is left to take now."""
    transport = open_transport(judge_of(folder), folder)
    sender.send(worker.batches, transport, worker.commit, connections, worker.note)


def live(folder: Path, connections: int, failpoint: str, wrong: str, tell: Connection) -> None:
    """Live once: recover, tell what was found, send until nothing is left, or until killed."""
    worker = KINDS[wrong](folder)
    found = worker.recover()
    tell.send(found.in_doubt)
    name, _, what = failpoint.partition("=")
    failpoints.arm({name: what} if name else {})
    deliver(worker, folder, connections)


def shift(
    folder: Path, connections: int, many: int, lease: float, tell: Connection | None, alone: bool = False
) -> None:
    """Work for so many messages beside others, or `alone`: take back what is free, tell how many, and send."""
    worker = Worker(folder, alone=alone)
    worker.lease, worker.left = timedelta(seconds=lease), many
    found = worker.recover()
    if tell is not None:
        tell.send(found.released)
    try:
        deliver(worker, folder, connections)
    except sa.exc.OperationalError as error:  # somebody sleeps who holds a customer: a house logs it, and tries later
        if getattr(error.orig, "sqlstate", "") != LOCKED:
            raise
        print(f"{worker.owner} waited in vain for a customer that another holds", file=sys.stderr)


def persist(folder: Path, connections: int, tell: Connection) -> None:
    """Send until nothing is left, whatever the database does meanwhile; tell how many steps failed."""
    worker, failures, idle = Worker(folder), 0, 0
    worker.lease = timedelta(seconds=2)
    while idle < 8:  # longer than a lease lasts
        try:
            worker.recover()
            before = worker.left
            deliver(worker, folder, connections)
            idle = idle + 1 if worker.left == before else 0
        except sa.exc.DBAPIError:
            failures, idle = failures + 1, 0
        time.sleep(0.4)
    tell.send(failures)


if __name__ == "__main__":  # in a process of its own: a folder, a number of connections, how many messages or `all`
    here, lines, many = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    alone = Worker(here)
    alone.recover()
    if many != "all":
        alone.left = int(many)
    deliver(alone, here, lines)
