"""Who writes the letters of the press? A child process, because templates are code: see `mailer.child`."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from mailer import child
from mailer.child import Child, Died
from mailer.errors import MailerError
from mailer.mail.compose import Pressed

OUTPUT = 8 * 1024 * 1024  # bytes of one letter
_PROGRAM = "from mailer.rendering.worker import work; work()"
_LETTER, _ERROR = b"L", b"E"


@dataclass(frozen=True, slots=True)
class RenderError:
    """A letter that could not be written, and why."""

    reason: str


class Worker:
    """Our side of one child process that writes letters. One thread at a time uses it."""

    def __init__(self) -> None:
        self._child = Child(_PROGRAM, OUTPUT)

    def ask(self, question: str, answers: int) -> Iterator[Pressed | RenderError]:
        """Give each answer to a question, JSON in one line, as it comes.

        Raises:
            Died: the child was stopped by a limit, or stopped by itself; the next question starts a new one.
            Temporary: no child could be started.
        """
        line = question.encode("utf-8", "surrogatepass")  # half a character is the letter's failure: JSON reads it
        for kind, words, entity in self._child.ask(line, answers):
            yield Pressed(words, entity) if kind == _LETTER else RenderError(words)

    def stop(self) -> None:
        """End the child at once."""
        self._child.stop()


def work() -> None:
    """Be the child: answer questions from the standard input until it ends."""
    from mailer.rendering.pressing import press  # everything it needs, before the limits

    for line in child.questions():
        question = json.loads(line)
        for template, context in question["sheets"]:
            child.limit_cpu()
            try:
                subject, preheader, html = question["templates"][template]
                letter = press(subject, preheader, html, context)
            except MailerError as error:
                child.answer(_ERROR, str(error))
            except MemoryError:
                child.answer(_ERROR, f"it needs more than {child.MEMORY >> 20} MB of memory")
            except Exception as error:  # noqa: BLE001 -- whatever a template can raise is its own letter's failure
                child.answer(_ERROR, f"{type(error).__name__}: {error}")
            else:
                child.answer(_LETTER, letter.subject, letter.entity)


__all__ = ["Died", "RenderError", "Worker", "work"]
