"""What becomes of a message that is to leave?

A `Message` leaves at most once. Its life, with the durable write of each step:

    ready -claim-> claimed(owner, epoch, lease) -hand over-> handed_over -250-> sent
      ^               |                                         |-4xx-> waiting -> ready
      |<-lease ended--+                                         |-5xx-> failed
                      +- the gate says no -> held | suppressed  |-no answer, crash-> in_doubt
                         | capped | expired | cancelled         |
                      +- the template fails -> render_failed

Between the server's 250 and our commit nobody can have both "never twice" and "never lost". So the mark is made durably
just before the final dot: what was marked and never answered is in doubt, shown, and settled by evidence.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlmodel import Session

from mailer.delivery.message import GUARD, LEFT, Kind, Message, State, T, in_one_of
from mailer.delivery.retry import Retry
from mailer.delivery.transport import Outcome, Receipt
from mailer.dialect import among, is_shared, written
from mailer.people.customer import Customer
from mailer.prepared import Prepared
from mailer.store import CHUNK, UTC

if TYPE_CHECKING:
    from mailer.delivery.policy import Refusal

Judge = Callable[[Session, Sequence[int], datetime], "Mapping[int, Refusal]"]  # ids of messages -> who may not leave
Claim = tuple[int, int]  # a message's id, and the epoch it was claimed in

ANSWER_WITHIN = timedelta(minutes=15)  # RFC 5321, 4.5.3.2.6: ten minutes for the answer to the dot, and some to spare


def _is(state: State) -> sa.ColumnElement[bool]:
    """Match one state, written out: a database takes an index of that state alone only if it sees which it is."""
    return T.c.state == sa.bindparam(f"is_{state.value}", state, type_=T.c.state.type, literal_execute=True)


def _this() -> sa.ColumnElement[bool]:
    return sa.and_(T.c.id == sa.bindparam("its_id"), T.c.epoch == sa.bindparam("its_epoch"))


def claim(
    session: Session, owner: str, now: datetime, limit: int, lease: timedelta, judge: Judge | None = None
) -> "list[Claimed]":
    """Take up to `limit` messages that are due, the highest priority first, for `owner` until the lease ends.

    With `judge` the gate is asked here already, so that what it refuses is set aside before it costs a connection; the
    answer that counts is still the one inside `hand_over`. An empty list means that nothing is left to take now.
    """
    change(session, (State.WAITING,), T.c.next_at <= now, {"state": State.READY}, order=(T.c.next_at,))
    first = (T.c.priority.desc(), T.c.id)
    ready = sa.select(T.c.id).where(_is(State.READY)).order_by(*first).limit(limit)
    for _ in range(max(4, 4 * CHUNK // limit)):
        ids = list(session.execute(ready.with_for_update(skip_locked=True)).scalars())
        if not ids:
            return []
        refusals = judge(session, ids, now) if judge else {}
        _refuse(session, refusals, now)
        free = [message for message in ids if message not in refusals]
        if free:
            _TAKE.run_each(session, [{"ids": free, "new_owner": owner, "until": now + lease}])
            claimed = session.connection().execute(_CLAIMED, {"ids": free, "owner": owner}).all()
            return [Claimed(*row) for row in claimed]
    return []


_TAKE = Prepared(
    sa.update(T)
    .where(among(T.c.id, "ids"), GUARD == State.READY)
    .values(
        state=State.CLAIMED,
        owner=sa.bindparam("new_owner"),
        epoch=T.c.epoch + 1,
        lease_until=sa.bindparam("until", type_=UTC),
    )
)


@dataclass(slots=True)
class Claimed:
    """A message as it is taken: what its letter and its envelope are made of, without the life of its row."""

    id: int
    kind: Kind
    epoch: int
    address: str
    customer_id: int | None
    run_id: int | None
    campaign_id: int | None
    topic_id: str | None
    staff_id: int | None
    message_id: str
    template_version_id: int | None
    context: dict[str, Any] | None
    headers: dict[str, str]
    subject: str
    dated_at: datetime | None
    created_at: datetime


_CLAIMED = (
    sa.select(*(T.c[each.name] for each in fields(Claimed)))
    .where(among(T.c.id, "ids"), T.c.owner == sa.bindparam("owner"))
    .order_by(T.c.priority.desc(), T.c.id)
)


_LETTER = ("subject", "context", "template_version_id", "dated_at")
_WRITE = Prepared(
    sa.update(T)
    .where(_this(), GUARD == State.CLAIMED, T.c.dated_at.is_(None))
    .values({name: sa.bindparam(f"new_{name}") for name in _LETTER} | {"context": written("new_context")})
)


def write(session: Session, letters: Sequence[Mapping[str, Any]]) -> None:
    """Keep what claimed messages say, once: rows of id, epoch, subject, context, template_version_id, dated_at.

    The context is JSON already, as a press was told it.

    The bytes are a function of these, so a message that leaves after a crash leaves with the bytes it had before.
    """
    _WRITE.run_each(
        session,
        [
            {"its_id": row["id"], "its_epoch": row["epoch"]} | {f"new_{name}": row[name] for name in _LETTER}
            for row in letters
        ],
    )


def fail_rendering(session: Session, failures: Sequence[tuple[int, int, str]], now: datetime) -> None:
    """Set claimed messages aside whose template failed: (id, epoch, why)."""
    failed = {"state": State.RENDER_FAILED, "reason": sa.bindparam("why"), "settled_at": now, "lease_until": None}
    rows = [{"its_id": message, "its_epoch": epoch, "why": why} for message, epoch, why in failures]
    _each(session, sa.update(T).where(_this(), GUARD == State.CLAIMED).values(failed), rows)


_HAND_OVER = Prepared(
    sa.update(T)
    .where(among(T.c.id, "ids"))
    .where(among(sa.cast(T.c.id, sa.Text).concat(":").concat(sa.cast(T.c.epoch, sa.Text)), "claims"))
    .where(GUARD == State.CLAIMED, T.c.lease_until > sa.bindparam("at", type_=UTC))
    .values(
        state=State.HANDED_OVER,
        attempts=T.c.attempts + 1,
        handed_over_at=sa.bindparam("at", type_=UTC),
        lease_until=sa.bindparam("until", type_=UTC),
    )
    .returning(T.c.id, T.c.epoch)
)


_C = Customer.metadata.tables["customer"]
_LOCK = (
    sa.select(_C.c.id)
    .where(_C.c.id.in_(sa.select(T.c.customer_id).where(among(T.c.id, "ids"))))
    .order_by(_C.c.id)  # everybody in the same order, so that nobody waits for one who waits for them
    .with_for_update()  # which a decision about consent waits for, because it points at its customer
)


def hand_over(session: Session, claims: Sequence[Claim], now: datetime, judge: Judge) -> set[Claim]:
    """Mark, durably once this commits, that these leave now, and return the claims that may.

    A message may when it is still ours (epoch and lease) and the gate says yes. Who slept past a lease may hold the
    same message twice, from before and anew: so the answer is claims, of which only the newest may. What the gate
    refuses is set aside with the reason; what is no longer ours is left alone. Where several write at once, the
    customers are locked first: else two could hand over the last email that the cap allows, and a consent could be
    withdrawn between look and mark.
    """
    if not claims:
        return set()
    if is_shared(session):
        session.execute(_LOCK, {"ids": [message for message, _ in claims]})
    refusals = judge(session, [message for message, _ in claims], now)
    if refusals:
        _refuse(session, refusals, now, dict(sorted(claims)))  # of two claims the newer
    left = [(message, epoch) for message, epoch in claims if message not in refusals]
    given = {
        "ids": [message for message, _ in left],
        "claims": [f"{message}:{epoch}" for message, epoch in left],
        "at": now,
        "until": now + ANSWER_WITHIN,
    }
    return {(message, epoch) for message, epoch in _HAND_OVER.run(session, given)}


def set_aside(session: Session, claims: Sequence[Claim], now: datetime, judge: Judge) -> set[Claim]:
    """Ask the gate about claimed messages before they stand at their dots; return the claims that it set aside."""
    refusals = judge(session, [message for message, _ in claims], now) if claims else {}
    if refusals:
        _refuse(session, refusals, now, dict(sorted(claims)))
    return {claim for claim in claims if claim[0] in refusals}


_SAID: dict[str, Any] = {"reply": sa.bindparam("said"), "lease_until": None}
_DONE = _SAID | {"settled_at": sa.bindparam("at", type_=UTC)}
_FATE = ("state", "attempts", "next_at", "settled_at", "reason")
_OURS = (State.CLAIMED, State.HANDED_OVER, State.IN_DOUBT)
_SETTLED: dict[Outcome, tuple[tuple[State, ...], dict[str, Any]]] = {
    Outcome.ACCEPTED: (
        (*LEFT, State.READY, State.WAITING),
        _DONE | {"state": State.SENT, "reason": "", "queue_id": sa.bindparam("queue")},
    ),
    Outcome.REFUSED: (_OURS, _DONE | {"state": State.FAILED, "reason": "refused"}),
    Outcome.LOST: ((State.HANDED_OVER,), _SAID | {"state": State.IN_DOUBT, "reason": "no answer to the final dot"}),
    Outcome.WITHHELD: ((State.CLAIMED,), {"state": State.READY, "owner": "", "lease_until": None}),
    Outcome.DEFERRED: (
        _OURS,
        _SAID
        | {name: sa.bindparam(f"new_{name}") for name in ("state", "attempts", "next_at", "settled_at", "reason")},
    ),
}  # from which states, to what
_SETTLE = {
    outcome: Prepared(sa.update(T).where(_this(), in_one_of(states)).values(values))
    for outcome, (states, values) in _SETTLED.items()
}


def settle(session: Session, receipts: Sequence[tuple[int, int, Receipt]], now: datetime, retry: Retry) -> None:
    """Record what became of messages: (id, epoch, receipt). Doing it twice changes nothing more.

    An acceptance that comes late counts even if the message was given up for in doubt, or made ready again, meanwhile:
    the epoch proves which attempt it speaks of.
    """
    rows: dict[Outcome, list[dict[str, Any]]] = {}
    for message, epoch, receipt in receipts:
        row: dict[str, Any] = {"its_id": message, "its_epoch": epoch, "said": receipt.reply, "at": now}
        rows.setdefault(receipt.outcome, []).append(row | {"queue": receipt.queue_id})
    if deferred := rows.get(Outcome.DEFERRED):
        codes = {message: receipt.code for message, _, receipt in receipts}
        fates = _defer(session, {row["its_id"]: codes[row["its_id"]] for row in deferred}, now, retry)
        rows[Outcome.DEFERRED] = [row | fates[row["its_id"]] for row in deferred if row["its_id"] in fates]
    for outcome, those in rows.items():
        _SETTLE[outcome].run_each(session, those)


def _defer(session: Session, codes: Mapping[int, int], now: datetime, retry: Retry) -> dict[int, dict[str, Any]]:
    """Decide for each deferred message: wait, or give up. No server, no attempt: an outage is nobody's fault."""
    asked = sa.select(T.c.id, T.c.state, T.c.attempts, T.c.message_id, T.c.due_at).where(T.c.id.in_(codes))
    fates = {}
    for message, state, tried, message_id, due_at in session.execute(asked):
        attempts = tried + 1 if state is State.CLAIMED and codes[message] else tried
        next_at = retry.next_at(message_id, attempts, due_at, now)
        fates[message] = {
            "new_state": State.WAITING if next_at else State.FAILED,
            "new_attempts": attempts,
            "new_next_at": next_at or now,
            "new_settled_at": None if next_at else now,
            "new_reason": "deferred" if next_at else f"given up after {attempts} attempts",
        }
    return fates


