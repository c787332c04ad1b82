"""Where are letters written? In child processes with limits, because templates are code.

When a child hangs, grows or dies it was busy with a known letter: that letter fails with the reason, and a new child
goes on with the next one. A template that does so twice in a batch fails as a whole, so that no batch waits for ever.
"""

import json
import queue
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from mailer.mail.compose import Letter, Pressed
from mailer.rendering.worker import Died, RenderError, Worker

__all__ = ["Press", "RenderError", "Sheet"]

STRIKES = 2  # deaths after which a template's other letters in the batch fail as well


@dataclass(frozen=True, slots=True)
class Sheet:
    """A letter to write: its template as published, and its data."""

    subject: str
    preheader: str
    html: str
    context: Mapping[str, Any]
    told: str = ""  # the same as JSON, where somebody has it already

    def to_json(self) -> str:
        """Return the data as JSON."""
        return self.told or to_json(self.context)


def to_json(context: Mapping[str, Any]) -> str:
    """Return the data of a letter as it is told to a child, and kept."""
    return json.dumps(context, ensure_ascii=False, separators=(",", ":"))


class Press:
    """Child processes that write letters; started when first needed, replaced when one dies. Safe to share."""

    def __init__(self, processes: int = 1) -> None:
        self._processes = processes
        self._workers: queue.LifoQueue[Worker] = queue.LifoQueue()  # the last used one is warm
        for _ in range(processes):
            self._workers.put(Worker())
        self._threads = ThreadPoolExecutor(processes, thread_name_prefix="press")

    def render(self, sheets: Sequence[Sheet]) -> list[Letter | RenderError]:
        """Write them all, and read what their bytes say; answers are in the order of the sheets.

        Raises:
            Temporary: no child could be started.
        """
        return [each.letter() if isinstance(each, Pressed) else each for each in self.press(sheets)]

    def press(self, sheets: Sequence[Sheet]) -> list[Pressed | RenderError]:
        """Write them all as bytes; answers are in the order of the sheets.

        Raises:
            Temporary: no child could be started.
        """
        if not sheets:
            return []
        size = -(-len(sheets) // self._processes)
        parts = [sheets[start : start + size] for start in range(0, len(sheets), size)]
        return [letter for part in self._threads.map(self._part, parts) for letter in part]

    def close(self) -> None:
        """End all children, once they have written what they were asked."""
        self._threads.shutdown()
        while not self._workers.empty():
            self._workers.get().stop()

    def _part(self, sheets: Sequence[Sheet]) -> list[Pressed | RenderError]:
        worker = self._workers.get()
        try:
            return _written(worker, sheets)
        finally:
            self._workers.put(worker)


def _written(worker: Worker, sheets: Sequence[Sheet]) -> list[Pressed | RenderError]:
    done: list[Pressed | RenderError] = []
    strikes: dict[tuple[str, str, str], int] = {}
    while len(done) < len(sheets):
        rest = sheets[len(done) :]
        if strikes.get(_source(rest[0]), 0) >= STRIKES:
            done.append(RenderError(f"its template stopped the press {STRIKES} times in this batch"))
            continue
        good = next((n for n, each in enumerate(rest) if strikes.get(_source(each), 0) >= STRIKES), len(rest))
        try:
            for letter in _answers(worker, rest[:good]):
                done.append(letter)
        except Died as death:
            source = _source(sheets[len(done)])
            strikes[source] = strikes.get(source, 0) + 1
            done.append(RenderError(str(death)))
    return done


def _answers(worker: Worker, sheets: Sequence[Sheet]) -> Iterator[Pressed | RenderError]:
    """Send each template once, however many letters are made of it."""
    templates = list(dict.fromkeys(_source(each) for each in sheets))
    number = {template: n for n, template in enumerate(templates)}
    each_of = ",".join([f"[{number[_source(each)]},{each.to_json()}]" for each in sheets])
    return worker.ask(f'{{"templates":{json.dumps(templates)},"sheets":[{each_of}]}}', len(sheets))


def _source(sheet: Sheet) -> tuple[str, str, str]:
    return sheet.subject, sheet.preheader, sheet.html
