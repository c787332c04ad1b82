"""What did they do, how much of it, when first or last, and what came after?

    {"did": "basket", "at_least": 3, "within_days": 30, "where": [{"field": "items", "op": "more_than", "value": 5}]}
    {"did": "basket", "exactly": 0, "between": ["2026-03-01", "2026-03-31"]}          also at_most
    {"did": "basket", "sum": "amount_cents", "op": "at_least", "value": 50000}        also min, max, average
    {"first": "basket", "op": "before", "value": "2025-01-01"}                        also last
    {"sequence": "basket", "then": "replied", "within_days": 7}                       also then_not

Only what has happened counts, so an event told with a time to come counts from then on. Windows are civil days where
the customer lives. How long after one event another came is counted in spans of 24 hours, since both are instants;
`then_not` holds for an event whose span is over and in which the other did not come.
"""

import typing
from dataclasses import dataclass
from datetime import date, timedelta

from mailer.insights.insight import Type, amount, many
from mailer.insights.layout import Tables
from mailer.late import ibis
from mailer.segments.fields import Field, carried
from mailer.segments.known import Where
from mailer.segments.moment import Moment, Spans, instant, number
from mailer.segments.operators import OPERATORS, compares
from mailer.segments.tree import Among

HOW = {"sum": "total", "min": "lowest", "max": "highest", "average": "average"}
_MEASURES: dict[str, typing.Callable[[typing.Any], typing.Any]] = {
    "sum": lambda column: column.sum(),
    "min": lambda column: column.min(),
    "max": lambda column: column.max(),
    "average": lambda column: column.cast("float64").mean(),
}


class Happened(Among):
    """A question about events of some names, with some properties, in some days."""

    __slots__ = ()

    where: tuple[Where, ...]
    within_days: int | None
    between: tuple[str, str] | None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the events that count."""
        raise NotImplementedError

    def days(self, today: int) -> Spans:
        """Return the days in which they count."""
        if self.between:
            return ((number(self.between[0]), number(self.between[1]) + 1),)
        return ((None, None),) if self.within_days is None else ((today - self.within_days, today + 1),)

    @property
    def conditions(self) -> tuple[Where, ...]:
        """What each of these events has to carry."""
        return self.where

    def ever(self, tables: Tables, moment: Moment) -> typing.Any:
        """Return such events of every customer, whenever they were, up to now."""
        return such(tables, moment, self.names, self.conditions)

    def matching(self, tables: Tables, moment: Moment) -> typing.Any:
        """Return the events that count, of every customer."""
        found = self.ever(tables, moment)
        if self.within_days is None and self.between is None:
            return found
        return moment.during(found, tables.insights, self.days)

    @property
    def noun(self) -> str:
        """The word for one of these events."""
        return noun(self.names[0])

    @property
    def window(self) -> str:
        """The days in which they count, in words."""
        if self.between:
            first, last = (amount(Type.TIME, "", date.fromisoformat(day)) for day in self.between)
            return f"on {first}" if first == last else f"from {first} to {last}"
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
        return properties(self.where)

    def window_data(self) -> dict[str, typing.Any]:
        """Return the data of the window and the conditions, without what was not asked."""
        data: dict[str, typing.Any] = {} if self.within_days is None else {"within_days": self.within_days}
        data |= {"between": list(self.between)} if self.between else {}
        return data | ({"where": [each.to_data() for each in self.where]} if self.where else {})


@dataclass(frozen=True, slots=True)
class Did(Happened):
    """They did this so often, in so many days up to today, between dates or ever, each time with such properties."""

    event: str
    at_least: int = 1
    within_days: int | None = None
    where: tuple[Where, ...] = ()
    at_most: int | None = None
    between: tuple[str, str] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The one event."""
        return (self.event,)

    def to_data(self) -> dict[str, typing.Any]:
        """Return {"did": …, "at_least": …, "within_days": …, "where": […]}, without what was not asked."""
        return {"did": self.event} | self.often() | self.window_data()

    def often(self) -> dict[str, typing.Any]:
        """Return at_least, at_most or exactly."""
        if self.at_most is None:
            return {"at_least": self.at_least}
        if self.at_most == self.at_least > 0:
            return {"exactly": self.at_most}
        return ({"at_least": self.at_least} if self.at_least else {}) | {"at_most": self.at_most}

    def clause(self) -> str:
        """Say how many of what, in which time, and which ones count."""
        return self._said(self.times())

    def denied(self) -> str:
        """Say fewer than the least, or more than the most."""
        if self.at_most is None:
            return self._said(f"fewer than {amount(Type.INT, self.noun, self.at_least)}" if self.at_least > 1 else "")
        if not self.at_least:
            return self._said(f"more than {amount(Type.INT, self.noun, self.at_most)}")
        return f"who are not among those {self.clause()}"

    def times(self) -> str:
        """Say how often: "at least 3 baskets"; "" is not at all."""
        if self.at_most is None:
            return f"at least {amount(Type.INT, self.noun, self.at_least)}"
        if self.at_most == 0:
            return ""
        most = amount(Type.INT, self.noun, self.at_most)
        if self.at_most == self.at_least:
            return f"exactly {most}"
        return f"between {self.at_least} and {most}" if self.at_least else f"at most {most}"

    def said(self, times: int) -> str:
        """Say how often they did it: "3 baskets in the last 30 days"; of none, "no baskets …"."""
        so_many = amount(Type.INT, self.noun, times) if times else f"no {many(self.noun)}"
        return f"{so_many} {self.window}{self.properties}".removesuffix(" ever")

    def right(self, times: int) -> bool:
        """Say whether so many are as many as asked."""
        return times >= self.at_least and (self.at_most is None or times <= self.at_most)

    def _said(self, times: str) -> str:
        return f"who had {times or f'no {many(self.noun)}'} {self.window}{self.properties}"

    @property
    def others(self) -> bool:
        """Who did nothing is meant too where none is enough."""
        return not self.at_least

    def among(self, tables: Tables, moment: Moment) -> typing.Any:
        """Return those with as many of these events; or with too many, where none is enough."""
        events = self.matching(tables, moment)
        if (self.at_least == 1 and self.at_most is None) or (not self.at_least and not self.at_most):
            return events
        counted = events.group_by("customer_id").aggregate(times=events.count())
        if not self.at_least:
            return counted.filter(counted.times > self.at_most)
        enough = counted.times >= self.at_least
        if self.at_most is not None:
            enough &= counted.times <= self.at_most
        return counted.filter(enough)