def report_bounce(session: Session, message: Message, status: str, now: datetime) -> None:
    """Note that a message came back. It had been accepted, then: what was in doubt is sent."""
    message.bounced_at = message.bounced_at or now
    message.bounce_status = status
    if message.state is State.IN_DOUBT:
        message.state, message.settled_at, message.reason = State.SENT, now, "a bounce proves that it was accepted"
    session.add(message)


# How rows change: guarded, in bulk, through Core


def _each(session: Session, change: sa.Update, rows: Sequence[Mapping[str, Any]]) -> None:
    connection = session.connection()
    for start in range(0, len(rows), CHUNK):
        connection.execute(change, [dict(row) for row in rows[start : start + CHUNK]])


def change(
    session: Session,
    states: Sequence[State],
    where: sa.ColumnElement[bool],
    values: Mapping[str, Any],
    limit: int = CHUNK,
    order: Sequence[Any] = (),
) -> int:
    """Change at most `limit` rows that are in one of these states, and return how many: repeat until none is.

    Another worker's rows are passed over, not waited for; the state is a condition of the change itself.
    """
    which = (
        sa.select(T.c.id)
        .where(_is(states[0]) if len(states) == 1 else T.c.state.in_(states), where)
        .order_by(*order)
        .limit(limit)
    )
    ids = list(session.execute(which.with_for_update(skip_locked=True)).scalars())
    if not ids:
        return 0
    changed = sa.update(T).where(T.c.id.in_(ids), GUARD.in_(states)).values(**values).returning(T.c.id)
    return len(session.execute(changed).all())


