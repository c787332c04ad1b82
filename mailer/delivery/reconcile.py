"""What became of a message that is in doubt?

Nobody guesses. Evidence from outside says, by Message-ID, that the server took it (its log, an event of the provider,
the journal, a bounce, a reply) or that it did not. Taken: it was sent. Not taken: it is ready again, under a new claim.
What nothing speaks of stays in doubt, and stays visible.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from mailer.delivery.maillog import Trace
from mailer.delivery.message import GUARD, Message, State, T
from mailer.delivery.outbox import report_bounce
from mailer.store import CHUNK

_DOUBTFUL = (
    sa.update(T)
    .where(T.c.message_id.in_(sa.bindparam("ids", expanding=True)), GUARD == State.IN_DOUBT)
    .returning(T.c.id)
)


@dataclass(frozen=True, slots=True)
class Reconciled:
    """How many messages in doubt the evidence settled."""

    sent: int
    ready: int


def reconcile(session: Session, evidence: Mapping[str, bool], why: str, now: datetime) -> Reconciled:
    """Settle what is in doubt: Message-ID -> whether it was accepted; `why` names the evidence, and is kept.

    Only messages in doubt are touched, so the same evidence may be brought twice. At most a chunk at once.
    """
    ids = list(evidence)[:CHUNK]
    accepted = [message_id for message_id in ids if evidence[message_id]]
    refused = [message_id for message_id in ids if not evidence[message_id]]
    sent = _DOUBTFUL.values(state=State.SENT, settled_at=now, reason=f"accepted, by {why}")
    ready = _DOUBTFUL.values(state=State.READY, next_at=now, owner="", reason=f"not accepted, by {why}")
    return Reconciled(
        sent=len(session.execute(sent, {"ids": accepted}).scalars().all()),
        ready=len(session.execute(ready, {"ids": refused}).scalars().all()),
    )


@dataclass(frozen=True, slots=True)
class Settled:
    """What a log did to one message in doubt; `state` is as before where it says nothing."""

    message_id: str
    address: str
    state: State
    why: str


def doubtful(session: Session) -> Sequence[Message]:
    """Return what is in doubt, the oldest first."""
    return session.exec(select(Message).where(Message.state == State.IN_DOUBT).order_by(col(Message.id))).all()


def by_log(session: Session, traces: Mapping[str, Trace], whole: bool, now: datetime) -> list[Settled]:
    """Settle what is in doubt by a relay's log; `whole` says that what the log does not hold never arrived there.

    A bounce in the log is noted as one, so that a dead address counts against itself.
    """
    told = []
    for message in doubtful(session):
        trace = traces.get(message.message_id)
        if trace is None or trace.accepted is None:
            why = "the log is whole, and has nothing of it" if whole else "the log does not say"
            why = why if trace is None else trace.sentence
            if whole:
                _again(message, f"not accepted, by the relay's log: {why}", now)
        elif trace.accepted:
            why = trace.sentence
            message.state, message.settled_at, message.queue_id = State.SENT, now, trace.queue_id
            message.reason = f"accepted, by the relay's log: {why}"
            if trace.status in ("bounced", "expired"):
                report_bounce(session, message, trace.dsn, now)
        else:
            why = trace.sentence
            _again(message, f"not accepted, by the relay's log: {why}", now)
        session.add(message)
        told.append(Settled(message.message_id, message.address, message.state, why))
    session.flush()
    return told


def _again(message: Message, why: str, now: datetime) -> None:
    message.state, message.owner, message.next_at, message.reason = State.READY, "", now, why
