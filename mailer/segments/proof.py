"""Why is this customer meant, or not? Each part of the question, with what it found, its evidence and when it ends.

Whether a part holds is asked of the warehouse with the very expression the segment is chosen by, so that a proof cannot
say anything else than the segment does. `until` is when the answer changes if nothing happens (see segments.future);
`missing` is what keeps a customer out, by the shortest way in.
"""

import json
from collections.abc import Callable, Container, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any as Anything

import ibis

from mailer.insights.insight import Type, amount, day_number, say
from mailer.insights.layout import PROPERTIES
from mailer.insights.warehouse import Asking, Warehouse
from mailer.segments import future
from mailer.segments.did import Did, Happened, Measured, Then, When, such
from mailer.segments.fields import CARRIED, FIELDS, carried
from mailer.segments.future import Future, Seen, measured
from mailer.segments.known import Where
from mailer.segments.meant import members
from mailer.segments.moment import Moment, moment, place
from mailer.segments.ours import Consents, Engaged, Talking
from mailer.segments.tree import PRIME, All, Any, Criteria, Member, Not, Share

SHOWN = 3  # events as evidence
MOST = 5_000  # events looked at; of a customer with more, the future is not foreseen


@dataclass(frozen=True, slots=True)
class Proof:
    """Why a part of a question holds for one customer, or does not."""

    sentence: str
    holds: bool
    value: Anything = None  # of the field, or how often they did it
    evidence: tuple[str, ...] = ()
    until: datetime | None = None
    parts: tuple["Proof", ...] = ()
    line: str = ""  # what was found, for the representative
    reason: str = ""  # the same, to the customer
    kind: str = "all"  # all, any, not, segment, or what else its data is known by
    foreseen: bool = True  # False: it may change by itself, and nobody knows when

    def to_data(self) -> dict[str, Anything]:
        """Return the proof as plain data, ready for JSON."""
        value = self.value.isoformat() if isinstance(self.value, date) else self.value
        return {
            "sentence": self.sentence,
            "kind": self.kind,
            "holds": self.holds,
            "value": value,
            "evidence": list(self.evidence),
            "until": self.until and self.until.isoformat(),
            "foreseen": self.foreseen,
            "parts": [part.to_data() for part in self.parts],
        }

    def lines(self) -> list[str]:
        """Say what was found by the parts that hold: "last basket 31 days ago; usually every 9 days"."""
        return distinct(part.line for part in self._holding())

    def because(self) -> list[str]:
        """Say the same to the customer: "Your last basket was 31 days ago; you usually come every 9 days"."""
        return distinct(part.reason for part in self._holding())

    def missing(self) -> list[str]:
        """Say what keeps the customer out: of all, each part that does not hold; of any, the one that is nearest."""
        if self.holds:
            return []
        if self.kind == "any":
            return min((part.missing() for part in self.parts), key=len, default=[])
        if self.kind in ("all", "segment") and self.parts:
            return list(dict.fromkeys(line for part in self.parts for line in part.missing()))
        asked = self.sentence.removeprefix("Customers ")
        found = "; ".join(self.parts[0].lines()) if self.kind == "not" else self.line
        return [f"not {asked}{f': {found}' if found else ''}"]

    def _holding(self) -> Iterable["Proof"]:
        if self.holds:
            yield self
            for part in self.parts:
                yield from part._holding()


def prove(warehouse: Warehouse, criteria: Criteria, customer_id: int, now: datetime) -> Proof:
    """Return why `criteria` holds for a customer, or does not; for a customer not folded yet nothing holds."""
    return prove_each(warehouse, criteria, [customer_id], now)[customer_id]


def prove_each(
    warehouse: Warehouse, criteria: Criteria, customer_ids: Sequence[int], now: datetime
) -> dict[int, Proof]:
    """Return the proofs of several customers, by id: what each part finds is asked for all of them at once."""
    with warehouse.asking() as asking:
        findings = _Findings(asking, criteria, customer_ids, moment(asking, now))
        return {id_: _Prover(findings, id_).of(criteria)[0] for id_ in customer_ids}


