"""What may be asked about a customer, and about what they did? Each field has a type, its operators and its English.

Insights and a few columns of the customer are fields by name. What an import brought beside them is asked for as
`attributes.NAME`; what an event carries, as a property in the `where` of a `Did`. Attributes and properties that nobody
declared take the type of what they are compared with: a time, where the operator or the value is of a time. Such a
time is a date as it is written, the same day everywhere; an insight that is a time is an instant.
"""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import mailer.insights.library  # noqa: F401 -- the shop's insights are known
from mailer.errors import Invalid
from mailer.insights.insight import INSIGHTS, Insight, Type, amount, many
from mailer.insights.layout import PROPERTIES
from mailer.insights.told import ISO_DATE, told
from mailer.segments.moment import Moment
from mailer.segments.operators import ALLOWED, OPERATORS, TIMES, Takes, anniversaries

ATTRIBUTES = "attributes."
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")  # it becomes a path into JSON: letters, digits and _ only


@dataclass(frozen=True, slots=True)
class Field:
    """Something that may be asked."""

    name: str
    type: Type
    label: str  # "days since the last basket"
    english: str  # "whose last basket was {amount} ago", or "whose language {is}"
    operators: tuple[str, ...]
    unit: str = ""
    insight: Insight | None = None

    def column(self, table: Any) -> Any:
        """Return this field of the table of insights, or of events."""
        if self.name in table.columns:
            return table[self.name]
        inside = table.attributes if self.name.startswith(ATTRIBUTES) else table.properties
        return told(inside, self.name.removeprefix(ATTRIBUTES), self.type)

    @property
    def written(self) -> bool:
        """Whether it is what somebody wrote down, in an attribute or a property, and not an insight or a column."""
        return self.type is Type.TIME and self.name not in FIELDS

    def test(self, table: Any, zone: Any, op: str, value: Any, moment: Moment) -> Any:
        """Ask for this field of a table; what is not known is no. `zone` is where each row's customer lives."""
        column, how = self.column(table), OPERATORS[op]
        if self.type is not Type.TIME or how.days is None:
            assert how.test is not None
            return how.test(column, value).fill_null(False)
        days = how.days
        if self.written and op == "anniversary_within_days":
            return moment.anniversary(column, zone, lambda today: anniversaries(value, today)).fill_null(False)
        inside = moment.inside_dates if self.written else moment.inside
        return inside(column, zone, lambda today: days(value, today)).fill_null(False)

    def clause(self, op: str, value: Any) -> str:
        """Say a question about this field: "whose last basket was more than 30 days ago"."""
        how = OPERATORS[op]
        if how.takes is Takes.NOTHING:
            return f"whose {self.label} {how.english}"
        if "{amount}" not in self.english:
            return self.english.replace("{is}", how.is_.format(*self._words(how.takes, value)))
        nothing = op == "is" and value == 0 and self.unit
        said = f"no {many(self.unit)}" if nothing else how.amount.format(*self._words(how.takes, value))
        return self.english.replace("{amount}", said)

    def _words(self, takes: Takes, value: Any) -> Sequence[str]:
        match takes:
            case Takes.DAYS:
                return (amount(Type.INT, "day", value),)
            case Takes.SOME:
                *others, last = (self._word(each) for each in value)
                return (f"{', '.join(others)} or {last}" if others else last,)
            case Takes.TWO:
                return self._word(value[0], unit=""), self._word(value[1])
            case _:
                return (self._word(value),)

    def _word(self, value: Any, unit: str | None = None) -> str:
        if self.type is Type.TIME:
            return f"{date.fromisoformat(value):%-d %B %Y}"
        return amount(self.type, self.unit if unit is None else unit, value)


def _field(name: str, kind: Type, label: str, english: str = "", unit: str = "", of: Insight | None = None) -> Field:
    return Field(name, kind, label, english or f"whose {label} {{is}}", ALLOWED[kind], unit, of)


class _Fields(Mapping[str, Field]):
    """The fields that have a name: the insights that are known now, and columns of the customer."""

    def __getitem__(self, name: str) -> Field:
        if each := INSIGHTS.get(name):
            return _field(each.name, each.type, each.label, each.english, each.unit, each)
        return _COLUMNS[name]

    def __iter__(self) -> Iterator[str]:
        yield from (*INSIGHTS, *_COLUMNS)

    def __len__(self) -> int:
        return len(INSIGHTS) + len(_COLUMNS)


_COLUMNS: dict[str, Field] = {
    "language": _field("language", Type.TEXT, "language"),
    "time_zone": _field("time_zone", Type.TEXT, "time zone"),
    "first_name": _field("first_name", Type.TEXT, "first name"),
    "created_at": _field("created_at", Type.TIME, "first entry here", "whose first entry here {is}"),
}
FIELDS: Mapping[str, Field] = _Fields()
CARRIED: dict[str, Field] = {
    "amount_cents": _field("amount_cents", Type.MONEY, "amount"),
    "items": _field("items", Type.INT, "number of items"),
    "department": _field("department", Type.TEXT, "department"),
    "discount_cents": _field("discount_cents", Type.MONEY, "discount"),
    "answer": _field("answer", Type.TEXT, "answer"),
}  # by events; the same as insights.layout.PROPERTIES, with words


def field(name: str, value: Any, op: str = "is") -> Field:
    """Return the field `name` of a customer; an attribute has the type of `value`, or the one that `op` is for.

    Raises:
        Invalid: there is no such field; the message names those that are near, or all.
    """
    if known := FIELDS.get(name):
        return known
    attribute = name.removeprefix(ATTRIBUTES)
    if attribute != name and _NAME.fullmatch(attribute):
        return _undeclared(name, attribute, value, op)
    near = difflib.get_close_matches(name, FIELDS, n=3, cutoff=0.5)
    raise Invalid(f"there is no field {name!r}; {'did you mean' if near else 'there are'} {', '.join(near or FIELDS)}"
                  " (or attributes.NAME)")  # fmt: skip


def carried(name: str, value: Any, op: str = "is") -> Field:
    """Return the property `name` of an event; one that nobody declared has the type of `value`, or that `op` is for.

    Raises:
        Invalid: a property cannot have that name.
    """
    if name in PROPERTIES:
        return CARRIED[name]
    if not _NAME.fullmatch(name) or name in ("id", "customer_id", "name", "at", "day", "properties"):
        raise Invalid(f"an event cannot be asked for a property {name!r}; give letters, digits and _")
    return _undeclared(name, name, value, op)


def _undeclared(name: str, label: str, value: Any, op: str) -> Field:
    sample = value[0] if isinstance(value, (list, tuple)) and value else value
    number = isinstance(sample, (int, float)) and not isinstance(sample, bool)
    time = op in TIMES and (op != "between" or (isinstance(sample, str) and bool(re.match(ISO_DATE, sample))))
    if time:
        return _field(name, Type.TIME, f"“{label.replace('_', ' ')}”")
    return _field(name, Type.FLOAT if number else Type.TEXT, f"“{label.replace('_', ' ')}”")
