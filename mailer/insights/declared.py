"""Which insights does this house declare itself? A table each in config/insights.toml, in one of the common forms.

    [produce_60]
    form = "count"
    event = "basket"
    where = [{ field = "department", op = "is", value = "Produce" }]
    days = 60
    unit = "basket"
    english = "who had {amount} of mostly produce in the last 60 days"

    form             takes                    is
    count            days                     how many there were
    sum              property, days           a property of theirs, added up
    first, last      property if you like     when it was, or what it carried
    most_frequent    property, days           what most of them carried
    distinct         property, days           how many different ones they carried
    days_since                                days since the last one
    usual_interval   days, or a year          days that usually lie between two days with one
    streak           unit: day or week        how many in a row had one
    ratio            days, property           the last days, as a multiple of as many before them
    anniversary                               days until that of the first one

Each says its `event`; `where` holds conditions on what that carries, as in a segment. `days` is today and so many days
before it; without it, all of them. What is said of it may be given: `english`, `label`, `unit`, `about`, `line` to a
representative, `because` to the customer, who is told nothing without it. `type` is needed only where a property has no
column of its own. What is declared is an insight like any other: a field, a column of the warehouse, a page.

A house with a wrong declaration does not open: a segment that asks for it would mean something else, or nothing. The
message names every table that is wrong, and what is allowed. A process knows the declarations of one house: another one
opens beside it only if it declares the same.
"""

import re
import string
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import mailer.insights.library  # noqa: F401 -- its names are taken
from mailer.errors import Misconfigured
from mailer.insights.comparison import NUMBERS, TEXTS
from mailer.insights.events import NAME
from mailer.insights.forms import FORMS, Asked, Condition, Form
from mailer.insights.insight import INSIGHTS, Insight, Type, Window
from mailer.insights.layout import ASKED, PROPERTIES

MOST_DAYS = 36_500
WORDS = ("english", "label", "unit", "about", "line", "because")
TAKEN = {"customer_id", "email", "id", *ASKED}  # names that mean something else


_held: list[str] = []  # what each house that is open declares


def hold(path: Path) -> Callable[[], None]:
    """Know the insights of a house that opens; return what forgets them when it closes.

    Raises:
        Misconfigured: the file cannot be taken, or a house is open that declares others.
    """
    text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    if _held and _held[0] != text:
        raise Misconfigured(
            f"a house is open in this process whose config/insights.toml says something else than {path}; close that "
            "one first, or open this one in a process of its own"
        )
    if not _held:
        install(path)
    _held.append(text)

    def release() -> None:
        _held.remove(text)
        if not _held:
            install(None)

    return release


def install(path: Path | None) -> None:
    """Know the insights of this file, and no other declared ones; without a file, none.

    Raises:
        Misconfigured: the file cannot be taken; the message names each table that is wrong. Then nothing is changed.
    """
    found = read(path) if path and path.is_file() else []
    for name in [each.name for each in INSIGHTS.values() if each.source]:
        del INSIGHTS[name]
    INSIGHTS.update({each.name: each for each in found})


def read(path: Path) -> list[Insight]:
    """Read the insights a file declares.

    Raises:
        Misconfigured: it is not TOML, or a table of it is no insight; the message names each, and what is allowed.
    """
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Misconfigured(f"{path} is not valid TOML: {error}") from error
    found, wrong = [], []
    for name, table in told.items():
        try:
            found.append(_insight(name, table, f"config/{path.name}"))
        except _WrongError as error:
            wrong.append(f"  [{name}] {error}")
    known = {each.name for each in INSIGHTS.values() if not each.source} | told.keys()
    for each in found:
        wrong += [
            f"  [{each.name}] {key} speaks of {{{name}}}, and there is no such insight"
            for key, text in (("line", each.line), ("because", each.because))
            for name in _gaps(text)
            if name not in known
        ]
    if wrong:
        raise Misconfigured(
            "\n".join((f"{path} declares what cannot be computed; mend these and start again:", *wrong))
        )
    return found


class _WrongError(Exception):
    """What is wrong with one table."""


def _insight(name: str, table: Any, source: str) -> Insight:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,59}", name) or name in TAKEN:
        raise _WrongError("cannot be a name: give small letters, digits and _, and nothing a customer has already")
    if name in INSIGHTS and not INSIGHTS[name].source:
        raise _WrongError("is an insight of the library already; give yours another name")
    if not isinstance(table, Mapping):
        raise _WrongError("is no table: write [name] and under it form, event and what else the form takes")
    form = FORMS.get(str(table.get("form")))
    if form is None:
        raise _WrongError(f"form is {table.get('form')!r}; give one of {', '.join(FORMS)}")
    takes = ["form", "event", "where", "type", *WORDS]
    takes += ["property"] * bool(form.of) + ["days"] * bool(form.days)
    if unknown := sorted(table.keys() - set(takes)):
        raise _WrongError(f"{unknown[0]} means nothing to {table['form']}, which takes {', '.join(takes)}")
    asked = _asked(name, table, form)
    words = _words(table, asked)
    window = Window(asked.days, of=asked.of) if form.window and asked.days is not None else None

    def compute(events: Any, today: int) -> Any:
        return form.compute(asked, events, today)

    return Insight(
        name, asked.kind, asked.unit, words["english"], words["label"], compute, asked.event,
        none=form.none, line=words["line"], because=words["because"], daily=form.daily,
        lasts=form.lasts and asked.days is None, window=window, such=asked.such if asked.where else None,
        about=words["about"], source=source, recipe=repr((table["form"], asked)),
    )  # fmt: skip