class _Findings:
    """What the parts of one question find of some customers, each asked once for all of them."""

    def __init__(self, asking: Asking, criteria: Criteria, customer_ids: Sequence[int], now: Moment) -> None:
        self.asking, self.ids, self.moment, self.tables = asking, customer_ids, now, asking.tables
        self.nodes = list(dict.fromkeys(walk(criteria)))
        self._known: dict[Hashable, dict[int, list[dict[str, Anything]]]] = {}
        self.facts = self.found("facts", lambda: self.tables.insights)
        self.attributes = {
            node: self._told(node) for node in self.nodes if isinstance(node, Where) and node.field not in FIELDS
        }
        self.holding = {node: self._holding(node) for node in self.nodes}

    def found(
        self, key: Hashable, table: Callable[[], Anything], then: Callable[[Anything], Anything] = lambda theirs: theirs
    ) -> dict[int, list[dict[str, Anything]]]:
        """Return the rows of each of them in a table, known again by `key`; `then` is done with theirs only."""
        if key not in self._known:
            state = None if key == "facts" else (self.moment.days if self.moment.settled else self.moment.at)
            rows = self.asking.rows_of(self.ids, (key, state), lambda of: then(of(table())))
            by_customer: dict[int, list[dict[str, Anything]]] = {}
            for row in rows:
                by_customer.setdefault(row["customer_id"], []).append(row)
            self._known[key] = by_customer
        return self._known[key]

    def _told(self, node: Where) -> dict[int, list[dict[str, Anything]]]:
        def told(theirs: Anything) -> Anything:
            return theirs.select("customer_id", told=node.asked().column(theirs))

        return self.found(("told", node.field, node.asked().type), lambda: self.tables.insights, told)

    def _holding(self, node: Criteria) -> Container[int]:
        if (found := members(self.asking, node, self.moment)) is not None:
            return found
        meant = self.found(("holds", node), lambda: node.expression(self.tables, self.moment))
        return meant.keys()


