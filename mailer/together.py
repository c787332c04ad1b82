"""How do many small writes that come at the same time become one?

A commit costs a sync to the disk, and on SQLite the only writer's place, whether it brings one row or fifty. So whoever
comes first while nobody writes, writes for all who came meanwhile; each returns when its own are committed.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Generic, TypeVar

from mailer.store import CHUNK

T = TypeVar("T")


Write = Callable[[Sequence[T]], None]  # writes these and commits, or raises and has written none of them


class Together(Generic[T]):
    """Gathers what several threads want written in the same way."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Sequence[T], Future[None]]] = []
        self._guard = threading.Lock()  # of the list, for an instant
        self._turn = threading.Lock()  # of whoever writes

    def add(self, items: Sequence[T], write: Write[T]) -> None:
        """Return when `write` has committed these; raise what writing them raised."""
        mine: Future[None] = Future()
        with self._guard:
            self._waiting.append((items, mine))
        with self._turn:
            while not mine.done():
                self._serve(write)
        mine.result()

    def _serve(self, write: Write[T]) -> None:
        with self._guard:
            group, self._waiting = self._waiting[:CHUNK], self._waiting[CHUNK:]
        try:
            write([item for items, _ in group for item in items])
        except Exception:  # noqa: BLE001 -- each hears of its own below
            for items, theirs in group:  # one bad apple spoils nobody else's
                _alone(items, theirs, write)
        else:
            for _, theirs in group:
                theirs.set_result(None)


def _alone(items: Sequence[T], theirs: "Future[None]", write: Write[T]) -> None:
    try:
        write(items)
    except Exception as error:  # noqa: BLE001 -- it belongs to another thread, which raises it
        theirs.set_exception(error)
    else:
        theirs.set_result(None)
