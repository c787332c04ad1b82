"""How does a process live and die for the drill?"""

import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PATIENCE = 180  # seconds until the drill is said to stand still
PROCESSES = multiprocessing.get_context("forkserver")  # a clean process each, from one that has imported everything
PROCESSES.set_forkserver_preload(["tests.drill.worker"])
os.environ["PYTHONPATH"] = str(ROOT)  # for the processes begun from here


@contextmanager
def judge(folder: Path) -> Iterator[None]:
    """Run the judge."""
    (folder / "port").unlink(missing_ok=True)
    serving = subprocess.Popen([sys.executable, str(HERE / "judge.py"), str(folder)])
    try:
        until((folder / "port").exists)
        yield
    finally:
        serving.kill()
        serving.wait()


def until(true: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Wait until it is so."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise SystemExit("the drill stands still")
        time.sleep(0.0005)
