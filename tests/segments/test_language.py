"""Whatever is asked, the warehouse answers as plain Python does: who, what was found, and until when.

The second opinion below shares no code with the compiler, nor with the proofs. It finds the beginning of a civil day by
looking at a clock, minute by minute, and counts events one by one. The shops it is asked of live around changes of the
clock: a midnight that does not exist, one that comes twice, the day after, and zones a day apart.
"""

import hashlib
import json
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailer.insights.events import take
from mailer.insights.warehouse import Warehouse
from mailer.people.customer import Customer
from mailer.segments import segment
from mailer.segments.criteria import from_data, looked_up
from mailer.segments.reasons import because
from mailer.store import Store

Data = dict[str, Any]
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Pacific/Kiritimati", "America/Los_Angeles", "America/Havana",
         "America/Santiago", "Mars/Base")  # fmt: skip
NOWS = (
    datetime(2026, 3, 8, 7, 30, tzinfo=UTC),  # New York has just lost an hour; Havana lost its midnight
    datetime(2026, 3, 29, 0, 59, 59, 999_999, tzinfo=UTC),  # Berlin is about to
    datetime(2026, 11, 1, 4, 30, tzinfo=UTC),  # in Havana it was midnight half an hour ago, and will be again
    datetime(2024, 3, 1, 10, 0, tzinfo=UTC),  # the day after a 29 February, somewhere still that day
)
TINY = timedelta(microseconds=1)
SEGMENTS = {"gold": {"field": "attributes.tier", "op": "is", "value": "gold"},
            "gold-and-here": {"all": [{"segment": "gold"}, {"did": "basket", "within_days": 20}]}}  # fmt: skip

# ------------------------------------------------------------------------------------------------------------ the shops


def _zone(name: str) -> Any:
    return UTC if name == "Mars/Base" else ZoneInfo(name)


@lru_cache(maxsize=100_000)
def _begins(zone: str, day: date) -> datetime:
    """Look at the clock every five minutes until it shows the day."""
    at = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=15)
    while at.astimezone(_zone(zone)).date() < day:
        at += timedelta(minutes=5)
    return at


def _day(zone: str, at: datetime) -> date:
    day = at.astimezone(_zone(zone)).date()
    return day + timedelta(1) if at >= _begins(zone, day + timedelta(1)) else day


def _people(now: datetime) -> Iterator[Customer]:
    for id_ in range(1, 17):
        birthday = date(1980, 2, 29) if id_ % 5 == 0 else now.date().replace(year=1990) + timedelta(id_ - 8)
        told: Data = {"tier": ("gold", "silver")[id_ % 2], "points": id_ * 10, "birthday": birthday.isoformat()}
        yield Customer(
            id=id_, email=f"{id_}@example.com", attributes=told if id_ % 7 else {"birthday": "unknown"},
            language=("en", "de", "fr")[id_ % 3], time_zone=ZONES[id_ % len(ZONES)],
            created_at=now - timedelta(days=id_ * 90 % 731, hours=id_), updated_at=now,
        )  # fmt: skip


