"""How is a question about customers put? As a tree that knows its data, its Ibis and its sentence.

    All(parts)   Any(parts)   Not(part)             of other questions
    Member(segment)   Share(percent, salt)          who are in another segment; a random share of everybody
    Where(field, op, value)                         segments.known: an insight, a column, an attribute
    Did, Measured, When, Then                       segments.did: what they did, how much, when, in which order
    Consents, Talking, Engaged                      segments.ours: what is between them and us

As data (JSON, TOML, a form) each is a table with its own key: {"all": […]}, {"any": […]}, {"not": {…}},
{"segment": "win-back"}, {"share": 10, "salt": "spring"}; the other modules show theirs. Only `criteria.from_data` makes
a tree from outside; it has checked every name, type and limit. A value meets the warehouse as an Ibis literal and never
as text. Days are civil days where each customer lives (see segments.moment).
"""

import hashlib
import operator
import typing
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce

from mailer.errors import Invalid
from mailer.insights.layout import Tables
from mailer.late import ibis
from mailer.segments.moment import Moment

PRIME = 2**31 - 1  # below it every product of two numbers fits 64 bits, and x**5 is a permutation


class Criteria(ABC):
    """A question about customers."""

    __slots__ = ()

    @abstractmethod
    def to_data(self) -> dict[str, typing.Any]:
        """Return the tree as plain data, ready for JSON and TOML."""

    @abstractmethod
    def clause(self) -> str:
        """Say who is meant, as a clause: "who had at least 5 baskets in the last 365 days"."""

    @abstractmethod
    def holds(self, tables: Tables, moment: Moment) -> typing.Any:
        """Return an Ibis boolean over `tables.insights`, never null: whether a customer is meant."""

    def denied(self) -> str:
        """Say who is not meant, as a clause."""
        return f"who are not among those {self.clause()}"

    def sentence(self) -> str:
        """Say who is meant, as a sentence a shopkeeper would say."""
        return f"Customers {self.clause()}"

    def inside(self) -> tuple["Criteria", ...]:
        """Return the questions this one is made of."""
        return ()

    def expression(self, tables: Tables, now: Moment | datetime) -> typing.Any:
        """Return the customers who are meant, as an Ibis table with the one column customer_id.

        Told only the instant, it provides for every zone there is; a `moment` of the warehouse is much shorter.
        """
        moment = Moment(now) if isinstance(now, datetime) else now
        return tables.insights.filter(self.holds(tables, moment)).select("customer_id")


class Among(Criteria):
    """A question that one set of customers answers, found by what they did."""

    __slots__ = ()

    @abstractmethod
    def among(self, tables: Tables, moment: Moment) -> typing.Any:
        """Return a table with the customer_id of those who are meant, or of `others`."""

    @property
    def others(self) -> bool:
        """Whether `among` finds those who are not meant."""
        return False

    @property
    def momentary(self) -> bool:
        """Whether the answer depends on the instant, and not only on which day it is where customers live."""
        return False

    def holds(self, tables: Tables, moment: Moment) -> typing.Any:
        """Return whether the customer is among them."""
        inside = tables.insights.customer_id.isin(self.among(tables, moment).customer_id)
        return ~inside if self.others else inside


@dataclass(frozen=True, slots=True)
class All(Criteria):
    """Every part holds; without parts, everybody."""

    parts: tuple[Criteria, ...]

    def to_data(self) -> dict[str, typing.Any]:
        """Return {"all": […]}."""
        return {"all": [part.to_data() for part in self.parts]}

    def clause(self) -> str:
        """Say "both … and …"."""
        return _joined(self.parts, "all of", "both", "and") if self.parts else "whoever they are"

    def sentence(self) -> str:
        """Say the parts one after another: at the top there is nothing to mistake."""
        return f"Customers {', and '.join(part.clause() for part in self.parts)}" if self.parts else "All customers"

    def inside(self) -> tuple[Criteria, ...]:
        """Return the parts."""
        return self.parts

    def holds(self, tables: Tables, moment: Moment) -> typing.Any:
        """Return the conjunction."""
        return reduce(operator.and_, (part.holds(tables, moment) for part in self.parts), ibis.literal(value=True))


