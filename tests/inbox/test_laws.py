"""Whatever order replies arrive in, and however often: one responsible person, no reply lost, none twice."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from mailer.delivery.message import Kind, Message
from mailer.inbox.assignment import Assignment
from mailer.inbox.conversation import Conversation, ConversationState, Entry, EntryKind, ask, note
from mailer.inbox.history import history
from mailer.inbox.overview import lines
from mailer.inbox.routing import review, route
from mailer.people.customer import Customer
from mailer.people.hold import holds
from mailer.people.staff import Role, Staff
from mailer.replies.inbound import InboundEmail, InboundState, Trust, Verdict, receive
from mailer.store import Store

Shop = Any
CUSTOMERS, EMAILS = 3, 8  # of each customer, the messages 0 and 1; of each message, a few different replies

steps = st.one_of(
    st.tuples(st.just("arrive"), st.integers(0, CUSTOMERS * 2 - 1), st.integers(0, EMAILS - 1)),
    st.tuples(st.just("arrive"), st.integers(0, CUSTOMERS * 2 - 1), st.integers(0, EMAILS - 1)),
    st.tuples(st.just("stranger"), st.integers(0, 2), st.integers(0, EMAILS - 1)),
    st.tuples(st.just("answered"), st.integers(0, 9), st.integers(0, EMAILS - 1)),
    st.tuples(st.just("answer"), st.integers(0, 9), st.integers(0, 3)),
    st.tuples(st.just("note"), st.integers(0, 9), st.integers(0, 3)),
    st.tuples(st.just("ask"), st.integers(0, CUSTOMERS * 2 - 1), st.integers(0, 2)),
    st.tuples(st.just("close"), st.integers(0, 9), st.just(0)),
    st.tuples(st.just("away"), st.integers(0, 2), st.integers(0, 3)),
    st.tuples(st.just("leaves"), st.integers(0, 2), st.just(0)),
    st.tuples(st.just("review"), st.just(0), st.just(0)),
)


class House:
    """The shop, and what happens to it."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.session = shop, shop.session
        self.staff = [shop.staff(name) for name in ("Maya L", "Jonas W", "Amara O")]
        self.staff.append(shop.staff("Ada R", Role.ADMINISTRATOR))
        customers = [shop.customer(f"C{n}") for n in range(CUSTOMERS)]
        self.messages = [shop.sent(customer) for customer in customers for _ in range(2)]

    def do(self, what: str, first: int, second: int) -> None:
        self.shop.now += timedelta(seconds=1)
        getattr(self, what)(first, second)

    def arrive(self, first: int, second: int) -> None:
        self._arrive(self.messages[first], f"reply {second} to {first}")

    def stranger(self, first: int, second: int) -> None:
        self._arrive(None, f"stranger {first} says {second}", from_address=f"stranger{first}@example.net")

    def answered(self, first: int, second: int) -> None:
        """A reply to one of our answers arrives."""
        answers = self.session.exec(select(Message).where(Message.kind == Kind.ANSWER).order_by(col(Message.id))).all()
        if answers:
            ours = answers[first % len(answers)]
            self._arrive(ours, f"reply {second} to answer {ours.id}")

    def answer(self, first: int, second: int) -> None:
        if talk := self._talk(first):
            self.shop.answer(talk, self.staff[second], f"answer {talk.revision}")

    def note(self, first: int, second: int) -> None:
        if talk := self._talk(first):
            note(self.session, talk, self.staff[second].id or 0, "a note", self.shop.now)

    def ask(self, first: int, second: int) -> None:
        message, text = self.messages[first], f"question {second}"
        customer = self._customer_of(message)
        talk = ask(self.session, customer, message, text, EntryKind.CALL, self.shop.now)
        route(self.session, talk, customer, self.shop.now)

    def close(self, first: int, _second: int) -> None:
        if talk := self._talk(first):
            talk.close(self.session, self.shop.now)

    def away(self, first: int, second: int) -> None:
        deputy = self.staff[second] if second != first else None
        self.shop.away(self.staff[first], deputy, days=0.0001)

    def leaves(self, first: int, _second: int) -> None:
        self.staff[first].active = not self.staff[first].active
        self.session.flush()

    def review(self, _first: int, _second: int) -> None:
        review(self.session, self.shop.now)

    def _talk(self, number: int) -> Conversation | None:
        talks = self.session.exec(select(Conversation).order_by(col(Conversation.id))).all()
        return talks[number % len(talks)] if talks else None

    def _customer_of(self, message: Message) -> Customer:
        return self.session.get_one(Customer, message.customer_id)

    def _arrive(self, message: Message | None, words: str, **more: Any) -> None:
        """The same words are the same bytes: an email that comes a second time is not noted again."""
        rcpt = f"r-{message.id}@reply.example.com" if message else "hello@example.com"
        email = receive(self.session, f"{hash(words) & 0xFFFFFFFF:064x}", 1, "x", rcpt, self.shop.now)
        if email is None:
            email = self.session.exec(select(InboundEmail).where(InboundEmail.new_words == words)).one()
            self.shop.hear(email)  # and routing may run twice
            return
        email.state, email.verdict, email.trust = InboundState.SORTED, Verdict.REPLY, Trust.LIKELY
        email.message_id = message.id if message else None
        email.customer_id = message.customer_id if message else None
        email.new_words, email.header_message_id = words, f"{email.id}@example.org"
        email.from_address = more.get("from_address", "somebody@example.org")
        self.shop.hear(email)


