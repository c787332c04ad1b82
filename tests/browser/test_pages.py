"""Is every page whole, light and dark, wide and narrow? By axe-core, the policy, the console and the width."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

import mailer.web
from tests.browser.town import Town

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("default")]

AXE = Path(mailer.web.__file__).parent / "assets/node_modules/axe-core/axe.min.js"
BLOCKED = """window.blocked = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.blocked.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
});"""
LOOK = """async () => {
  const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const found = await axe.run(document, {iframes: false, runOnly: rules});
  const said = (node) => `${node.target.join(" ")} ${node.any[0]?.message ?? ""}`;
  return found.violations.map((rule) => `${rule.id} (${rule.impact}): ${rule.nodes.slice(0, 3).map(said).join(" | ")}`);
}"""


def looked_at(page: Page, address: str) -> list[str]:
    """Open a page and return everything that is wrong with it."""
    wrong: list[str] = []
    page.on("console", lambda said: wrong.append(f"console: {said.text}") if said.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
    answer = page.goto(address, wait_until="load")
    page.wait_for_timeout(150)
    wrong += [f"blocked: {each}" for each in page.evaluate("window.blocked")]
    wide, inner = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    if wide > inner:
        wrong.append(f"scrolls sideways: {wide} in {inner}")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    wrong += [f"axe: {each}" for each in page.evaluate(LOOK)]
    expected_error = answer is not None and answer.status == 404
    return [each for each in wrong if not (expected_error and "404" in each)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1200, 390])
@pytest.mark.parametrize("who", ["", "Maya", "Nora", "Ida"])
def test_every_page_is_without_a_fault(
    opened: Callable[..., BrowserContext], town: Town, who: str, width: int, scheme: str
) -> None:
    context = opened(who, width=width, scheme=scheme)
    context.add_init_script(BLOCKED)
    wrong: dict[str, list[str]] = {}
    for each in town.pages:
        if each.who == who:
            page = context.new_page()
            if found := looked_at(page, town.base + each.path):
                wrong[each.name] = found
            page.close()
    assert not wrong, "\n".join(f"{name}: {each}" for name, found in wrong.items() for each in found)
