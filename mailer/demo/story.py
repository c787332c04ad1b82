"""How does one day go in the shop, and what came of it?

The clock is moved through the last whole day in which it was nine in the morning everywhere, from one due time to the
next, so that civil times, replies and waiting times are as they would be; the work at each instant is the house's own.
Played again on the same home, the day finds everything done and sends nothing.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, func, select

from mailer import clock, pipeline, scheduler
from mailer.campaigns import files as campaign_files
from mailer.campaigns.campaign import Campaign, CampaignState, Recipient, RecipientState, Run
from mailer.campaigns.schedule import Schedule
from mailer.delivery.message import Kind, Message, State
from mailer.demo import customers as people
from mailer.demo import shop
from mailer.demo.mailbox import Mailbox
from mailer.house import House
from mailer.inbox.assignment import Assignment
from mailer.inbox.conversation import Conversation, ConversationState, Entry, EntryKind
from mailer.insights.events import Event
from mailer.people.customer import Customer
from mailer.people.staff import Role, Staff
from mailer.replies.inbound import InboundEmail, InboundState, Verdict
from mailer.segments import files as segment_files
from mailer.segments import segment as segments
from mailer.segments.segment import Segment

LAST_ZONE = ZoneInfo("America/Los_Angeles")  # the last of the shop's customers to see a day
DAY_ENDS = 11  # o'clock there: every campaign of the day has left by then
ANSWER_EVERY = 7  # of the delivered emails, how many get an answer: one in so many
ANSWERS = 26  # and at most so many
REP_ANSWERS = 6  # conversations the representatives answer by themselves; the others are left for you

Say = Callable[[str], None]

WORDS = {
    "en": "Hello {name},\n\nthank you for writing. Yes, we are, and I have looked into it for you myself.\n\n{rep}",
    "de": "Guten Tag {name},\n\nvielen Dank für Ihre Nachricht. Ich habe selbst nachgesehen: ja, gern.\n\n{rep}",
    "fr": "Bonjour {name},\n\nmerci de votre message. J’ai vérifié moi-même : oui, avec plaisir.\n\n{rep}",
    "es": "Hola {name}:\n\ngracias por escribirnos. Lo he mirado yo misma: sí, con mucho gusto.\n\n{rep}",
}


@dataclass(slots=True)
class Summary:
    """What happened in this home so far; `delivered` is counted by the mailbox server, not by us."""

    customers: int = 0
    events: int = 0
    segments: dict[str, int] = field(default_factory=dict)
    runs: int = 0
    chosen: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    states: dict[str, int] = field(default_factory=dict)
    sent: int = 0
    delivered: int = 0
    delivered_now: int = 0
    lost: int = 0
    twice: int = 0
    inbound: dict[str, int] = field(default_factory=dict)
    matched: int = 0
    routed: int = 0
    unrouted: int = 0
    answered: int = 0
    held: int = 0
    seconds: float = 0.0

    @property
    def sound(self) -> bool:
        """Whether nothing was lost, nothing came twice, and every human reply has an owner."""
        return not (self.lost or self.twice or self.unrouted)

    def to_json(self) -> str:
        """Return one JSON object on one line."""
        return json.dumps(asdict(self), ensure_ascii=False)


def last_day(now: datetime) -> datetime:
    """Return midnight UTC of the last civil day that is over, for a shop, even where it ends last."""
    there = now.astimezone(LAST_ZONE)
    day = there.date() if there.hour >= DAY_ENDS else there.date() - timedelta(days=1)
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def prepare(house: House, now: datetime, say: Say) -> None:
    """Fill an empty house: people, events, segments, campaigns; approve what the marketer would."""
    day = last_day(now)
    begins = day - timedelta(hours=7)  # before nine o'clock at the date line
    with house.store.read() as session:
        if session.exec(select(func.count()).select_from(Customer)).one():
            return
    clock.move_to(begins)
    stocked = shop.stock(house.store.write, now)
    say(f"{stocked.customers:,} customers with {stocked.events:,} events (published household-level data)")
    with house.store.write() as session:
        segment_files.sync(session, house.home.segments, begins)
        session.flush()
        campaign_files.sync(session, house.home.campaigns, begins)
        session.flush()
        marketer = session.exec(select(Staff).where(Staff.role == Role.MARKETER)).first()
        for campaign in session.exec(select(Campaign)):
            campaign.schedule = {**campaign.schedule, "kind": "weekly", "weekdays": [day.weekday()], "zone": "customer"}
            session.add(campaign)
            pipeline.approve(house, session, campaign, marketer.id if marketer and marketer.id else 0, begins)


def play(house: House, mailbox: Mailbox, listener: tuple[str, int], now: datetime, say: Say) -> None:
    """Live the day up to `now`: plan, send, let customers answer and representatives too."""
    with house.store.read() as session:
        played = session.exec(select(func.count()).select_from(Run)).one() > 0
        steps = _steps(session, last_day(now), now)
    answers = Answers(house, mailbox, listener)
    for step in () if played else steps:
        clock.move_to(step)
        scheduler.tick(house)
        sent = pipeline.send(house)
        answered = answers.play(step)
        pipeline.sort(house, clock.now())
        _answer(house, step)
        pipeline.send(house)
        if sent or answered:
            say(f"{step:%a %H:%M} UTC  {sent:>4} emails left, {answered} customers wrote back")
    clock.reset()
    scheduler.tick(house)
    pipeline.send(house)
    pipeline.sort(house, clock.now())


def _steps(session: Session, day: datetime, now: datetime) -> list[datetime]:
    """Return the instants of the day at which something is due somewhere, and half an hour after each."""
    zones = session.exec(select(Customer.time_zone).distinct()).all()
    due: set[datetime] = set()
    for campaign in session.exec(select(Campaign).where(Campaign.state == CampaignState.APPROVED)):
        schedule = Schedule.from_data(campaign.schedule)
        for occurrence in schedule.occurrences(day - timedelta(hours=15), day + timedelta(hours=12)):
            due.add(schedule.first_instant(occurrence) + timedelta(minutes=1))
            due.update(schedule.instant(occurrence, zone) + timedelta(minutes=1) for zone in zones)
    due |= {instant + timedelta(minutes=30) for instant in due}
    return sorted(instant for instant in due if instant < now)


class Answers:
    """The customers who write back."""

    def __init__(self, house: House, mailbox: Mailbox, listener: tuple[str, int]) -> None:
        self.house, self.mailbox, self.listener = house, mailbox, listener
        self.looked_at = len(mailbox.deliveries)
        self.waiting = list(people.MANNERS) * 3
        self.left = ANSWERS

    def play(self, now: datetime) -> int:
        """Let some of those who got an email since the last time answer it; return how many did."""
        fresh = self.mailbox.deliveries[self.looked_at :]
        self.looked_at = len(self.mailbox.deliveries)
        with self.house.store.read() as session:
            later = (State.READY, State.WAITING)
            again = select(Message.address).where(col(Message.state).in_(later), Message.kind == Kind.CAMPAIGN)
            expecting = set(session.exec(again))
            languages = dict(session.exec(select(Customer.email, Customer.language)).all())
        # those another email is on its way to answer first: it has to step aside for the talk
        fresh.sort(key=lambda delivery: (delivery.address not in expecting, delivery.number))
        count = 0
        for delivery in fresh[:: ANSWER_EVERY if len(fresh) > ANSWER_EVERY else 1]:
            manner = self._next(languages.get(delivery.address, ""))
            if self.left and manner and (ours := delivery.read())["List-Id"]:
                answer = manner.write(delivery, ours, now)
                to = str(answer[1]["To"]).rpartition("<")[2].strip("<> ")
                people.send(answer, to, *self.listener)
                self.left -= 1
                count += 1
        return count

    def _next(self, language: str) -> people.Manner | None:
        for manner in self.waiting:
            if manner.language in ("", language):
                self.waiting.remove(manner)
                return manner
        return None


def _answer(house: House, now: datetime) -> None:
    """Let the representatives answer the calm ones who wait, up to a few."""
    with house.store.read() as session:
        done = session.exec(select(func.count()).select_from(Entry).where(Entry.kind == EntryKind.ANSWER)).one()
        waiting = session.exec(
            select(Conversation.id, Assignment.staff_id)
            .join(Assignment, col(Assignment.conversation_id) == Conversation.id)
            .where(Conversation.state == ConversationState.OPEN, col(Assignment.ended_at).is_(None))
            .where(Conversation.feeling != "upset", col(Conversation.customer_id).is_not(None))
            .order_by(col(Conversation.waiting_since))
        ).all()
    for conversation_id, staff_id in waiting[: min(1, max(0, REP_ANSWERS - done))]:
        with house.store.write() as session:
            talk = session.get_one(Conversation, conversation_id)
            staff = session.get_one(Staff, staff_id)
            customer = session.get_one(Customer, talk.customer_id)
            words = WORDS.get(customer.language, WORDS["en"])
            text = words.format(name=customer.first_name, rep=staff.name.partition(" ")[0])
            pipeline.answer(house, session, talk, staff, text, talk.revision, now)


def add_up(house: House, mailbox: Mailbox, before: int, seconds: float) -> Summary:
    """Count what happened, from the rows and from the mailbox."""
    with house.store.read() as session:

        def count(model: type, *where: object) -> int:
            return session.exec(select(func.count()).select_from(model).where(*where)).one()  # type: ignore[arg-type]

        def tally(column: object, *where: object) -> dict[str, int]:
            found = session.exec(select(column, func.count()).where(*where).group_by(column))  # type: ignore[call-overload]
            return dict(sorted((str(word or "unknown"), number) for word, number in found))

        human = InboundEmail.verdict == Verdict.REPLY
        owned = select(Assignment.conversation_id).where(col(Assignment.ended_at).is_(None))
        ownerless = count(
            Conversation, Conversation.state == ConversationState.OPEN, col(Conversation.id).not_in(owned)
        )
        left = set(session.exec(select(Message.message_id).where(Message.state == State.SENT)))
        arrived = {delivery.message_id for delivery in mailbox.deliveries}
        counts = {
            found.name: segments.count(house.warehouse, found.tree, clock.now())
            for found in session.exec(select(Segment))
        }
        return Summary(
            customers=count(Customer),
            events=count(Event),
            segments=counts,
            runs=count(Run),
            chosen=count(Recipient, Recipient.state == RecipientState.CHOSEN),
            left_out=tally(Recipient.reason, Recipient.state == RecipientState.LEFT_OUT),
            states=tally(Message.state),
            sent=len(left),
            delivered=len(mailbox.deliveries),
            delivered_now=len(mailbox.deliveries) - before,
            lost=len(left - arrived),
            twice=len(mailbox.duplicates()),
            inbound=tally(InboundEmail.verdict),
            matched=count(InboundEmail, col(InboundEmail.message_id).is_not(None)),
            routed=count(InboundEmail, InboundEmail.state == InboundState.ROUTED),
            unrouted=ownerless + count(InboundEmail, human, InboundEmail.state != InboundState.ROUTED),
            answered=count(Message, Message.kind == Kind.ANSWER, Message.state == State.SENT),
            held=count(Message, Message.state == State.HELD),
            seconds=round(seconds, 1),
        )


def unknown_addresses(house: House) -> frozenset[str]:
    """Return the few addresses the mailbox server will say it does not know."""
    with house.store.read() as session:
        found = session.exec(select(Customer.id, Customer.email))
        return frozenset(address for ident, address in found if ident is not None and ident % 97 == 5)
