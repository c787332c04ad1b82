"""What happens to an email that arrives?

accept   bytes to the spool, row committed; only then does the server answer 250
sort     read, judged, matched with its evidence; what cannot be read goes to quarantine, visible, with a retry
route    a person's words become a conversation with exactly one responsible person
"""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select

from mailer import clock, failpoints
from mailer.delivery.message import Message
from mailer.errors import MailerError, Temporary
from mailer.house import House
from mailer.inbox import conversation, routing
from mailer.mail.compose import Letter
from mailer.people.customer import Customer
from mailer.pipeline.write import letter_of
from mailer.replies import sorting
from mailer.replies.inbound import Arrival, InboundEmail, InboundState, receive_all
from mailer.replies.matching import match
from mailer.replies.triage import Triage
from mailer.store import CHUNK, Urgency


def accept(house: House, raw: bytes, mail_from: str, rcpt_tos: list[str]) -> None:
    """Keep an email for good; when this returns it cannot be lost.

    Of those that arrive at the same time, one commits for all.
    """
    digest = house.spool.keep(raw)
    failpoints.reach("replies.kept")
    now = clock.now()

    def note(arrived: Sequence[Arrival]) -> None:
        with house.store.write() as session:
            receive_all(session, arrived)

    house.arrivals.add([Arrival(digest, len(raw), mail_from, rcpt, now) for rcpt in rcpt_tos], note)
    house.woken.set()


def sort(house: House, now: datetime) -> int:
    """Sort and route everything received; return how many."""
    done = 0
    while ids := _in_state(house, InboundState.RECEIVED):
        for inbound_id in ids:
            _sort_one(house, inbound_id, now)
            done += 1
    return done + route(house, now)


def route(house: House, now: datetime) -> int:
    """Give every sorted email that needs a person to one; return how many."""
    ids = _in_state(house, InboundState.SORTED)
    for inbound_id in ids:
        with house.store.write() as session:
            email = session.get_one(InboundEmail, inbound_id)
            if email.state is not InboundState.SORTED:
                continue
            message = session.get(Message, email.message_id) if email.message_id else None
            customer = session.get(Customer, email.customer_id) if email.customer_id else None
            talk, _entry = conversation.open_or_join(session, email, message, customer, now)
            routing.route(session, talk, customer, now)
            email.state = InboundState.ROUTED
    return len(ids)


def review(house: House, now: datetime) -> int:
    """Give open conversations whose person is away or gone to somebody who is here; return how many moved."""
    with house.store.read() as session:
        if session.exec(routing.stuck(now).limit(1)).first() is None:
            return 0
    with house.store.write(Urgency.BULK) as session:
        return len(routing.review(session, now))


def _in_state(house: House, state: InboundState) -> list[int]:
    with house.store.read() as session:
        found = session.exec(
            select(InboundEmail.id).where(InboundEmail.state == state).order_by(col(InboundEmail.id)).limit(CHUNK)
        )
        return [ident for ident in found if ident is not None]


def _sort_one(house: House, inbound_id: int, now: datetime) -> None:
    try:
        raw, understood = _read(house, inbound_id)
    except (MailerError, OSError) as error:
        if isinstance(error, Temporary):
            raise  # our own trouble: the email is tried again
        with house.store.write() as session:
            session.get_one(InboundEmail, inbound_id).quarantine(str(error))
        return
    with house.store.write() as session:
        email = session.get_one(InboundEmail, inbound_id)
        if email.state is InboundState.RECEIVED:
            replies = house.settings.replies
            sorting.sort(session, email, raw, understood, house.signer, replies.domain, replies.authserv_id, now)


def _read(house: House, inbound_id: int) -> tuple[bytes, Triage]:
    """Read an email, and once more beside our own words where it proves which message of ours it answers."""
    with house.store.read() as session:
        email = session.get_one(InboundEmail, inbound_id)
        digest, envelope_to = email.digest, email.envelope_to
    raw = house.spool.read(digest)
    understood = house.reader.read(raw)
    if understood.report or not understood.needs_person:
        return raw, understood
    with house.store.read() as session:
        found = match(session, understood.email, envelope_to, house.signer)
        ours = letter_of(house, session, found.message) if found else None
    return raw, house.reader.read(raw, ours.text) if isinstance(ours, Letter) else understood
