"""How is a question about customers put? As a tree that knows its data, its Ibis and its sentence.

    All(parts)   Any(parts)   Not(part)
    Where(field, op, value)                         what we know of a customer: an insight, a column, an attribute
    Did(event, at_least, within_days, where)        what they did so often in so many days; None is ever

As data (JSON, TOML, a form) each is a table with its own key: {"all": […]}, {"any": […]}, {"not": {…}},
{"field": …, "op": …, "value": …}, {"did": "basket", "at_least": 3, "within_days": 30, "where": […]}.
Only `criteria.from_data` makes a tree from outside; it has checked every name, type and limit. A value meets the
warehouse as an Ibis literal and never as text. `today` counts civil days in UTC (see insights.insight).
"""

import operator
import typing
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce

import ibis

from mailer.insights.insight import Type, amount, day_number, many
from mailer.insights.layout import Tables
from mailer.segments.fields import Field, carried, field
from mailer.segments.operators import OPERATORS


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
    def holds(self, tables: Tables, today: int) -> typing.Any:
        """Return an Ibis boolean over `tables.insights`, never null: whether a customer is meant."""

    def sentence(self) -> str:
        """Say who is meant, as a sentence a shopkeeper would say."""
        return f"Customers {self.clause()}"

    def expression(self, tables: Tables, now: datetime) -> typing.Any:
        """Return the customers who are meant, as an Ibis table with the one column customer_id."""
        return tables.insights.filter(self.holds(tables, day_number(now))).select("customer_id")


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

    def holds(self, tables: Tables, today: int) -> typing.Any:
        """Return the conjunction."""
        return reduce(operator.and_, (part.holds(tables, today) for part in self.parts), ibis.literal(value=True))


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

    def holds(self, tables: Tables, today: int) -> typing.Any:
        """Return the disjunction."""
        return reduce(operator.or_, (part.holds(tables, today) for part in self.parts))


@dataclass(frozen=True, slots=True)
class Not(Criteria):
    """The part does not hold."""

    part: Criteria

    def to_data(self) -> dict[str, typing.Any]:
        """Return {"not": {…}}."""
        return {"not": self.part.to_data()}

    def clause(self) -> str:
        """Say "fewer than" of a count, else name those who are left out."""
        if isinstance(self.part, Did):
            return self.part.clause(denied=True)
        return f"who are not among those {self.part.clause()}"

    def holds(self, tables: Tables, today: int) -> typing.Any:
        """Return the opposite."""
        return ~self.part.holds(tables, today)


@dataclass(frozen=True, slots=True)
class Where(Criteria):
    """What we know of a customer compares so with a value."""

    field: str
    op: str
    value: typing.Any = None

    def to_data(self) -> dict[str, typing.Any]:
        """Return {"field": …, "op": …, "value": …}, without a value where the operator takes none."""
        value = list(self.value) if isinstance(self.value, tuple) else self.value
        return {"field": self.field, "op": self.op} | ({} if value is None else {"value": value})

    def asked(self) -> Field:
        """Return the field of the customer that is asked about."""
        return field(self.field, self.value)

    def clause(self) -> str:
        """Say it with the words of the field and the operator."""
        return self.asked().clause(self.op, self.value)

    def holds(self, tables: Tables, today: int) -> typing.Any:
        """Return the comparison; what is not known is no."""
        return self.compare(self.asked().column(tables.insights), today)

    def compare(self, column: typing.Any, today: int) -> typing.Any:
        """Return the comparison of this column."""
        return OPERATORS[self.op].test(column, self.value, today).fill_null(False)


@dataclass(frozen=True, slots=True)
class Did(Criteria):
    """They did this at least so often, in so many days up to today or ever, each time with such properties."""

    event: str
    at_least: int = 1
    within_days: int | None = None
    where: tuple[Where, ...] = ()

    def to_data(self) -> dict[str, typing.Any]:
        """Return {"did": …, "at_least": …, "within_days": …, "where": […]}, without what was not asked."""
        data: dict[str, typing.Any] = {"did": self.event, "at_least": self.at_least}
        if self.within_days is not None:
            data["within_days"] = self.within_days
        return data | ({"where": [each.to_data() for each in self.where]} if self.where else {})

    def clause(self, *, denied: bool = False) -> str:
        """Say how many of what, in which time, and which ones count."""
        few = (
            f"no {many(self.noun)}"
            if self.at_least == 1
            else f"fewer than {amount(Type.INT, self.noun, self.at_least)}"
        )
        so_many = few if denied else f"at least {amount(Type.INT, self.noun, self.at_least)}"
        return f"who had {so_many} {self.window}{self.properties}"

    def said(self, times: int) -> str:
        """Say how often they did it: "3 baskets in the last 30 days"; of none, "no baskets …"."""
        so_many = amount(Type.INT, self.noun, times) if times else f"no {many(self.noun)}"
        return f"{so_many} {self.window}{self.properties}".removesuffix(" ever")

    @property
    def noun(self) -> str:
        """The word for one of these events."""
        return self.event if self.event == "basket" else f"“{self.event.replace('_', ' ')}” event"

    @property
    def window(self) -> str:
        """The time in which they count, in words."""
        match self.within_days:
            case None:
                return "ever"
            case 0:
                return "today"
            case days:
                return f"in the last {amount(Type.INT, 'day', days)}".replace("last 1 day", "last day")

    @property
    def properties(self) -> str:
        """Which of these events count, in words, after a space; "" if all do."""
        asked = (carried(each.field, each.value).clause(each.op, each.value) for each in self.where)
        return "".join(f" {'and ' if n else ''}{clause}" for n, clause in enumerate(asked))

    def matching(self, tables: Tables, today: int) -> typing.Any:
        """Return the events that count, of every customer."""
        events = tables.events
        conditions = [events["name"] == self.event, events.day <= today]
        if self.within_days is not None:
            conditions.append(events.day >= today - self.within_days)
        conditions += [each.compare(carried(each.field, each.value).column(events), today) for each in self.where]
        return events.filter(conditions)

    def holds(self, tables: Tables, today: int) -> typing.Any:
        """Return whether the customer is among those with enough of these events."""
        events = self.matching(tables, today)
        counted = events.group_by("customer_id").aggregate(times=events.count())
        return tables.insights.customer_id.isin(counted.filter(counted.times >= self.at_least).customer_id)


def _joined(parts: Sequence[Criteria], many_parts: str, two_parts: str, word: str) -> str:
    """Say parts so that their end can be told wherever they stand in a sentence."""
    *others, last = (part.clause() for part in parts)
    if not others:
        return last
    if len(others) == 1:
        return f"{two_parts} {others[0]} {word} {last}"
    return f"{many_parts} ({'; '.join(others)}; {word} {last})"
