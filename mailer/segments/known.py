"""What do we know of them? An insight, a column of the customer, or an attribute compares so with a value.

{"field": "overdue_ratio", "op": "at_least", "value": 2.5}
{"field": "language", "op": "one_of", "value": ["de", "fr"]}
{"field": "attributes.birthday", "op": "anniversary_within_days", "value": 7}
"""

import typing
from dataclasses import dataclass

from mailer.insights.layout import Tables
from mailer.segments.fields import Field, field
from mailer.segments.moment import Moment
from mailer.segments.tree import Criteria


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
        return field(self.field, self.value, self.op)

    def clause(self) -> str:
        """Say it with the words of the field and the operator."""
        return self.asked().clause(self.op, self.value)

    def holds(self, tables: Tables, moment: Moment) -> typing.Any:
        """Return the comparison; what is not known is no."""
        known = tables.insights
        return self.asked().test(known, known.time_zone, self.op, self.value, moment)
