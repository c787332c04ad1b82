"""Is this a question that can be asked? Data from a form, a file or the API becomes a tree here, or is told why not.

Everything is checked before a tree exists: names, operators, the type of each value, and that the tree stays so small
that a person can read it and the warehouse can answer it while somebody waits. A message names the place.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any as Anything

from mailer.errors import Invalid
from mailer.insights.events import NAME
from mailer.insights.insight import Type
from mailer.segments.did import HOW, Did, Measured, Then, When
from mailer.segments.fields import Field, carried, field
from mailer.segments.known import Where
from mailer.segments.operators import ALLOWED, NUMBERS, OPERATORS, TIMES, Takes
from mailer.segments.ours import PROOFS, Consents, Engaged, Talking
from mailer.segments.tree import All, Any, Criteria, Member, Not, Share

__all__ = [
    "All", "Any", "Consents", "Criteria", "Did", "Engaged", "Measured", "Member", "Not", "Share", "Talking", "Then",
    "When", "Where", "from_data", "looked_up", "members",
]  # fmt: skip

KINDS = (
    "all", "any", "not", "segment", "share", "consent", "in_conversation", "engaged", "did", "first", "last",
    "sequence", "field",
)  # fmt: skip
DEEPEST = 8
MOST = 200  # parts of one question
SEGMENTS_DEEP = 8  # segments of segments
LONGEST = 200  # letters of a text, values of a list
DAYS = 3_660
TIMES_MOST = 1_000
LARGEST = 10**15
YEARS = (1900, 2200)  # of a date
FIXED = ("on", "before", "since", "between")  # of a time an event carries: it does not know where today is
WINDOW = ("within_days", "between", "where")
OFTEN = ("at_least", "at_most", "exactly")
SLUG = r"[a-z0-9]+(-[a-z0-9]+)*"
Lookup = Callable[[str], Mapping[str, Anything] | None]


def from_data(data: Mapping[str, Anything]) -> Criteria:
    """Return the tree that `data` describes (see segments.tree for its form).

    Raises:
        Invalid: it describes none; the message names the place, and what can be given there.
    """
    return _Reader().part(data, "criteria", 1)


def looked_up(data: Mapping[str, Anything], lookup: Lookup, within: tuple[str, ...] = ()) -> dict[str, Anything]:
    """Return the data with the question of each segment it names put inside, as "is"; `lookup` gives that question.

    What is looked up stays as it was then: a run keeps it, and an approval is of it.

    Raises:
        Invalid: there is no such segment, or a segment asks for itself.
    """
    told: dict[str, Anything] = {}
    for key, value in data.items():
        if key in ("all", "any") and isinstance(value, (list, tuple)):
            told[key] = [looked_up(part, lookup, within) if isinstance(part, Mapping) else part for part in value]
        elif key in ("not", "is") and isinstance(value, Mapping):
            told[key] = looked_up(value, lookup, within)
        else:
            told[key] = value
    if isinstance(name := data.get("segment"), str):
        if name in within:
            round_about = " → ".join((*within[within.index(name) :], name))
            raise Invalid(f"the segment {name} asks for itself ({round_about}); leave one of these out")
        if len(within) >= SEGMENTS_DEEP:
            raise Invalid(f"segments of segments go {SEGMENTS_DEEP} deep: {' → '.join(within)}")
        question = lookup(name)
        if question is None:
            raise Invalid(f"there is no segment {name!r}")
        told["is"] = looked_up(question, lookup, (*within, name))
    return told


def members(data: Mapping[str, Anything]) -> set[str]:
    """Return the names of the segments a question asks for by itself."""
    found: set[str] = set()
    for key, value in data.items():
        if key == "segment":
            found.add(str(value))
        elif key in ("all", "any", "not"):
            for part in value if isinstance(value, (list, tuple)) else (value,):
                found |= members(part) if isinstance(part, Mapping) else set()
    return found


class _Reader:
    """One reading of a tree: it counts the parts."""

    def __init__(self, within: int = 0) -> None:
        self.parts = 0
        self.within = within  # so many other segments

    def part(self, data: Anything, place: str, depth: int) -> Criteria:
        self.parts += 1
        if depth > DEEPEST or self.parts > MOST:
            raise Invalid(f"{place}: a question has at most {MOST} parts, {DEEPEST} deep; make two segments of it")
        kinds = [key for key in KINDS if isinstance(data, Mapping) and key in data]
        if len(kinds) != 1:
            raise Invalid(f"{place}: give a table with one of {', '.join(KINDS)}; not {_short(data)}")
        match kinds[0]:
            case "all" | "any" as kind:
                _only(data, place, kind)
                given = data[kind]
                if not isinstance(given, (list, tuple)) or (kind == "any" and not given):
                    raise Invalid(f"{place}: {kind} is a list of parts; not {_short(given)}")
                parts = tuple(self.part(one, f"{place}, {kind} {n}", depth + 1) for n, one in enumerate(given, 1))
                return All(parts) if kind == "all" else Any(parts)
            case "not":
                _only(data, place, "not")
                return Not(self.part(data["not"], f"{place}, not", depth + 1))
            case "segment":
                return self.member(data, place)
            case "share":
                return _share(data, place)
            case "consent":
                _only(data, place, "consent", "language")
                language = data.get("language")
                return Consents(
                    _text(data["consent"], f"{place}: consent"),
                    "" if language is None else _text(language, f"{place}: language"),
                )
            case "in_conversation":
                _only(data, place, "in_conversation")
                if data["in_conversation"] is not True:
                    raise Invalid(
                        f"{place}: in_conversation is true; its opposite is {{not = {{in_conversation = true}}}}"
                    )
                return Talking()
            case "engaged":
                return self.engaged(data, place)
            case "did":
                return self.did(data, place)
            case "first" | "last" as which:
                return self.when(data, place, which)
            case "sequence":
                return self.then(data, place)
            case _:
                return _where(data, place, field)

    def member(self, data: Mapping[str, Anything], place: str) -> Member:
        _only(data, place, "segment", "is")
        name = data["segment"]
        if not isinstance(name, str) or not re.fullmatch(SLUG, name):
            raise Invalid(f"{place}: segment names another segment, as win-back; not {_short(name)}")
        if "is" not in data:
            return Member(name)
        if self.within >= SEGMENTS_DEEP:
            raise Invalid(f"{place}: segments of segments go {SEGMENTS_DEEP} deep")
        return Member(name, _Reader(self.within + 1).part(data["is"], f"{place}, segment {name}", 1))

    def did(self, data: Mapping[str, Anything], place: str) -> Did | Measured:
        name = _event(data["did"], place, "did")
        if not (measures := [key for key in HOW if key in data]):
            _only(data, place, "did", *OFTEN, *WINDOW)
            within, between, where = self.window(data, place)
            least, most = _often(data, place)
            return Did(name, least, within, where, most, between)
        how = measures[0]
        _only(data, place, "did", how, "op", "value", *WINDOW)
        of = carried_number(data[how], f"{place}: {how}")
        op, value = _asked(of, data, NUMBERS, place, average=how == "average")
        within, between, where = self.window(data, place)
        return Measured(name, how, of.name, op, value, within, where, between)

    def engaged(self, data: Mapping[str, Anything], place: str) -> Engaged:
        _only(data, place, "engaged", "campaign", *OFTEN, *WINDOW)
        if data["engaged"] not in PROOFS:
            raise Invalid(f"{place}: engaged is one of {', '.join(PROOFS)}; not {_short(data['engaged'])}")
        within, between, where = self.window(data, place)
        least, most = _often(data, place)
        campaign = _text(data["campaign"], f"{place}: campaign") if "campaign" in data else ""
        return Engaged(data["engaged"], least, within, where, most, between, campaign)

    def when(self, data: Mapping[str, Anything], place: str, which: str) -> When:
        _only(data, place, which, "op", "value", "where")
        name = _event(data[which], place, which)
        at = Field("at", Type.TIME, f"{which} {name}", "", ALLOWED[Type.TIME])
        op, value = _asked(at, data, TIMES, place)
        return When(which, name, op, value, self.conditions(data, place, "where"))

    def then(self, data: Mapping[str, Anything], place: str) -> Then:
        others = [key for key in ("then", "then_not") if key in data]
        if len(others) != 1:
            raise Invalid(f"{place}: beside sequence give then, or then_not, with the event that follows")
        (key,) = others
        _only(data, place, "sequence", key, "within_days", "in_last_days", "between", "where", "then_where")
        days = _whole(data.get("within_days"), 0, DAYS, f"{place}, within_days")
        window = {"between": data["between"]} if "between" in data else {}
        window |= {"within_days": data["in_last_days"]} if "in_last_days" in data else {}
        within, between, where = self.window({**window, "where": data.get("where", [])}, place)
        other = self.conditions(data, place, "then_where")
        return Then(
            _event(data["sequence"], place, "sequence"), _event(data[key], place, key), days, key == "then", where,
            other, within, between,
        )  # fmt: skip

    def window(
        self, data: Mapping[str, Anything], place: str
    ) -> tuple[int | None, tuple[str, str] | None, tuple[Where, ...]]:
        within, between = data.get("within_days"), data.get("between")
        where = self.conditions(data, place, "where")
        if between is None:
            return None if within is None else _whole(within, 0, DAYS, f"{place}, within_days"), None, where
        if within is not None:
            raise Invalid(f"{place}: give within_days or between, not both")
        first, last = _pair(between, Type.TIME, f"{place}, between")
        return None, (first, last), where

    def conditions(self, data: Mapping[str, Anything], place: str, key: str) -> tuple[Where, ...]:
        given = data.get(key, [])
        if not isinstance(given, (list, tuple)):
            raise Invalid(f"{place}: {key} is a list of {{field, op, value}}; not {_short(given)}")
        self.parts += len(given)
        if self.parts > MOST:
            raise Invalid(f"{place}: a question has at most {MOST} parts; make two segments of it")
        found = tuple(_where(each, f"{place}, {key} {n}", carried) for n, each in enumerate(given, 1))
        for each in found:
            if carried(each.field, each.value, each.op).type is Type.TIME and each.op not in (
                *FIXED,
                "known",
                "unknown",
            ):
                raise Invalid(
                    f"{place}: {each.field} of an event can be asked with {', '.join(FIXED)}; not {each.op!r}"
                )
        return found


def carried_number(name: Anything, place: str) -> Field:
    """Return a property of events that can be added up.

    Raises:
        Invalid: it cannot be.
    """
    try:
        found = carried(name if isinstance(name, str) else repr(name), 0)
    except Invalid as error:
        raise Invalid(f"{place}: {error}") from error
    if found.type not in (Type.INT, Type.FLOAT, Type.MONEY):
        raise Invalid(f"{place}: {found.name} is not a number, so there is nothing to add up")
    return found


def _share(data: Mapping[str, Anything], place: str) -> Share:
    _only(data, place, "share", "salt")
    percent, salt = data["share"], data.get("salt", "")
    if not isinstance(percent, (int, float)) or isinstance(percent, bool) or not 0 < percent <= 100:
        raise Invalid(f"{place}: share is a percentage above 0, up to 100; not {_short(percent)}")
    return Share(percent, _text(salt, f"{place}: salt") if salt != "" else "")


def _often(data: Mapping[str, Anything], place: str) -> tuple[int, int | None]:
    given = {key: data[key] for key in OFTEN if key in data}
    if "exactly" in given:
        if len(given) > 1:
            raise Invalid(f"{place}: give exactly, or at_least and at_most, not both")
        times = _whole(given["exactly"], 0, TIMES_MOST, f"{place}, exactly")
        return times, times
    most = _whole(given["at_most"], 0, TIMES_MOST, f"{place}, at_most") if "at_most" in given else None
    if most is not None and "at_least" not in given:
        return 0, most
    least = _whole(given.get("at_least", 1), 1, TIMES_MOST, f"{place}, at_least")
    if most is not None and least > most:
        raise Invalid(f"{place}: at_least {least} is more than at_most {most}")
    return least, most


def _event(name: Anything, place: str, key: str) -> str:
    if not isinstance(name, str) or not re.fullmatch(NAME, name):
        raise Invalid(f"{place}: {key} names an event, as basket; not {_short(name)}")
    return name


def _where(data: Anything, place: str, find: Callable[[str, Anything, str], Field]) -> Where:
    if not isinstance(data, Mapping):
        raise Invalid(f"{place}: give a table of field, op and value; not {_short(data)}")
    _only(data, place, "field", "op", "value")
    name, op, value = data.get("field"), data.get("op"), data.get("value")
    try:
        asked = find(name if isinstance(name, str) else repr(name), value, op if isinstance(op, str) else "")
    except Invalid as error:
        raise Invalid(f"{place}: {error}") from error
    return Where(asked.name, *_asked(asked, data, asked.operators, place))


def _asked(
    asked: Field, data: Mapping[str, Anything], operators: tuple[str, ...], place: str, *, average: bool = False
) -> tuple[str, Anything]:
    """Return the operator and the value asked of a field, checked."""
    op, value = data.get("op"), data.get("value")
    if not isinstance(op, str) or op not in operators:
        raise Invalid(f"{place}: {asked.name} cannot be asked with op {_short(op)}; give {', '.join(operators)}")
    takes = OPERATORS[op].takes
    kind = Type.FLOAT if average else asked.type  # the average of whole numbers need not be one
    place = f"{place}: {asked.name} {op}"
    if takes is Takes.NOTHING:
        if value is not None:
            raise Invalid(f"{place} takes no value; not {_short(value)}")
        return op, None
    if takes is Takes.DAYS:
        return op, _whole(value, 0, 364 if op == "anniversary_within_days" else DAYS, place)
    if takes is Takes.TWO:
        return op, _pair(value, kind, place)
    if takes is Takes.SOME:
        if not isinstance(value, (list, tuple)) or not 0 < len(value) <= LONGEST:
            raise Invalid(f"{place} takes a list of 1 to {LONGEST} values; not {_short(value)}")
        return op, tuple(_value(each, kind, place) for each in value)
    return op, _value(value, kind, place)


def _pair(value: Anything, kind: Type, place: str) -> tuple[Anything, Anything]:
    if isinstance(value, (list, tuple)) and len(value) == 2:
        low, high = (_value(each, kind, place) for each in value)
        if low <= high:
            return low, high
    raise Invalid(f"{place} takes two values, the lower first; not {_short(value)}")


def _text(value: Anything, place: str) -> str:
    return str(_value(value, Type.TEXT, place))


def _value(value: Anything, kind: Type, place: str) -> Anything:
    match kind:
        case Type.TEXT:
            if isinstance(value, str) and 0 < len(value) <= LONGEST and value.isprintable():
                return value
            raise Invalid(f"{place} takes a text of 1 to {LONGEST} letters; not {_short(value)}")
        case Type.TIME:
            try:
                day = date.fromisoformat(str(value))
            except ValueError as error:
                raise Invalid(f"{place} takes a date as 2026-11-21; not {_short(value)}") from error
            if YEARS[0] <= day.year <= YEARS[1]:
                return day.isoformat()
            raise Invalid(f"{place} takes a date from {YEARS[0]} to {YEARS[1]}; not {_short(value)}")
        case Type.MONEY:
            return _whole(value, -LARGEST, LARGEST, f"{place} (in cents)")
        case _:
            number = isinstance(value, (int, float)) and not isinstance(value, bool)
            if number and abs(value) <= LARGEST:  # neither infinity nor “not a number” is
                return value
            raise Invalid(f"{place} takes a number; not {_short(value)}")


def _whole(value: Anything, lowest: int, highest: int, place: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and lowest <= value <= highest:
        return value
    raise Invalid(f"{place} takes a whole number from {lowest:,} to {highest:,}; not {_short(value)}")


def _only(data: Mapping[str, Anything], place: str, *allowed: str) -> None:
    if unknown := [str(key) for key in data if key not in allowed]:
        raise Invalid(f"{place}: {_short(unknown[0])} means nothing beside {allowed[0]}; it takes {', '.join(allowed)}")


def _short(value: Anything) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