def _happened(now: datetime) -> Iterator[Data]:
    chance = random.Random(now.isoformat())
    for who in range(1, 16):
        zone = ZONES[who % len(ZONES)]
        for n in range(chance.randrange(14)):
            day = now.date() - timedelta(chance.choice((0, 1, 1, 2, 3, 6, 7, 8, 9, 20, 29, 30, 31, 200, 365, 366)))
            at = _begins(zone, day) + chance.choice((-TINY, timedelta(), TINY, timedelta(hours=chance.randrange(26))))
            if at > now:
                continue
            name = chance.choice(("basket", "basket", "basket", "replied", "wrote", "felt_understood"))
            told: Data = {"campaign": chance.choice(("win-back", "spring"))}
            if name == "basket":
                told = {"department": chance.choice(("Produce", "Meat")), "amount_cents": chance.randrange(1, 40) * 250}
                told |= {"weight": chance.randrange(9) / 4} if chance.random() < 0.5 else {}
            yield {"key": f"{who}/{n}", "customer_id": who, "name": name, "at": at, "properties": told}
        for n in range(chance.randrange(4)):
            at = now - timedelta(days=9 - n, minutes=chance.randrange(99))
            name, told = chance.choice((("consent_given", {"topic": "offers"}), ("unsubscribed", {"topic": "offers"})))
            yield {"key": f"{who}/c{n}", "customer_id": who, "name": name, "at": at, "properties": told}
        for n in range(chance.randrange(3)):
            name = ("conversation_opened", "conversation_ended")[n]
            at = now - timedelta(days=5 - n)
            yield {"key": f"{who}/h{n}", "customer_id": who, "name": name, "at": at, "properties": {}}


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[SimpleNamespace]]:
    made = []
    for now in NOWS:
        store = Store(f"sqlite:///{tmp_path_factory.mktemp('language')}/mailer.db")
        store.create()
        events, people, warehouse = list(_happened(now)), list(_people(now)), Warehouse("duckdb://")
        with store.write() as session:
            session.add_all(people)
            session.flush()
            take(session, events)
            warehouse.fold(session, now)
        store.close()
        customers = {each.id: each.model_dump() for each in people}
        made.append(SimpleNamespace(warehouse=warehouse, events=events, customers=customers, now=now))
    yield made
    for shop in made:
        shop.warehouse.close()


# ----------------------------------------------------------------------------------------------------- a second opinion


def _holds(data: Data, shop: SimpleNamespace, who: int, now: datetime) -> bool:
    match next(iter(data)):
        case "all":
            return all(_holds(part, shop, who, now) for part in data["all"])
        case "any":
            return any(_holds(part, shop, who, now) for part in data["any"])
        case "not":
            return not _holds(data["not"], shop, who, now)
        case "segment":
            return _holds(SEGMENTS[data["segment"]], shop, who, now)
        case "share":
            return _drawn(who, data.get("salt", "")) < round((2**31 - 1) * data["share"] / 100)
        case "consent":
            told = [
                e for e in shop.events if e["customer_id"] == who and e["properties"].get("topic") == data["consent"]
            ]
            agreed = bool(told) and max(told, key=lambda e: e["at"])["name"] == "consent_given"
            return agreed and data.get("language", shop.customers[who]["language"]) == shop.customers[who]["language"]
        case "in_conversation":
            return bool(_of(shop, who, "conversation_opened", now)) and not _of(shop, who, "conversation_ended", now)
        case "did" | "engaged":
            found = _found(data, shop, who, now)
            if how := next((each for each in ("sum", "min", "max", "average") if each in data), ""):
                del how
                return _compare(found, data)
            low = data.get("exactly", data.get("at_least", 0 if "at_most" in data else 1))
            return low <= found <= data.get("exactly", data.get("at_most", 10**9))
        case "first" | "last":
            at = _found(data, shop, who, now)
            return at is not None and _on(_day_of(shop, who, at), data, _day_of(shop, who, now))
        case "sequence":
            firsts = _window({**data, "within_days": data.get("in_last_days")}, shop, who, now, data["sequence"])
            others = _of(shop, who, data.get("then", data.get("then_not")), now)
            span = timedelta(days=data["within_days"])
            came = [any(a["at"] < b["at"] <= a["at"] + span for b in others) for a in firsts]
            if "then" in data:
                return any(came)
            return any(not came and a["at"] + span < now for a, came in zip(firsts, came, strict=True))
    return _known(data, shop, who, now)


def _day_of(shop: SimpleNamespace, who: int, at: datetime) -> date:
    return _day(shop.customers[who]["time_zone"], at)


def _of(shop: SimpleNamespace, who: int, name: str, now: datetime) -> list[Data]:
    return [e for e in shop.events if e["customer_id"] == who and e["name"] == name and e["at"] <= now]


