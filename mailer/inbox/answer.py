"""How does a representative answer?

An answer is written against what its writer saw: if the conversation went on meanwhile, it is stopped and nothing is
sent. It goes to the conversation's own address, never to a Reply-To somebody gave, in the customer's thread, from the
writer's name; the pipeline adds From and the signed Reply-To when it writes the bytes. Only a person's press gets here:
nothing in this house answers an email by itself, so two such houses facing each other fall silent (RFC 3834, 2).

It may wait a few seconds in the outbox, in which its writer can take it back: a row that is due later, so that neither
a crash nor a restart sends it sooner, or twice, or forgets it.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, func, select

from mailer.delivery.departing import enqueue_one, new_message_id
from mailer.delivery.message import Kind, Message, State, T
from mailer.delivery.outbox import change
from mailer.errors import Invalid
from mailer.inbox import thread, wording
from mailer.inbox.conversation import Conversation, ConversationState, Entry, EntryKind, add_answer
from mailer.mail.address import normalise
from mailer.mail.tokens import Signer, claimed
from mailer.people.customer import Customer
from mailer.people.staff import Staff
from mailer.people.suppression import Why, suppressed
from mailer.replies.inbound import InboundEmail


def answer(
    session: Session,
    conversation: Conversation,
    staff: Staff,
    text: str,
    now: datetime,
    *,
    domain: str,
    reply_domain: str,
    signer: Signer,
    seen_revision: int,
    waits: timedelta = timedelta(),
) -> Entry:
    """Put an answer into the outbox and into the conversation; the same words pressed twice are one answer.

    Args:
        session: writes.
        conversation: what is answered.
        staff: who answers; the email comes from their name.
        text: their words.
        now: when.
        domain: of the Message-ID.
        reply_domain, signer: make sure that the answer does not go to an address of our own.
        seen_revision: the revision of the conversation its writer had before them.
        waits: how long it can be taken back, and so does not leave.

    Raises:
        Invalid: there are no words, the conversation went on, or its address cannot be written to.
    """
    session.flush()
    session.refresh(conversation, with_for_update=True)  # two may press at once
    text = text.strip()
    last = _last(session, conversation)
    if last and last.kind is EntryKind.ANSWER and (last.staff_id, last.text) == (staff.id, text):
        return last
    if not text:
        raise Invalid("there is nothing to send yet: write your answer")
    if conversation.revision != seen_revision:
        raise Invalid(f"{_meanwhile(session, last)} while you wrote; read that first, then send your answer again")
    _check_address(session, conversation.address, signer, reply_domain)
    customer = session.get(Customer, conversation.customer_id) if conversation.customer_id else None
    letter = wording.letter(
        conversation.subject,
        text,
        staff.name,
        _quote(session, conversation, customer),
        conversation.language or (customer.language if customer else "en"),
        customer.time_zone if customer else staff.time_zone,
    )
    message = enqueue_one(
        session,
        kind=Kind.ANSWER,
        address=conversation.address,
        staff_id=staff.id,
        customer_id=conversation.customer_id,
        message_id=new_message_id("answer", conversation.public_id, conversation.revision, domain=domain),
        subject=letter["subject"],
        letter=letter,
        headers=thread.headers(session, conversation),
        now=now,
    )
    if waits:
        message.state, message.due_at, message.next_at = State.WAITING, now + waits, now + waits
        session.add(message)
    return add_answer(session, conversation, message, staff.id or 0, text, now)


def can_be_taken_back(message: Message, staff: Staff, now: datetime) -> bool:
    """Whether an answer is still here, and this is who wrote it."""
    still = message.kind is Kind.ANSWER and message.state is State.WAITING and not message.attempts
    return still and message.staff_id == staff.id and message.due_at > now


def take_back(session: Session, conversation: Conversation, message: Message, staff: Staff, now: datetime) -> str:
    """Take an answer back before it leaves, and return its words; the customer waits again, as long as before.

    Raises:
        Invalid: it has left, or somebody else wrote it.
    """
    session.flush()
    session.refresh(conversation, with_for_update=True)
    entry = session.exec(select(Entry).where(Entry.message_id == message.id)).one_or_none()
    ours = (T.c.id == message.id) & (T.c.attempts == 0) & (T.c.due_at > now)
    back = {"state": State.CANCELLED, "reason": f"taken back by {staff.name}", "settled_at": now}
    mine = entry is not None and entry.conversation_id == conversation.id and can_be_taken_back(message, staff, now)
    if not mine or not change(session, (State.WAITING,), ours, back):
        raise Invalid("this answer has left already, or was taken back; write another one to add to it")
    assert entry is not None
    words = entry.text
    session.delete(entry)
    session.flush()
    session.refresh(message)
    conversation.first_answer_at = session.exec(_answers(conversation, func.min(Entry.at))).one()
    conversation.waiting_since = _waited_since(session, conversation)
    if conversation.waiting_since:
        conversation.state = ConversationState.OPEN
        conversation.reopen(session, now)
    conversation.revision += 1
    session.add(conversation)
    return words


def _answers(conversation: Conversation, what: Any) -> Any:
    return select(what).where(Entry.conversation_id == conversation.id, Entry.kind == EntryKind.ANSWER)


def _waited_since(session: Session, conversation: Conversation) -> datetime | None:
    """Return when the customer said the first word that no answer followed."""
    last = session.exec(_answers(conversation, func.max(Entry.id))).one() or 0
    theirs = col(Entry.kind).in_([EntryKind.REPLY, EntryKind.CALL]), col(Entry.id) > last
    first: datetime | None = session.exec(
        select(func.min(Entry.at)).where(Entry.conversation_id == conversation.id, *theirs)
    ).one()
    return first


def _check_address(session: Session, address: str, signer: Signer, reply_domain: str) -> None:
    if claimed(signer, address) or normalise(address).rpartition("@")[2] == reply_domain.lower():
        raise Invalid(f"{address} is an address of our own; an answer there would only come back to us")
    why = suppressed(session, [address]).get(address)
    if why is not None and why.why is Why.BOUNCED:
        raise Invalid(f"mail to {address} does not arrive ({why.evidence or 'it bounced'}); reach them another way")


def _meanwhile(session: Session, last: Entry | None) -> str:
    if last is None:
        return "this conversation changed"
    staff = session.get(Staff, last.staff_id) if last.staff_id else None
    who = staff.name if staff else "the customer"
    did = {EntryKind.ANSWER: "answered", EntryKind.NOTE: "left a note", EntryKind.CALL: "asked to be called"}
    return f"{who} {did.get(last.kind, 'wrote')}"


def _last(session: Session, conversation: Conversation) -> Entry | None:
    entries = select(Entry).where(Entry.conversation_id == conversation.id)
    return session.exec(entries.order_by(col(Entry.id).desc())).first()


def _quote(session: Session, conversation: Conversation, customer: Customer | None) -> wording.Quote | None:
    """Return the words that are answered: the customer's last ones, and who wrote them."""
    theirs = select(Entry).where(Entry.conversation_id == conversation.id, Entry.kind == EntryKind.REPLY)
    said = session.exec(theirs.order_by(col(Entry.at).desc(), col(Entry.id).desc())).first()
    if said is None:
        return None
    email = session.get(InboundEmail, said.inbound_id) if said.inbound_id else None
    who = (email.from_name or email.from_address) if email else (customer.name if customer else "")
    return wording.Quote(who or conversation.address, said.at, said.text)