@dataclass(frozen=True, slots=True)
class Measured(Happened):
    """A property of such events has this sum, minimum, maximum or average; of no event the sum is 0, no other is."""

    event: str
    how: str
    of: str
    op: str
    value: typing.Any
    within_days: int | None = None
    where: tuple[Where, ...] = ()
    between: tuple[str, str] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The one event."""
        return (self.event,)

    @property
    def asked(self) -> Field:
        """The property."""
        return carried(self.of, 0)

    def to_data(self) -> dict[str, typing.Any]:
        """Return {"did": …, "sum": …, "op": …, "value": …} and the window."""
        value = list(self.value) if isinstance(self.value, tuple) else self.value
        return {"did": self.event, self.how: self.of, "op": self.op, "value": value} | self.window_data()

    def clause(self) -> str:
        """Say what is measured, and how it compares."""
        said = self.asked.clause(self.op, self.value).removeprefix(f"whose {self.asked.label} ")
        return f"whose {self.subject} {said}"

    @property
    def subject(self) -> str:
        """What is measured: "total amount of baskets in the last 90 days"."""
        about = f"{HOW[self.how]} {self.asked.label} of {many(self.noun)} {self.window}{self.properties}"
        return about.removesuffix(" ever")

    def said(self, found: typing.Any) -> str:
        """Say what was found: "total amount of baskets in the last 90 days 12.50"; "" of nothing."""
        return "" if found is None else f"{self.subject}: {amount(self.asked.type, '', found)}"

    @property
    def nothing(self) -> int | None:
        """What is found of no events."""
        return 0 if self.how == "sum" else None

    def measures(self, events: typing.Any) -> typing.Any:
        """Return a table of customer_id and what is found, of those events that carry the property."""
        column = self.asked.column(events)
        told = events.select("customer_id", told=column).filter(lambda each: each.told.notnull())
        return told.group_by("customer_id").aggregate(found=_MEASURES[self.how](told.told))

    @property
    def others(self) -> bool:
        """Who did nothing is meant too where nothing compares so."""
        return compares(self.op, self.nothing, self.value)

    def among(self, tables: Tables, moment: Moment) -> typing.Any:
        """Return those of whom the comparison is true; or is not, where who did nothing is meant."""
        found = self.measures(self.matching(tables, moment))
        test = OPERATORS[self.op].test
        assert test is not None
        right = test(found.found, self.value).fill_null(False)
        return found.filter(~right if self.others else right)


@dataclass(frozen=True, slots=True)
class When(Happened):
    """The first, or the last, of such events was in these days."""

    which: str  # first, last
    event: str
    op: str
    value: typing.Any
    where: tuple[Where, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The one event."""
        return (self.event,)

    @property
    def within_days(self) -> None:  # type: ignore[override]
        """Nothing: the first of all, and the last of all."""

    @property
    def between(self) -> None:  # type: ignore[override]
        """Nothing."""

    def to_data(self) -> dict[str, typing.Any]:
        """Return {"first": …, "op": …, "value": …}."""
        value = list(self.value) if isinstance(self.value, tuple) else self.value
        return {self.which: self.event, "op": self.op, "value": value} | self.window_data()

    @property
    def subject(self) -> str:
        """What is asked about: "first basket whose amount is more than 50.00"."""
        return f"{self.which} {self.noun}{self.properties}"

    def clause(self) -> str:
        """Say when it was."""
        return Field("", Type.TIME, self.subject, f"whose {self.subject} {{is}}", ()).clause(self.op, self.value)

    def days(self, today: int) -> Spans:
        """Return the days that are meant."""
        how = OPERATORS[self.op].days
        assert how is not None
        return how(self.value, today)

    def instants(self, events: typing.Any) -> typing.Any:
        """Return a table of customer_id and the instant of the first, or last, of these events."""
        at = events["at"].min() if self.which == "first" else events["at"].max()
        return events.group_by("customer_id").aggregate(at=at)

    def said(self, found: typing.Any) -> str:
        """Say when it was: "first basket on 4 March 2026"."""
        return "" if found is None else f"{self.subject} on {amount(Type.TIME, '', found)}"

    def among(self, tables: Tables, moment: Moment) -> typing.Any:
        """Return those of whom it was in those days; who never did it is not meant."""
        return moment.during(self.instants(self.ever(tables, moment)), tables.insights, self.days)


