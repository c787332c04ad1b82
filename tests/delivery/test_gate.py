from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from mailer.campaigns.campaign import Campaign, CampaignState, RunState
from mailer.delivery import departing, gate, outbox, release
from mailer.delivery.message import Kind, Message, State, T
from mailer.delivery.policy import STATES, No, quiet_until
from mailer.people.consent import Consent
from mailer.people.customer import Customer
from mailer.people.hold import Hold
from mailer.people.suppression import Suppression, Why
from mailer.settings import Gate
from mailer.store import Store
from tests.delivery.conftest import Town

GATE = Gate()


def noes(town: Town, messages: list[Message], at: datetime | None = None, settings: Gate = GATE) -> list[No | None]:
    ids = [m.id for m in messages if m.id is not None]
    found = gate.judge_messages(town.session, ids, at or town.now, settings)
    return [found[ident].no if ident in found else None for ident in ids]


def one(town: Town) -> tuple[Campaign, Message]:
    campaign = town.campaign()
    town.run(campaign, town.customers(1))
    return campaign, town.claim()[0]


def left(town: Town, message: Message, at: datetime) -> None:
    """Make it so that this message left."""
    message.state, message.handed_over_at = State.SENT, at
    town.session.add(message)
    town.session.flush()


def test_who_agreed_and_is_awake_is_written_to(town: Town) -> None:
    assert noes(town, [one(town)[1]]) == [None]


def test_without_consent_nothing_leaves(town: Town) -> None:
    town.run(town.campaign(), town.customers(1, consent=False))
    assert noes(town, town.claim()) == [No.NO_CONSENT]


def test_a_decision_to_unsubscribe_counts_at_the_final_dot(town: Town) -> None:
    _, message = one(town)
    town.session.add(
        Consent(customer_id=message.customer_id, topic_id="offers", granted=False, at=town.now, source="one-click")
    )
    town.session.flush()
    claims = [(message.id or 0, message.epoch)]
    assert outbox.hand_over(town.session, claims, town.now, gate.judge(GATE)) == set()
    found = town.session.get(Message, message.id, populate_existing=True)
    assert found is not None
    assert (found.state, found.reason) == (State.SUPPRESSED, "no_consent: no consent to offers")


@pytest.mark.parametrize("why", list(Why))
def test_a_suppressed_address_gets_no_campaign(town: Town, why: Why) -> None:
    _, message = one(town)
    town.session.add(Suppression(address=message.address, why=why, at=town.now))
    town.session.flush()
    assert noes(town, [message]) == [No.SUPPRESSED]


@pytest.mark.parametrize(("why", "expected"), [(Why.BOUNCED, No.SUPPRESSED), (Why.UNSUBSCRIBED, None)])
def test_an_answer_is_stopped_only_by_an_address_that_does_not_exist(town: Town, why: Why, expected: No | None) -> None:
    [customer] = town.customers(1, consent=False)
    town.session.add(Suppression(address=customer.email, why=why, at=town.now))
    town.session.add(Hold(customer_id=customer.id, why="a conversation", opened_at=town.now))
    answer = departing.enqueue_one(
        town.session, kind=Kind.ANSWER, address=customer.email, staff_id=None, customer_id=customer.id,
        message_id="x@shop.example", subject="Re", letter={}, headers={}, now=town.now,
    )  # fmt: skip
    midnight = town.now.replace(hour=0)
    assert noes(town, [answer], midnight) == [expected]


def test_while_a_person_talks_with_them_campaigns_are_held(town: Town) -> None:
    _, message = one(town)
    hold = Hold(customer_id=message.customer_id, why="conversation with Ann", opened_at=town.now)
    town.session.add(hold)
    town.session.flush()
    assert noes(town, [message]) == [No.HELD]
    hold.ended_at = town.now
    town.session.add(hold)
    town.session.flush()
    assert noes(town, [message]) == [None]


def test_a_campaign_reaches_a_customer_once_in_its_days(town: Town) -> None:
    campaign, first = one(town)
    left(town, first, town.now)
    customer = town.session.exec(select(Customer)).one()
    judged = gate.judge_customers(town.session, campaign, [customer], town.now + timedelta(days=29), GATE)
    assert judged[customer.id or 0].no is No.AGAIN
    assert gate.judge_customers(town.session, campaign, [customer], town.now + timedelta(days=31), GATE) == {}


def test_the_cap_counts_what_left_in_its_days(town: Town) -> None:
    customers = town.customers(1)
    for n in range(4):
        town.run(town.campaign(f"c{n}"), customers)
    messages = town.claim()
    assert noes(town, messages) == [None, None, None, No.CAPPED]
    for message in messages[:3]:
        left(town, message, town.now)
    assert noes(town, messages[3:]) == [No.CAPPED]
    assert noes(town, messages[3:], town.now + timedelta(days=7, hours=1), Gate(cap=3)) == [No.EXPIRED]


