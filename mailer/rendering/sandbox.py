"""Where is a template run, and what can it reach? Nothing but the plain data it is given.

The sandbox has no globals, no tests and filters but the allowed ones, and it reads fields of our own frozen records
only: a method of a string or a list is not a field. A missing field is an error with its name, never an empty place in
somebody's letter; `|default('…')` says what to write instead, and `{% if facts.x %}` may ask.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NoReturn

from jinja2 import StrictUndefined, Template, Undefined, UndefinedError
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mailer.rendering.allowed import ROOTS, TESTS
from mailer.rendering.filters import EMPTY, FILTERS

_CONTROL = dict.fromkeys(set(range(32)) - {9, 10}) | {127: None} | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")
_LANGUAGE = re.compile(r"<html\b[^>]*?\blang=[\"']?([A-Za-z-]+)", re.IGNORECASE)


class Record:
    """Plain fields, frozen; empty ones are missing."""

    __slots__ = ("_path", "_values")

    def __init__(self, path: str, values: Mapping[str, Any]) -> None:
        self._path = path
        self._values = values

    def _read(self, name: str) -> Any:
        """Return a field, frozen when it is read; None if it is missing."""
        value = self._values.get(name)
        kind = type(value)
        if kind is str and value.isprintable():  # type: ignore[union-attr]
            return value or None
        if kind is int or value is None:
            return value
        value = freeze(value, f"{self._path}.{name}")
        return None if value in EMPTY else value

    def __str__(self) -> NoReturn:
        raise UndefinedError(f"{self._path} is not a value; name one of its fields, as {self._path}.name")


class Missing(StrictUndefined):
    """A field that is not there: it may be asked about, and have a default, but never be written."""

    def __bool__(self) -> bool:  # type: ignore[override]
        return False

    @property
    def _undefined_message(self) -> str:
        path = f"{self._undefined_obj._path}." if isinstance(self._undefined_obj, Record) else ""
        name = f"{path}{self._undefined_name}"
        return f"{name} is missing for this customer; write {{{{ {name}|default('…') }}}} to say what stands instead"


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja with nothing in it but what a letter needs."""

    def __init__(self, *, autoescape: bool) -> None:
        super().__init__(autoescape=autoescape, undefined=Missing, cache_size=0)
        self.globals = {}
        self.filters = dict(FILTERS)
        self.tests = {name: self.tests[name] for name in TESTS}

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Read a field of a record, or of a loop; nothing else has fields."""
        if isinstance(obj, Record):
            found = obj._read(attribute)
            return self.undefined(obj=obj, name=attribute) if found is None else found
        if isinstance(obj, LoopContext | Undefined):
            return super().getattr(obj, attribute)
        return self.undefined(obj=obj, name=attribute)


def freeze(value: Any, path: str) -> Any:
    """Return plain data as a template may see it: records, tuples, text without control signs or halves of signs."""
    if isinstance(value, Mapping):
        return Record(path, value)
    if isinstance(value, list | tuple):
        return tuple(each for each in (freeze(item, path) for item in value) if each not in EMPTY)
    return value.translate(_CONTROL) if isinstance(value, str) and not value.isprintable() else value


def frozen(context: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields a template may name, frozen."""
    return {name: freeze(context[name], name) for name in ROOTS if name in context}


PAGE = Sandbox(autoescape=True)
LINE = Sandbox(autoescape=False)


@lru_cache(maxsize=64)
def page(source: str) -> Template:
    """Compile HTML: every value in it is escaped."""
    return PAGE.from_string(source, globals={"language": language_of(source)})


@lru_cache(maxsize=128)
def line(source: str, language: str) -> Template:
    """Compile a line of text, as a subject is: nothing is escaped."""
    return LINE.from_string(source, globals={"language": language})


@lru_cache(maxsize=64)
def language_of(source: str) -> str:
    """Return the language a letter says it is in."""
    found = _LANGUAGE.search(source)
    return found[1] if found else "en"
