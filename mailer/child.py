"""How does something run that is not trusted with the house? In a child, which has little and is believed little.

A question goes in as one line; an answer comes out as a kind and two lengths, then so many bytes: what a child says is
read as data, never unpickled. It is told none of the settings or secrets, and once it has started it cannot take more
memory than its share, more CPU than a question needs, or write a file. It is its own program and not a fork: it shares
no lock with our threads, and does not run the caller's main module again.
"""

import os
import resource
import select
import signal
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from mailer import clock
from mailer.errors import Temporary

CPU_SECONDS = 2  # a question may take
WALL_SECONDS = 20.0  # after which a child is stopped even if it uses no CPU
MEMORY = 256 * 1024 * 1024  # bytes a child may take beyond what it starts with
OUTPUT = 64 * 1024 * 1024  # bytes of one answer, if its parent names no smaller limit
READY = b"R"
_FRAME = struct.Struct(">cII")  # the kind, and how long the words and the body are

Answer = tuple[bytes, str, bytes]  # kind, words, body


class Died(Exception):
    """A child stopped before it answered; the text says why."""


class Child:
    """Our side of one child process. One thread at a time uses it.

    Args:
        program: Python that ends up in a loop over `questions`.
        output: bytes an answer may have.
    """

    def __init__(self, program: str, output: int = OUTPUT) -> None:
        self._program = program
        self._output = output
        self._process: subprocess.Popen[bytes] | None = None
        self._heard = bytearray()

    def ask(self, question: bytes, answers: int = 1) -> Iterator[Answer]:
        """Give each answer to `question`, one line, as it comes.

        Raises:
            Died: the child was stopped by a limit, or stopped by itself; the next question starts a new one.
            Temporary: no child could be started.
        """
        process = self._started()
        whole = False
        try:
            _tell(process, question)
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
            [sys.executable, "-X", "utf8", "-c", self._program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={"PYTHONPATH": path},
        )
        try:
            self._hear(self._process)
        except Died as error:
            self.stop()
            raise Temporary(f"no child process could be started: {error}") from error
        return self._process

    def _hear(self, process: subprocess.Popen[bytes]) -> Answer:
        """Return the next answer, or say why there is none."""
        end = clock.monotonic() + WALL_SECONDS
        self._fill(process, _FRAME.size, end)
        kind, first, second = _FRAME.unpack_from(self._heard)
        if first + second > self._output:
            raise Died("what it wrote is too long")
        whole = _FRAME.size + first + second
        self._fill(process, whole, end)
        middle = _FRAME.size + first
        with memoryview(self._heard) as heard:
            words, body = str(heard[_FRAME.size : middle], "utf-8", "replace"), bytes(heard[middle:whole])
        del self._heard[:whole]
        return kind, words, body

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


def _tell(process: subprocess.Popen[bytes], question: bytes) -> None:
    assert process.stdin
    try:
        process.stdin.write(question + b"\n")
        process.stdin.flush()
    except BrokenPipeError as error:
        raise Died("the child process stopped") from error


# The child's own side


def questions(memory: int = MEMORY) -> Iterator[bytes]:
    """Be the child: limit ourselves for good, say that we are ready, and give each question until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's; our parent decides
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    size = Path("/proc/self/statm")  # Linux; elsewhere the whole size is limited more widely
    taken = int(size.read_text().split()[0]) * resource.getpagesize() if size.exists() else 1 << 30
    with suppress(ValueError, OSError):  # macOS has no such limit
        resource.setrlimit(resource.RLIMIT_AS, (taken + memory, taken + memory))
    answer(READY, "")
    yield from sys.stdin.buffer


def limit_cpu(seconds: int = CPU_SECONDS) -> None:
    """Allow so many more seconds of CPU from here."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds + 1, most))


def answer(kind: bytes, words: str, body: bytes = b"") -> None:
    """Say one answer."""
    said = words.encode("utf-8", "replace")
    sys.stdout.buffer.write(b"".join((_FRAME.pack(kind, len(said), len(body)), said, body)))
    sys.stdout.buffer.flush()  # so that it is known which one it was, should the next one end us


def _why(code: int) -> str:
    if code == -signal.SIGXCPU:
        return "it took too many seconds of CPU"
    return f"the child process stopped ({signal.Signals(-code).name if code < 0 else code})"
