"""What follows from what providers tell."""

import random
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from mailer.delivery import departing, outbox
from mailer.delivery.feedback import ProviderEvent, hear
from mailer.delivery.hits import Hit
from mailer.delivery.message import Message, State
from mailer.delivery.providers.told import Told, Weight, Word
from mailer.delivery.retry import Retry
from mailer.delivery.transport import Outcome, Receipt
from mailer.people.consent import Consent, decide, standing
from mailer.people.suppression import Suppression, Why
from tests.delivery.conftest import DOMAIN, Town, found, yes


@pytest.fixture
def message(town: Town) -> Message:
    """One that left, and was answered."""
    town.run(town.campaign(), town.customers(1))
    claimed = town.claim()[0]
    outbox.hand_over(town.session, [(claimed.id or 0, claimed.epoch)], town.now, yes)
    receipt = Receipt(Outcome.ACCEPTED, 202, "accepted", "sg-1")
    outbox.settle(town.session, [(claimed.id or 0, claimed.epoch, receipt)], town.now, Retry())
    town.session.refresh(claimed)
    return claimed


def told(message: Message, word: str, **more: object) -> Told:
    count = told.__dict__["count"] = told.__dict__.get("count", 0) + 1
    given: dict[str, object] = {"event_id": f"e{count}", "address": message.address, "message_id": message.message_id}
    return Told("sendgrid", kind=word, **{**given, **more})  # type: ignore[arg-type]


def test_an_event_is_kept_as_it_was_told(session: Session, message: Message, now: datetime) -> None:
    at = now - timedelta(minutes=2)
    assert hear(session, [told(message, "delivered", at=at, detail={"response": "250 Ok"}, event_id="x")], now).new == 1
    event = session.exec(select(ProviderEvent)).one()
    assert (event.provider, event.event_id, event.kind, event.message_id) == ("sendgrid", "x", "delivered", message.id)
    assert (event.at, event.heard_at, event.address) == (at, now, message.address)
    assert event.detail == {"response": "250 Ok"}


def test_an_event_told_again_changes_nothing(session: Session, message: Message, now: datetime) -> None:
    events = [told(message, word) for word in Word]
    assert hear(session, [*events, *events], now).new == 8
    before = [session.exec(select(table)).all() for table in (ProviderEvent, Hit, Consent, Suppression)]
    assert hear(session, events, now + timedelta(hours=1)).new == 0
    assert [session.exec(select(table)).all() for table in (ProviderEvent, Hit, Consent, Suppression)] == before


def test_two_providers_may_use_the_same_id(session: Session, message: Message, now: datetime) -> None:
    one = told(message, "delivered", event_id="7")
    other = Told("resend", "7", "delivered", address=message.address, message_id=message.message_id)
    assert hear(session, [one, other], now).new == 2


@pytest.mark.parametrize("word", [word for word in Word if word is not Word.UNSUBSCRIBED])
def test_what_only_a_message_that_left_can_do_settles_a_doubt(
    session: Session, message: Message, now: datetime, word: Word
) -> None:
    message.state, message.queue_id, message.settled_at = State.IN_DOUBT, "", None
    heard = hear(session, [told(message, word, queue_id="sg-1", weight=Weight.SOFT)], now)
    assert heard.settled == (message.message_id,)
    assert (message.state, message.queue_id, message.settled_at) == (State.SENT, "sg-1", now)
    assert "sendgrid" in message.reason


@pytest.mark.parametrize("state", [State.READY, State.WAITING, State.CLAIMED, State.HANDED_OVER, State.FAILED])
def test_what_is_proven_to_have_left_does_not_leave_again(
    session: Session, town: Town, message: Message, now: datetime, state: State
) -> None:
    message.state, message.lease_until, message.owner = state, now + timedelta(minutes=9), "me"
    hear(session, [told(message, "delivered")], now)
    assert message.state is State.SENT
    assert town.claim() == []
    assert outbox.hand_over(session, [(message.id or 0, message.epoch)], now, yes) == set()


