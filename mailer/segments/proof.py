"""Why is this customer meant, or not? Each part of the question, with what it found, its evidence and when it ends.

`until` is when the answer changes if nothing happens (see segments.future); `missing` is what keeps a customer out, by
the shortest way in. How a proof is found is the business of segments.prover.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any as Anything

from mailer.segments.did import Did
from mailer.segments.ours import Engaged
from mailer.segments.tree import Criteria


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


def distinct(lines: Iterable[str]) -> list[str]:
    """Leave out a line that another one says as well."""
    return list(_distinct(tuple(filter(None, lines))))


@lru_cache(maxsize=4_096)  # in a batch of letters many say the same
def _distinct(lines: tuple[str, ...]) -> tuple[str, ...]:
    said = {line: line.lower() for line in lines}
    return tuple(
        line for line, low in said.items() if not any(low in other for each, other in said.items() if each != line)
    )