@dataclass(frozen=True, slots=True)
class Then(Happened):
    """After the one event came the other within so many days, or, denied, did not come at all in that time."""

    event: str
    other: str
    days_between: int
    comes: bool = True
    where: tuple[Where, ...] = ()
    other_where: tuple[Where, ...] = ()
    within_days: int | None = None  # in which the first event counts
    between: tuple[str, str] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The event that comes first."""
        return (self.event,)

    def to_data(self) -> dict[str, typing.Any]:
        """Return {"sequence": …, "then": …, "within_days": …}; the window of the first event is in_last_days."""
        data = {"sequence": self.event, "then" if self.comes else "then_not": self.other}
        told = {**data, "within_days": self.days_between}
        told |= {} if self.within_days is None else {"in_last_days": self.within_days}
        told |= {"between": list(self.between)} if self.between else {}
        told |= {"where": [each.to_data() for each in self.where]} if self.where else {}
        return told | ({"then_where": [each.to_data() for each in self.other_where]} if self.other_where else {})

    def clause(self) -> str:
        """Say both, and the time between them."""
        after = f"{noun(self.other)}{properties(self.other_where)} within {amount(Type.INT, 'day', self.days_between)}"
        first = f"{self.noun} {self.window}{self.properties}".replace(" ever", "")
        return f"who had a {first}, and then {'a' if self.comes else 'no'} {after}"

    def pairs(self, tables: Tables, moment: Moment) -> typing.Any:
        """Return a row for each first event the other came after in time: customer_id and the id of the first event."""
        firsts = self.matching(tables, moment).select("customer_id", "id", began="at")
        others = such(tables, moment, (self.other,), self.other_where).select("customer_id", came="at")
        joined = firsts.inner_join(others, "customer_id")
        in_time = joined.came <= joined.began + ibis.interval(days=self.days_between)
        return joined.filter((joined.came > joined.began) & in_time)

    @property
    def momentary(self) -> bool:
        """A span that is over is over at an instant."""
        return not self.comes

    def among(self, tables: Tables, moment: Moment) -> typing.Any:
        """Return those with such a first event."""
        pairs = self.pairs(tables, moment)
        if self.comes:
            return pairs
        firsts = self.matching(tables, moment)
        over = firsts["at"] < instant(moment.at - timedelta(days=self.days_between))
        return firsts.filter(over).anti_join(pairs, "id")


def such(tables: Tables, moment: Moment, names: tuple[str, ...], where: tuple[Where, ...]) -> typing.Any:
    """Return the events of these names with these properties, of every customer, up to now."""
    events = tables.events
    named = events["name"] == names[0] if len(names) == 1 else events["name"].isin(names)
    asked = [named] if moment.settled else [named, events["at"] <= moment.literal]
    return events.filter([*asked, *meeting(events, moment, where)])


def meeting(events: typing.Any, moment: Moment, where: tuple[Where, ...]) -> list[typing.Any]:
    """Return, for each condition, whether an event meets it; never null."""
    return [carried(each.field, each.value, each.op).test(events, None, each.op, each.value, moment) for each in where]


def noun(event: str) -> str:
    """Return the word for one event of a name."""
    return event if event == "basket" else f"“{event.replace('_', ' ')}” event"


def properties(where: tuple[Where, ...]) -> str:
    """Say which events count, after a space; "" if all do."""
    asked = (carried(each.field, each.value, each.op).clause(each.op, each.value) for each in where)
    return "".join(f" {'and ' if n else ''}{clause}" for n, clause in enumerate(asked))
