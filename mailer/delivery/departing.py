"""What is to leave?

A campaign's run puts a message for each of its recipients into the outbox, a person one at a time. Each has its
Message-ID from then on: what was made once more, after a crash or a restored backup, has the name it had before.
"""

import hashlib
from collections.abc import Collection
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from mailer.campaigns.campaign import Campaign, Recipient, RecipientState, Run
from mailer.delivery.message import Kind, Message, State, T
from mailer.dialect import fingerprint, fingerprint_of, insert_new, sortable, unguessable
from mailer.people.customer import Customer
from mailer.prepared import Prepared
from mailer.store import letters


def new_message_id(*parts: object, domain: str) -> str:
    """Return the Message-ID (RFC 5322, 3.6.4) of what `parts` name: the same parts, the same id."""
    digest = hashlib.sha256("\x1f".join(map(str, parts)).encode()).digest()
    return f"{letters(digest[:26])}@{domain}"


RUN_DIGITS, NAME_DIGITS = 6, 24
_R, _C = Recipient.metadata.tables["recipient"], Customer.metadata.tables["customer"]
_NEW = sa.and_(
    _R.c.run_id == sa.bindparam("run"),
    _R.c.customer_id > sa.bindparam("after"),
    _R.c.state == RecipientState.CHOSEN,
)
_DUE = sa.select(_R.c.due_at).where(_NEW).distinct()


def enqueue(
    session: Session,
    run: Run,
    campaign: Campaign,
    now: datetime,
    domain: str,
    after: int = 0,
    due: Collection[datetime] | None = None,
) -> int:
    """Put one message for each chosen recipient that has none yet into the outbox, and return how many.

    Only customers above `after` are looked at, and `due` is when they may be due, for who knows that. The database
    makes the rows by itself. Both names of a message begin with a number that grows, so that their indexes grow at the
    end: a million names in no order would cost more than all the rest. What nobody may guess, and what makes the
    Message-ID the same whenever this run is made (see `departed`), stands behind it. A recipient who has a message
    already is passed over as the row is written: a question asked of the same table before would make SQLite keep all
    rows aside first, which cost 3.6 us of 19 a message.
    """
    given: dict[str, Any] = {"run": run.id, "after": after}
    due = session.execute(_DUE, given).scalars().all() if due is None else due
    if not due:
        return 0
    within = timedelta(hours=campaign.send_before_hours)
    seed = f"{campaign.public_id}\x1f{run.occurrence}"
    given |= {"campaign_id": campaign.id, "topic_id": campaign.topic_id, "priority": campaign.priority, "now": now}
    given |= {"seed": f"{seed}\x1f", "of_run": fingerprint_of(seed)[:RUN_DIGITS], "domain": f"@{domain}"}
    for place, at in enumerate(due):
        given |= {f"due_{place}": at, f"until_{place}": at + within}
    return _enqueue(len(due)).count(session, given)


@lru_cache(maxsize=16)
def _enqueue(instants: int) -> Prepared:
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
    return Prepared(insert_new(T, "recipient_id").from_select(list(values), each.order_by(_R.c.customer_id)))


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
