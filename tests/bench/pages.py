"""How long does the server take for a page? Each page of a demo home, asked over and over; milliseconds.

warm    as somebody finds it who looks often, while the scheduler beats: what is kept is fresh
first   as nobody should find it: a minute after the last look, and the scheduler has not beaten
cpu     of the process while it was warm, all its threads: tells more than time on a machine that does other work

paint   with --paint: how long until Chromium shows something, the best of `PAINTS` looks in one browser

A p95 over `TARGET` is marked. Templates are compiled before, and the catalogue of fields is learned: both once a start.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser, Page, Playwright, sync_playwright
from sqlmodel import col, select

from mailer import clock
from mailer.people import sign_in
from mailer.people.staff import Staff
from mailer.web import create_app
from mailer.web.counted import GOOD
from mailer.web.exchange import COOKIE
from tests.browser import town as towns

TARGET = 60.0  # milliseconds, p95
PAINT = 300.0  # milliseconds
PAINTS = 3
PAINTED = """() => new Promise((done) => {
  new PerformanceObserver((seen) => {
    const first = seen.getEntriesByName("first-contentful-paint")[0];
    if (first) done(first.startTime);
  }).observe({type: "paint", buffered: true});
  setTimeout(() => done(Infinity), 5000);
})"""
WARM_UP = 2  # looks before the first that counts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=40)
    parser.add_argument("--home", help="a demo home to use again")
    parser.add_argument("--paint", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, towns.served(towns.make(Path(given.home or folder))) as town:
        if given.paint:
            _paint(town)
        else:
            _serve(town, given.times)


def _serve(town: towns.Town, times: int) -> None:
    """Ask for each page without a browser."""
    app = create_app(town.house, one_click=True)
    clients = {}
    for who in {page.who for page in town.pages}:
        clients[who] = app.test_client()
        if who:
            with town.house.store.write() as session:
                staff = session.exec(select(Staff).where(col(Staff.name).startswith(who))).one()
                _, cookie = sign_in.begin(session, staff, clock.now(), 12)
            clients[who].set_cookie(COOKIE, cookie)
    for page in town.pages:
        if page.path.startswith("/mailbox"):
            continue
        _measure(page.name, partial(clients[page.who].get, page.path), times)


def _paint(town: towns.Town) -> None:
    """Open each page in Chromium; print how long until something was seen."""
    with sync_playwright() as playwright, chromium(playwright) as browser:
        for who in dict.fromkeys(page.who for page in town.pages):
            tab = browser.new_context(viewport={"width": 1200, "height": 844}).new_page()
            if who:
                tab.goto(f"{town.base}/sign-in")
                tab.get_by_role("button", name=who).first.click()
                tab.wait_for_url(f"{town.base}/")
            for page in town.pages:
                if page.who == who:
                    best = min(_painted(tab, town.base + page.path) for _ in range(PAINTS))
                    print(f"{page.name:22} paint: {best:6.0f}{'!' if best > PAINT else ''}", flush=True)


def _painted(tab: Page, address: str) -> float:
    tab.goto(address)
    return float(tab.evaluate(PAINTED))


def chromium(playwright: Playwright) -> Browser:
    """Return the machine's own chromium, or the one playwright brought."""
    here = Path("/usr/bin/chromium")
    return playwright.chromium.launch(
        executable_path=here if here.exists() else None, args=["--no-sandbox", "--disable-gpu"]
    )


def _measure(name: str, look: Callable[[], object], times: int) -> None:
    """Look so often warm, and a quarter as often first; print one line."""
    for _ in range(WARM_UP):
        look()
    worked = time.process_time()
    warm = [_took(look) for _ in range(times)]
    cpu = (time.process_time() - worked) * 1000 / times
    first = []
    try:
        for _ in range(max(4, times // 4)):
            clock.move_to(clock.now() + GOOD + timedelta(seconds=1))
            first.append(_took(look))
    finally:
        clock.reset()
    middle, late = statistics.median(warm), _p95(warm)
    print(
        f"{name:22} warm: median {middle:6.1f}  p95 {late:6.1f}{'!' if late > TARGET else ' '}  cpu {cpu:6.1f}   "
        f"first: median {statistics.median(first):6.1f}  p95 {_p95(first):6.1f}{'!' if _p95(first) > TARGET else ''}",
        flush=True,
    )


def _took(look: Callable[[], object]) -> float:
    begun = time.perf_counter()
    look()
    return (time.perf_counter() - begun) * 1000


def _p95(took: list[float]) -> float:
    return sorted(took)[max(0, round(len(took) * 0.95) - 1)]


if __name__ == "__main__":
    main()