def _window(data: Data, shop: SimpleNamespace, who: int, now: datetime, *names: str) -> list[Data]:
    found, today = [], _day_of(shop, who, now)
    for event in (e for name in names for e in _of(shop, who, name, now)):
        day = _day_of(shop, who, event["at"])
        within, between = data.get("within_days"), data.get("between")
        inside = within is None or (today - day).days <= within
        inside &= between is None or between[0] <= day.isoformat() <= between[1]
        inside &= all(_compare(event["properties"].get(each["field"]), each) for each in data.get("where", []))
        inside &= data.get("campaign") in (None, event["properties"].get("campaign"))
        found += [event] if inside else []
    return found


def _found(data: Data, shop: SimpleNamespace, who: int, now: datetime) -> Any:
    """Return how often, how much, or when."""
    if "engaged" in data:
        names = {"reply": ("replied",), "page": ("wrote",), "survey": ("felt_understood",)}
        return len(_window(data, shop, who, now, *names.get(data["engaged"], ("replied", "wrote", "felt_understood"))))
    kind = next(iter(data))
    events = _window(data, shop, who, now, data[kind])
    if kind in ("first", "last"):
        times = sorted(e["at"] for e in events)
        return times[0 if kind == "first" else -1] if times else None
    for how in ("sum", "min", "max", "average"):
        if how in data:
            told = [e["properties"][data[how]] for e in events if data[how] in e["properties"]]
            if not told:
                return 0 if how == "sum" else None
            return {"sum": sum, "min": min, "max": max, "average": lambda all_: sum(all_) / len(all_)}[how](told)
    return len(events)


def _known(data: Data, shop: SimpleNamespace, who: int, now: datetime) -> bool:
    row, name, today = shop.customers[who], data["field"], _day_of(shop, who, now)
    if name == "created_at":
        return _on(_day_of(shop, who, row["created_at"]), data, today)
    known = row["attributes"].get(name.split(".")[1]) if "." in name else row[name]
    if name == "attributes.birthday":
        try:
            known = date.fromisoformat(known)
        except (TypeError, ValueError):
            return False
        return _on(known, data, today)
    return _compare(known, data)


def _on(day: date, data: Data, today: date) -> bool:
    op, value, age = data["op"], data["value"], (today - day).days
    if op == "anniversary_within_days":
        for ahead in range(value + 1):
            then = today + timedelta(ahead)
            born = (2, 28) if (day.month, day.day) == (2, 29) and not _leap(then.year) else (day.month, day.day)
            if (then.month, then.day) == born and then.year > day.year:
                return True
        return False
    return {
        "on": lambda: day.isoformat() == value,
        "before": lambda: day.isoformat() < value,
        "since": lambda: day.isoformat() >= value,
        "between": lambda: value[0] <= day.isoformat() <= value[1],
        "in_last_days": lambda: 0 <= age <= value,
        "more_than_days_ago": lambda: age > value,
        "in_next_days": lambda: 0 <= -age <= value,
    }[op]()


def _leap(year: int) -> bool:
    return (date(year, 3, 1) - timedelta(1)).day == 29


def _compare(known: Any, data: Data) -> bool:
    op, value = data["op"], data.get("value")
    if op in ("is_not", "none_of"):
        return not _compare(known, {"op": {"is_not": "is", "none_of": "one_of"}[op], "value": value})
    if op in ("known", "unknown"):
        return (known is None) == (op == "unknown")
    if known is None:
        return False
    if isinstance(known, str):
        known, value = known.lower(), json.loads(json.dumps(value).lower())
    return bool({
        "is": lambda: known == value, "more_than": lambda: known > value, "at_least": lambda: known >= value,
        "less_than": lambda: known < value, "at_most": lambda: known <= value,
        "between": lambda: value[0] <= known <= value[1], "one_of": lambda: known in value,
        "contains": lambda: value in known, "starts_with": lambda: known.startswith(value),
    }[op]())  # fmt: skip


def _drawn(who: int, salt: str) -> int:
    prime = 2147483647
    seed = hashlib.sha256(salt.encode("utf-8")).digest()
    a, b, c, d = (int.from_bytes(seed[4 * n : 4 * n + 4], "big") % (prime - 1) + 1 for n in range(4))
    return (c * pow((a * who + b) % prime, 5, prime) + d) % prime


