"""What may be asked about a customer, and about what they did? Each field has a type, its operators and its English.

Insights and a few columns of the customer are fields by name. What an import brought beside them is asked for as
`attributes.NAME`; what an event carries, as a property in the `where` of a `Did`. Attributes and properties that nobody
declared take the type of the value they are compared with.
"""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import mailer.insights.library  # noqa: F401 -- the shop's insights are known
from mailer.errors import Invalid
from mailer.insights.insight import COLUMN, INSIGHTS, Insight, Type, amount, many
from mailer.insights.layout import PROPERTIES
from mailer.segments.operators import ALLOWED, OPERATORS, Takes

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
        told = inside.try_cast("json")[self.name.removeprefix(ATTRIBUTES)]
        text = told.cast("string").nullif("null")
        return told.str.coalesce(text) if self.type is Type.TEXT else text.try_cast(COLUMN[self.type])

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


FIELDS: dict[str, Field] = {
    **{
        each.name: _field(each.name, each.type, each.label, each.english, each.unit, each) for each in INSIGHTS.values()
    },
    "language": _field("language", Type.TEXT, "language"),
    "time_zone": _field("time_zone", Type.TEXT, "time zone"),
    "first_name": _field("first_name", Type.TEXT, "first name"),
    "created_at": _field("created_at", Type.TIME, "first entry here", "whose first entry here {is}"),
}
CARRIED: dict[str, Field] = {
    "amount_cents": _field("amount_cents", Type.MONEY, "amount"),
    "items": _field("items", Type.INT, "number of items"),
    "department": _field("department", Type.TEXT, "department"),
    "discount_cents": _field("discount_cents", Type.MONEY, "discount"),
}  # by events; the same as insights.layout.PROPERTIES, with words


def field(name: str, value: Any) -> Field:
    """Return the field `name` of a customer; an attribute has the type of `value`.

    Raises:
        Invalid: there is no such field; the message names those that are near, or all.
    """
    if known := FIELDS.get(name):
        return known
    attribute = name.removeprefix(ATTRIBUTES)
    if attribute != name and _NAME.fullmatch(attribute):
        return _undeclared(name, attribute, value)
    near = difflib.get_close_matches(name, FIELDS, n=3, cutoff=0.5)
    raise Invalid(f"there is no field {name!r}; {'did you mean' if near else 'there are'} {', '.join(near or FIELDS)}"
                  " (or attributes.NAME)")  # fmt: skip


def carried(name: str, value: Any) -> Field:
    """Return the property `name` of an event; one that nobody declared has the type of `value`.

    Raises:
        Invalid: a property cannot have that name.
    """
    if name in PROPERTIES:
        return CARRIED[name]
    if not _NAME.fullmatch(name) or name in ("id", "customer_id", "name", "at", "day", "properties"):
        raise Invalid(f"an event cannot be asked for a property {name!r}; give letters, digits and _")
    return _undeclared(name, name, value)


def _undeclared(name: str, label: str, value: Any) -> Field:
    sample = value[0] if isinstance(value, (list, tuple)) and value else value
    number = isinstance(sample, (int, float)) and not isinstance(sample, bool)
    return _field(name, Type.FLOAT if number else Type.TEXT, f"“{label.replace('_', ' ')}”")
