"""How is a value written for a reader? Money, dates and counts, in the language of the letter.

Filters see plain values only, and those that depend on a language read it from the letter's own `<html lang>`: a German
letter says "5. März 2026" even where the customer's own language has no template yet. What was written once is
remembered: a language's rules cost more than the rest of a letter.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, get_currency_precision
from babel.units import format_unit
from jinja2 import Undefined, UndefinedError, filters, pass_context
from jinja2.runtime import Context

from mailer.campaigns.civil import zone_of
from mailer.errors import Invalid

EMPTY: tuple[Any, ...] = (None, "", [], ())


def default(value: Any, fallback: Any = "") -> Any:
    """Return `fallback` where the value is missing or empty. Zero is a value."""
    return fallback if isinstance(value, Undefined) or value in EMPTY else value


@pass_context
def money(context: Context, cents: Any, currency: str = "USD") -> str:
    """Write an amount given in the currency's smallest unit: 1250 is $12.50."""
    return _money(_whole(cents, "money"), currency, _locale(context))


@pass_context
def date_(context: Context, value: Any, form: str = "long") -> str:
    """Write a day; an instant is the day it is in the customer's own zone. `form`: short, medium, long, full, month."""
    return _date(_day(value, context), form, _locale(context))


@pass_context
def days(context: Context, value: Any) -> str:
    """Write a number of days: 1 day, 31 days, 31 Tage."""
    return _days(_whole(value, "days"), _locale(context))


@pass_context
def number(context: Context, value: Any) -> str:
    """Write a number with the separators of its language."""
    if isinstance(value, Undefined) or not isinstance(value, int | float):
        raise UndefinedError(f"number needs a number, and got {value!s}")
    return _number(round(value, 2), _locale(context))


def _money(cents: int, currency: str, locale: Locale) -> str:
    digits = _precision(currency)
    if cents < 0 or not digits:
        return _whole_money(Decimal(cents).scaleb(-digits), currency, locale)
    whole, rest = divmod(cents, 10**digits)
    even = _whole_money(whole, currency, locale)  # $12.00, which many amounts share; then its last zeros
    at = even.rfind("0" * digits)
    return f"{even[:at]}{rest:0{digits}}{even[at + digits :]}"


@lru_cache(maxsize=4096)
def _whole_money(amount: int | Decimal, currency: str, locale: Locale) -> str:
    return str(format_currency(amount, currency, locale=locale))


@lru_cache(maxsize=512)
def _precision(currency: str) -> int:
    return int(get_currency_precision(currency))


@lru_cache(maxsize=4096)
def _date(day: date, form: str, locale: Locale) -> str:
    form = {"month": "LLLL y"}.get(form, form)
    if locale.language == "en" and form in ("long", "medium"):
        form = "d MMMM y" if form == "long" else "d MMM y"
    return str(format_date(day, form, locale=locale))


@lru_cache(maxsize=1024)
def _days(count: int, locale: Locale) -> str:
    if locale.language == "ja":  # CLDR has no long form, and in the short one a space that running text has not
        return str(format_unit(count, "duration-day", "short", locale=locale)).replace(" ", "")
    return str(format_unit(count, "duration-day", locale=locale))


@lru_cache(maxsize=4096, typed=True)
def _number(value: float, locale: Locale) -> str:
    return str(format_decimal(value, locale=locale))


def _whole(value: Any, name: str) -> int:
    if isinstance(value, Undefined):
        str(value)  # says which field is missing
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UndefinedError(f"{name} needs a number, and got {value!r}")
    return round(value)


def _day(value: Any, context: Context) -> date:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value) if len(value) > len("2026-01-01") else date.fromisoformat(value)
        except ValueError as error:
            raise UndefinedError(f"date needs a day, and got {value!r}") from error
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return _there(aware, context).date()
    if isinstance(value, date):
        return value
    raise UndefinedError(f"date needs a day, and got {value!s}")


def _there(value: datetime, context: Context) -> datetime:
    zone = default(context.environment.getattr(context.resolve("customer"), "time_zone"), "UTC")
    try:
        return value.astimezone(zone_of(str(zone)))
    except Invalid:
        return value


def _locale(context: Context) -> Locale:
    return locale_of(str(context.resolve("language")))


@lru_cache(maxsize=64)
def locale_of(language: str) -> Locale:
    """Return how that language writes; English where it is not known."""
    try:
        return Locale.parse(language, sep="-")
    except (ValueError, UnknownLocaleError):
        return Locale("en")


_builtin: Mapping[str, Callable[..., Any]] = filters.FILTERS
FILTERS: dict[str, Callable[..., Any]] = {
    "money": money, "date": date_, "days": days, "number": number, "default": default, "d": default,
    **{name: _builtin[name] for name in (
        "upper", "lower", "title", "capitalize", "join", "length", "count", "first", "last", "round", "trim", "e",
        "escape", "truncate",
    )},
}  # fmt: skip
