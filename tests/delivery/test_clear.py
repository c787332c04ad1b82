"""Does the gate say the same when it passes over those against whom nothing speaks?"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import SQLModel, select

from mailer.campaigns.campaign import Campaign, CampaignState, RunState
from mailer.delivery import gate
from mailer.delivery.message import Kind, Message, State
from mailer.people.consent import Consent
from mailer.people.customer import Customer
from mailer.people.hold import Hold
from mailer.people.suppression import Suppression, Why
from mailer.settings import Gate
from mailer.store import Store
from tests.delivery.conftest import Town, found

NOW = datetime(2026, 3, 16, 23, 30, 15, tzinfo=UTC)
ZONES = ("UTC", "Asia/Tokyo", "America/New_York")
DAYS = st.integers(-40, 1)

people = st.fixed_dictionaries(
    {
        "zone": st.sampled_from(ZONES),
        "decisions": st.lists(st.tuples(st.booleans(), DAYS), max_size=3),
        "suppressed": st.sampled_from([None, None, None, *Why]),
        "holds": st.lists(st.booleans(), max_size=2),
        "kind": st.sampled_from([Kind.CAMPAIGN] * 5 + [Kind.ANSWER]),
        "expires": st.sampled_from([None, 0, 1, 60]),
        "others": st.lists(st.tuples(st.sampled_from(list(State)), DAYS, st.integers(0, 1), st.booleans()), max_size=3),
        "whose": st.integers(0, 1),
    }
)
worlds = st.fixed_dictionaries(
    {
        "people": st.lists(people, min_size=1, max_size=4),
        "campaigns": st.lists(
            st.tuples(st.sampled_from([CampaignState.APPROVED] * 4 + list(CampaignState)), st.sampled_from([0, 3, 30])),
            min_size=2,
            max_size=2,
        ),
        "run": st.sampled_from([RunState.CHOSEN] * 4 + list(RunState)),
        "cap": st.integers(1, 2),
        "quiet": st.sampled_from([("00:00", "00:00"), ("21:00", "08:00"), ("08:00", "09:00")]),
    }
)


@pytest.fixture(scope="module")
def shared(new_database: Callable[..., str]) -> Iterator[Store]:
    store = Store(new_database())
    yield store
    store.close()


@settings(max_examples=150, deadline=None)
@given(world=worlds)
def test_the_answers_are_those_of_the_whole_policy(shared: Store, world: dict) -> None:
    rules = Gate(cap=world["cap"], cap_days=7, quiet_from=world["quiet"][0], quiet_until=world["quiet"][1])
    with shared.write() as session:
        ids = built(found(session, NOW), world)
        whole = gate.judge_messages(session, ids, NOW, rules)
        soon = gate.judge(rules)
        assert soon(session, ids, NOW) == whole
        assert soon(session, ids, NOW) == whole  # now that the zones are known
        for ident in ids:
            assert soon(session, [ident], NOW) == gate.judge_messages(session, [ident], NOW, rules)
        session.rollback()


@settings(max_examples=100, deadline=None)
@given(world=worlds)
def test_who_is_clear_for_a_campaign_is_refused_by_no_rule(shared: Store, world: dict) -> None:
    rules = Gate(cap=world["cap"], cap_days=7, quiet_from=world["quiet"][0], quiet_until=world["quiet"][1])
    with shared.write() as session:
        town = found(session, NOW)
        built(town, world)
        plain = town.customers(1, prefix="plain")[0]
        for campaign in session.exec(select(Campaign)).all():
            asked = gate.clear_for(campaign, NOW, rules)
            table = SQLModel.metadata.tables["customer"]
            clear = set(session.execute(sa.select(table.c.id).where(asked.condition), asked.given).scalars())
            refused = gate.judge_customers(session, campaign, session.exec(select(Customer)).all(), NOW, rules)
            assert plain.id in clear
            assert clear.isdisjoint(refused)
        session.rollback()


def built(town: Town, world: dict) -> list[int]:
    """Build such a world, and return the messages that are to leave."""
    session = town.session
    campaigns = [town.campaign(f"c{n}", again_after_days=again) for n, (_, again) in enumerate(world["campaigns"])]
    everybody = [
        town.customers(1, consent=False, zone=each["zone"], prefix=f"p{n}-")[0]
        for n, each in enumerate(world["people"])
    ]
    runs = [town.run(campaign, everybody) for campaign in campaigns]
    messages = {
        (message.customer_id, message.campaign_id): message for message in session.execute(sa.select(Message)).scalars()
    }
    asked = []
    for person, each in zip(everybody, world["people"], strict=True):
        session.add_all(
            Consent(customer_id=person.id, topic_id="offers", granted=granted, at=NOW + timedelta(days), source="x")
            for granted, days in each["decisions"]
        )
        session.add_all(
            Hold(customer_id=person.id, why="talk", opened_at=NOW, ended_at=NOW if ended else None)
            for ended in each["holds"]
        )
        if each["suppressed"]:
            session.add(Suppression(address=person.email, why=each["suppressed"], at=NOW))
        for which, message in enumerate(messages[person.id, campaign.id] for campaign in campaigns):
            message.state = State.CLAIMED if which == each["whose"] else State.CANCELLED
            message.kind = each["kind"]
            message.expires_at = None if each["expires"] is None else NOW + timedelta(seconds=each["expires"])
            if which == each["whose"]:
                asked.append(message.id or 0)
        for number, (state, days, campaign, soon) in enumerate(each["others"]):
            of = campaigns[campaign]
            session.add(
                Message(
                    kind=Kind.CAMPAIGN, state=state, customer_id=person.id, campaign_id=of.id, topic_id="offers",
                    run_id=runs[campaign].id, address=person.email, message_id=f"{person.id}.{number}@x.example",
                    priority=60 if soon else 50, due_at=NOW, next_at=NOW, created_at=NOW,
                    handed_over_at=NOW + timedelta(days),
                )
            )  # fmt: skip
    for campaign, (state, _) in zip(campaigns, world["campaigns"], strict=True):
        campaign.state = state
    runs[0].state = world["run"]
    session.flush()
    return asked
