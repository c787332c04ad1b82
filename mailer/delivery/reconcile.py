"""What became of a message that is in doubt?

Nobody guesses. Evidence from outside says, by Message-ID, that the server took it (its log, an event of the provider,
the journal, a bounce, a reply) or that it did not. Taken: it was sent. Not taken: it is ready again, under a new claim.
What nothing speaks of stays in doubt, and stays visible.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session

from mailer.delivery.outbox import GUARD, State, T
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
