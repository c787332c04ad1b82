"""How does a command ask the warehouse while the process that serves has its file?

A DuckDB file belongs to one process. Where that is `mailer run`, a command asks at its desk: a socket in var/ that only
who can read var/secret may speak to, and where nothing can be asked but what a command has to know: bring what is new,
how many, some of them, and why. Lines are JSON. If nobody is at the desk, the command opens the file itself.
"""

import contextlib
import hashlib
import json
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import Any

import structlog

from mailer import errors, settings
from mailer.errors import MailerError, Temporary
from mailer.house import House
from mailer.paths import Home
from mailer.pipeline.plan import fold
from mailer.segments import segment as segments
from mailer.segments.criteria import Criteria, from_data

LONGEST = 100  # letters a socket's path may have; some systems take no more than 103
PATIENCE = 600.0  # seconds a command waits for an answer: a fold may have much to bring

log = structlog.get_logger()


class Questions:
    """What a command may ask, answered by this process."""

    def __init__(self, house: House, now: Callable[[], datetime]) -> None:
        self._house, self._now = house, now

    def fold(self) -> None:
        """Bring the warehouse up to date with the truth."""
        fold(self._house, self._now())

    def count(self, criteria: Criteria) -> int:
        """Return how many customers are meant."""
        return segments.count(self._house.warehouse, criteria, self._now())

    def sample(self, criteria: Criteria, n: int) -> list[int]:
        """Return some customers who are meant."""
        return segments.sample(self._house.warehouse, criteria, self._now(), n)

    def why(self, criteria: Criteria, customer_id: int) -> list[str]:
        """Return what was found of a customer."""
        return segments.why(self._house.warehouse, criteria, customer_id, self._now()).lines()


class Asked(Questions):
    """The same, answered by the process that serves."""

    def __init__(self, line: Connection) -> None:
        self._line = line

    def fold(self) -> None:
        """Ask it to bring what is new."""
        self._ask("fold")

    def count(self, criteria: Criteria) -> int:
        """Ask it how many."""
        return int(self._ask("count", criteria=criteria.to_data()))

    def sample(self, criteria: Criteria, n: int) -> list[int]:
        """Ask it for some."""
        return list(self._ask("sample", criteria=criteria.to_data(), n=n))

    def why(self, criteria: Criteria, customer_id: int) -> list[str]:
        """Ask it why."""
        return list(self._ask("why", criteria=criteria.to_data(), customer_id=customer_id))

    def _ask(self, what: str, **given: Any) -> Any:
        try:
            self._line.send_bytes(json.dumps({"what": what, **given}).encode())
            if not self._line.poll(PATIENCE):
                raise Temporary("the mailer that serves does not answer; try again later")
            told = json.loads(self._line.recv_bytes())
        except (OSError, EOFError) as error:
            raise Temporary("the mailer that serves has just stopped; try again") from error
        if "error" in told:
            kind = getattr(errors, told["error"], MailerError)
            raise kind(told["said"])
        return told["answer"]


class Desk:
    """Where a house that serves is asked."""

    def __init__(self, house: House, now: Callable[[], datetime]) -> None:
        self._questions = Questions(house, now)
        self._path = place(house.home)
        self._key = _key(house.home)
        self._closed = False

    def open(self) -> None:
        """Begin to answer, in threads of its own; a socket that a dead process left is in nobody's way."""
        self._path.unlink(missing_ok=True)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._listener = Listener(str(self._path), family="AF_UNIX", authkey=self._key)
        self._path.chmod(0o600)
        self._thread = threading.Thread(target=self._serve, name="desk", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop."""
        self._closed = True
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as knock:  # wake the thread that waits
            knock.connect(str(self._path))
        self._thread.join(5)
        self._listener.close()
        self._path.unlink(missing_ok=True)

    def _serve(self) -> None:
        while not self._closed:
            try:
                line = self._listener.accept()
            except (OSError, EOFError, AuthenticationError):
                continue
            threading.Thread(target=self._talk, args=(line,), name="desk", daemon=True).start()

    def _talk(self, line: Connection) -> None:
        with line, contextlib.suppress(OSError, EOFError):
            while not self._closed:
                line.send_bytes(json.dumps(self._answer(line.recv_bytes(2**20))).encode())

    def _answer(self, asked: bytes) -> dict[str, Any]:
        try:
            return {"answer": self._look_up(json.loads(asked))}
        except MailerError as error:
            return {"error": type(error).__name__, "said": str(error)}
        except Exception:
            log.exception("a command's question failed")
            return {"error": "MailerError", "said": "the mailer that serves could not answer; its log says why"}

    def _look_up(self, given: dict[str, Any]) -> Any:
        match given:
            case {"what": "fold"}:
                return self._questions.fold()
            case {"what": "count", "criteria": data}:
                return self._questions.count(from_data(data))
            case {"what": "sample", "criteria": data, "n": int(n)}:
                return self._questions.sample(from_data(data), n)
            case {"what": "why", "criteria": data, "customer_id": int(customer_id)}:
                return self._questions.why(from_data(data), customer_id)
            case _:
                raise errors.Invalid("that cannot be asked")


@contextmanager
def questions(house: House, now: Callable[[], datetime]) -> Iterator[Questions]:
    """Give whoever answers: the process that serves, if one does, else this one."""
    line = _called(house.home)
    if line is None:
        yield Questions(house, now)
        return
    with line:
        yield Asked(line)


def is_open(house: House) -> bool:
    """Say whether another process serves this house."""
    line = _called(house.home)
    if line:
        line.close()
    return line is not None


def _called(home: Home) -> Connection | None:
    try:
        return Client(str(place(home)), family="AF_UNIX", authkey=_key(home))
    except (OSError, EOFError, AuthenticationError):
        return None


def place(home: Home) -> Path:
    """Return the path of the socket: in var/, unless that is too long for one."""
    path = home.var.resolve() / "desk.sock"
    if len(str(path)) <= LONGEST:
        return path
    return Path(tempfile.gettempdir()) / f"mailer-{hashlib.sha256(str(path).encode()).hexdigest()[:16]}.sock"


def _key(home: Home) -> bytes:
    return hashlib.blake2b(settings.secret(home), person=b"mailer desk").digest()
