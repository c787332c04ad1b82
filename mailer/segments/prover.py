"""How is it proven that a customer is meant, or not?

Whether a part holds is asked of the warehouse with the very expression the segment is chosen by, so that a proof cannot
say anything else than the segment does. What the parts rest on is asked for all of them, and for several customers, at
once: what is known of them, the events (see segments.evidence), and what those events carried that are shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any as Anything

from mailer.insights.insight import Type, amount, day_number, named_in, say
from mailer.insights.warehouse import Asking, Warehouse
from mailer.segments import future
from mailer.segments.did import Did, Happened, Measured, Then, When
from mailer.segments.evidence import MOST, SHOWN, Evidence
from mailer.segments.fields import FIELDS
from mailer.segments.future import Future, Seen, measured
from mailer.segments.known import Where
from mailer.segments.meant import holding
from mailer.segments.moment import moment, place
from mailer.segments.ours import GIVEN, Consents, Engaged, Talking
from mailer.segments.proof import Proof, reason, seldom, walk
from mailer.segments.tree import PRIME, All, Any, Criteria, Member, Not, Share

Facts = Mapping[Anything, Anything]  # by name; of an attribute, by the field that was asked for


def prove(warehouse: Warehouse, criteria: Criteria, customer_id: int, now: datetime) -> Proof:
    """Return why `criteria` holds for a customer, or does not; for a customer not folded yet nothing holds."""
    return prove_each(warehouse, criteria, [customer_id], now)[customer_id]


def prove_each(
    warehouse: Warehouse, criteria: Criteria, customer_ids: Sequence[int], now: datetime
) -> dict[int, Proof]:
    """Return the proofs of several customers, by id, for hardly more than that of one."""
    nodes = list(dict.fromkeys(walk(criteria)))
    with warehouse.asking() as asking:
        then = moment(asking, now)
        facts = _facts(asking, nodes, customer_ids)
        held = holding(asking, nodes, customer_ids, then)
        evidence = Evidence(asking, nodes, customer_ids, then)
        provers = {
            id_: _Prover(
                id_, facts.get(id_, {}), {node for node in nodes if id_ in held[node]},
                {node: evidence.of(id_, node) for node in nodes}, now,
            )
            for id_ in customer_ids
        }  # fmt: skip
        said = evidence.said(each for prover in provers.values() for each in prover.shown())
    return {id_: prover.of(criteria, said)[0] for id_, prover in provers.items()}


def _facts(asking: Asking, nodes: Sequence[Criteria], customer_ids: Sequence[int]) -> dict[int, Facts]:
    """Return what has to be known of each of the customers: no more, for each column costs time to ask for."""
    fields = list(dict.fromkeys(node.asked() for node in nodes if isinstance(node, Where)))
    insights = [each.insight for each in fields if each.insight]
    names = {name for each in insights for name in (each.name, *named_in(each.line), *named_in(each.because))}
    names |= {each.name for each in fields if each.name in FIELDS}
    attributes = tuple(each for each in fields if each.name not in FIELDS)
    columns = "customer_id", *sorted(names | {"time_zone"})

    def known(theirs: Anything) -> Anything:
        return theirs.select(*columns, **{f"told_{n}": each.column(theirs) for n, each in enumerate(attributes)})

    table = asking.tables.insights
    rows = asking.rows_of(customer_ids, ("known", columns, attributes), lambda of: known(of(table)))
    return {row["customer_id"]: row | {each: row[f"told_{n}"] for n, each in enumerate(attributes)} for row in rows}


class _Prover:
    """One customer, what is known of them, which parts hold, and the events that each of them looks at."""

    def __init__(
        self, customer_id: int, facts: Facts, holding: set[Criteria],
        events: Mapping[Criteria, tuple[list[Seen], ...]], now: datetime,
    ) -> None:  # fmt: skip
        self.customer_id, self.facts, self.events, self.now = customer_id, facts, events, now
        self.holding = holding if facts else set()
        self.here = place(facts.get("time_zone") or "UTC")
        self.inside = {node: self._inside(node, *seen) for node, seen in events.items() if seen}

    def _inside(self, node: Criteria, events: list[Seen], others: Sequence[Seen] = ()) -> list[Seen]:
        """Return the events that count, the newest first."""
        match node:
            case When():
                return events[-1:] if node.which == "first" else events[:1]
            case Then():
                return sorted([*events[:SHOWN], *others[:SHOWN]], key=lambda each: each.at, reverse=True)
            case Happened():
                return future.seen(events, node, self.here, self.now)
            case Consents():
                return events[:1]
        return events

    def shown(self) -> list[Seen]:
        """Return the events that are shown."""
        return [each for inside in self.inside.values() for each in inside[:SHOWN]]

    def of(self, node: Criteria, said: Mapping[int, str]) -> tuple[Proof, Future]:
        """Return the proof of a part, and its future; `said` are the events that are shown, in words."""
        holds = node in self.holding
        inside = [self.of(part, said) for part in node.inside()]
        proofs = tuple(proof for proof, _ in inside)
        futures = [ahead for _, ahead in inside]
        match node:
            case All():
                proof, ahead = Proof("", holds, parts=proofs, kind="all"), future.of_all(futures)
            case Any():
                proof, ahead = Proof("", holds, parts=proofs, kind="any"), future.of_any(futures)
            case Not(part=part):
                line = seldom(part, proofs[0].value) if isinstance(part, Did) and holds else ""
                to_them = f"You {'' if isinstance(part, Engaged) else 'had '}{line}" if line else ""
                proof = Proof("", holds, parts=proofs, line=line, reason=to_them, kind="not")
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
        shown = () if isinstance(node, Consents) else self.inside.get(node, ())
        return replace(
            proof, sentence=node.sentence(), holds=holds, evidence=tuple(said[each.id] for each in shown[:SHOWN]),
            until=ahead.until, foreseen=ahead.foreseen,
        ), ahead  # fmt: skip

    def _where(self, node: Where, holds: bool) -> tuple[Proof, Future]:
        asked, insight = node.asked(), node.asked().insight
        value = self.facts.get(node.field if node.field in FIELDS else asked)
        if insight is None:
            line = "" if value is None else f"{asked.label} {amount(asked.type, asked.unit, value)}"
            proof = Proof("", holds, value, line=line, kind="field")
            if asked.type is not Type.TIME:
                return proof, Future(holds)
            if isinstance(value, datetime) or not asked.written:
                return proof, future.of_instant(node.op, node.value, value, self.here, self.now)
            day = None if value is None else day_number(value)
            return proof, future.of_date(node.op, node.value, day, self.here, self.now)
        line, to_them = say(insight.line, self.facts), say(insight.because, self.facts)
        (events,) = self.events[node]
        ahead = future.of_insight(asked, insight, node.op, node.value, value, events, self.here, self.now)
        if insight.window and len(events) == MOST:
            ahead = Future(ahead.holds, (), foreseen=False)
        return Proof("", holds, value, line=line, reason=to_them, kind="field"), ahead

    def _happened(self, node: Happened) -> tuple[Proof, Future]:
        (events,), inside = self.events[node], self.inside[node]
        value: Anything
        match node:
            case Did():
                value = len(inside)
                ahead, kind = future.of_events(node, events, self.here, self.now), "did"
            case Measured():
                value = measured(node, inside)
                ahead, kind = future.of_events(node, events, self.here, self.now), "did"
            case When():
                value = inside[0].at if inside else None
                ahead, kind = future.of_first_or_last(node, events, self.here, self.now), node.which
            case _:
                raise TypeError(f"{node!r} is no question about events")
        if len(events) == MOST:
            ahead = Future(ahead.holds, (), foreseen=False)
        line = node.said(value)
        return Proof("", False, value, line=line, reason=reason(node, line), kind=kind), ahead

    def _then(self, node: Then) -> tuple[Proof, Future]:
        firsts, others = self.events[node]
        ahead = future.of_sequence(node, firsts, others, self.here, self.now)
        if MOST in (len(firsts), len(others)):
            ahead = Future(ahead.holds, (), foreseen=False)
        inside = future.seen(firsts, node, self.here, self.now)
        value = inside[0].at if inside else None
        line = "" if value is None else f"last {node.noun} on {amount(Type.TIME, '', value)}"
        return Proof("", False, value, line=line, kind="sequence"), ahead

    def _other(self, node: Criteria) -> Proof:
        match node:
            case Share():
                drawn = round(node.draw(self.customer_id) * 100 / PRIME, 2)
                return Proof("", False, drawn, line=f"drawn at {drawn:g} of 100", kind="share")
            case Consents():
                if not (newest := self.inside[node]):
                    return Proof("", False, line=f"never decided about {node.topic}", kind="consent")
                given = newest[0].name == GIVEN
                said = f"{'agreed to' if given else 'withdrew'} {node.topic} on {amount(Type.TIME, '', newest[0].at)}"
                return Proof("", False, given, line=said, reason=f"You {said}", kind="consent")
            case Talking():
                return Proof("", False, kind="in_conversation")
        raise TypeError(f"{node!r} is no part of a question")
