"""What does the journal know that the database does not?

After an older database was restored, the journal tells what left since: those are sent, and whatever was at its final
dot and never answered is in doubt. What it names that the database has never heard of is kept, because a run that is
planned again makes the same message again: there it is found to have left already.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel

from mailer.delivery.departing import NAME_DIGITS, RUN_DIGITS
from mailer.delivery.journal import Left
from mailer.delivery.message import State, T
from mailer.dialect import DIGITS
from mailer.store import UTC


class Departed(SQLModel, table=True):
    """A message that left, as the journal says, and that this database does not know yet."""

    __tablename__ = "departed"

    message_id: str = Field(primary_key=True)
    at: datetime = Field(sa_type=UTC)
    accepted: bool  # otherwise it was at its final dot, and the answer is not known


@dataclass(frozen=True, slots=True)
class Applied:
    """What the journal taught the database: so many are sent, in doubt, or not known yet."""

    sent: int = 0
    in_doubt: int = 0
    unknown: int = 0

    def __add__(self, other: "Applied") -> "Applied":
        return Applied(self.sent + other.sent, self.in_doubt + other.in_doubt, self.unknown + other.unknown)


def apply(session: Session, told: Sequence[Left]) -> Applied:
    """Teach the database what left: at most a chunk at once. Twice is once."""
    last = {each.message_id: each for each in sorted(told, key=lambda each: (each.accepted, each.at))}
    asked = sa.select(T.c.message_id, T.c.id, T.c.state, T.c.handed_over_at).where(T.c.message_id.in_(last))
    known = {row.message_id: row for row in session.execute(asked)}
    sent = doubted = 0
    for message_id, row in known.items():
        left = last[message_id]
        if left.accepted and row.state is not State.SENT:
            _set(session, row.id, State.SENT, left.at, "the journal says that it left")
            sent += 1
        elif not left.accepted and row.state in _MAY_LEAVE and not _is_known(row.handed_over_at, left.at):
            _set(session, row.id, State.IN_DOUBT, left.at, "the journal has it at its final dot, and no answer")
            doubted += 1
    unknown = [left for message_id, left in last.items() if message_id not in known]
    for left in unknown:
        session.merge(Departed(message_id=left.message_id, at=left.at, accepted=left.accepted))
    session.flush()
    return Applied(sent, doubted, len(unknown))


def meet(session: Session, run_id: int) -> Applied:
    """Find, among the messages just made for a run, those that had left before this database was restored.

    A customer who came after the backup may have another number now; whose it was is in the rest of the Message-ID.
    """
    departed = SQLModel.metadata.tables["departed"]
    if session.execute(sa.select(departed.c.message_id).limit(1)).first() is None:
        return Applied()
    same = sa.and_(*(part(T.c.message_id) == part(departed.c.message_id) for part in (_run_of, _name_of)))
    asked = sa.select(departed, T.c.message_id.label("ours")).join(T, same).where(T.c.run_id == run_id)
    told = session.execute(asked).all()
    found = apply(session, [Left(row.at, row.ours, row.accepted) for row in told])
    session.execute(sa.delete(departed).where(departed.c.message_id.in_([row.message_id for row in told])))
    return found


def _run_of(message_id: Any) -> Any:
    return sa.func.substr(message_id, 1, RUN_DIGITS)


def _name_of(message_id: Any) -> Any:
    return sa.func.substr(message_id, RUN_DIGITS + DIGITS + 1, NAME_DIGITS)


def is_behind(session: Session, last: Left) -> bool:
    """Whether the `last` email that left is not known here to have left, nor any that left after it."""
    state = session.execute(sa.select(T.c.state).where(T.c.message_id == last.message_id)).scalar_one_or_none()
    if state is State.SENT:
        return False
    newest = session.execute(sa.select(sa.func.max(T.c.settled_at)).where(T.c.state == State.SENT)).scalar_one()
    return newest is None or newest < last.at


_MAY_LEAVE = (State.READY, State.WAITING, State.CLAIMED, State.HANDED_OVER, State.HELD)


def _is_known(handed_over_at: datetime | None, at: datetime) -> bool:
    return handed_over_at is not None and handed_over_at >= at


def _set(session: Session, ident: int, state: State, at: datetime, why: str) -> None:
    values = {"state": state, "handed_over_at": at, "settled_at": at, "reason": why, "lease_until": None, "owner": ""}
    session.execute(sa.update(T).where(T.c.id == ident).values(values))
