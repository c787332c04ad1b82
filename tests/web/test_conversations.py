from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from mailer.delivery.outbox import Kind, Message, State
from mailer.house import House
from mailer.inbox import assignment, conversation, routing
from mailer.inbox.conversation import Conversation, ConversationState, Entry, EntryKind
from mailer.people.hold import holds
from mailer.replies.inbound import InboundEmail, Trust, Verdict


@pytest.fixture
def talk(house: House, shop, now: datetime) -> Conversation:
    """Ann answered an hour ago, from another address, and quoted us."""
    with house.store.write() as session:
        email = InboundEmail(
            digest="0" * 64, envelope_from="", envelope_to="", size=1, received_at=now - timedelta(hours=1),
            verdict=Verdict.REPLY, trust=Trust.OTHER_SENDER, message_id=shop.message.id, customer_id=shop.ann.id,
            from_address="ann@elsewhere.example", subject="Re: We have not seen you",
            new_words="Are you open <b>on Sundays</b>?", quoted="> We have not seen you",
            details={"feeling": "upset", "language": "en", "attachments": [{"name": "list.pdf"}]},
        )  # fmt: skip
        session.add(email)
        session.flush()
        talk, _ = conversation.open_or_join(session, email, shop.message, shop.ann, now)
        routing.route(session, talk, shop.ann, now)
    return talk


def again(house: House, talk: Conversation) -> Conversation:
    with house.store.read() as session:
        return session.get_one(Conversation, talk.id)


def test_the_inbox_says_who_waits_how_long_and_how_it_feels(browser: Callable, talk: Conversation) -> None:
    html = browser("maya").get("/inbox").get_data(as_text=True)
    for words in ("Ann Miller", "waits 60 minutes", "upset", "Maya Keller", "Are you open &lt;b&gt;on Sundays"):
        assert words in html


def test_the_inbox_of_somebody_else_is_one_press_away(
    browser: Callable, talk: Conversation, house: House, shop, now
) -> None:
    with house.store.write() as session:
        assignment.assign(session, talk, shop.staff["ida"].id, "by hand", "", now)
    maya = browser("maya")
    assert "Nobody waits for you" in maya.get("/inbox").get_data(as_text=True)
    assert "Ann Miller" in maya.get("/inbox?whose=all").get_data(as_text=True)


def test_everything_needed_to_answer_is_on_one_page(browser: Callable, talk: Conversation, shop) -> None:
    html = browser("maya").get(f"/conversations/{talk.public_id}").get_data(as_text=True)
    assert "Are you open &lt;b&gt;on Sundays&lt;/b&gt;?" in html
    assert "written by another sender" in html
    assert "list.pdf" in html
    assert "&gt; We have not seen you" in html
    assert "Your last basket was on 12 February 2026" in html
    assert f'src="/messages/{shop.message.public_id}/letter"' in html
    assert "Offers: yes" in html


def test_an_answer_goes_to_the_outbox_in_the_thread(
    browser: Callable, press: Callable, talk: Conversation, house: House
) -> None:
    maya, page = browser("maya"), f"/conversations/{talk.public_id}"
    answer = press(maya, page, f"{page}/answers", text="Yes, from ten.", seen_revision=talk.revision)
    assert answer.status_code == 302
    with house.store.read() as session:
        message = session.exec(select(Message).where(Message.kind == Kind.ANSWER)).one()
        assert message.headers["In-Reply-To"] == "<one@example.com>"
    assert again(house, talk).state is ConversationState.ANSWERED


def test_a_stale_answer_is_stopped_and_its_words_are_kept(
    browser: Callable, press: Callable, talk: Conversation, house: House, shop, now
) -> None:
    with house.store.write() as session:
        conversation.ask(session, shop.ann, shop.message, "One more thing", EntryKind.REPLY, now)
    maya, page = browser("maya"), f"/conversations/{talk.public_id}"
    answer = press(maya, page, f"{page}/answers", text="Yes, from ten.", seen_revision=talk.revision)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Yes, from ten." in html
    assert "One more thing" in html
    with house.store.read() as session:
        assert session.exec(select(Message).where(Message.kind == Kind.ANSWER)).first() is None


def test_a_note_an_assignment_and_a_closing_are_each_a_press(
    browser: Callable, press: Callable, talk: Conversation, house: House, shop
) -> None:
    ida, page = browser("ida"), f"/conversations/{talk.public_id}"
    assert press(ida, page, f"{page}/notes", text="A regular").status_code == 302
    assert press(ida, page, f"{page}/assignment", staff=shop.staff["ida"].public_id).status_code == 302
    assert press(ida, page, f"{page}/closing").status_code == 302
    html = ida.get(page).get_data(as_text=True)
    assert "A regular" in html
    assert "Ida Berg took it" in html
    assert again(house, talk).state is ConversationState.CLOSED


def test_a_conversation_cannot_be_given_to_who_does_not_answer(
    browser: Callable, press: Callable, talk: Conversation, shop
) -> None:
    ida, page = browser("ida"), f"/conversations/{talk.public_id}"
    assert press(ida, page, f"{page}/assignment", staff=shop.staff["nora"].public_id).status_code == 422


def test_what_automation_held_is_listed_dropped_and_released(
    browser: Callable, press: Callable, talk: Conversation, house: House, shop, now
) -> None:
    with house.store.write() as session:
        held = [
            Message(kind=Kind.CAMPAIGN, state=State.HELD, customer_id=shop.ann.id, address=shop.ann.email,
                    subject=f"Offer {n}", message_id=f"held-{n}@example.com", created_at=now, due_at=now, next_at=now)
            for n in (1, 2)
        ]  # fmt: skip
        session.add_all(held)
    maya, page = browser("maya"), f"/conversations/{talk.public_id}"
    assert "Offer 1" in maya.get(page).get_data(as_text=True)
    dropped = press(maya, page, f"/messages/{held[0].public_id}/cancellation", back=page)
    assert dropped.location == page
    assert press(maya, page, f"/customers/{shop.ann.public_id}/release", back=page).status_code == 302
    with house.store.read() as session:
        assert [session.get_one(Message, each.id).state for each in held] == [State.CANCELLED, State.READY]
        assert holds(session, [shop.ann.id]) == {}


def test_a_stranger_has_a_conversation_too(browser: Callable, house: House, now) -> None:
    with house.store.write() as session:
        talk = Conversation(address="stranger@example.com", opened_at=now, waiting_since=now)
        session.add(talk)
        session.flush()
        session.add(Entry(conversation_id=talk.id, kind=EntryKind.REPLY, at=now, text="Hello"))
    page = browser("ida").get(f"/conversations/{talk.public_id}")
    assert page.status_code == 200
    assert "Nobody we know by this address" in page.get_data(as_text=True)
