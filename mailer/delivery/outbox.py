"""Which messages are to leave, and what became of each?

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

import enum
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlmodel import Field, Index, Session, SQLModel

from mailer.campaigns.campaign import Campaign, Recipient, RecipientState, Run
from mailer.delivery.retry import Retry
from mailer.delivery.transport import Outcome, Receipt
from mailer.dialect import DIGITS, among, fingerprint, fingerprint_of, is_shared, sortable, unguessable, written
from mailer.people.customer import Customer
from mailer.prepared import Prepared
from mailer.store import CHUNK, ID, JSON, UTC, letters, new_public_id, words

if TYPE_CHECKING:
    from mailer.delivery.gate import Refusal

Judge = Callable[[Session, Sequence[int], datetime], "Mapping[int, Refusal]"]  # ids of messages -> who may not leave
Claim = tuple[int, int]  # a message's id, and the epoch it was claimed in

ANSWER_WITHIN = timedelta(minutes=15)  # RFC 5321, 4.5.3.2.6: ten minutes for the answer to the dot, and some to spare


class Kind(enum.StrEnum):
    """What sort of email it is; the gate asks more of automation than of people."""

    CAMPAIGN = "campaign"  # by machine, with consent
    ANSWER = "answer"  # by a representative, in a conversation
    NOTICE = "notice"  # by machine, because somebody just asked: a confirmation
    TEST = "test"  # to ourselves


class State(enum.StrEnum):
    """Where a message is in its life."""

    READY = "ready"
    CLAIMED = "claimed"
    HANDED_OVER = "handed_over"
    SENT = "sent"
    WAITING = "waiting"  # deferred; next_at says until when
    FAILED = "failed"
    IN_DOUBT = "in_doubt"
    HELD = "held"
    SUPPRESSED = "suppressed"
    CAPPED = "capped"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    RENDER_FAILED = "render_failed"


_SETTLED_ONLY: dict[str, Any] = dict.fromkeys(
    ("sqlite_where", "postgresql_where"), sa.text("settled_at IS NOT NULL")
)  # a million that still wait cost it nothing


def _of(state: State) -> dict[str, Any]:
    """Say to both databases that an index holds messages in one state alone; a query must name it literally."""
    only = sa.text(f"state = '{state.value}'")
    return {"sqlite_where": only, "postgresql_where": only}


class Message(SQLModel, table=True):
    """One email of ours that leaves at most once."""

    __tablename__ = "message"
    __table_args__ = (
        # what leaves next, and what waits until when: only these, because every index is work for every message
        Index("ix_message_ready", sa.text("priority DESC"), "id", **_of(State.READY)),
        Index("ix_message_waiting", "next_at", **_of(State.WAITING)),
        Index("ix_message_state", "state", "run_id"),  # where everybody is, of one run or of all
        Index("ix_message_settled_at", "settled_at", "id", **_SETTLED_ONLY),  # what became an event, and what is next
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=ID)
    public_id: str = Field(default_factory=new_public_id, unique=True)
    kind: Kind = Field(sa_type=words(Kind))
    state: State = Field(default=State.READY, sa_type=words(State))
    # None: a test to staff
    customer_id: int | None = Field(default=None, foreign_key="customer.id", sa_type=ID, index=True)
    recipient_id: int | None = Field(default=None, foreign_key="recipient.id", sa_type=ID, unique=True)
    run_id: int | None = Field(default=None, foreign_key="run.id", sa_type=ID)
    campaign_id: int | None = Field(default=None, foreign_key="campaign.id", sa_type=ID)
    topic_id: str | None = Field(default=None, foreign_key="topic.id")
    # the named representative it comes from
    staff_id: int | None = Field(default=None, foreign_key="staff.id", sa_type=ID)
    address: str  # RCPT TO
    message_id: str = Field(unique=True)  # the Message-ID header without angle brackets
    priority: int = 50
    # what it says: set when it is written, never changed after
    template_version_id: int | None = Field(default=None, foreign_key="template_version.id", sa_type=ID)
    context: dict[str, Any] | None = Field(default=None, sa_type=JSON)  # snapshot; of an answer, the letter itself
    headers: dict[str, str] = Field(default_factory=dict, sa_type=JSON)  # more headers: In-Reply-To, References …
    subject: str = ""  # as rendered, for lists
    dated_at: datetime | None = Field(default=None, sa_type=UTC)  # the Date header
    # its life
    due_at: datetime = Field(sa_type=UTC)
    expires_at: datetime | None = Field(default=None, sa_type=UTC)
    next_at: datetime = Field(sa_type=UTC)  # not before this
    owner: str = ""
    epoch: int = 0
    lease_until: datetime | None = Field(default=None, sa_type=UTC)
    attempts: int = 0
    handed_over_at: datetime | None = Field(default=None, sa_type=UTC)
    settled_at: datetime | None = Field(default=None, sa_type=UTC)
    reply: str = ""  # the server's last words, verbatim
    queue_id: str = ""
    reason: str = ""  # why not, when it is held, suppressed, capped, expired, failed …
    bounced_at: datetime | None = Field(default=None, sa_type=UTC)
    bounce_status: str = ""  # RFC 3463
    complained_at: datetime | None = Field(default=None, sa_type=UTC)
    created_at: datetime = Field(sa_type=UTC)


T = SQLModel.metadata.tables["message"]
# The state as a condition, never as the way to the row: an index on it would lead through half the table.
GUARD: Any = sa.func.coalesce(T.c.state, sa.literal_column("''"))
PENDING = (State.READY, State.WAITING, State.CLAIMED, State.HANDED_OVER)
LEFT = (State.HANDED_OVER, State.SENT, State.IN_DOUBT)  # left the house, as far as we can know


def _is(state: State) -> sa.ColumnElement[bool]:
    """Match one state, written out: a database takes an index of that state alone only if it sees which it is."""
    return T.c.state == sa.bindparam(f"is_{state.value}", state, type_=T.c.state.type, literal_execute=True)


def _this() -> sa.ColumnElement[bool]:
    return sa.and_(T.c.id == sa.bindparam("its_id"), T.c.epoch == sa.bindparam("its_epoch"))


def _in_one_of(states: Sequence[State]) -> sa.ColumnElement[bool]:
    """Like IN, which cannot be run for many rows at once."""
    return sa.or_(*(state == GUARD for state in states))


# What is to leave


def new_message_id(*parts: object, domain: str) -> str:
    """Return the Message-ID (RFC 5322, 3.6.4) of what `parts` name: the same parts, the same id."""
    digest = hashlib.sha256("\x1f".join(map(str, parts)).encode()).digest()
    return f"{letters(digest[:26])}@{domain}"


def message_id_of(campaign: Campaign, occurrence: str, customer_id: int, address: str, domain: str) -> str:
    """Return the Message-ID of a campaign's email to a customer: the same whenever the run is made, see `enqueue`."""
    run, whose = fingerprint_of(f"{campaign.public_id}\x1f{occurrence}"), str(customer_id + 10**DIGITS)[1:]
    named = fingerprint_of(f"{campaign.public_id}\x1f{occurrence}\x1f{address}")
    return f"{run[:RUN_DIGITS]}{whose}{named[:NAME_DIGITS]}@{domain}"


