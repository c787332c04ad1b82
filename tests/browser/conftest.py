"""One demo home and one browser for all of these tests: `make browser`."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from tests.browser import town as towns

expect.set_options(timeout=10_000)


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[towns.Town]:
    """The pages of a demo home; MAILER_BROWSER_HOME names one to use again."""
    given = os.environ.get("MAILER_BROWSER_HOME")
    with towns.served(towns.make(Path(given) if given else tmp_path_factory.mktemp("town"))) as served:
        yield served


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The machine's own chromium, or the one playwright brought."""
    here = Path("/usr/bin/chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=here if here.exists() else None, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium: Browser, town: towns.Town) -> Iterator[Callable[..., BrowserContext]]:
    """Give a browser that somebody is signed in with: opened("Maya", width=390, scheme="dark", script=False)."""
    with ExitStack() as stack:

        def context(who: str, *, width: int = 1200, scheme: str = "light", script: bool = True) -> BrowserContext:
            made = chromium.new_context(
                viewport={"width": width, "height": 844}, color_scheme=scheme, java_script_enabled=script
            )
            stack.callback(made.close)
            made.set_default_timeout(10_000)
            if who:
                page = made.new_page()
                page.goto(f"{town.base}/sign-in")
                page.get_by_role("button", name=who).first.click()
                page.wait_for_url(f"{town.base}/")
                page.close()
            return made

        yield context
