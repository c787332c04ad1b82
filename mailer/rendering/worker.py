"""How is a template kept from harming the house? It runs in another process, which has little and is believed little.

A question goes in as one line of JSON; an answer comes out as a kind and two lengths, then so many bytes: what a child
says is read as data, never unpickled. It is told none of the settings or secrets, and once it has started it cannot
take more memory than its share, more CPU than a letter needs, or write a file. It is its own program and not a fork: it
shares no lock with our threads, and does not run the caller's main module again.
"""

import json
import os
import resource
import select
import signal
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mailer import clock
from mailer.errors import MailerError, Temporary
from mailer.mail.compose import Pressed

CPU_SECONDS = 2  # a letter may take; a thousandth of that is usual
WALL_SECONDS = 20.0  # after which a child is stopped even if it uses no CPU
MEMORY = 256 * 1024 * 1024  # bytes a child may take beyond what it starts with
OUTPUT = 8 * 1024 * 1024  # bytes of one answer
_FRAME = struct.Struct(">cII")  # L or E (or R: ready), and how long the subject, or reason, and the entity are
_PROGRAM = "from mailer.rendering.worker import work; work()"


class Died(Exception):
    """A child stopped before it answered; the text says why."""


@dataclass(frozen=True, slots=True)
class RenderError:
    """A letter that could not be written, and why."""

    reason: str


class Worker:
    """Our side of one child process. One thread at a time uses it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._heard = bytearray()

    def ask(self, question: dict[str, Any], answers: int) -> Iterator[Pressed | RenderError]:
        """Give each answer as it comes.

        Raises:
            Died: the child was stopped by a limit, or stopped by itself; the next question starts a new one.
            Temporary: no child could be started.
        """
        process = self._started()
        whole = False
        try:
            self._say(process, question)
            for _ in range(answers):
                yield self._hear(process)
            whole = True
        finally:
            if not whole:  # what it still says would answer another question
                self.stop()

    def stop(self) -> None:
        """End the child at once."""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                if pipe:
                    pipe.close()
        self._process, self._heard = None, bytearray()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process and self._process.poll() is None:
            return self._process
        self.stop()
        path = os.pathsep.join(str(Path(each).resolve()) for each in sys.path)
        self._process = subprocess.Popen(  # noqa: S603 -- our own interpreter and our own words
            [sys.executable, "-X", "utf8", "-c", _PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={"PYTHONPATH": path},
        )
        try:
            self._hear(self._process)
        except Died as error:
            self.stop()
            raise Temporary(f"no process for writing letters could be started: {error}") from error
        return self._process

    def _say(self, process: subprocess.Popen[bytes], question: dict[str, Any]) -> None:
        assert process.stdin
        try:
            process.stdin.write(json.dumps(question, separators=(",", ":")).encode() + b"\n")
            process.stdin.flush()
        except BrokenPipeError as error:
            raise Died("the process that writes letters stopped") from error

    def _hear(self, process: subprocess.Popen[bytes]) -> Pressed | RenderError:
        """Return the next answer, or say why there is none."""
        end = clock.monotonic() + WALL_SECONDS
        self._fill(process, _FRAME.size, end)
        kind, first, second = _FRAME.unpack_from(self._heard)
        if first + second > OUTPUT:
            raise Died("what it wrote is too long")
        whole = _FRAME.size + first + second
        self._fill(process, whole, end)
        middle = _FRAME.size + first
        with memoryview(self._heard) as heard:
            words, entity = str(heard[_FRAME.size : middle], "utf-8", "replace"), bytes(heard[middle:whole])
        del self._heard[:whole]
        return Pressed(words, entity) if kind == b"L" else RenderError(words)

    def _fill(self, process: subprocess.Popen[bytes], size: int, end: float) -> None:
        """Wait until so many bytes are heard."""
        if len(self._heard) >= size:
            return
        assert process.stdout
        waiting = select.poll()
        waiting.register(process.stdout, select.POLLIN)
        while len(self._heard) < size:
            if not waiting.poll(max(0.0, end - clock.monotonic()) * 1000):
                raise Died(f"it took longer than {WALL_SECONDS:.0f} seconds")
            if not (more := os.read(process.stdout.fileno(), 1 << 16)):
                raise Died(_why(process.wait()))
            self._heard += more


def work() -> None:
    """Be the child: answer questions from the standard input until it ends."""
    from mailer.rendering.pressing import press  # everything it needs, before the limits

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's; our parent decides
    _limit_for_good()
    _say(b"R", "")
    for line in sys.stdin.buffer:
        question = json.loads(line)
        for template, context in question["sheets"]:
            _limit_cpu()
            try:
                subject, preheader, html = question["templates"][template]
                letter = press(subject, preheader, html, context)
            except MailerError as error:
                _say(b"E", str(error))
            except MemoryError:
                _say(b"E", f"it needs more than {MEMORY >> 20} MB of memory")
            except Exception as error:  # noqa: BLE001 -- whatever a template can raise is its own letter's failure
                _say(b"E", f"{type(error).__name__}: {error}")
            else:
                _say(b"L", letter.subject, letter.entity)


def _say(kind: bytes, words: str, entity: bytes = b"") -> None:
    said = words.encode("utf-8", "replace")
    sys.stdout.buffer.write(b"".join((_FRAME.pack(kind, len(said), len(entity)), said, entity)))
    sys.stdout.buffer.flush()  # so that it is known which letter it was, should the next one end us


def _limit_for_good() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    size = Path("/proc/self/statm")  # Linux; elsewhere the whole size is limited more widely
    taken = int(size.read_text().split()[0]) * resource.getpagesize() if size.exists() else 1 << 30
    with suppress(ValueError, OSError):  # macOS has no such limit
        resource.setrlimit(resource.RLIMIT_AS, (taken + MEMORY, taken + MEMORY))


def _limit_cpu() -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + CPU_SECONDS + 1
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, most))


def _why(code: int) -> str:
    if code == -signal.SIGXCPU:
        return f"it took more than {CPU_SECONDS} seconds of CPU"
    return f"the process that wrote it stopped ({signal.Signals(-code).name if code < 0 else code})"
