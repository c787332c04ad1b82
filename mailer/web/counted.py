"""How many was it when we last counted? A number of a minute ago, with its time, instead of a question at every look.

The warehouse answers in some tens of milliseconds, which is much for a page and little for a press: so pages that only
show a number keep it for a minute and say when it was counted, and what acts on it (a form, a run) asks anew.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from flask import Blueprint, current_app
from flask.blueprints import BlueprintSetupState

from mailer.segments import segment as segments
from mailer.segments.segment import Segment
from mailer.web.exchange import house, now

pages = Blueprint("counted", __name__)

GOOD = timedelta(minutes=1)
MOST = 1_000  # answers kept
KEPT = "lifeline counted"


@dataclass(frozen=True, slots=True)
class Counted:
    """An answer, and when it was found."""

    answer: Any
    at: datetime


class Memory:
    """The answers of the last minute."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[tuple[object, ...], Counted] = {}

    def of(self, key: tuple[object, ...], ask: Callable[[], Any], at: datetime) -> Counted:
        """Return what is known of `key`, or ask."""
        with self._lock:
            known = self._known.get(key)
        if known is not None and known.at <= at < known.at + GOOD:
            return known
        found = Counted(ask(), at)
        with self._lock:
            if len(self._known) >= MOST:
                self._known = {each: old for each, old in self._known.items() if old.at > at - GOOD}
            if len(self._known) < MOST:
                self._known[key] = found
        return found


@pages.record
def _open(state: BlueprintSetupState) -> None:
    state.app.extensions[KEPT] = Memory()


def number(segment: Segment) -> Counted:
    """Return how many customers a segment means."""
    return _kept(segment, "count", lambda: segments.count(house().warehouse, segment.tree, now()))


def first(segment: Segment, many: int) -> list[int]:
    """Return the ids of its first customers."""
    found = _kept(
        segment, many, lambda: segments.customers(house().warehouse, segment.tree, now(), after=0, limit=many)
    )
    return cast("list[int]", found.answer)


def _kept(segment: Segment, what: object, ask: Callable[[], Any]) -> Counted:
    memory: Memory = current_app.extensions[KEPT]
    return memory.of((segment.id, segment.version, what), ask, now())
