"""What of the outbox do a crash, a person and a policy let go of, or stop?

A crash leaves claims, which are ready again, and hand-overs nobody answered, which are in doubt. A conversation that
ends, and a campaign that goes on, free what they held. A cancelled run marks what still waits. Each verb changes at
most a chunk and is repeated until nothing is left, and names the states it may change in the change itself.
"""

import enum
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from mailer.campaigns.campaign import Run, RunState
from mailer.delivery.message import State, T
from mailer.delivery.outbox import change
from mailer.store import CHUNK

_RUN = SQLModel.metadata.tables["run"]
PARKED = sa.or_(T.c.reason.startswith("paused"), T.c.reason.startswith("not_approved"))
_STOPPED = {"state": State.CANCELLED, "reason": "the run was cancelled"}


class InDoubt(enum.StrEnum):
    """What is done with a message that was handed over and never answered."""

    HOLD = "hold"  # nothing, until evidence settles it
    RESEND = "resend"  # send it again, with the same bytes: some customers get it twice
    RESEND_IDEMPOTENT = "resend_idempotent"  # the same, with a header by which the relay drops what it has already


@dataclass(frozen=True, slots=True)
class Recovered:
    """What a crash left behind: `released` never left, `in_doubt` may have, `resent` leave again by policy."""

    released: int
    in_doubt: int
    resent: int = 0


def recover(
    session: Session,
    now: datetime,
    alive: set[str] | None = None,
    in_doubt: str = InDoubt.HOLD,
    attempts: int = 8,
    limit: int = CHUNK,
) -> Recovered:
    """Take back what a dead process held: what was claimed is ready again, what was handed over is in doubt.

    A holder is dead when its lease ended; a process that holds the house alone knows more, and names who is `alive`:
    everybody else is dead at once. `in_doubt` is the policy of the house, that of a campaign goes before it; nothing is
    sent more than `attempts` times. At most `limit` messages of each kind are taken back at once: repeat until none is.
    """
    dead = T.c.lease_until <= now
    if alive is not None:
        dead = sa.or_(dead, T.c.owner.not_in(alive))
    ready = {"state": State.READY, "owner": "", "lease_until": None, "next_at": now}
    doubt = {"state": State.IN_DOUBT, "lease_until": None, "reason": "the answer to the final dot was not recorded"}
    return Recovered(
        released=change(session, (State.CLAIMED,), dead, ready, limit),
        in_doubt=change(session, (State.HANDED_OVER,), dead, doubt, limit),
        resent=change(
            session,
            (State.IN_DOUBT,),
            sa.and_(_is_resent(in_doubt), T.c.attempts < attempts),
            ready | {"reason": "sent again, by policy"},
            limit,
        ),
    )


def _is_resent(policy: str) -> sa.ColumnElement[bool]:
    campaign = SQLModel.metadata.tables["campaign"]
    own = sa.select(campaign.c.in_doubt).where(campaign.c.id == T.c.campaign_id).scalar_subquery()
    counts = sa.func.coalesce(sa.func.nullif(own, ""), policy)
    return counts.in_([InDoubt.RESEND.value, InDoubt.RESEND_IDEMPOTENT.value])


def release_held(session: Session, customer_id: int, now: datetime) -> int:
    """Let go of what a conversation with this customer held, and return how many; what is late expires at the gate."""
    freed = {"state": State.READY, "next_at": now, "reason": "", "settled_at": None}
    return change(session, (State.HELD,), T.c.customer_id == customer_id, freed)


def release_paused(session: Session, campaign_id: int, now: datetime) -> int:
    """Let go of what was set aside while a campaign was paused."""
    freed = {"state": State.READY, "next_at": now, "reason": ""}
    runs = sa.select(_RUN.c.id).where(_RUN.c.campaign_id == campaign_id)
    return change(session, (State.WAITING,), sa.and_(T.c.run_id.in_(runs), PARKED), freed)


def stop_run(session: Session, run: Run) -> None:
    """Stop a run for good: from the commit on the gate lets nothing of it leave, whatever its messages say."""
    run.state = RunState.CANCELLED
    session.add(run)
    session.flush()


def cancel_run(session: Session, run: Run, now: datetime) -> int:
    """Stop a run, and mark a chunk of what waits."""
    stop_run(session, run)
    waiting = (State.READY, State.WAITING, State.HELD)
    return change(session, waiting, T.c.run_id == run.id, _STOPPED | {"settled_at": now})
