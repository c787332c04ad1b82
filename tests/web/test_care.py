"""How customers fare is told truly: times in working hours, the newest answer, nothing where there is nothing."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from mailer.house import House
from mailer.inbox import conversation
from mailer.inbox.conversation import Conversation, EntryKind
from mailer.inbox.reached import pace, quantile, within_hours
from mailer.insights import events
from mailer.people.hours import Hours

MONDAY = datetime(2026, 3, 16, 8, 0, tzinfo=UTC)  # nine in Berlin
WEEK = [Hours(day, "09:00", "17:00") for day in range(5)]


def test_nights_and_weekends_are_not_counted() -> None:
    friday = MONDAY + timedelta(days=4)
    assert within_hours(WEEK, "Europe/Berlin", MONDAY, MONDAY + timedelta(hours=1)) == timedelta(hours=1)
    assert within_hours(WEEK, "Europe/Berlin", friday + timedelta(hours=7), MONDAY + timedelta(days=7, minutes=30)) == (
        timedelta(hours=1, minutes=30)
    )
    saturday = MONDAY + timedelta(days=5)
    assert within_hours(WEEK, "Europe/Berlin", saturday, saturday + timedelta(hours=9)) == timedelta()
    assert within_hours([], "UTC", saturday, saturday + timedelta(hours=9)) == timedelta(hours=9)


@given(st.integers(0, 60 * 24 * 9), st.integers(0, 60 * 24 * 9), st.integers(0, 60 * 24 * 9))
def test_a_wait_is_the_sum_of_its_parts_and_never_more_than_was_felt(one: int, two: int, three: int) -> None:
    a, b, c = (MONDAY + timedelta(minutes=each) for each in sorted((one, two, three)))
    whole = within_hours(WEEK, "Europe/Berlin", a, c)
    assert whole == within_hours(WEEK, "Europe/Berlin", a, b) + within_hours(WEEK, "Europe/Berlin", b, c)
    assert whole <= c - a


@given(st.lists(st.integers(0, 10_000), min_size=1), st.floats(0.01, 1))
def test_a_quantile_is_one_of_the_waits_that_the_share_did_not_exceed(minutes: list[int], share: float) -> None:
    waits = sorted(timedelta(minutes=each) for each in minutes)
    found = quantile(waits, share)
    assert found in waits
    assert sum(each <= found for each in waits) >= share * len(waits)
    assert sum(each < found for each in waits) < share * len(waits)


def test_of_nothing_nothing_is_said(browser: Callable) -> None:
    assert pace([]).median is None
    html = browser("nora").get("/care").get_data(as_text=True)
    assert "Nobody has written yet" in html


def test_what_was_asked_answered_and_felt_is_counted(
    browser: Callable, press: Callable, house: House, shop, now: datetime
) -> None:
    def felt(session: Session, answer: str, message: str, minutes: int) -> None:
        said = {"answer": answer, "message": message}
        row = {"key": f"{message}{answer}", "customer_id": shop.ann.id, "name": "felt_understood"}
        events.take(session, [row | {"at": now - timedelta(minutes=minutes), "properties": said}])

    with house.store.write() as session:
        conversation.ask(session, shop.ann, shop.message, "Hello", EntryKind.REPLY, now - timedelta(hours=1))
        conversation.ask(session, shop.bob, None, "Hello?", EntryKind.REPLY, now - timedelta(minutes=5))
        felt(session, "no", "one", 9)
        felt(session, "yes", "one", 5)  # a mind changed
        felt(session, "partly", "two", 5)
        talk = session.exec(select(Conversation).where(Conversation.customer_id == shop.ann.id)).one()
    maya, page = browser("maya"), f"/conversations/{talk.public_id}"
    press(maya, page, f"{page}/answers", text="Hello Ann", seen_revision=talk.revision)
    html = maya.get("/care?days=7").get_data(as_text=True)
    assert "2 began a conversation" in html
    assert "1 of them is answered, 1 waits" in html
    assert "<td>Maya Keller</td>" in html
    assert "60 minutes" in html
    assert html.count("50 %") >= 2
    assert "2 customers said so" in html