class _Prover:
    """One customer, and what the parts of one question found of them."""

    def __init__(self, findings: _Findings, customer_id: int) -> None:
        self.all, self.customer_id = findings, customer_id
        self.moment, self.now, self.tables = findings.moment, findings.moment.at, findings.tables
        rows = findings.facts.get(customer_id, [])
        self.facts: Mapping[str, Anything] = rows[0] if rows else {}
        self.here = place(self.facts.get("time_zone") or "UTC")

    def of(self, node: Criteria) -> tuple[Proof, Future]:
        """Return the proof of a part, and its future."""
        holds = self.customer_id in self.all.holding[node] and bool(self.facts)
        inside = [self.of(part) for part in node.inside()]
        proofs = tuple(proof for proof, _ in inside)
        futures = [ahead for _, ahead in inside]
        match node:
            case All():
                proof, ahead = Proof("", holds, parts=proofs, kind="all"), future.of_all(futures)
            case Any():
                proof, ahead = Proof("", holds, parts=proofs, kind="any"), future.of_any(futures)
            case Not(part=part):
                line = seldom(part, proofs[0].value) if isinstance(part, Did) and holds else ""
                reason = f"You {'' if isinstance(part, Engaged) else 'had '}{line}" if line else ""
                proof = Proof("", holds, parts=proofs, line=line, reason=reason, kind="not")
                ahead = future.of_not(futures[0])
            case Member():
                proof, ahead = Proof("", holds, parts=proofs, kind="segment"), future.of_all(futures)
            case Where():
                proof, ahead = self._where(node, holds)
            case Then():
                proof, ahead = self._then(node)
            case Happened():
                proof, ahead = self._happened(node)
            case _:
                proof, ahead = self._other(node), Future(holds)
        ahead = ahead.checked(holds)
        foreseen = ahead.foreseen
        return replace(proof, sentence=node.sentence(), holds=holds, until=ahead.until, foreseen=foreseen), ahead

    def _where(self, node: Where, holds: bool) -> tuple[Proof, Future]:
        asked, insight = node.asked(), node.asked().insight
        told = self.all.attributes[node].get(self.customer_id, []) if node in self.all.attributes else []
        value = told[0]["told"] if told else self.facts.get(node.field)
        if insight is None:
            line = "" if value is None else f"{asked.label} {amount(asked.type, asked.unit, value)}"
            proof = Proof("", holds, value, line=line, kind="field")
            if asked.type is not Type.TIME:
                return proof, Future(holds)
            if isinstance(value, datetime) or not asked.written:
                return proof, future.of_instant(node.op, node.value, value, self.here, self.now)
            day = None if value is None else day_number(value)
            return proof, future.of_date(node.op, node.value, day, self.here, self.now)
        line, reason = say(insight.line, self.facts), say(insight.because, self.facts)

        def read() -> Anything:
            events = such(self.tables, self.moment, insight.names or ("basket",), ())
            return events.filter(insight.such(events)) if insight.such else events

        window = insight.window
        added = carried(window.of, 0) if window and window.of else None
        events = self._events(("insight", insight), read, MOST if window else SHOWN, added)
        seen = [Seen(each["at"], each.get("told")) for each in events]
        ahead = future.of_insight(asked, insight, node.op, node.value, value, seen, self.here, self.now)
        if window and len(events) == MOST:
            ahead = Future(ahead.holds, (), foreseen=False)
        return Proof("", holds, value, _evidence(events), None, (), line, reason, "field"), ahead

    def _happened(self, node: Happened) -> tuple[Proof, Future]:
        asked = node.asked if isinstance(node, Measured) else None
        events = self._events((node, "ever"), lambda: node.ever(self.tables, self.moment), MOST, asked)
        seen = [Seen(each["at"], each.get("told")) for each in events]
        inside = [
            each for each, one in zip(events, seen, strict=True) if future.seen((one,), node, self.here, self.now)
        ]
        value: Anything
        match node:
            case Did():
                value = len(inside)
                ahead, kind = future.of_events(node, seen, self.here, self.now), "did"
            case Measured():
                value = measured(node, [Seen(each["at"], each["told"]) for each in inside])
                ahead, kind = future.of_events(node, seen, self.here, self.now), "did"
            case When():
                inside = events[-1:] if node.which == "first" else events[:1]
                value = inside[0]["at"] if inside else None
                ahead, kind = future.of_first_or_last(node, seen, self.here, self.now), node.which
            case _:
                raise TypeError(f"{node!r} is no question about events")
        if len(events) == MOST:
            ahead = Future(ahead.holds, (), foreseen=False)
        line = node.said(value)
        return Proof("", False, value, _evidence(inside), None, (), line, reason(node, line), kind), ahead

    def _then(self, node: Then) -> tuple[Proof, Future]:
        firsts = self._events((node, "ever"), lambda: node.ever(self.tables, self.moment), MOST)
        others = self._events(
            (node, "other"), lambda: such(self.tables, self.moment, (node.other,), node.other_where), MOST
        )
        told = [Seen(each["at"]) for each in firsts], [Seen(each["at"]) for each in others]
        ahead = future.of_sequence(node, *told, self.here, self.now)
        if MOST in (len(firsts), len(others)):
            ahead = Future(ahead.holds, (), foreseen=False)
        inside = future.seen(told[0], node, self.here, self.now)
        shown = sorted([*firsts[:SHOWN], *others[:SHOWN]], key=lambda each: each["at"], reverse=True)
        value = inside[0].at if inside else None
        line = "" if value is None else f"last {node.noun} on {amount(Type.TIME, '', value)}"
        return Proof("", False, value, _evidence(shown), None, (), line, "", "sequence"), ahead

    def _other(self, node: Criteria) -> Proof:
        match node:
            case Share():
                drawn = round(node.draw(self.customer_id) * 100 / PRIME, 2)
                return Proof("", False, drawn, line=f"drawn at {drawn:g} of 100", kind="share")
            case Consents():
                decided = self.all.found((node, "decisions"), lambda: node.decisions(self.tables, self.moment))
                rows = decided.get(self.customer_id, [])
                if not rows:
                    return Proof("", False, line=f"never decided about {node.topic}", kind="consent")
                given = rows[0]["decision"] == "consent_given"
                said = f"{'agreed to' if given else 'withdrew'} {node.topic} on {amount(Type.TIME, '', rows[0]['at'])}"
                return Proof("", False, given, line=said, reason=f"You {said}", kind="consent")
            case Talking():
                names = ("conversation_opened", "conversation_ended")
                events = self._events("talks", lambda: such(self.tables, self.moment, names, ()), SHOWN)
                return Proof("", False, evidence=_evidence(events), kind="in_conversation")
            case _:
                raise TypeError(f"{node!r} is no part of a question")

    def _events(
        self, key: Hashable, events: Callable[[], Anything], most: int, asked: Anything = None
    ) -> list[dict[str, Anything]]:
        """Return the newest of these events of the customer, the newest first, with the property that is measured."""

        def newest(theirs: Anything) -> Anything:
            columns = {"told": asked.column(theirs)} if asked else {}
            order = ibis.window(group_by="customer_id", order_by=[ibis.desc("at"), ibis.desc("id")])
            shown = theirs.select("customer_id", "id", "name", "at", "properties", **columns)
            shown = shown.mutate(place=ibis.row_number().over(order)).filter(lambda each: each.place < most)
            return shown.order_by("customer_id", "place").drop("id", "place")

        rows = self.all.found(key, events, newest).get(self.customer_id, [])
        return [{**row, "properties": plain(row["properties"])} for row in rows]