def _asked(name: str, table: Mapping[str, Any], form: Form) -> Asked:
    event, prop, days = table.get("event"), table.get("property", ""), table.get("days")
    if not isinstance(event, str) or not re.fullmatch(NAME, event):
        raise _WrongError(f'event is {event!r}; give the name of an event, as "basket"')
    if not isinstance(prop, str) or (prop and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,63}", prop)):
        raise _WrongError(f'property is {prop!r}; give the name of one that the event carries, as "amount_cents"')
    if form.of == "needed" and not prop:
        raise _WrongError(f"{table['form']} needs a property that the event carries, as amount_cents")
    if days is None and form.days == "needed":
        raise _WrongError(f"{table['form']} needs days: a whole number from 1 to {MOST_DAYS}")
    if days is not None and (not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= MOST_DAYS):
        raise _WrongError(f"days is {days!r}; give a whole number from 1 to {MOST_DAYS}")
    unit = table.get("unit", form.unit or (event.replace("_", " ") if table["form"] == "count" else ""))
    if form.units and unit not in form.units:
        raise _WrongError(f"unit is {unit!r}; a streak is counted in {' or '.join(form.units)}")
    if not isinstance(unit, str) or len(unit) > 30:
        raise _WrongError(f'unit is {unit!r}; give the word for one of it, as "day"')
    return Asked(name, event, _kind(table, form, prop), prop, days, unit, tuple(_where(table.get("where", []))))


def _kind(table: Mapping[str, Any], form: Form, prop: str) -> Type:
    allowed: tuple[Type, ...] = form.kinds
    if form.of == "may" and Type.TEXT in form.kinds and not prop:
        allowed = (Type.TIME,)
    if prop in PROPERTIES and len(allowed) > 1:
        if PROPERTIES[prop] not in allowed:
            raise _WrongError(f"{prop} is no number, so there is nothing to add up")
        allowed = (PROPERTIES[prop],)
    if (given := table.get("type", allowed[0])) not in allowed:
        raise _WrongError(f"type is {given!r}; it can be {' or '.join(allowed)} here")
    return Type(given)


def _where(given: Any) -> Iterator[Condition]:
    if not isinstance(given, list) or len(given) > 20:
        raise _WrongError("where is a list of at most 20 {field, op, value}")
    for n, each in enumerate(given, 1):
        if (
            not isinstance(each, Mapping)
            or each.keys() - {"field", "op", "value"}
            or not each.keys() >= {"field", "op"}
        ):
            raise _WrongError(f"where {n} is {each!r}; give field, op and value")
        field, op, value = each["field"], each["op"], each.get("value")
        if not isinstance(field, str) or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,63}", field):
            raise _WrongError(f"where {n}: field is {field!r}; give the name of a property")
        sample = value[0] if isinstance(value, list) and value else value
        kind = PROPERTIES.get(field) or (Type.FLOAT if _is_number(sample) else Type.TEXT)
        ops = TEXTS if kind is Type.TEXT else NUMBERS
        if op not in ops:
            raise _WrongError(f"where {n}: {field} cannot be asked with op {op!r}; give {', '.join(ops)}")
        yield Condition(field, kind, op, _value(value, kind, op, f"where {n}: {field} {op}"))


def _value(value: Any, kind: Type, op: str, place: str) -> Any:
    def right(one: Any) -> bool:
        return isinstance(one, str) and bool(one) if kind is Type.TEXT else _is_number(one)

    if op in ("known", "unknown"):
        if value is not None:
            raise _WrongError(f"{place} takes no value")
        return None
    word = "text" if kind is Type.TEXT else "number"
    if op in ("one_of", "none_of", "between"):
        if (
            not isinstance(value, list)
            or not value
            or not all(map(right, value))
            or (op == "between") > (len(value) == 2)
        ):
            raise _WrongError(
                f"{place} takes {'two numbers' if op == 'between' else f'a list of {word}s'}; not {value!r}"
            )
        return tuple(value)
    if not right(value):
        raise _WrongError(f"{place} takes a {word}; not {value!r}")
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 2**53


def _words(table: Mapping[str, Any], asked: Asked) -> dict[str, str]:
    label = table.get("label", asked.name.replace("_", " "))
    words = {"english": f"whose {label} {{is}}", "label": label, "about": "", "because": "",
             "line": f"{label}: {{{asked.name}}}"} | {key: table[key] for key in WORDS if key in table}  # fmt: skip
    for key, text in words.items():
        if not isinstance(text, str) or (key != "about" and "\n" in text):
            raise _WrongError(f"{key} is {text!r}; give a line of text")
    gaps = _gaps(words["english"], "english")
    wanted = ("is",) if asked.kind in (Type.TEXT, Type.TIME) else ("amount", "is")
    if not words["english"].startswith("who") or len(gaps) != 1 or gaps[0] not in wanted:
        what = " or ".join(f"{{{each}}}" for each in wanted)
        raise _WrongError(f'english is {words["english"]!r}; begin with "who", and write {what} once, for the question')
    for key in ("line", "because"):
        _gaps(words[key], key)
    return words


def _gaps(text: str, key: str = "") -> list[str]:
    """Return the names in braces."""
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError as error:
        raise _WrongError(f"{key} is {text!r}; a brace is missing") from error
    if any(spec or how for _, _, spec, how in parts):
        raise _WrongError(f"{key} is {text!r}; write a name alone in its braces")
    return [name for _, name, _, _ in parts if name is not None]