def test_at_the_cap_the_stronger_campaign_keeps_its_place(town: Town) -> None:
    customers = town.customers(1)
    town.run(town.campaign("weak", priority=10), customers)
    town.run(town.campaign("strong", priority=90), customers)
    strong, weak = town.claim()
    assert noes(town, [weak], settings=Gate(cap=1)) == [No.CAPPED]
    assert noes(town, [weak, strong], settings=Gate(cap=1)) == [No.CAPPED, None]


@pytest.mark.parametrize(
    ("zone", "hour", "until"),
    [
        ("UTC", 10, None),
        ("UTC", 22, datetime(2026, 3, 17, 7, tzinfo=UTC)),
        ("UTC", 3, datetime(2026, 3, 16, 7, tzinfo=UTC)),
        ("Asia/Tokyo", 13, datetime(2026, 3, 16, 22, tzinfo=UTC)),
        ("America/New_York", 10, datetime(2026, 3, 16, 11, tzinfo=UTC)),
    ],
)
def test_at_night_where_they_live_the_email_waits_until_morning(
    town: Town, zone: str, hour: int, until: datetime | None
) -> None:
    town.run(town.campaign(), town.customers(1, zone=zone))
    [message] = town.claim()
    at = town.now.replace(hour=hour)
    found = gate.judge_messages(town.session, [message.id or 0], at, GATE)
    assert (found[message.id or 0].until if found else None) == until


ZONES = ("Europe/Berlin", "Asia/Kolkata", "America/St_Johns")


@given(st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)), st.sampled_from(ZONES))
def test_quiet_hours_always_end_and_end_in_the_morning(naive: datetime, zone: str) -> None:
    now = naive.replace(tzinfo=UTC)
    until = quiet_until(now, zone, GATE)
    if until is not None:
        assert now < until <= now + timedelta(hours=11)
        assert quiet_until(until, zone, GATE) is None


@pytest.mark.parametrize(
    ("state", "expected"),
    [(CampaignState.PAUSED, No.PAUSED), (CampaignState.DRAFT, No.NOT_APPROVED), (CampaignState.FINISHED, None)],
)
def test_a_paused_campaign_waits_and_goes_on_when_it_is_resumed(
    town: Town, state: CampaignState, expected: No | None
) -> None:
    campaign, message = one(town)
    campaign.state = state
    town.session.add(campaign)
    town.session.flush()
    assert noes(town, [message]) == [expected]
    handed = outbox.hand_over(town.session, [(message.id or 0, message.epoch)], town.now, gate.judge(GATE))
    assert bool(handed) is (expected is None)
    if expected:
        assert campaign.id is not None
        assert town.claim() == []
        assert release.release_paused(town.session, campaign.id, town.now) == 1
        assert len(town.claim()) == 1


def test_what_is_late_and_what_is_cancelled_never_leaves(town: Town) -> None:
    campaign, customers = town.campaign(), town.customers(2)
    town.run(campaign, customers[:1])
    stopped = town.run(campaign, customers[1:])
    stopped.state = RunState.CANCELLED
    town.session.add(stopped)
    town.session.flush()
    late, cancelled = town.claim()
    assert noes(town, [late, cancelled], town.now + timedelta(hours=25)) == [No.EXPIRED, No.CANCELLED]


def test_the_gate_sets_aside_at_the_claim_what_would_cost_a_connection(town: Town) -> None:
    town.run(town.campaign(), [*town.customers(3, consent=False), *town.customers(2, prefix="d")])
    lease = timedelta(minutes=15)
    claimed = outbox.claim(town.session, "me", town.now, 3, lease, gate.judge(GATE))
    assert len(claimed) == 2
    held = sa.select(sa.func.count()).where(T.c.state == State.SUPPRESSED)
    assert town.session.execute(held).scalar_one() == 3


def test_at_the_choosing_a_night_and_a_conversation_leave_nobody_out(town: Town) -> None:
    campaign, customers = town.campaign(), town.customers(2)
    town.session.add(Hold(customer_id=customers[0].id, why="a conversation", opened_at=town.now))
    town.session.add(Suppression(address=customers[1].email, why=Why.COMPLAINED, at=town.now))
    town.session.flush()
    found = gate.judge_customers(town.session, campaign, customers, town.now.replace(hour=2), GATE)
    assert {key: refusal.no for key, refusal in found.items()} == {customers[1].id: No.SUPPRESSED}


def test_a_batch_of_five_hundred_is_judged_in_a_few_queries(store: Store, town: Town) -> None:
    town.run(town.campaign(), town.customers(500))
    ids = [m.id for m in town.claim(limit=500) if m.id is not None]
    asked: list[str] = []
    connection = town.session.connection()

    def count(*args: object) -> None:
        asked.append(str(args[2]))

    sa.event.listen(connection.engine, "before_cursor_execute", count)
    try:
        assert gate.judge_messages(town.session, ids, town.now, GATE) == {}
    finally:
        sa.event.remove(connection.engine, "before_cursor_execute", count)
    assert len(asked) <= 8


def test_every_no_has_a_state_and_every_state_a_reason(session: Session) -> None:
    assert set(STATES) == set(No)