# ------------------------------------------------------------------------------------------------------------ questions

_DAYS = st.sampled_from((0, 1, 2, 6, 7, 8, 28, 29, 30, 31, 364))
_DATES = st.sampled_from([now.date() + timedelta(n) for now in NOWS for n in (-366, -31, -7, -1, 0, 1)]).map(str)
_PAIR = st.tuples(_DATES, _DATES).map(sorted)
_TIME = (
    st.fixed_dictionaries({"op": st.sampled_from(("on", "before", "since")), "value": _DATES})
    | st.fixed_dictionaries({"op": st.just("between"), "value": _PAIR})
    | st.fixed_dictionaries(
        {"op": st.sampled_from(("in_last_days", "more_than_days_ago", "in_next_days", "anniversary_within_days")),
         "value": _DAYS}
    )
)  # fmt: skip
_ORDER = st.sampled_from(("is", "is_not", "more_than", "at_least", "less_than", "at_most"))
_CENTS = st.integers(0, 60).map(lambda n: n * 250)
_CONDITION = st.fixed_dictionaries({"field": st.just("amount_cents"), "op": _ORDER, "value": _CENTS}) | st.sampled_from(
    [
        {"field": "department", "op": "starts_with", "value": "pro"},
        {"field": "department", "op": "none_of", "value": ["Meat", "Bakery"]},
        {"field": "weight", "op": "less_than", "value": 1.25},
        {"field": "weight", "op": "unknown"},
    ]
)
_WINDOW = st.fixed_dictionaries({"within_days": _DAYS}) | st.fixed_dictionaries({"between": _PAIR}) | st.just({})
_WHERE = st.just({}) | st.fixed_dictionaries({"where": st.lists(_CONDITION, min_size=1, max_size=2)})
_OFTEN = st.one_of(
    *(
        st.fixed_dictionaries({key: st.integers(low, 4)})
        for key, low in (("at_least", 1), ("at_most", 0), ("exactly", 1))
    )
)


def _merged(*parts: st.SearchStrategy[Data]) -> st.SearchStrategy[Data]:
    return st.tuples(*parts).map(lambda each: {key: value for part in each for key, value in part.items()})


def _as(**told: Any) -> st.SearchStrategy[Data]:
    return st.just(told)


_MEASURE = st.one_of(
    *(_merged(_as(did="basket"), _as(**{how: of}))
      for how in ("sum", "min", "max", "average") for of in ("amount_cents", "weight"))
)  # fmt: skip
_TIMED = st.one_of(
    _merged(_as(did="basket"), _OFTEN, _WINDOW, _WHERE),
    _merged(_MEASURE, st.fixed_dictionaries({"op": _ORDER, "value": _CENTS}), _WINDOW, _WHERE),
    _merged(st.sampled_from(({"first": "basket"}, {"last": "basket"}, {"last": "replied"})), _TIME),
    _merged(
        st.fixed_dictionaries({"engaged": st.sampled_from(("any", "reply", "page", "survey"))}), _OFTEN, _WINDOW,
        st.sampled_from(({}, {"campaign": "spring"})),
    ),
    _merged(
        _as(sequence="basket"), st.sampled_from(({"then": "replied"}, {"then_not": "replied"}, {"then_not": "basket"})),
        st.fixed_dictionaries({"within_days": st.sampled_from((0, 1, 7, 30))}),
        st.sampled_from(({}, {"in_last_days": 8}, {"in_last_days": 31})),
    ),
)  # fmt: skip
_STILL = st.one_of(
    _merged(_as(field="created_at"), _TIME),
    _merged(_as(field="attributes.birthday"), _TIME),
    st.fixed_dictionaries({"field": st.just("attributes.points"), "op": _ORDER, "value": st.integers(0, 170)}),
    st.sampled_from((
        {"field": "language", "op": "none_of", "value": ["DE", "fr"]},
        {"field": "attributes.tier", "op": "starts_with", "value": "GO"},
        {"field": "attributes.tier", "op": "unknown"},
        {"consent": "offers"}, {"consent": "offers", "language": "de"}, {"consent": "news"},
        {"in_conversation": True}, {"segment": "gold"}, {"segment": "gold-and-here"},
        {"share": 50}, {"share": 33.3, "salt": "spring"}, {"share": 100},
    )),
)  # fmt: skip
TREES = st.recursive(
    _TIMED | _STILL,
    lambda parts: (
        st.fixed_dictionaries({"all": st.lists(parts, max_size=3)})
        | st.fixed_dictionaries({"any": st.lists(parts, min_size=1, max_size=3)})
        | st.fixed_dictionaries({"not": parts})
    ),
    max_leaves=4,
)
_slow = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