@dataclass(frozen=True, slots=True)
class Any(Criteria):
    """At least one part holds."""

    parts: tuple[Criteria, ...]

    def to_data(self) -> dict[str, typing.Any]:
        """Return {"any": […]}."""
        return {"any": [part.to_data() for part in self.parts]}

    def clause(self) -> str:
        """Say "either … or …"."""
        return _joined(self.parts, "any of", "either", "or")

    def sentence(self) -> str:
        """Say the parts one after another: at the top there is nothing to mistake."""
        return f"Customers {', or '.join(part.clause() for part in self.parts)}"

    def inside(self) -> tuple[Criteria, ...]:
        """Return the parts."""
        return self.parts

    def holds(self, tables: Tables, moment: Moment) -> typing.Any:
        """Return the disjunction."""
        return reduce(operator.or_, (part.holds(tables, moment) for part in self.parts))


@dataclass(frozen=True, slots=True)
class Not(Criteria):
    """The part does not hold."""

    part: Criteria

    def to_data(self) -> dict[str, typing.Any]:
        """Return {"not": {…}}."""
        return {"not": self.part.to_data()}

    def clause(self) -> str:
        """Say "fewer than" of a count, else name those who are left out."""
        return self.part.denied()

    def inside(self) -> tuple[Criteria, ...]:
        """Return the part."""
        return (self.part,)

    def holds(self, tables: Tables, moment: Moment) -> typing.Any:
        """Return the opposite."""
        return ~self.part.holds(tables, moment)


@dataclass(frozen=True, slots=True)
class Member(Criteria):
    """They are in another segment, whose question lies inside once it was looked up (see criteria.looked_up)."""

    segment: str
    question: Criteria | None = None

    def to_data(self) -> dict[str, typing.Any]:
        """Return {"segment": "win-back"}, with "is": {…} when its question was looked up."""
        return {"segment": self.segment} | ({"is": self.question.to_data()} if self.question else {})

    def clause(self) -> str:
        """Name the segment."""
        return f"who are in the segment {self.segment}"

    def denied(self) -> str:
        """Name the segment."""
        return f"who are not in the segment {self.segment}"

    def inside(self) -> tuple[Criteria, ...]:
        """Return the question of the other segment."""
        return (self.question,) if self.question else ()

    def holds(self, tables: Tables, moment: Moment) -> typing.Any:
        """Return what the other question does."""
        if self.question is None:
            raise Invalid(f"the segment {self.segment} was not looked up")
        return self.question.holds(tables, moment)


@dataclass(frozen=True, slots=True)
class Share(Criteria):
    """They fall into a random share of all customers, the same ones each time, by their id and a salt.

    A larger share with the same salt holds everybody of a smaller one; another salt draws anew. The draw is arithmetic
    on whole numbers, a*x**5 + b modulo a prime, so that it is the same everywhere.
    """

    percent: float
    salt: str = ""

    def to_data(self) -> dict[str, typing.Any]:
        """Return {"share": 10, "salt": "spring"}."""
        return {"share": self.percent} | ({"salt": self.salt} if self.salt else {})

    def clause(self) -> str:
        """Name the share."""
        return f"who are among a random {self.percent:g} %{f' ({self.salt})' if self.salt else ''}"

    def denied(self) -> str:
        """Name the share."""
        return f"who are not among a random {self.percent:g} %{f' ({self.salt})' if self.salt else ''}"

    @property
    def limit(self) -> int:
        """The draws below this one are inside."""
        return round(PRIME * self.percent / 100)

    def draw(self, customer_id: typing.Any) -> typing.Any:
        """Return the draw of a customer, from 0 to PRIME - 1; of an id, or of an Ibis column of them."""
        digest = hashlib.sha256(self.salt.encode()).digest()
        first, plus, then, more = (1 + int.from_bytes(digest[n : n + 4], "big") % (PRIME - 1) for n in (0, 4, 8, 12))
        mixed = ((customer_id % PRIME) * first + plus) % PRIME
        squared = mixed * mixed % PRIME
        fifth = squared * squared % PRIME * mixed % PRIME
        return (fifth * then + more) % PRIME

    def holds(self, tables: Tables, moment: Moment) -> typing.Any:
        """Return whether the draw falls below the limit."""
        return self.draw(tables.insights.customer_id) < self.limit


def _joined(parts: Sequence[Criteria], many_parts: str, two_parts: str, word: str) -> str:
    """Say parts so that their end can be told wherever they stand in a sentence."""
    *others, last = (part.clause() for part in parts)
    if not others:
        return last
    if len(others) == 1:
        return f"{two_parts} {others[0]} {word} {last}"
    return f"{many_parts} ({'; '.join(others)}; {word} {last})"