RUN_DIGITS, NAME_DIGITS = 6, 24
_R, _C = Recipient.metadata.tables["recipient"], Customer.metadata.tables["customer"]
_NEW = sa.and_(
    _R.c.run_id == sa.bindparam("run"),
    _R.c.customer_id > sa.bindparam("after"),
    _R.c.state == RecipientState.CHOSEN,
    ~sa.exists().where(T.c.recipient_id == _R.c.id),
)
_DUE = sa.select(_R.c.due_at).where(_NEW).distinct()


def enqueue(session: Session, run: Run, campaign: Campaign, now: datetime, domain: str, after: int = 0) -> int:
    """Put one message for each chosen recipient that has none yet into the outbox, and return how many.

    Only customers above `after` are looked at. The database makes the rows by itself. Both names of a message begin
    with a number that grows, so that their indexes grow at the end: a million names in no order would cost more than
    all the rest. What nobody may guess, and what makes the Message-ID the same whenever this run is made (see
    `departed`), stands behind it.
    """
    given: dict[str, Any] = {"run": run.id, "after": after}
    due = [row[0] for row in session.execute(_DUE, given)]
    if not due:
        return 0
    within = timedelta(hours=campaign.send_before_hours)
    seed = f"{campaign.public_id}\x1f{run.occurrence}"
    given |= {"campaign_id": campaign.id, "topic_id": campaign.topic_id, "priority": campaign.priority, "now": now}
    given |= {"seed": f"{seed}\x1f", "of_run": fingerprint_of(seed)[:RUN_DIGITS], "domain": f"@{domain}"}
    for place, at in enumerate(due):
        given |= {f"due_{place}": at, f"until_{place}": at + within}
    done: Any = session.execute(_enqueue(len(due)), given, execution_options={"preserve_rowcount": True})
    return int(done.rowcount)


