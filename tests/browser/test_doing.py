"""What pages do with a script, and that they do without one."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect
from sqlmodel import col, select

from mailer.inbox.conversation import Conversation, Entry, EntryKind
from mailer.people.staff import Staff
from tests.browser.town import Town

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("default")]


def path_of(town: Town, name: str) -> str:
    return town.base + next(page.path for page in town.pages if page.name == name)


def test_a_customer_is_answered_without_a_script(opened: Callable[..., BrowserContext], town: Town) -> None:
    page = opened("Maya", script=False).new_page()
    page.goto(path_of(town, "conversation"))
    page.locator("#answer textarea").fill("Yes, from ten to four.")
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_text("Your answer is on its way")).to_be_visible()
    with town.house.store.read() as session:
        last = session.exec(select(Entry).where(Entry.kind == EntryKind.ANSWER).order_by(col(Entry.id).desc())).first()
    assert last is not None
    assert last.text == "Yes, from ten to four."


def test_the_answer_is_always_in_view(opened: Callable[..., BrowserContext], town: Town) -> None:
    for width in (1200, 390):
        page = opened("Maya", width=width).new_page()
        page.goto(path_of(town, "conversation"))
        for place in (0, 600, 100_000):
            page.evaluate(f"window.scrollTo({{top: {place}, behavior: 'instant'}})")
            expect(page.get_by_role("button", name="Send the answer")).to_be_in_viewport()


def test_the_inbox_is_live_and_keeps_the_focus(opened: Callable[..., BrowserContext], town: Town) -> None:
    page = opened("Maya").new_page()
    page.goto(f"{town.base}/inbox?whose=all&show=answered")
    line = page.locator("[data-line]").last
    line.focus()
    before = page.locator("[data-line]").count()
    with town.house.store.write() as session:
        talk = session.exec(select(Conversation).where(Conversation.state == "closed")).first()
        talk = talk or session.exec(select(Conversation).where(Conversation.state == "open")).first()
        assert talk is not None
        talk.state, talk.waiting_since, talk.closed_at = "answered", None, None
        session.add(talk)
    expect(page.locator("[data-line]")).to_have_count(before + 1, timeout=12_000)
    expect(page.locator(f"#{line.get_attribute('id')}")).to_be_focused()


def test_somebody_who_writes_is_told_that_the_talk_went_on(opened: Callable[..., BrowserContext], town: Town) -> None:
    page = opened("Maya").new_page()
    page.goto(path_of(town, "conversation"))
    page.locator("#answer textarea").fill("I was about to")
    with town.house.store.write() as session:
        public = path_of(town, "conversation").rpartition("/")[2]
        talk = session.exec(select(Conversation).where(Conversation.public_id == public)).one()
        talk.revision += 1
        session.add(talk)
    page.get_by_role("link", name="Show it").click(timeout=10_000)
    expect(page.locator("#answer textarea")).to_have_value("I was about to")


def test_the_inbox_is_worked_with_the_keyboard_alone(opened: Callable[..., BrowserContext], town: Town) -> None:
    page = opened("Maya").new_page()
    page.goto(f"{town.base}/inbox?whose=all")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).not_to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/conversations/**")
    page.keyboard.press("a")
    expect(page.locator("#answer textarea")).to_be_focused()
    page.keyboard.type("a?j")
    expect(page.locator("#answer textarea")).to_have_value("a?j")


def test_markup_without_the_nonce_is_not_obeyed(opened: Callable[..., BrowserContext], town: Town) -> None:
    page = opened("Ida").new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path_of(town, "staff"))
    page.evaluate(
        """() => { const put = document.createElement("div"); put.id = "put"; put.setAttribute("hx-get", "/stolen");
        put.setAttribute("hx-trigger", "load"); document.body.append(put); htmx.process(put); }"""
    )
    page.wait_for_timeout(300)
    assert not [each for each in asked if "stolen" in each]


def test_what_cannot_be_undone_asks_first(opened: Callable[..., BrowserContext], town: Town) -> None:
    page = opened("Nora", script=False).new_page()
    page.goto(path_of(town, "campaign"))
    expect(page.get_by_role("button", name="Run it now")).not_to_be_visible()
    page.get_by_text("Run now…").click()
    expect(page.get_by_role("button", name="Run it now")).to_be_visible()


@pytest.mark.parametrize("script", [True, False])
def test_a_mistake_is_said_beside_its_field_and_has_the_focus(
    opened: Callable[..., BrowserContext], town: Town, script: bool
) -> None:
    page = opened("Maya", script=script).new_page()
    page.goto(path_of(town, "staff"))
    page.get_by_text("Be away").click()
    page.get_by_label("First day").fill("2026-12-24")
    page.get_by_label("Last day").fill("2026-12-20")
    page.get_by_label("Why").fill("a holiday")
    page.get_by_role("button", name="Keep").click()
    last = page.get_by_label("Last day")
    expect(last).to_be_focused()
    expect(last).to_have_accessible_description("The last day is before the first one.")
    expect(page.get_by_label("Why")).to_have_value("a holiday")


def test_a_mistake_in_a_field_that_finds_is_said_beside_it(opened: Callable[..., BrowserContext], town: Town) -> None:
    page = opened("Nora").new_page()
    page.goto(path_of(town, "campaign-form"))
    page.locator("select[name=segment] option").evaluate_all("all => all.forEach((each) => (each.value = 'no'))")
    page.get_by_role("button", name="Keep").click()
    segment = page.get_by_role("combobox", name="Segment")
    expect(segment).to_be_focused()
    expect(segment).to_have_accessible_description("Choose a segment.")


def test_there_is_staff_to_sign_in_as(town: Town) -> None:
    with town.house.store.read() as session:
        assert len(session.exec(select(Staff)).all()) >= 3
