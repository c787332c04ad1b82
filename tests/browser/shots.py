"""Take pictures of every page and put them onto sheets, one for each role, width and theme: `make shots`.

Then look into shots/. Names of pages may be given; `--home FOLDER` uses a demo home again.
"""

import argparse
import base64
import html
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser import town as towns

OUT = Path("shots")
KINDS = (("light", 1200, 900), ("dark", 1200, 900), ("light", 390, 844), ("dark", 390, 844))
WAIT = 350  # milliseconds until a plot is drawn and a frame has come
COLUMNS = {1200: 4, 390: 8}
STYLE = (
    "body{margin:12px;display:grid;gap:12px;background:#777;font:14px sans-serif;align-items:start;"
    "grid-template-columns:repeat(%s,1fr)} img{width:100%%;display:block} figure{margin:0}"
    "figcaption{background:#fff;padding:2px 6px}"
)


def main() -> None:
    """Make the sheets."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="*")
    parser.add_argument("--home")
    given = parser.parse_args()
    here = Path("/usr/bin/chromium")
    OUT.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        towns.served(towns.make(Path(given.home or folder))) as town,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=here if here.exists() else None, args=["--no-sandbox", "--disable-gpu"]
        )
        for scheme, width, height in KINDS:
            for who in dict.fromkeys(page.who for page in town.pages):
                taken = take(browser, town, who, scheme, width, height, set(given.pages))
                if taken:
                    sheet(browser, taken, width, OUT / f"sheet-{who.lower() or 'nobody'}-{width}-{scheme}.png")
                    print(f"{who or 'nobody'}, {width} wide, {scheme}: {len(taken)} pages", flush=True)
        browser.close()


def take(
    browser: Browser, town: towns.Town, who: str, scheme: str, width: int, height: int, wanted: set[str]
) -> list[Path]:
    """Take a picture of each page of one person."""
    shown = [page for page in town.pages if page.who == who and (not wanted or page.name in wanted)]
    if not shown:
        return []
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    tab = context.new_page()
    if who:
        tab.goto(f"{town.base}/sign-in")
        tab.get_by_role("button", name=who).first.click()
        tab.wait_for_url(f"{town.base}/")
    taken = []
    for page in shown:
        tab.goto(town.base + page.path)
        tab.wait_for_timeout(WAIT)
        taken.append(OUT / f"{page.name}-{width}-{scheme}.jpg")
        tab.screenshot(path=taken[-1], type="jpeg", quality=85)
    context.close()
    return taken


def sheet(browser: Browser, taken: list[Path], width: int, path: Path) -> None:
    """Put pictures side by side, each under its name."""
    shown = "".join(
        f"<figure><figcaption>{html.escape(each.stem)}</figcaption>"
        f'<img src="data:image/jpeg;base64,{base64.b64encode(each.read_bytes()).decode()}"></figure>'
        for each in taken
    )
    tab = browser.new_page(viewport={"width": 2000, "height": 600})
    tab.set_content(f"<style>{STYLE % COLUMNS[width]}</style>{shown}")
    tab.screenshot(path=path, full_page=True)
    tab.close()


if __name__ == "__main__":
    main()