def check(house: House) -> None:
    session: Session = house.session
    talks = session.exec(select(Conversation)).all()
    held = Counter(session.exec(select(Assignment.conversation_id).where(col(Assignment.ended_at).is_(None))))
    assert held == {talk.id: 1 for talk in talks}, "exactly one current person for each conversation"
    about = Counter(talk.message_id for talk in talks if talk.message_id is not None)
    assert all(times == 1 for times in about.values()), "one conversation for each message of ours"
    entries = session.exec(select(Entry)).all()
    emails = session.exec(select(InboundEmail)).all()
    shown = Counter(entry.inbound_id for entry in entries if entry.inbound_id is not None)
    assert shown == {email.id: 1 for email in emails}, "no reply lost, none twice"
    for email in emails:
        (entry,) = (each for each in entries if each.inbound_id == email.id)
        talk = session.get_one(Conversation, entry.conversation_id)
        assert entry.text == email.new_words
        assert talk.customer_id == email.customer_id, "nobody's words in another's conversation"
    revisions = Counter(entry.conversation_id for entry in entries)
    assert {talk.id: talk.revision for talk in talks} == dict(revisions)
    in_talk = {t.customer_id for t in talks if t.customer_id and t.state is not ConversationState.CLOSED}
    everybody = [message.customer_id for message in house.messages if message.customer_id]
    assert set(holds(session, everybody)) == in_talk, "automation is on hold exactly while a person talks with them"
    waits = {talk.id for talk in talks if talk.waiting_since is not None}
    assert waits == {talk.id for talk in talks if talk.state is ConversationState.OPEN}
    assert {line.conversation.id for line in lines(session, limit=1000)} == waits


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(steps, max_size=25))
def test_one_person_for_each_conversation_and_no_reply_lost_or_twice(
    store: Store, now: datetime, open_shop: Callable[[Session, datetime], Shop], story: list[tuple[str, int, int]]
) -> None:
    with store.write() as session:
        house = House(open_shop(session, now))
        for step in story:
            house.do(*step)
            check(house)
        for talk in session.exec(select(Conversation)):
            told = [line.entry.id for line in history(session, talk) if line.entry]
            assert Counter(told) == Counter(session.exec(select(Entry.id).where(Entry.conversation_id == talk.id)))
        review(session, house.shop.now)
        current = session.exec(
            select(Staff)
            .join(Assignment, col(Assignment.staff_id) == Staff.id)
            .join(Conversation, col(Conversation.id) == Assignment.conversation_id)
            .where(col(Assignment.ended_at).is_(None), Conversation.state == ConversationState.OPEN)
        )
        assert all(person.active for person in current), "after a review, nothing waits with somebody who left"
        session.rollback()


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, CUSTOMERS * 2 - 1), st.integers(0, EMAILS - 1)), max_size=12, unique=True),
    st.randoms(),
    st.integers(0, 5),
)
def test_in_whatever_order_replies_come_they_end_in_the_same_conversations(
    store: Store,
    now: datetime,
    open_shop: Callable[[Session, datetime], Shop],
    replies: list[tuple[int, int]],
    random: Any,
    again: int,
) -> None:
    shuffled = [*replies, *replies[:again]]
    random.shuffle(shuffled)
    ends = []
    for order in (replies, shuffled):
        with store.write() as session:
            house = House(open_shop(session, now))
            numbers = {message.id: number for number, message in enumerate(house.messages)}
            for first, second in order:
                house.arrive(first, second)
            talks = {talk.id: numbers[talk.message_id or 0] for talk in session.exec(select(Conversation))}
            ends.append(sorted((talks[entry.conversation_id], entry.text) for entry in session.exec(select(Entry))))
            session.rollback()
    assert ends[0] == ends[1] == sorted((first, f"reply {second} to {first}") for first, second in replies)