_REFUSED = (
    sa.update(T)
    .where(T.c.id == sa.bindparam("its_id"))
    .values(
        state=sa.bindparam("to"),
        reason=sa.bindparam("why"),
        next_at=sa.func.coalesce(sa.bindparam("until", type_=UTC), T.c.next_at),
        settled_at=sa.bindparam("at", type_=UTC),
        lease_until=None,
        owner="",
    )
)
_REFUSE_READY = _REFUSED.where(GUARD == State.READY)
_REFUSE_CLAIMED = _REFUSED.where(_this(), GUARD == State.CLAIMED, T.c.lease_until > sa.bindparam("now", type_=UTC))


def _refuse(
    session: Session,
    refusals: "Mapping[int, Refusal]",
    now: datetime,
    epochs: Mapping[int, int] | None = None,
) -> None:
    """Set aside what the gate refused, with its reason; with an `until` it waits, else that was the end of it.

    With `epochs` it was claimed, and must be ours still; without, it was ready.
    """
    rows = [
        {
            "its_id": message,
            "to": refusal.state,
            "why": f"{refusal.no}: {refusal.why}",
            "until": refusal.until,
            "at": None if refusal.until else now,
        }
        | ({"its_epoch": epochs[message], "now": now} if epochs is not None else {})
        for message, refusal in refusals.items()
    ]
    _each(session, _REFUSE_READY if epochs is None else _REFUSE_CLAIMED, rows)