@lru_cache(maxsize=16)
def _enqueue(instants: int) -> sa.Insert:
    """Return the statement that makes the messages of recipients who are due at so many different instants."""

    def given(name: str, like: sa.Column[Any]) -> Any:
        return sa.bindparam(name, type_=like.type)

    name = sa.func.substr(fingerprint(given("seed", T.c.address) + _R.c.address), 1, NAME_DIGITS)
    until = ((_R.c.due_at == given(f"due_{n}", T.c.due_at), given(f"until_{n}", T.c.due_at)) for n in range(instants))
    values = {name: sa.literal(value, T.c[name].type) for name, value in _blank().items()} | {
        "public_id": sortable(_R.c.id) + unguessable(),
        "kind": sa.literal(Kind.CAMPAIGN, T.c.kind.type),
        "state": sa.case((_R.c.due_at > given("now", T.c.due_at), _word(State.WAITING)), else_=_word(State.READY)),
        "customer_id": _R.c.customer_id,
        "recipient_id": _R.c.id,
        "run_id": _R.c.run_id,
        "campaign_id": given("campaign_id", T.c.campaign_id),
        "topic_id": given("topic_id", T.c.topic_id),
        "staff_id": _C.c.representative_id,
        "address": _R.c.address,
        "message_id": given("of_run", T.c.message_id) + sortable(_R.c.customer_id) + name
        + given("domain", T.c.message_id),
        "priority": given("priority", T.c.priority),
        "due_at": _R.c.due_at,
        "expires_at": sa.case(*until),
        "next_at": _R.c.due_at,
        "created_at": given("now", T.c.created_at),
    }  # fmt: skip
    each = sa.select(*values.values()).join_from(_R, _C, _R.c.customer_id == _C.c.id).where(_NEW)
    return T.insert().from_select(list(values), each.order_by(_R.c.customer_id))


def _word(state: State) -> Any:
    return sa.literal(state, T.c.state.type)


def enqueue_one(
    session: Session,
    *,
    kind: Kind,
    address: str,
    staff_id: int | None,
    customer_id: int | None,
    message_id: str,
    subject: str,
    letter: dict[str, Any],
    headers: dict[str, str],
    now: datetime,
    campaign_id: int | None = None,
    topic_id: str | None = None,
) -> Message:
    """Put one message whose letter (`subject`, `html`, `text`) is written already into the outbox."""
    message = Message(
        kind=kind,
        address=address,
        staff_id=staff_id,
        customer_id=customer_id,
        message_id=message_id,
        subject=subject,
        context=letter,
        headers=headers,
        campaign_id=campaign_id,
        topic_id=topic_id,
        priority=100,  # a person waits for it
        dated_at=now,
        due_at=now,
        next_at=now,
        created_at=now,
    )
    session.add(message)
    session.flush()
    return message


# How it leaves


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
    outcome: Prepared(sa.update(T).where(_this(), _in_one_of(states)).values(values))
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


def _blank() -> dict[str, Any]:
    """The columns a new campaign message starts with; Core fills in no defaults."""
    return {
        "subject": "",
        "headers": {},
        "owner": "",
        "epoch": 0,
        "attempts": 0,
        "reply": "",
        "queue_id": "",
        "reason": "",
        "bounce_status": "",
    }
