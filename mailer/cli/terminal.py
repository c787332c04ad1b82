"""What do all commands share? The home that was named, a house to open, and two places to print to."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console

from mailer import clock, log, pipeline, settings
from mailer.campaigns import files as campaign_files
from mailer.house import House
from mailer.paths import Home, find_home
from mailer.segments import files as segment_files

out = Console()
err = Console(stderr=True)
chosen: dict[str, Path | None] = {"home": None}  # what --home says


def named() -> Home:
    """Return the home that was named, or that of the current folder."""
    return find_home(chosen["home"] or settings.named_home(), Path.cwd())


@contextmanager
def opened(*, alone: bool = False) -> Iterator[House]:
    """Open the house; `alone` claims it, so that two engines never run on one."""
    house = House(named())
    try:
        log.start(house.settings.log)
        if alone:
            house.store.lock()
        house.store.upgrade()
        if why := pipeline.wake(house, clock.now()):
            err.print(f"[yellow]safe mode:[/yellow] {why}; nothing is sent until: mailer accept", highlight=False)
        yield house
    finally:
        house.close()


def progress(rows: list[Any], chunk: int, what: str) -> Iterator[list[Any]]:
    """Give rows chunk by chunk, and show how far it is."""
    from rich.progress import track  # large, and few commands show any

    starts = range(0, len(rows), chunk)
    for start in track(starts, description=what, console=err, transient=True):
        yield rows[start : start + chunk]


def read_files(house: House) -> None:
    """Take what is new in the files of segments and campaigns."""
    read_segments(house)
    with house.store.write() as session:
        _say_read(campaign_files.sync(session, house.home.campaigns, clock.now()))


def read_segments(house: House) -> None:
    """Take what is new in the files of segments: a question about them changes no campaign."""
    with house.store.write() as session:
        _say_read(segment_files.sync(session, house.home.segments, clock.now()))


def _say_read(names: list[str]) -> None:
    for name in names:
        err.print(f"read {name}", highlight=False)
