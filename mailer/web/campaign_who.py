"""Who got this, and why; who did not, and why not? Of the newest run: a few of each, and whoever is asked for.

What was true when the run chose is kept with each message and each one left out, so the answer is that of then. Of a
customer who is in neither, the segment's proof says what does not hold now.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from mailer import pipeline
from mailer.campaigns.campaign import Recipient, RecipientState, Run
from mailer.delivery.message import PENDING, Message, State
from mailer.house import House
from mailer.people.customer import Customer, find
from mailer.segments import segment as segments
from mailer.segments.segment import Segment
from mailer.web.exchange import now
from mailer.web.words import reason, state

SHOWN = 5  # of those who were chosen, and as many of those who were left out
FOUND = 5  # customers of the name or address that is asked for


@dataclass(frozen=True, slots=True)
class One:
    """One customer, as a run met them."""

    customer: Customer
    message: Message | None
    got: bool | None  # None: not yet
    said: str
    why: list[str]


def some(house: House, session: Session, run: Run) -> list[One]:
    """Return a few who were chosen, then a few who were left out."""
    found: list[One] = []
    for each in (RecipientState.CHOSEN, RecipientState.LEFT_OUT):
        asked = select(Recipient).where(Recipient.run_id == run.id, Recipient.state == each)
        found += _ones(house, session, session.exec(asked.order_by(col(Recipient.id)).limit(SHOWN)).all())
    return found


def asked_for(house: House, session: Session, segment: Segment, run: Run | None, text: str) -> list[One]:
    """Return the customers of this name or address, as the run met them, or why they were not met."""
    people = session.exec(find(text).limit(FOUND)).all()
    ids = [each.id for each in people]
    met = select(Recipient).where(Recipient.run_id == run.id, col(Recipient.customer_id).in_(ids)) if run else None
    known = {one.customer.id: one for one in _ones(house, session, session.exec(met).all() if met is not None else [])}
    return [known.get(each.id) or _not_met(house, segment, each) for each in people]


def _ones(house: House, session: Session, recipients: Sequence[Recipient]) -> list[One]:
    ids, of = [each.customer_id for each in recipients], [each.id for each in recipients]
    people = {each.id: each for each in session.exec(select(Customer).where(col(Customer.id).in_(ids)))}
    written = select(Message).where(col(Message.recipient_id).in_(of))
    messages = {each.recipient_id: each for each in session.exec(written)}
    return [
        _one(house, session, people[each.customer_id], each, messages.get(each.id))
        for each in recipients
        if each.customer_id in people
    ]


def _one(house: House, session: Session, customer: Customer, met: Recipient, message: Message | None) -> One:
    if met.state is RecipientState.LEFT_OUT:
        why = [f"In the segment, and left out when the run chose: {reason(met.reason)}"]
        return One(customer, None, False, reason(met.reason), why)
    if message is None:
        return One(customer, None, None, "to be written", ["In the segment when the run chose"])
    why = pipeline.why_sent(house, session, message) or ["In the segment when the run chose"]
    got = None if message.state in PENDING else message.state is State.SENT
    return One(customer, message, got, state(message.state), [*why, *([message.reason] if message.reason else [])])


def _not_met(house: House, segment: Segment, customer: Customer) -> One:
    proof = segments.why(house.warehouse, segment.tree, customer.id or 0, now())
    said = "in the segment now, and not when the run chose" if proof.holds else "not in the segment"
    return One(customer, None, False, said, list(proof.lines()))
