"""How is a value written in a field of a form, and read from there?

What is written is read back as the same value. A text stands as it is; one that would be misread (blanks at its ends,
a comma in a list, quotation marks) stands in quotation marks. Money is written in whole units, as 12.50, and kept in
cents; a number may be written as 1,250 or 2,5.
"""

import json
import re
from datetime import date
from decimal import Decimal
from typing import Any

from mailer.errors import Invalid
from mailer.insights.insight import Type
from mailer.segments.operators import Takes

LONGEST = 400  # letters of a number
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")
_COMMA = re.compile(r"[+-]?\d+,\d*")
_LISTED = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[^,\n]*)\s*(?:,|\n|$)')
_PLAIN = re.compile(r"""[^\s",\\]([^",\\\n]*[^\s",\\])?""")


class Unfinished(Invalid):
    """Something is not filled in yet."""


def write(kind: Type, takes: Takes, value: Any) -> tuple[str, str]:
    """Return what stands in the field, and in the second one where there are two."""
    match takes:
        case Takes.NOTHING:
            return "", ""
        case Takes.DAYS:
            return str(value), ""
        case Takes.SOME:
            return ", ".join(_listed(str(each)) for each in value), ""
        case Takes.TWO:
            return _written(kind, value[0]), _written(kind, value[1])
        case _:
            return _written(kind, value), ""


def read(kind: Type, takes: Takes, first: str, second: str, *, average: bool = False) -> Any:
    """Return the value that was meant; `average` lets money be parts of a cent.

    Raises:
        Unfinished: there is nothing there yet.
        Invalid: it cannot be read; the message says what can.
    """
    if takes is Takes.NOTHING:
        return None
    if not first.strip() or (takes is Takes.TWO and not second.strip()):
        raise Unfinished("fill this in")
    match takes:
        case Takes.DAYS:
            return whole(first)
        case Takes.SOME:
            return _list(first)
        case Takes.TWO:
            low, high = (_value(kind, each, average=average) for each in (first, second))
            if low > high:
                raise Invalid("the lower one comes first")
            return [low, high]
        case Takes.TEXT:
            return _text(first)
        case _:
            return _value(kind, first, average=average)


def whole(text: str) -> int:
    """Read a whole number.

    Raises:
        Unfinished: there is nothing.
        Invalid: it is none.
    """
    if not text.strip():
        raise Unfinished("fill this in")
    found = number(text)
    if not isinstance(found, int):
        raise Invalid(f"give a whole number, not “{_short(text)}”")
    return found


def number(text: str) -> int | float:
    """Read a number.

    Raises:
        Invalid: it is none.
    """
    plain = _number(text)
    return int(plain) if re.fullmatch(r"[+-]?\d+", plain) else float(plain)


def _number(text: str) -> str:
    plain = re.sub(r"\s", "", text)
    if len(plain) <= LONGEST:
        if _THOUSANDS.fullmatch(plain):
            plain = plain.replace(",", "")
        elif _COMMA.fullmatch(plain):
            plain = plain.replace(",", ".")
        if _NUMBER.fullmatch(plain) and plain.isascii():
            return plain
    raise Invalid(f"give a number, not “{_short(text)}”")


def _value(kind: Type, text: str, *, average: bool) -> Any:
    match kind:
        case Type.TEXT:
            return _text(text)
        case Type.TIME:
            try:
                return date.fromisoformat(text.strip()).isoformat()
            except ValueError as error:
                raise Invalid(f"give a date, as 2026-11-21; not “{_short(text)}”") from error
        case Type.MONEY:
            cents = Decimal(_number(text)) * 100
            if abs(cents) < 10**20 and cents == cents.to_integral_value():
                return int(cents)
            if average:
                return float(cents)
            raise Invalid(f"give an amount, as 12.50; not “{_short(text)}”")
        case _:
            return number(text)


def _written(kind: Type, value: Any) -> str:
    match kind:
        case Type.TEXT:
            text = str(value)
            return json.dumps(text, ensure_ascii=False) if text != text.strip() or text[:1] == '"' else text
        case Type.MONEY if isinstance(value, int):
            return f"{'-' if value < 0 else ''}{abs(value) // 100}.{abs(value) % 100:02}"
        case Type.MONEY:
            return f"{Decimal(repr(value)) / 100:f}"
        case _:
            return re.sub(r"\.0$", "", str(value))


def _text(text: str) -> str:
    plain = text.strip()
    if len(plain) >= 2 and plain[0] == plain[-1] == '"':
        try:
            told = json.loads(plain)
        except ValueError:
            return plain
        return told if isinstance(told, str) else plain
    return plain


def _listed(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def _list(text: str) -> list[str]:
    found = [_text(each) for each in (match[1] for match in _LISTED.finditer(text)) if each.strip()]
    if not found:
        raise Unfinished("fill this in")
    return found


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:37]}…"
