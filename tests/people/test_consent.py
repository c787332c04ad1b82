from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, delete, select

from mailer.errors import Invalid
from mailer.people.consent import Consent, Topic, consenting, decide, standing, withdraw_all
from mailer.people.customer import Customer

New = Callable[..., Customer]
DAYS = st.integers(0, 3)


@pytest.fixture(autouse=True)
def topics(session: Session) -> None:
    session.add_all([Topic(id="offers", name="Offers"), Topic(id="news", name="News")])
    session.flush()


def test_the_newest_decision_counts(session: Session, now: datetime, new_customer: New) -> None:
    ann, bob, cy = (new_customer(f"{name}@example.com") for name in ("ann", "bob", "cy"))
    decide(session, ann.id, "offers", True, now, "form", "Yes, please")
    decide(session, bob.id, "offers", True, now, "form")
    decide(session, bob.id, "offers", False, now + timedelta(days=1), "one-click")
    decide(session, cy.id, "news", True, now, "form")
    assert consenting(session, [ann.id, bob.id, cy.id], "offers") == {ann.id}
    assert consenting(session, [], "offers") == set()


def test_a_list_that_comes_in_late_does_not_undo_a_withdrawal(
    session: Session, now: datetime, new_customer: New
) -> None:
    ann = new_customer("ann@example.com")
    decide(session, ann.id, "offers", False, now, "one-click")
    decide(session, ann.id, "offers", True, now - timedelta(days=90), "import")
    assert consenting(session, [ann.id], "offers") == set()
    assert standing(session, ann.id)["offers"].source == "one-click"


def test_everything_can_be_withdrawn_at_once_and_twice_is_once(
    session: Session, now: datetime, new_customer: New
) -> None:
    ann = new_customer("ann@example.com")
    for topic in ("offers", "news"):
        decide(session, ann.id, topic, True, now, "form")
    assert len(withdraw_all(session, ann.id, now, "her own words", "please stop")) == 2
    assert withdraw_all(session, ann.id, now + timedelta(hours=1), "her own words", "please stop!") == []
    assert {topic: (each.granted, each.wording) for topic, each in standing(session, ann.id).items()} == {
        "news": (False, "please stop"),
        "offers": (False, "please stop"),
    }
    assert len(session.exec(select(Consent)).all()) == 4


def test_an_unknown_topic_is_refused_with_those_there_are(session: Session, now: datetime, new_customer: New) -> None:
    with pytest.raises(Invalid, match="no topic 'gossip'; the topics are: news, offers"):
        decide(session, new_customer("ann@example.com").id, "gossip", True, now, "form")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    said=st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["offers", "news"]), st.booleans(), st.integers(0, 3)))
)
def test_who_consents_is_what_replaying_all_decisions_gives(
    session: Session, now: datetime, new_customer: New, said: list[tuple[int, str, bool, int]]
) -> None:
    session.exec(delete(Consent))
    session.exec(delete(Customer))
    ids = [new_customer(f"{n}@example.com").id for n in range(3)]
    newest: dict[tuple[int, str], tuple[int, bool]] = {}
    for who, topic, granted, day in said:
        decide(session, ids[who], topic, granted, now + timedelta(days=day), "form")
        if day >= newest.get((ids[who], topic), (0, False))[0]:
            newest[ids[who], topic] = (day, granted)
    for topic in ("offers", "news"):
        agreed = {who for (who, about), (_, granted) in newest.items() if about == topic and granted}
        assert consenting(session, ids, topic) == agreed
