"""A command asks the process that serves, and opens the warehouse itself when nobody does."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client
from pathlib import Path

import pytest

from mailer import settings
from mailer.paths import Home
from mailer.pipeline import desk

CUSTOMERS = "email,first_name,language\nann@example.com,Ann,en\nbob@example.com,Bob,de\n"
SEGMENT = 'title = "English"\n[criteria]\nfield = "language"\nop = "is"\nvalue = "en"\n'


def mailer(home: Path, *given: object) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "mailer.cli", "--home", home, *map(str, given)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("desk") / "shop"
    mailer(home.parent, "init", home)
    (home / "customers.csv").write_text(CUSTOMERS)
    (home / "segments").mkdir(exist_ok=True)
    (home / "segments" / "english.toml").write_text(SEGMENT)
    mailer(home, "import", "customers", home / "customers.csv")
    return home


@contextmanager
def serving(home: Path) -> Iterator[subprocess.Popen[str]]:
    told = {"MAILER_WEB__LISTEN": "127.0.0.1:0", "MAILER_REPLIES__LISTEN": ""}
    process = subprocess.Popen(
        [sys.executable, "-m", "mailer.cli", "--home", home, "run"],
        stdout=subprocess.PIPE, text=True, env=os.environ | told,
    )  # fmt: skip
    try:
        assert process.stdout
        assert any("open at" in line for line in process.stdout)
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)
        process.stdout.close()


def test_a_command_asks_the_process_that_serves(home: Path) -> None:
    with serving(home):
        assert mailer(home, "segment", "count", "english").strip() == "1"
        assert "english" in mailer(home, "segment", "list")
        assert "Ann" in mailer(home, "segment", "show", "english")
        (home / "more.csv").write_text("email,language\neve@example.com,en\n")
        mailer(home, "import", "customers", home / "more.csv")
        assert mailer(home, "segment", "count", "english").strip() == "2"
        _strangers_are_not_answered(home)
    assert not desk.place(Home(home)).exists()
    assert mailer(home, "segment", "count", "english").strip() == "2"


def _strangers_are_not_answered(home: Path) -> None:
    path = desk.place(Home(home))
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises((AuthenticationError, EOFError, OSError)):
        Client(str(path), family="AF_UNIX", authkey=b"guessed")
    key = desk._key(Home(home))
    assert key != settings.secret(Home(home))
    with Client(str(path), family="AF_UNIX", authkey=key) as line:
        for asked in (b'{"what": "drop"}', b'{"what": "count", "criteria": {"field": "no"}}', b"[]"):
            line.send_bytes(asked)
            assert b"error" in line.recv_bytes()


def test_a_socket_that_a_killed_process_left_is_in_nobodys_way(home: Path) -> None:
    with serving(home) as process:
        process.kill()
        process.wait()
    assert desk.place(Home(home)).exists()
    assert mailer(home, "segment", "count", "english").strip()
    with serving(home):
        assert mailer(home, "segment", "count", "english").strip()


def test_a_house_in_a_deep_folder_has_a_socket_too(tmp_path: Path) -> None:
    assert len(str(desk.place(Home(tmp_path / ("deep" * 60))))) <= desk.LONGEST
