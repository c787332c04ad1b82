"""How is a template kept from harming the house? It runs in another process, which has little and is believed little.

A question goes in as one line of JSON, answers come out as one line a letter: what a child says is read as data, never
unpickled. It is told none of the settings or secrets, and once it has started it cannot take more memory than its
share, more CPU than a letter needs, or write a file. It is its own program and not a fork: it shares no lock with our
threads, and does not run the caller's main module again.
"""

import json
import os
import resource
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from mailer import clock
from mailer.errors import MailerError, Temporary

CPU_SECONDS = 2  # a letter may take; a thousandth of that is usual
WALL_SECONDS = 20.0  # after which a child is stopped even if it uses no CPU
MEMORY = 256 * 1024 * 1024  # bytes a child may take beyond what it starts with
OUTPUT = 8 * 1024 * 1024  # bytes of one answer
_PROGRAM = "from mailer.rendering.worker import work; work()"


class Died(Exception):
    """A child stopped before it answered; the text says why."""


class Worker:
    """Our side of one child process. One thread at a time uses it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._heard = b""

    def ask(self, question: dict[str, Any], answers: int) -> Iterator[dict[str, Any]]:
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
        self._process, self._heard = None, b""

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

    def _hear(self, process: subprocess.Popen[bytes]) -> dict[str, Any]:
        """Return the next line, or say why there is none."""
        assert process.stdout
        waiting = select.poll()
        waiting.register(process.stdout, select.POLLIN)
        end = clock.monotonic() + WALL_SECONDS
        while (line := self._heard.find(b"\n")) < 0:
            if len(self._heard) > OUTPUT:
                raise Died("what it wrote is too long")
            if not waiting.poll(max(0.0, end - clock.monotonic()) * 1000):
                raise Died(f"it took longer than {WALL_SECONDS:.0f} seconds")
            if not (more := os.read(process.stdout.fileno(), 1 << 18)):
                raise Died(_why(process.wait()))
            self._heard += more
        answer, self._heard = json.loads(self._heard[:line]), self._heard[line + 1 :]
        return answer if isinstance(answer, dict) else {"error": "the answer makes no sense"}


def work() -> None:
    """Be the child: answer questions from the standard input until it ends."""
    from mailer.rendering.letter import render  # everything it needs, before the limits

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's; our parent decides
    _limit_for_good()
    say = sys.stdout.buffer
    say.write(b'{"ready":true}\n')
    say.flush()
    for line in sys.stdin.buffer:
        question = json.loads(line)
        for template, context in question["sheets"]:
            _limit_cpu()
            try:
                subject, preheader, html = question["templates"][template]
                letter = render(subject, preheader, html, context)
                answer = {"subject": letter.subject, "html": letter.html, "text": letter.text}
            except MailerError as error:
                answer = {"error": str(error)}
            except MemoryError:
                answer = {"error": f"it needs more than {MEMORY >> 20} MB of memory"}
            except Exception as error:  # noqa: BLE001 -- whatever a template can raise is its own letter's failure
                answer = {"error": f"{type(error).__name__}: {error}"}
            say.write(json.dumps(answer, separators=(",", ":")).encode() + b"\n")
            say.flush()


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
