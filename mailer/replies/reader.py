"""Who reads an email from outside? A child process with limits, because a few kilobytes can be made to cost gigabytes.

A Subject of 340 KB was seen to take 1.9 GB in the standard library, others 13 to 19 s, endless recursion or an
IndexError. Whatever stops the child stops only this email: it goes to quarantine with the reason, and the next one gets
a new child.
"""

import base64
import json
import threading

from pydantic import TypeAdapter, ValidationError

from mailer import child
from mailer.child import Child, Died
from mailer.errors import MailerError, Permanent
from mailer.replies.triage import Triage, triage

MEMORY = 512 * 1024 * 1024  # bytes; the largest email that is taken has 30 MB
CPU_SECONDS = 10
_PROGRAM = "from mailer.replies.reader import work; work()"
_READ, _ERROR = b"T", b"E"
_TRIAGE = TypeAdapter(Triage)


class Reader:
    """Reads emails, one at a time; started when first needed, replaced when it dies. Safe to share."""

    def __init__(self) -> None:
        self._child = Child(_PROGRAM)
        self._lock = threading.Lock()

    def read(self, raw: bytes, ours: str | None = None) -> Triage:
        """Return what `triage` makes of an email; `ours` is the text of our message it answers, if that is known.

        Raises:
            Permanent: it cannot be read within the limits; the message says what happened.
            Temporary: no child could be started.
        """
        question = json.dumps({"raw": base64.b64encode(raw).decode(), "ours": ours}).encode()
        with self._lock:
            try:
                ((kind, words, body),) = self._child.ask(question)
            except Died as death:
                raise Permanent(f"reading it had to be stopped: {death}") from death
        if kind != _READ:
            raise Permanent(words)
        try:
            return _TRIAGE.validate_json(body)
        except ValidationError as error:
            raise Permanent(f"what was read of it makes no sense: {error.error_count()} errors") from error

    def close(self) -> None:
        """End the child."""
        self._child.stop()


def work() -> None:
    """Be the child."""
    triage(b"From: a@example.com\r\n\r\nwarm\r\n")  # everything it needs is loaded, before the limits
    for line in child.questions(MEMORY):
        child.limit_cpu(CPU_SECONDS)
        question = json.loads(line)
        try:
            seen = triage(base64.b64decode(question["raw"]), question["ours"])
            body = _TRIAGE.dump_json(seen)
        except MailerError as error:
            child.answer(_ERROR, str(error))
        except MemoryError:
            child.answer(_ERROR, f"it needs more than {MEMORY >> 20} MB of memory to read")
        except Exception as error:  # noqa: BLE001 -- whatever an email can raise is its own failure
            child.answer(_ERROR, f"{type(error).__name__}: {error}")
        else:
            child.answer(_READ, "", body)