def test_what_was_known_to_have_left_is_not_told_as_news(session: Session, message: Message, now: datetime) -> None:
    reply = message.reply
    assert hear(session, [told(message, "delivered")], now).settled == ()
    assert (message.reply, message.queue_id) == (reply, "sg-1")


def test_a_bounce_for_good_suppresses_at_once(session: Session, message: Message, now: datetime) -> None:
    hear(session, [told(message, "bounced", weight=Weight.HARD, status="5.1.1", words="nobody here")], now)
    suppression = session.get_one(Suppression, message.address)
    assert (suppression.why, suppression.evidence) == (Why.BOUNCED, "sendgrid: 5.1.1 nobody here")
    assert (message.bounced_at, message.bounce_status, message.state) == (now, "5.1.1", State.SENT)


@pytest.mark.parametrize(("weight", "status"), [(Weight.SOFT, ""), (Weight.HARD, "5.7.1"), (Weight.HARD, "5.2.2")])
def test_a_bounce_that_may_pass_suppresses_the_third_time(
    session: Session, town: Town, message: Message, now: datetime, weight: Weight, status: str
) -> None:
    more = []
    for n in range(2):
        message_id = departing.new_message_id(n, domain=DOMAIN)
        more.append(
            Message(**{**message.model_dump(exclude={"id", "public_id", "recipient_id"}), "message_id": message_id})
        )
    session.add_all(more)
    session.flush()
    for times, each in enumerate([message, *more], 1):
        for _ in range(2):  # told twice of one message counts once
            hear(session, [told(each, "bounced", weight=weight, status=status)], now + timedelta(days=times))
        assert (session.get(Suppression, message.address) is not None) == (times == 3)
    assert "3 failures in 14 days" in session.get_one(Suppression, message.address).evidence


def test_what_the_provider_gave_up_for_its_own_reasons_says_nothing_against_the_address(
    session: Session, message: Message, now: datetime
) -> None:
    hear(session, [told(message, "bounced", words="Spam Content")], now)
    assert session.get(Suppression, message.address) is None
    assert message.bounced_at is None
    assert message.reason == "sendgrid gave it up: Spam Content"


def test_a_complaint_suppresses(session: Session, message: Message, now: datetime) -> None:
    hear(session, [told(message, "complained", words="abuse")], now)
    assert session.get_one(Suppression, message.address).why is Why.COMPLAINED
    assert message.complained_at == now


def test_an_unsubscribe_withdraws_the_consent_to_its_topic(
    session: Session, town: Town, message: Message, now: datetime
) -> None:
    at = now + timedelta(hours=1)
    hear(session, [told(message, "unsubscribed", at=at), told(message, "unsubscribed", at=at)], at)
    decision = standing(session, message.customer_id or 0)["offers"]
    assert (decision.granted, decision.at, decision.source) == (False, at, "sendgrid")
    assert len(session.exec(select(Consent).where(Consent.customer_id == message.customer_id)).all()) == 2


def test_an_unsubscribe_heard_late_does_not_undo_a_later_yes(session: Session, message: Message, now: datetime) -> None:
    decide(session, message.customer_id or 0, "offers", True, now + timedelta(hours=2), "preferences")
    later = now + timedelta(hours=3)
    hear(session, [told(message, "unsubscribed", at=now + timedelta(hours=1))], later)
    assert standing(session, message.customer_id or 0)["offers"].granted


def test_an_unsubscribe_from_an_email_without_a_topic_ends_all(
    session: Session, message: Message, now: datetime
) -> None:
    message.topic_id = None
    hear(session, [told(message, "unsubscribed", at=now + timedelta(hours=1))], now + timedelta(hours=1))
    assert not standing(session, message.customer_id or 0)["offers"].granted