def walk(node: Criteria) -> Iterable[Criteria]:
    """Give a question and every part of it."""
    yield node
    for part in node.inside():
        yield from walk(part)


def reason(node: Criteria, line: str) -> str:
    """Say to the customer what was found of them; "" where it is nothing to say to them."""
    if not line:
        return ""
    match node:
        case Engaged():
            return f"You {line}"
        case Did():
            return f"You had {line}"
        case _:
            return f"Your {line}"


def seldom(part: Did, count: int) -> str:
    """Say how often they did what is asked to be seldom: "only 1 basket in the last 30 days"."""
    return f"only {part.said(count)}" if count and not isinstance(part, Engaged) else part.said(count)


def plain(properties: str | None) -> dict[str, Anything]:
    """Return the properties of an event."""
    told = json.loads(properties or "{}")
    return told if isinstance(told, dict) else {}


def _evidence(events: Sequence[Mapping[str, Anything]]) -> tuple[str, ...]:
    return tuple(_event(event) for event in events[:SHOWN])


def _event(event: Mapping[str, Anything]) -> str:
    told = event["properties"]
    words = [
        f"{each.label} {amount(each.type, each.unit, told[name])}"
        for name, each in CARRIED.items()
        if isinstance(told.get(name), str if each.type is Type.TEXT else int)
    ]
    words += [
        f"{name.replace('_', ' ')} {value}"
        for name, value in told.items()
        if name not in PROPERTIES and name != "message" and isinstance(value, (str, int, float)) and value != ""
    ][:SHOWN]
    return f"{event['name'].replace('_', ' ')} on {event['at']:%-d %B %Y}{': ' if words else ''}{', '.join(words)}"


def distinct(lines: Iterable[str]) -> list[str]:
    """Leave out a line that another one says as well."""
    return list(_distinct(tuple(filter(None, lines))))


@lru_cache(maxsize=4_096)  # in a batch of letters many say the same
def _distinct(lines: tuple[str, ...]) -> tuple[str, ...]:
    said = {line: line.lower() for line in lines}
    return tuple(
        line for line, low in said.items() if not any(low in other for each, other in said.items() if each != line)
    )
