"""An event is taken once, whoever sends it, however often."""

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from sqlmodel import Session, select

from mailer.insights.events import Event, NewEvent, customers, read_events, take, take_new
from mailer.insights.warehouse import Warehouse
from mailer.people.customer import Customer
from mailer.store import CHUNK

ZONES = ("UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia")
AT = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


def _row(key: str, customer_id: int, **more: Any) -> dict[str, Any]:
    return {"key": key, "customer_id": customer_id, "name": "basket", "at": AT, "properties": {}, **more}


def _keys(session: Session) -> list[str]:
    return list(session.exec(select(Event.key).order_by(Event.id)))


def test_a_repeated_event_is_one_event(session: Session, ann: int) -> None:
    assert take(session, [_row("a", ann), _row("b", ann)]) == 2
    assert take(session, [_row("b", ann), _row("c", ann)]) == 1
    assert _keys(session) == ["a", "b", "c"]


def test_of_equal_keys_in_one_call_the_first_counts(session: Session, ann: int) -> None:
    assert take(session, [_row("a", ann, name="first"), _row("a", ann, name="second")]) == 1
    assert session.exec(select(Event.name)).one() == "first"


def test_more_rows_than_a_chunk_are_taken_in_order(session: Session, ann: int) -> None:
    keys = [f"k{n}" for n in range(CHUNK * 2 + 7)]
    assert take(session, [_row(key, ann) for key in keys]) == len(keys)
    assert _keys(session) == keys


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.lists(st.integers(0, 12)), max_size=5))
def test_however_keys_are_batched_each_is_kept_once(session: Session, ann: int, batches: list[list[int]]) -> None:
    with session.begin_nested() as undone:
        new = sum(take(session, [_row(f"k{n}", ann) for n in batch]) for batch in batches)
        sent = {f"k{n}" for batch in batches for n in batch}
        assert new == len(sent)
        assert set(_keys(session)) == sent
        undone.rollback()


def test_customers_are_found_by_external_id_before_address(session: Session, now: datetime, ann: int) -> None:
    odd = Customer(external_id="ann@example.com", email="odd@example.com", created_at=now, updated_at=now)
    session.add(odd)
    session.flush()
    found = customers(session, ["ann", "ann@example.com", "ODD@Example.com", "nobody"])
    assert found == {"ann": ann, "ann@example.com": odd.id, "ODD@Example.com": odd.id}


def test_events_of_strangers_are_returned_and_the_rest_is_taken(session: Session, ann: int) -> None:
    told = [NewEvent(key=who, customer=who, name="basket", at=AT) for who in ("ann", "zoe")]
    taken = take_new(session, told)
    assert (taken.new, taken.known, [event.customer for event in taken.strangers]) == (1, 0, ["zoe"])
    assert take_new(session, told).known == 1
    assert session.exec(select(Event.customer_id)).one() == ann


@pytest.mark.parametrize(
    "wrong",
    [
        {"at": datetime(2026, 3, 1)},
        {"name": "Basket!"},
        {"key": ""},
        {"properties": {"x": float("nan")}},
        {"properties": {"x": [float("inf")]}},
        {"properties": {"a b": 1}},
        {"properties": {"x": "y" * 9000}},
        {"surprise": 1},
    ],
)
def test_an_event_that_cannot_be_one_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        NewEvent.model_validate({"key": "k", "customer": "ann", "name": "basket", "at": AT, **wrong})


FILE = """customer,name,at,amount_cents,department,key
ann,basket,2026-03-01T12:30:00Z,1250,Produce,b1
bob,basket,2026-03-01T12:30:00+01:00,900,,
bob,basket,2026-03-01 12:30,900,Meat,
"""


def test_a_file_gives_typed_properties_and_names_the_lines_that_are_wrong() -> None:
    events, errors = read_events(FILE.splitlines(keepends=True))
    assert events[0].key == "b1"
    assert events[0].properties == {"amount_cents": 1250, "department": "Produce"}
    assert events[1].properties == {"amount_cents": 900}
    assert [(error.line, error.message.split(":")[0]) for error in errors] == [(4, "at")]


def test_a_line_without_a_key_is_the_same_event_when_read_again() -> None:
    first, _ = read_events(FILE.splitlines(keepends=True))
    second, _ = read_events([FILE.splitlines()[0] + "\n", FILE.splitlines()[2] + "\n"])
    assert first[1].key == second[0].key
    assert first[1].key.startswith("line:")


_INSTANTS = st.datetimes(
    datetime(2026, 2, 20), datetime(2026, 4, 10), timezones=st.sampled_from([ZoneInfo(zone) for zone in ZONES])
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    told=st.lists(st.tuples(st.integers(0, 30), _INSTANTS), unique_by=lambda one: one[0], max_size=12),
    cuts=st.lists(st.integers(0, 12), max_size=3),
    order=st.randoms(use_true_random=False),
)
def test_late_out_of_order_twice_and_in_any_zone_comes_to_the_same(
    session: Session, warehouse: Warehouse, ann: int, told: list[tuple[int, datetime]], cuts: list[int], order: Any
) -> None:
    """However a sender's batches arrive, and however many folds lie between them, the warehouse holds the same."""
    events = [NewEvent(key=f"k{n}", customer="ann", name="basket", at=at, properties={"items": n}) for n, at in told]
    shuffled = [*events, *events[: len(events) // 2]]  # some are sent twice
    order.shuffle(shuffled)
    with session.begin_nested() as undone:
        for start, end in pairwise([0, *sorted(cuts), len(shuffled)]):
            take_new(session, shuffled[start:end] if start < end else [])
            warehouse.fold(session, AT)
        kept = warehouse.events(warehouse.tables.events)
        wanted = [{"name": "basket", "at": at.astimezone(UTC), "properties": {"items": n}} for n, at in told]
        assert sorted(kept, key=repr) == sorted(wanted, key=repr)
        undone.rollback()
    warehouse.rebuild(session, AT)