def test_openings_and_clicks_are_hits(session: Session, message: Message, now: datetime) -> None:
    at = now - timedelta(minutes=1)
    events = [told(message, "opened", at=at, agent="A"), told(message, "clicked", at=now, agent="B", url="https://x/")]
    hear(session, events, now)
    hits = [(h.message_id, h.what, h.target, h.at, h.agent) for h in session.exec(select(Hit).order_by(col(Hit.at)))]
    assert hits == [(message.id, "open", "", at, "A"), (message.id, "click", "https://x/", now, "B")]


def test_an_event_about_another_address_is_kept_and_nothing_follows(
    session: Session, message: Message, now: datetime
) -> None:
    message.state = State.IN_DOUBT
    words = ("bounced", "complained", "unsubscribed", "delivered")
    events = [told(message, word, weight=Weight.HARD, address="else@example.com") for word in words]
    assert hear(session, events, now).new == 4
    assert session.exec(select(Suppression)).all() == []
    assert message.state is State.IN_DOUBT


def test_an_event_about_no_message_of_ours_is_kept(session: Session, message: Message, now: datetime) -> None:
    events = [told(message, "bounced", weight=Weight.HARD, message_id=given) for given in ("", "else@else.example")]
    assert hear(session, events, now).new == 2
    assert [event.message_id for event in session.exec(select(ProviderEvent))] == [None, None]
    assert session.exec(select(Suppression)).all() == []


def test_an_event_nobody_has_heard_of_is_kept_under_its_own_name(
    session: Session, message: Message, now: datetime
) -> None:
    message.state = State.IN_DOUBT
    hear(session, [told(message, "group_resubscribe", detail={"asm_group_id": 7})], now)
    assert session.exec(select(ProviderEvent)).one().kind == "group_resubscribe"
    assert message.state is State.IN_DOUBT


def test_an_event_without_an_id_cannot_be_told_apart_and_is_left_out(
    session: Session, message: Message, now: datetime
) -> None:
    assert hear(session, [told(message, "bounced", event_id="", weight=Weight.HARD)], now).new == 0
    assert session.exec(select(Suppression)).all() == []


def test_a_time_in_the_future_is_now_and_too_much_detail_is_cut(
    session: Session, message: Message, now: datetime
) -> None:
    hear(session, [told(message, "opened", at=now + timedelta(days=9), detail={"x": "y" * 30_000}, words="w")], now)
    event = session.exec(select(ProviderEvent)).one()
    assert event.at == now
    assert event.detail == {"words": "w", "cut": "it was longer than is kept"}


WORDS = st.lists(st.sampled_from([*Word, "fainted"]), max_size=6)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(WORDS, st.randoms(use_true_random=False))
def test_in_whatever_pieces_and_order_events_are_told_the_end_is_the_same(
    session: Session, now: datetime, words: list[str], chance: random.Random
) -> None:
    ends = []
    for in_pieces in (False, True):
        again = session.begin_nested()
        try:
            ends.append(told_so(session, now, words, chance if in_pieces else None))
        finally:
            again.rollback()
            session.expunge_all()
    assert ends[0] == ends[1]


def told_so(session: Session, now: datetime, words: list[str], chance: random.Random | None) -> tuple[object, ...]:
    """Tell events in order and at once or, by `chance`, one by one, some of them twice; return what came of it."""
    town = found(session, now)
    town.run(town.campaign(), town.customers(1))
    message = town.claim()[0]
    message.state, later = State.IN_DOUBT, now + timedelta(hours=1)
    events = [
        Told("ses", f"e{n}", word, now + timedelta(minutes=n), message.address, message.message_id, weight=Weight.HARD)
        for n, word in enumerate(words)
    ]
    if chance:
        chance.shuffle(events)
        for each in events + events[: len(events) // 2]:
            hear(session, [each], later)
    else:
        hear(session, events, later)
    agrees = standing(session, message.customer_id or 0)["offers"].granted
    kept = sorted(event.event_id for event in session.exec(select(ProviderEvent)))
    why = [each.why for each in session.exec(select(Suppression))]
    hits = sorted((hit.what, hit.at) for hit in session.exec(select(Hit)))
    return message.state, agrees, kept, why, hits, message.bounced_at is None
