"""What does the form of a segment ask, and which tree do its answers make?

The form is one list of rows under "all of these" or "any of these": a field with its operator and value, or something
customers did or did not do. A tree that is deeper than this is shown as its sentence and changed in its file; the form
never flattens what it cannot show.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from mailer.errors import Invalid
from mailer.insights.insight import Type
from mailer.segments.fields import FIELDS
from mailer.segments.operators import OPERATORS, Takes


@dataclass(slots=True)
class Asked:
    """A row that asks a field."""

    field: str = ""
    op: str = ""
    value: str = ""


@dataclass(slots=True)
class Done:
    """A row about something customers did, or did not do."""

    event: str = ""
    did: bool = True
    at_least: str = "1"
    within: str = ""


@dataclass(slots=True)
class SegmentForm:
    """The form as it stands: filled in well or not."""

    title: str = ""
    description: str = ""
    match: str = "all"
    asked: list[Asked] = field(default_factory=list)
    done: list[Done] = field(default_factory=list)

    def data(self) -> dict[str, Any]:
        """Return the tree as data, for `criteria.from_data`.

        Raises:
            Invalid: a value cannot be what its field needs.
        """
        parts = [_where(row) for row in self.asked if row.field] + [_did(row) for row in self.done if row.event]
        if not parts:
            raise Invalid("add at least one row: a question with none would be everybody")
        return {self.match: parts}

    def act(self, act: str) -> None:
        """Add or remove a row, as the pressed button says; any other button changes nothing."""
        what, _, rest = act.partition("-")
        kind, _, place = rest.partition("-")
        rows: list[Any] = self.asked if kind == "asked" else self.done
        if what == "add":
            rows.append(Asked() if kind == "asked" else Done())
        elif what == "remove" and place.isdigit() and int(place) < len(rows):
            rows.pop(int(place))


def posted(form: MultiDict[str, str]) -> SegmentForm:
    """Return the form that a browser sent."""
    asked = zip(form.getlist("field"), form.getlist("op"), form.getlist("value"), strict=False)
    done = zip(
        form.getlist("event"), form.getlist("did"), form.getlist("at_least"), form.getlist("within"), strict=False
    )
    return SegmentForm(
        title=form.get("title", "").strip()[:120],
        description=form.get("description", "").strip()[:500],
        match="any" if form.get("match") == "any" else "all",
        asked=[Asked(*(each.strip() for each in row)) for row in asked],
        done=[
            Done(event.strip(), did != "no", at_least.strip(), within.strip()) for event, did, at_least, within in done
        ],
    )


def shown(title: str, description: str, criteria: Mapping[str, Any]) -> SegmentForm | None:
    """Return the form that makes this tree, or None if no form does."""
    match = "any" if set(criteria) == {"any"} else "all"
    parts = criteria.get(match) if set(criteria) <= {"all", "any"} else [criteria]
    form = SegmentForm(title, description, match)
    for part in parts or []:
        inner, did = (part["not"], False) if set(part) == {"not"} else (part, True)
        if "field" in inner and did:
            form.asked.append(
                Asked(inner["field"], inner["op"], _said(inner["field"], inner["op"], inner.get("value")))
            )
        elif "did" in inner and not inner.get("where"):
            within = inner.get("within_days")
            form.done.append(
                Done(inner["did"], did, str(inner.get("at_least", 1)), "" if within is None else str(within))
            )
        else:
            return None
    return form


def _where(row: Asked) -> dict[str, Any]:
    known, operator = FIELDS.get(row.field), OPERATORS.get(row.op)
    if operator is None:
        raise Invalid(f"choose how to ask {row.field}")
    part: dict[str, Any] = {"field": row.field, "op": row.op}
    kind = known.type if known else Type.TEXT
    label = known.label if known else row.field
    match operator.takes:
        case Takes.NOTHING:
            return part
        case Takes.DAYS:
            return part | {"value": _number(row.value, label, whole=True)}
        case Takes.SOME:
            return part | {"value": [_value(each, kind, label) for each in row.value.split(",") if each.strip()]}
        case Takes.TWO:
            lowest, found, highest = row.value.partition(" to ")
            if not found:
                raise Invalid(f"{label}: give the lowest and the highest, as 10 to 20")
            return part | {"value": [_value(lowest, kind, label), _value(highest, kind, label)]}
        case Takes.TEXT:
            return part | {"value": row.value}
    return part | {"value": _value(row.value, kind, label)}


def _did(row: Done) -> dict[str, Any]:
    part: dict[str, Any] = {"did": row.event, "at_least": _number(row.at_least or "1", row.event, whole=True)}
    if row.within:
        part["within_days"] = _number(row.within, row.event, whole=True)
    return part if row.did else {"not": part}


def _value(text: str, kind: Type, label: str) -> Any:
    if kind is Type.MONEY:
        return round(_number(text, label) * 100)
    if kind in (Type.INT, Type.FLOAT):
        return _number(text, label)
    return text.strip()


def _number(text: str, label: str, *, whole: bool = False) -> Any:
    plain = text.strip().replace("\N{NO-BREAK SPACE}", "")
    try:
        return int(plain)
    except ValueError:
        pass
    try:
        if not whole:
            return float(plain)
    except ValueError:
        pass
    raise Invalid(f"{label}: give {'a whole' if whole else 'a'} number, not “{text}”")


def _said(name: str, op: str, value: Any) -> str:
    money = name in FIELDS and FIELDS[name].type is Type.MONEY and OPERATORS[op].takes is not Takes.DAYS
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        between = " to " if OPERATORS[op].takes is Takes.TWO else ", "
        return between.join(_said(name, op, each) for each in value)
    return f"{value / 100:.2f}" if money else str(value)
