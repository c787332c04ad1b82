"""A small shop: three representatives, an administrator, customers, what we sent them and what comes back."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from mailer.delivery.departing import new_message_id
from mailer.delivery.message import Kind, Message, State
from mailer.inbox import answer, conversation, routing
from mailer.inbox.assignment import Assignment
from mailer.inbox.conversation import Conversation, Entry
from mailer.mail.tokens import Signer
from mailer.people.customer import Customer
from mailer.people.staff import Absence, Role, Staff, WorkingHours
from mailer.replies.inbound import InboundEmail, InboundState, Trust, Verdict


@dataclass
class Shop:
    """Makes rows with as few words as a test needs."""

    session: Session
    now: datetime
    signer: Signer = field(default_factory=lambda: Signer(b"a secret of thirty-two bytes, ok"))
    count: int = 0

    def number(self) -> int:
        self.count += 1
        return self.count

    def keep(self, row: Any) -> Any:
        self.session.add(row)
        self.session.flush()
        return row

    def staff(self, name: str, role: Role = Role.REPRESENTATIVE, **more: Any) -> Staff:
        email = f"{name.split()[0].lower()}@example.com"
        person: Staff = self.keep(Staff(name=name, email=email, role=role, created_at=self.now, **more))
        for weekday in range(5):
            self.keep(WorkingHours(staff_id=person.id or 0, weekday=weekday))
        return person

    def away(self, staff: Staff, deputy: Staff | None = None, days: float = 1) -> Absence:
        row = Absence(
            staff_id=staff.id or 0,
            deputy_id=deputy.id if deputy else None,
            starts_at=self.now - timedelta(hours=1),
            ends_at=self.now + timedelta(days=days),
        )
        absent: Absence = self.keep(row)
        return absent

    def customer(self, name: str, rep: Staff | None = None, **more: Any) -> Customer:
        email = f"{name.lower()}@example.org"
        given = {"first_name": name, "last_name": "Miller", "representative_id": rep.id if rep else None} | more
        made: Customer = self.keep(Customer(email=email, created_at=self.now, updated_at=self.now, **given))
        return made

    def sent(self, customer: Customer | None, **more: Any) -> Message:
        given: dict[str, Any] = {
            "kind": Kind.CAMPAIGN,
            "state": State.SENT,
            "customer_id": customer.id if customer else None,
            "address": customer.email if customer else "stranger@example.net",
            "message_id": new_message_id(self.number(), domain="example.com"),
            "subject": "We miss you",
            "due_at": self.now - timedelta(days=1),
            "next_at": self.now,
            "created_at": self.now,
        }
        message: Message = self.keep(Message(**given | more))
        return message

    def arrived(self, message: Message | None = None, words: str = "Hello", **more: Any) -> InboundEmail:
        """Return an email as sorting leaves it."""
        number = self.number()
        customer = self.session.get(Customer, message.customer_id) if message and message.customer_id else None
        given: dict[str, Any] = {
            "digest": hashlib.sha256(str(number).encode()).hexdigest(),
            "envelope_from": "x",
            "envelope_to": "r-x@reply.example.com",
            "size": 1,
            "received_at": self.now,
            "state": InboundState.SORTED,
            "verdict": Verdict.REPLY,
            "trust": Trust.LIKELY,
            "message_id": message.id if message else None,
            "customer_id": customer.id if customer else None,
            "header_message_id": f"{number}@mail.example.org",
            "from_address": customer.email if customer else "stranger@example.net",
            "from_name": customer.name if customer else "A Stranger",
            "subject": "Re: We miss you",
            "new_words": words,
        }
        email: InboundEmail = self.keep(InboundEmail(**given | more))
        return email

    def hear(self, email: InboundEmail, at: datetime | None = None) -> tuple[Conversation, Entry, Assignment]:
        """Do what the pipeline does with an email that a person has to read."""
        at = at or self.now
        message = self.session.get(Message, email.message_id) if email.message_id else None
        customer = self.session.get(Customer, email.customer_id) if email.customer_id else None
        talk, entry = conversation.open_or_join(self.session, email, message, customer, at)
        given = routing.route(self.session, talk, customer, at)
        email.state = InboundState.ROUTED
        return talk, entry, given

    def answer(
        self,
        talk: Conversation,
        staff: Staff,
        text: str,
        seen: int | None = None,
        at: datetime | None = None,
        waits: timedelta = timedelta(),
    ) -> Entry:
        return answer.answer(
            self.session,
            talk,
            staff,
            text,
            at or self.now,
            domain="example.com",
            reply_domain="reply.example.com",
            signer=self.signer,
            seen_revision=talk.revision if seen is None else seen,
            waits=waits,
        )


@pytest.fixture
def shop(session: Session, now: datetime) -> Shop:
    return Shop(session, now)


@pytest.fixture
def open_shop() -> Callable[[Session, datetime], Shop]:
    return Shop