def _tree(data: Data) -> Any:
    return from_data(looked_up(data, SEGMENTS.get))


def _meant(shop: SimpleNamespace, data: Data, now: datetime) -> list[int]:
    return [who for who in shop.customers if _holds(data, shop, who, now)]


@_slow
@given(data=TREES, n=st.integers(0, len(NOWS) - 1))
def test_the_same_customers_are_meant(shops: list[SimpleNamespace], data: Data, n: int) -> None:
    shop = shops[n]
    assert segment.customers(shop.warehouse, _tree(data), shop.now) == _meant(shop, data, shop.now)


@_slow
@given(data=TREES, n=st.integers(0, len(NOWS) - 1), who=st.integers(1, 16))
def test_a_proof_finds_the_same_and_ends_when_it_says(
    shops: list[SimpleNamespace], data: Data, n: int, who: int
) -> None:
    shop, tree = shops[n], _tree(data)
    proof = segment.why(shop.warehouse, tree, who, shop.now)
    assert proof.holds is _holds(data, shop, who, shop.now)
    assert proof.foreseen
    assert bool(proof.missing()) is not proof.holds
    if next(iter(data)) in ("did", "engaged", "first", "last"):
        assert proof.value == _found(data, shop, who, shop.now)
    if proof.until is None:
        later = [shop.now + timedelta(days=days, hours=days) for days in (1, 2, 8, 31, 64, 365, 380)]
        assert [_holds(data, shop, who, then) for then in later] == [proof.holds] * len(later)
    else:
        before, after = proof.until - TINY, proof.until
        assert _holds(data, shop, who, before) is proof.holds
        assert _holds(data, shop, who, after) is not proof.holds
        assert (who in segment.customers(shop.warehouse, tree, before)) is proof.holds
        assert (who in segment.customers(shop.warehouse, tree, after)) is not proof.holds
    json.dumps(proof.to_data())


@settings(_slow, max_examples=10)
@given(data=_TIMED, n=st.integers(0, len(NOWS) - 1))
def test_the_reasons_of_a_batch_are_those_of_each_proof(shops: list[SimpleNamespace], data: Data, n: int) -> None:
    shop, tree = shops[n], _tree(data)
    some = list(shop.customers)[::4]
    each = {who: segment.why(shop.warehouse, tree, who, shop.now).because() for who in some}
    assert because(shop.warehouse, tree, some, shop.now) == each


@pytest.mark.parametrize("op", ["in_last_days", "in_next_days"])
def test_without_the_zones_in_use_every_zone_is_provided_for(shops: list[SimpleNamespace], op: str) -> None:
    data = {
        "any": [{"did": "basket", "within_days": 1}, {"field": "attributes.birthday", "op": op, "value": 13_000 // 4}]
    }
    for shop in shops:
        told = _tree(data).expression(shop.warehouse.tables, shop.now).order_by("customer_id")
        assert [row["customer_id"] for row in shop.warehouse.rows(told)] == _meant(shop, data, shop.now)


@settings(max_examples=50, deadline=None)
@given(data=TREES)
def test_a_question_survives_being_data_and_has_a_sentence(data: Data) -> None:
    tree = from_data(data)
    assert from_data(json.loads(json.dumps(tree.to_data()))) == tree
    assert tree.to_data() == data
    sentence = _tree(data).sentence()
    assert sentence.startswith(("Customers ", "All customers"))
    assert "{" not in sentence
    assert "None" not in sentence
