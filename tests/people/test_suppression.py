from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from mailer.people.suppression import STRENGTH, Suppression, Why, lift, suppress, suppressed


def test_an_address_is_suppressed_once(session: Session, now: datetime) -> None:
    first = suppress(session, "Ann@Example.com ", Why.UNSUBSCRIBED, now, "one click")
    again = suppress(session, "ann@example.com", Why.UNSUBSCRIBED, now + timedelta(days=1), "one click more")
    assert again is first
    assert (first.at, first.evidence) == (now, "one click")
    assert len(session.exec(select(Suppression)).all()) == 1


def test_the_stronger_reason_counts_and_the_evidence_of_both_is_kept(session: Session, now: datetime) -> None:
    suppress(session, "ann@example.com", Why.UNSUBSCRIBED, now, "one click")
    row = suppress(session, "ann@example.com", Why.BOUNCED, now + timedelta(days=1), "5.1.1")
    assert (row.why, row.evidence) == (Why.BOUNCED, "5.1.1\nbefore that, 2026-03-16: unsubscribed one click")
    assert suppress(session, "ann@example.com", Why.BY_HAND, now).why is Why.BOUNCED


def test_every_reason_has_its_strength() -> None:
    assert set(STRENGTH) == set(Why)


def test_only_suppressed_addresses_are_returned_as_they_were_spelled(session: Session, now: datetime) -> None:
    row = suppress(session, "ann@example.com", Why.COMPLAINED, now)
    assert suppressed(session, ["Ann@example.com", "bob@example.com"]) == {"Ann@example.com": row}
    assert suppressed(session, []) == {}


def test_many_addresses_are_asked_in_chunks(session: Session, now: datetime) -> None:
    for n in (3, 1200):
        suppress(session, f"{n}@example.com", Why.BY_HAND, now)
    assert set(suppressed(session, (f"{n}@example.com" for n in range(2000)))) == {"3@example.com", "1200@example.com"}


def test_a_suppression_can_be_lifted_by_hand(session: Session, now: datetime) -> None:
    suppress(session, "ann@example.com", Why.BOUNCED, now)
    assert lift(session, "ANN@example.com")
    assert not lift(session, "ann@example.com")
    assert suppressed(session, ["ann@example.com"]) == {}


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(whys=st.lists(st.sampled_from(list(Why)), min_size=1, max_size=6))
def test_in_whatever_order_reasons_come_the_strongest_counts(session: Session, now: datetime, whys: list[Why]) -> None:
    lift(session, "ann@example.com")
    for why in whys:
        row = suppress(session, "ann@example.com", why, now)
    assert row.why is min(whys, key=STRENGTH.index)
