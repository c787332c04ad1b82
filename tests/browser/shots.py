"""Take pictures of every page and put them onto sheets: `make shots`, then look into shots/."""

import base64
import html
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser import town as towns

OUT = Path("shots")
KINDS = (("light", 1200, 900), ("dark", 1200, 900), ("light", 390, 844), ("dark", 390, 844))
SHEET = 6  # pages a sheet


def main() -> None:
    """Make the sheets; names of pages may be given."""
    wanted = set(sys.argv[1:])
    here = Path("/usr/bin/chromium")
    with (
        tempfile.TemporaryDirectory() as folder,
        towns.served(towns.make(Path(folder))) as town,
        sync_playwright() as p,
    ):
        browser = p.chromium.launch(executable_path=here if here.exists() else None, args=["--no-sandbox"])
        for scheme, width, height in KINDS:
            taken = take(browser, town, scheme, width, height, wanted)
            for number, start in enumerate(range(0, len(taken), SHEET), 1):
                sheet(browser, taken[start : start + SHEET], width, OUT / f"sheet-{scheme}-{width}-{number}.png")
        browser.close()
    print(f"{len(list(OUT.glob('sheet-*.png')))} sheets in {OUT}/")


def take(browser: Browser, town: towns.Town, scheme: str, width: int, height: int, wanted: set[str]) -> list[Path]:
    """Take a picture of each page."""
    OUT.mkdir(exist_ok=True)
    taken = []
    for who in dict.fromkeys(page.who for page in town.pages):
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        tab = context.new_page()
        if who:
            tab.goto(f"{town.base}/sign-in")
            tab.get_by_role("button", name=who).first.click()
        for page in town.pages:
            if page.who == who and (not wanted or page.name in wanted):
                tab.goto(town.base + page.path)
                tab.wait_for_timeout(250)
                taken.append(OUT / f"{page.name}-{scheme}-{width}.png")
                tab.screenshot(path=taken[-1])
        context.close()
    return taken


def sheet(browser: Browser, taken: list[Path], width: int, path: Path) -> None:
    """Put pictures side by side, each under its name."""
    shown = "".join(
        f"<figure><figcaption>{html.escape(each.stem)}</figcaption>"
        f'<img src="data:image/png;base64,{base64.b64encode(each.read_bytes()).decode()}"></figure>'
        for each in taken
    )
    columns = 3 if width > 600 else 6
    tab = browser.new_page(viewport={"width": 1900, "height": 600})
    style = (
        f"body{{margin:12px;display:grid;gap:12px;grid-template-columns:repeat({columns},1fr)}} body{{background:#777}}"
        "img{width:100%;display:block} figure{margin:0} figcaption{background:#fff;padding:2px 6px}"
    )
    tab.set_content(f"<style>{style}</style>{shown}")
    tab.screenshot(path=path, full_page=True)
    tab.close()


if __name__ == "__main__":
    main()
