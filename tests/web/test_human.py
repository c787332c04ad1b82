import re
from datetime import UTC, datetime, timedelta

from flask.testing import FlaskClient
from sqlmodel import select

from mailer import clock
from mailer.house import House
from mailer.inbox import assignment
from mailer.inbox.conversation import Conversation, Entry, EntryKind
from mailer.mail.tokens import Purpose
from mailer.people.customer import Customer
from mailer.people.hold import holds
from mailer.people.staff import Absence


def test_the_page_names_the_human_their_face_their_hours_and_when_they_answer(anyone: FlaskClient, link, shop) -> None:
    html = anyone.get(link("h", Purpose.HUMAN)).get_data(as_text=True)
    for words in (
        "Maya Keller",
        shop.staff["maya"].public_id,
        "Monday to Friday, 9:00 to 17:00 (Berlin)",
        "Maya is here now",
    ):
        assert words in html
    assert "Sign out" not in html


def test_outside_their_hours_it_says_when_they_are_back_in_the_customers_time(anyone: FlaskClient, link, now) -> None:
    clock.move_to(now + timedelta(hours=12))
    assert "Maya is back tomorrow, 09:00 your time" in anyone.get(link("h", Purpose.HUMAN)).get_data(as_text=True)


def test_while_they_are_away_the_deputy_is_named(anyone: FlaskClient, link, house: House, shop, now) -> None:
    with house.store.write() as session:
        session.add(Absence(staff_id=shop.staff["maya"].id, deputy_id=shop.staff["ida"].id,
                            starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=3)))  # fmt: skip
    html = anyone.get(link("h", Purpose.HUMAN)).get_data(as_text=True)
    assert "Maya is away until Thursday 19 March, 11:00. Ida Berg reads this meanwhile" in html
    clock.move_to(now + timedelta(hours=2))
    with house.store.write() as session:  # away for a night and a day: what counts is when she is back at work
        session.exec(select(Absence)).one().ends_at = now + timedelta(days=2, hours=12)
    assert "away until Thursday 19 March, 09:00" in anyone.get(link("h", Purpose.HUMAN)).get_data(as_text=True)


def test_words_become_a_conversation_with_somebody_and_automation_steps_aside(
    anyone: FlaskClient, link, house: House, shop
) -> None:
    page = link("h", Purpose.HUMAN)
    answer = anyone.post(f"{page}/words", data={"text": "Hello Maya"})
    assert (answer.status_code, answer.location) == (302, f"{page}?sent=words")
    assert "Your words have arrived" in anyone.get(answer.location).get_data(as_text=True)
    with house.store.read() as session:
        talk = session.exec(select(Conversation)).one()
        assert session.exec(select(Entry)).one().text == "Hello Maya"
        assert assignment.current(session, [talk.id])[talk.id].staff_id == shop.staff["maya"].id
        assert shop.ann.id in holds(session, [shop.ann.id])


def test_a_second_press_is_not_a_second_entry(anyone: FlaskClient, link, house: House) -> None:
    for _ in range(2):
        anyone.post(f"{link('h', Purpose.HUMAN)}/words", data={"text": "Hello Maya"})
    with house.store.read() as session:
        assert len(session.exec(select(Entry)).all()) == 1


def test_a_wish_to_be_called_is_an_entry_of_its_own_kind(anyone: FlaskClient, link, house: House) -> None:
    anyone.post(f"{link('h', Purpose.HUMAN)}/calls", data={"phone": "+49 30 1234", "suits": "mornings"})
    with house.store.read() as session:
        entry = session.exec(select(Entry)).one()
    assert entry.kind is EntryKind.CALL
    assert entry.text == "Please call +49 30 1234.\nWhen it suits: mornings"


def test_an_empty_form_comes_back_with_kind_words(anyone: FlaskClient, link) -> None:
    page = link("h", Purpose.HUMAN)
    assert anyone.post(f"{page}/words", data={"text": "  "}).status_code == 422
    answer = anyone.post(f"{page}/calls", data={"phone": "", "suits": "evenings"})
    assert answer.status_code == 422
    assert 'value="evenings"' in answer.get_data(as_text=True)


def offered(html: str) -> list[str]:
    return re.findall(r'<option value="([^"]+)"', html)


def test_times_for_a_call_are_the_representatives_hours_in_the_customers_own_time(
    anyone: FlaskClient, link, house: House, shop
) -> None:
    with house.store.write() as session:
        session.get_one(Customer, shop.ann.id).time_zone = "America/New_York"
    html = anyone.get(link("h", Purpose.HUMAN)).get_data(as_text=True)
    times = [datetime.fromisoformat(each) for each in offered(html)]
    assert times[0] == datetime(2026, 3, 16, 11, 0, tzinfo=UTC)  # more than half an hour from now
    assert times[-1] == datetime(2026, 3, 20, 15, 30, tzinfo=UTC)  # the last slot that ends by 17:00 in Berlin
    assert len({each.date() for each in times}) == 5
    assert ">today, 07:00<" in html
    assert "All times are yours (New York)" in html
    assert ">Friday 20 March, 11:30<" in html


def test_a_time_that_is_chosen_is_promised_shown_to_both_and_given_to_nobody_else(
    anyone: FlaskClient, browser, link, house: House, shop
) -> None:
    page = link("h", Purpose.HUMAN)
    at = offered(anyone.get(page).get_data(as_text=True))[3]
    answer = anyone.post(f"{page}/calls", data={"phone": "+49 30 1234", "at": at})
    assert (answer.status_code, answer.location) == (302, f"{page}?sent=call")
    shown = anyone.get(answer.location).get_data(as_text=True)
    assert "Maya will call you: today, 13:30." in shown
    assert at not in offered(shown)
    with house.store.read() as session:
        talk = session.exec(select(Conversation)).one()
        assert session.exec(select(Entry)).one().text == (
            "Please call +49 30 1234.\nAt today, 13:30, their time (Europe/Berlin)."
        )
    conversation = browser("maya").get(f"/conversations/{talk.public_id}").get_data(as_text=True)
    assert "Maya promised to call:" in conversation
    assert "today, 13:30</time>" in conversation


def test_a_time_that_is_taken_or_was_never_offered_is_refused_and_leaves_nothing(
    anyone: FlaskClient, link, house: House, shop
) -> None:
    page = link("h", Purpose.HUMAN)
    at = offered(anyone.get(page).get_data(as_text=True))[0]
    anyone.post(f"{page}/calls", data={"phone": "+49 30 1234", "at": at})
    for wrong in (at, "2026-03-16T10:45:00+00:00", "2026-03-21T10:00:00+00:00", "2026-03-16T09:00:00+00:00"):
        answer = anyone.post(f"{page}/calls", data={"phone": "+49 30 99", "at": wrong})
        assert answer.status_code == 422, wrong
        assert "That time has just been given away" in answer.get_data(as_text=True)
        assert 'value="+49 30 99"' in answer.get_data(as_text=True)
    assert anyone.post(f"{page}/calls", data={"phone": "+49 30 99", "at": "tomorrow"}).status_code == 422
    with house.store.read() as session:
        assert len(session.exec(select(Entry)).all()) == 1


def test_who_is_away_offers_no_time_while_they_are(anyone: FlaskClient, link, house: House, shop, now) -> None:
    with house.store.write() as session:
        session.add(Absence(staff_id=shop.staff["maya"].id, starts_at=now, ends_at=now + timedelta(days=2)))
    times = offered(anyone.get(link("h", Purpose.HUMAN)).get_data(as_text=True))
    assert times[0] == "2026-03-18T10:00:00+00:00"
