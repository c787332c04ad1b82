"""Is every page whole, light and dark, wide and narrow? By axe-core, the policy, the console and the width."""

import base64
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page
from sqlmodel import col, select

import mailer.web
from mailer import clock
from mailer.mail.seal import Seal
from mailer.people import second_step
from mailer.people.staff import Staff, set_password
from mailer.settings import secret
from tests.browser.town import NO_PAGE, Town, unlisted

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("default")]

AXE = Path(mailer.web.__file__).parent / "assets/node_modules/axe-core/axe.min.js"
DRESSES = tuple((scheme, width) for width in (1200, 390) for scheme in ("light", "dark"))
BLOCKED = """window.blocked = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.blocked.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
});"""
SETTLED = """async () => {
  const end = performance.now() + 5000;
  do await new Promise((go) => requestAnimationFrame(() => setTimeout(go)));
  while (document.querySelector(".htmx-request") && performance.now() < end);
  await document.fonts.ready;
}"""
LOOK = """async () => {
  const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const found = await axe.run(document, {iframes: false, runOnly: rules, resultTypes: ["violations"]});
  const said = (node) => `${node.target.join(" ")} ${node.any[0]?.message ?? ""}`;
  return found.violations.map((rule) => `${rule.id} (${rule.impact}): ${rule.nodes.slice(0, 3).map(said).join(" | ")}`);
}"""


def wear(page: Page, scheme: str, width: int) -> None:
    """Show a page light or dark, so wide."""
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 844})


def faults(page: Page, first: int = 0) -> list[str]:
    """Return what is wrong with a page as it stands, in each dress: blocked by the policy, too wide, found by axe."""
    wrong = []
    page.evaluate(SETTLED)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    for scheme, width in (*DRESSES[first:], *DRESSES[:first]):
        wear(page, scheme, width)
        page.evaluate(SETTLED)
        wide, inner = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        found = [f"scrolls sideways: {wide} in {inner}"] if wide > inner else []
        found += [f"axe: {each}" for each in page.evaluate(LOOK)]
        wrong += [f"{scheme}, {width} wide: {each}" for each in found]
    return [*wrong, *(f"blocked: {each}" for each in page.evaluate("window.blocked"))]


def looked_at(page: Page, address: str, first: int = 0) -> list[str]:
    """Open a page in the dress that comes `first`, and return everything that is wrong with it in any."""
    wrong: list[str] = []
    page.on("console", lambda said: wrong.append(f"console: {said.text}") if said.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
    wear(page, *DRESSES[first])
    answer = page.goto(address, wait_until="load")
    wrong += faults(page, first)
    expected_error = answer is not None and answer.status == 404
    return [each for each in wrong if not (expected_error and "404" in each)]


@pytest.mark.parametrize("who", ["", "Maya", "Nora", "Ida"])
def test_every_page_is_without_a_fault(opened: Callable[..., BrowserContext], town: Town, who: str) -> None:
    """Each is opened once, every next one in another dress, and changes through the others while it is looked at."""
    context = opened(who)
    context.add_init_script(BLOCKED)
    wrong: dict[str, list[str]] = {}
    for number, each in enumerate(each for each in town.pages if each.who == who):
        page = context.new_page()
        if found := looked_at(page, town.base + each.path, number % len(DRESSES)):
            wrong[each.name] = found
        page.close()
    assert not wrong, "\n".join(f"{name}: {each}" for name, found in wrong.items() for each in found)


def test_every_route_is_looked_at(town: Town) -> None:
    assert unlisted(town) == [], "give each an example in tests/browser/town.py, or say there that it is no page"
    assert set(NO_PAGE) <= {rule.endpoint for rule in town.app.url_map.iter_rules()}


def test_pages_behind_a_press_are_without_a_fault(opened: Callable[..., BrowserContext], town: Town) -> None:
    """The second step being set up, its recovery codes, the code asked for at sign-in, a form with mistakes, a why."""
    wrong: dict[str, list[str]] = {}
    with town.house.store.write() as session:
        lucia = session.exec(select(Staff).where(col(Staff.name).startswith("Lucía"))).one()
        set_password(lucia, "a few plain words")
        second_step.end(session, lucia.id or 0)
    context = opened("Lucía")
    context.add_init_script(BLOCKED)
    page = context.new_page()

    def look(name: str) -> None:
        page.wait_for_load_state()
        if found := faults(page):
            wrong[name] = found

    page.goto(f"{town.base}/me")
    page.get_by_role("button", name="Begin").click()
    look("second step, its key")
    with town.house.store.read() as session:
        key = second_step.typed(session, session.get_one(Staff, lucia.id), Seal(secret(town.house.home)))
    code = second_step.totp(base64.b32decode(key), second_step.step_of(clock.now()))
    page.get_by_label("The code of now").fill(code)
    page.get_by_role("button", name="Turn it on").click()
    page.get_by_role("heading", name="Your recovery codes").wait_for()
    look("second step, its recovery codes")
    page.goto(f"{town.base}/saved-replies")
    page.get_by_label("Title").fill("Wrong")
    page.get_by_label("Words", exact=True).fill("Hello {frist name}")
    page.get_by_role("button", name="Keep it").click()
    page.locator("#wrong-text").wait_for()
    look("a saved reply with a mistake")
    page.goto(town.base + next(each.path for each in town.pages if each.name == "conversation"))
    for why in page.locator("button[popovertarget]").all()[:2]:
        why.click()
        look("a why")
        page.keyboard.press("Escape")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_text("Or with address and password").click()
    page.get_by_label("Email").fill(lucia.email)
    page.get_by_label("Password").fill("a few plain words")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_label("Code").first.wait_for()
    look("the code asked for at sign-in")
    with town.house.store.write() as session:
        second_step.end(session, lucia.id or 0)
    assert not wrong, "\n".join(f"{name}: {each}" for name, found in wrong.items() for each in found)
