"""Where do the benches send to? The sink of Postfix, a program in C that forgets everything; and what else they need.

`python -m tests.bench sinks` says what of it is here. Rivals are installed once, into a folder that is kept:
$XDG_CACHE_HOME/lifeline-bench.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lifeline-bench"
NODE = ("nodemailer@10.6.0", "handlebars@4.7.10", "juice@11.1.1")
PYTHON = ("django-post-office==3.12.0", "premailer==3.10.0", "jinja2")


class Missing(Exception):
    """Something is not here; the words say what, and how to get it."""


def program(name: str) -> str:
    """Return the path of a program."""
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if path is None:
        raise Missing(f"{name} is not installed (Debian: apt-get install {'postfix' if 'smtp' in name else name})")
    return path


@contextlib.contextmanager
def sink() -> Iterator[int]:
    """Run smtp-sink; gives its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    user = ("-u", "nobody") if os.getuid() == 0 else ()  # it refuses to run as root
    serving = subprocess.Popen([program("smtp-sink"), *user, f"127.0.0.1:{port}", "200"], stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.02)
        yield port
    finally:
        serving.kill()
        serving.wait()


def node_modules() -> Path:
    """Return the folder with nodemailer and what it needs, installed when it is not there yet."""
    folder = CACHE / "nodemailer"
    if not (folder / "node_modules" / "nodemailer").is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        _run([program("npm"), "install", "--prefix", str(folder), "--no-audit", "--no-fund", *NODE])
    return folder / "node_modules"


def rivals_python() -> str:
    """Return a Python that has django-post-office, premailer and Jinja2."""
    python = CACHE / "venv" / "bin" / "python"
    if not list(CACHE.glob("venv/lib/*/site-packages/post_office")):
        _run([sys.executable, "-m", "venv", str(CACHE / "venv")])
        _run([str(python), "-m", "pip", "install", "--quiet", *PYTHON])
    return str(python)


def _run(command: list[str]) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise Missing(f"{Path(command[0]).name} could not install it: {' '.join(last)}")


if __name__ == "__main__":
    for name, look in (
        ("smtp-sink", lambda: program("smtp-sink")), ("smtp-source", lambda: program("smtp-source")),
        ("node", lambda: program("node")), ("nodemailer", node_modules), ("django-post-office", rivals_python),
    ):  # fmt: skip
        try:
            print(f"{name:20} {look()}")
        except Missing as error:
            print(f"{name:20} {error}")
