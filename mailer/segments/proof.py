"""Why is this customer meant, or not? Each part of the question, with what it found, its evidence and when it ends.

Whether a part holds is asked of the warehouse with the very expression the segment is chosen by, so that a proof cannot
say anything else than the segment does. `until` is when a part that holds stops holding if nothing happens; it is given
only where that is plain: a count in a window, a day in a window, or a number that moves by one a day.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any as Anything

import ibis

from mailer.insights.insight import Type, amount, day_number, day_of, say
from mailer.insights.warehouse import Warehouse
from mailer.segments.fields import CARRIED
from mailer.segments.tree import All, Any, Criteria, Did, Not, Where

SHOWN = 3  # events as evidence
_EVER = math.inf


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

    def to_data(self) -> dict[str, Anything]:
        """Return the proof as plain data, ready for JSON."""
        value = self.value.isoformat() if isinstance(self.value, datetime) else self.value
        return {
            "sentence": self.sentence,
            "holds": self.holds,
            "value": value,
            "evidence": list(self.evidence),
            "until": self.until and self.until.isoformat(),
            "parts": [part.to_data() for part in self.parts],
        }

    def lines(self) -> list[str]:
        """Say what was found by the parts that hold: "last basket 31 days ago; usually every 9 days"."""
        return distinct(part.line for part in self._holding())

    def because(self) -> list[str]:
        """Say the same to the customer: "Your last basket was 31 days ago; you usually come every 9 days"."""
        return distinct(part.reason for part in self._holding())

    def _holding(self) -> Iterable["Proof"]:
        if self.holds:
            yield self
            for part in self.parts:
                yield from part._holding()


def prove(warehouse: Warehouse, criteria: Criteria, customer_id: int, now: datetime) -> Proof:
    """Return why `criteria` holds for a customer, or does not; for a customer not folded yet nothing holds."""
    return _Prover(warehouse, criteria, customer_id, day_number(now)).of(criteria)


class _Prover:
    """One customer, with everything the parts of one question ask about them."""

    def __init__(self, warehouse: Warehouse, criteria: Criteria, customer_id: int, today: int) -> None:
        self.warehouse, self.customer_id, self.today = warehouse, customer_id, today
        self.nodes = list(dict.fromkeys(walk(criteria)))
        insights = warehouse.tables.insights
        asked = {f"holds_{n}": node.holds(warehouse.tables, today) for n, node in enumerate(self.nodes)}
        for n, node in enumerate(self.nodes):
            if isinstance(node, Where):
                asked[f"value_{n}"] = node.asked().column(insights)
        rows = warehouse.rows(insights.filter(insights.customer_id == customer_id).select(**asked))
        self.found: Mapping[str, Anything] = rows[0] if rows else {}
        self.facts = warehouse.facts([customer_id]).get(customer_id, {})

    def of(self, node: Criteria) -> Proof:
        n = self.nodes.index(node)
        holds = bool(self.found.get(f"holds_{n}", False))
        match node:
            case Where():
                return self._where(node, holds, self.found.get(f"value_{n}"))
            case Did():
                return self._did(node, holds)
            case All(parts=parts) | Any(parts=parts):
                proofs = tuple(self.of(part) for part in parts)
                return Proof(node.sentence(), holds, None, (), _until(node, proofs) if holds else None, proofs)
            case Not(part=part):
                inner = self.of(part)
                line = seldom(part, inner.value) if isinstance(part, Did) and holds else ""
                return Proof(node.sentence(), holds, parts=(inner,), line=line, reason=line and f"You had {line}")
            case _:
                raise TypeError(f"{node!r} is no part of a question")

    def _where(self, node: Where, holds: bool, value: Anything) -> Proof:
        asked, insight = node.asked(), node.asked().insight
        if insight is None:
            line = "" if value is None else f"{asked.label} {amount(asked.type, asked.unit, value)}"
            return Proof(node.sentence(), holds, value, line=line)
        line, reason = say(insight.line, self.facts), say(insight.because, self.facts)
        enough = max(_lowest(node), 0) if insight.counts_days else 0
        events = self.warehouse.last_events(self.customer_id, max(SHOWN, enough), insight.of or "basket")
        until = None
        if holds and insight.counts_days and 0 < enough <= len(events):
            until = _midnight(day_number(events[enough - 1]["at"]) + insight.counts_days + 1)
        elif holds and asked.type is Type.TIME and node.op == "in_last_days":
            until = _midnight(day_number(value) + node.value + 1)
        elif holds and insight.daily:
            left = _highest(node) - value if insight.daily > 0 else value - _lowest(node)
            until = None if left == _EVER else _midnight(self.today + int(left) + 1)
        return Proof(node.sentence(), holds, value, _evidence(events), until, (), line, reason)

    def _did(self, node: Did, holds: bool) -> Proof:
        matching = node.matching(self.warehouse.tables, self.today)
        theirs = matching.filter(matching.customer_id == self.customer_id)
        count = self.warehouse.rows(theirs.aggregate(n=theirs.count()))[0]["n"]
        newest = theirs.order_by(ibis.desc("at"), ibis.desc("id")).limit(max(SHOWN, node.at_least))
        events = self.warehouse.events(newest)
        until = None
        if holds and node.within_days is not None and node.at_least <= len(events):
            until = _midnight(day_number(events[node.at_least - 1]["at"]) + node.within_days + 1)
        said = node.said(count)
        return Proof(node.sentence(), holds, count, _evidence(events), until, (), said, f"You had {said}")


def walk(node: Criteria) -> Iterable[Criteria]:
    """Give a question and every part of it."""
    yield node
    match node:
        case All(parts=parts) | Any(parts=parts):
            for part in parts:
                yield from walk(part)
        case Not(part=part):
            yield from walk(part)


def _until(node: Criteria, proofs: Sequence[Proof]) -> datetime | None:
    """All end with the first of their parts, any with the last that holds; a part without an end has none."""
    ends = [proof.until for proof in proofs if proof.holds]
    known = [end for end in ends if end]
    if isinstance(node, All):
        return min(known, default=None)
    return max(known) if known and len(known) == len(ends) else None


def _lowest(node: Where) -> Anything:
    """Return the lowest whole number a comparison holds for, or no end; what counts down begins again at a year."""
    match node.op:
        case "at_least" | "is":
            return math.ceil(node.value)
        case "more_than":
            return math.floor(node.value) + 1
        case "between":
            return math.ceil(node.value[0])
        case "at_most" | "less_than" if node.value < 364:
            return 0
        case _:
            return -_EVER


def _highest(node: Where) -> Anything:
    """Return the highest whole number for which a comparison holds, or no end."""
    match node.op:
        case "at_most" | "is":
            return math.floor(node.value)
        case "less_than":
            return math.ceil(node.value) - 1
        case "between":
            return math.floor(node.value[1])
        case _:
            return _EVER


def seldom(part: Did, count: int) -> str:
    """Say how often they did what is asked to be seldom: "only 1 basket in the last 30 days"."""
    return f"only {part.said(count)}" if count else part.said(count)


def _evidence(events: Sequence[Mapping[str, Anything]]) -> tuple[str, ...]:
    return tuple(_event(event) for event in events[:SHOWN])


def _event(event: Mapping[str, Anything]) -> str:
    told = event["properties"]
    words = [
        f"{each.label} {amount(each.type, each.unit, told[name])}"
        for name, each in CARRIED.items()
        if isinstance(told.get(name), str if each.type is Type.TEXT else int)
    ]
    return f"{event['name'].replace('_', ' ')} on {event['at']:%-d %B %Y}{': ' if words else ''}{', '.join(words)}"


def _midnight(day: int) -> datetime:
    return datetime.combine(day_of(day), time(), UTC)


def distinct(lines: Iterable[str]) -> list[str]:
    """Leave out a line that another one says as well."""
    said = list(dict.fromkeys(filter(None, lines)))
    return [line for line in said if not any(line != other and line.lower() in other.lower() for other in said)]
