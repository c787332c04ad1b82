"""How many was it when we last counted? A number of a minute ago, with its time, instead of a question at every look.

The warehouse answers in some tens of milliseconds, which is much for a page and little for a press: so pages that only
show a number keep it and say when it was counted, and what acts on it (a form, a run) asks anew. What was looked at
within the hour is counted again at a beat of the scheduler, before it is a minute old, so that nobody waits for it but
who looks first; where no scheduler beats, who comes after a minute counts.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, cast

import structlog
from flask import Blueprint, current_app
from flask.blueprints import BlueprintSetupState

from mailer import clock
from mailer.errors import MailerError
from mailer.house import Beat
from mailer.insights import spread
from mailer.segments import segment as segments
from mailer.segments.segment import Segment
from mailer.web.exchange import house, now

pages = Blueprint("counted", __name__)

GOOD = timedelta(minutes=1)
EARLY = timedelta(seconds=20)  # what is older is counted anew at a beat
BEAT_SECONDS = 20.0
LOOKED_AT = timedelta(hours=1)  # what nobody looked at for longer is not counted anew
MOST = 1_000  # answers kept
REFRESHED = 50  # of them at one beat, those that were looked at last
KEPT = "lifeline counted"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Counted:
    """An answer, and when it was found."""

    answer: Any
    at: datetime


@dataclass(frozen=True, slots=True)
class _Known:
    found: Counted
    ask: Callable[[], Any]
    looked_at: datetime


class Memory:
    """The answers of the last minute."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[tuple[object, ...], _Known] = {}

    def of(self, key: tuple[object, ...], ask: Callable[[], Any], at: datetime) -> Counted:
        """Return what is known of `key`, or ask; `ask` may be called again, from another thread."""
        with self._lock:
            known = self._known.get(key)
            if known is not None and known.found.at <= at < known.found.at + GOOD:
                self._known[key] = replace(known, looked_at=at)
                return known.found
        found = Counted(ask(), at)
        with self._lock:
            if len(self._known) >= MOST:
                self._known = {each: old for each, old in self._known.items() if old.found.at > at - GOOD}
            if len(self._known) < MOST:
                self._known[key] = _Known(found, ask, at)
        return found

    def refresh(self, at: datetime) -> int:
        """Ask anew what was looked at within the hour, before it is too old to be shown; return how much it was."""
        with self._lock:
            self._known = {each: old for each, old in self._known.items() if old.looked_at > at - LOOKED_AT}
            newest = sorted(self._known.items(), key=lambda each: each[1].looked_at, reverse=True)[:REFRESHED]
        aged = [(key, known) for key, known in newest if known.found.at <= at - EARLY]
        for key, known in aged:
            try:
                found = Counted(known.ask(), at)
            except MailerError as error:  # it asks for what is no longer there: who looks next is told
                log.info("not counted anew", what=key, error=str(error))
                with self._lock:
                    self._known.pop(key, None)
                continue
            with self._lock:
                if key in self._known:
                    self._known[key] = replace(self._known[key], found=found)
        return len(aged)


@pages.record
def _open(state: BlueprintSetupState) -> None:
    memory = state.app.extensions[KEPT] = Memory()
    state.app.extensions["house"].beats.append(Beat("count", lambda: memory.refresh(clock.now()), BEAT_SECONDS))


def number(segment: Segment) -> Counted:
    """Return how many customers a segment means."""
    warehouse, tree = house().warehouse, segment.tree
    return _kept(segment, "count", lambda: segments.count(warehouse, tree, clock.now()))


def first(segment: Segment, many: int) -> list[int]:
    """Return the ids of its first customers."""
    warehouse, tree = house().warehouse, segment.tree
    found = _kept(segment, many, lambda: segments.customers(warehouse, tree, clock.now(), after=0, limit=many))
    return cast("list[int]", found.answer)


def insights() -> Counted:
    """Return how many customers have each insight; of everybody, under no name."""
    warehouse = house().warehouse
    return _remembered(("insights",), lambda: spread.known(warehouse))


def _kept(segment: Segment, what: object, ask: Callable[[], Any]) -> Counted:
    return _remembered((segment.id, segment.version, what), ask)


def _remembered(key: tuple[object, ...], ask: Callable[[], Any]) -> Counted:
    memory: Memory = current_app.extensions[KEPT]
    return memory.of(key, ask, now())
