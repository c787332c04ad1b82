from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from mailer import clock
from mailer.delivery.message import Kind, Message, State
from mailer.house import House
from mailer.inbox import assignment, conversation, routing, saved
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


def test_an_answer_can_be_undone_for_ten_seconds(
    browser: Callable, press: Callable, talk: Conversation, house: House, now
) -> None:
    maya, page = browser("maya"), f"/conversations/{talk.public_id}"
    press(maya, page, f"{page}/answers", text="Yes, from tne.", seen_revision=talk.revision)
    with house.store.read() as session:
        message = session.exec(select(Message).where(Message.kind == Kind.ANSWER)).one()
    assert message.due_at == message.created_at + timedelta(seconds=10)
    undo = f"{page}/answers/{message.public_id}/undo"
    assert undo in maya.get(page).get_data(as_text=True)
    assert undo not in browser("ida").get(page).get_data(as_text=True)
    assert press(browser("ida"), page, undo).status_code == 409
    undone = press(maya, page, undo)
    assert undone.status_code == 200
    assert "Yes, from tne.</textarea>" in undone.get_data(as_text=True)
    assert again(house, talk).state is ConversationState.OPEN
    assert press(maya, page, undo).status_code == 409


def test_an_answer_that_has_left_cannot_be_undone(
    browser: Callable, press: Callable, talk: Conversation, house: House, now
) -> None:
    maya, page = browser("maya"), f"/conversations/{talk.public_id}"
    press(maya, page, f"{page}/answers", text="Yes.", seen_revision=talk.revision)
    with house.store.read() as session:
        message = session.exec(select(Message).where(Message.kind == Kind.ANSWER)).one()
    clock.move_to(message.due_at)
    late = press(maya, page, f"{page}/answers/{message.public_id}/undo")
    assert late.status_code == 409
    assert "has left already" in late.get_data(as_text=True)
    assert again(house, talk).state is ConversationState.ANSWERED


def test_a_saved_reply_is_put_after_what_was_written_and_nothing_is_kept(
    browser: Callable, press: Callable, talk: Conversation, house: House, shop, now
) -> None:
    with house.store.write() as session:
        ours = saved.keep(session, None, shop.staff["ida"], "Hours", "{first name}, we open at ten.", True, now)
        hers = saved.keep(session, None, shop.staff["ida"], "Hers", "Secret", False, now)
    maya, page = browser("maya"), f"/conversations/{talk.public_id}"
    html = maya.get(page).get_data(as_text=True)
    assert 'data-words="Ann, we open at ten."' in html
    assert "Hers" not in html
    filled = press(maya, page, f"{page}/draft", text="Hello Ann", reply=ours.public_id).get_data(as_text=True)
    assert "Hello Ann\n\nAnn, we open at ten.</textarea>" in filled
    assert press(maya, page, f"{page}/draft", text="", reply=hers.public_id).status_code == 404
    assert again(house, talk).revision == talk.revision


def test_who_else_has_it_open_is_said_while_they_do(
    browser: Callable, press: Callable, talk: Conversation, house: House, now
) -> None:
    maya, ida, page = browser("maya"), browser("ida"), f"/conversations/{talk.public_id}"
    until = int((now + timedelta(minutes=9)).timestamp())

    def asks(who, shown: str = "", writing: str = "no"):
        fields = {"revision": talk.revision, "until": until, "shown": shown, "writing": writing}
        return press(who, page, f"{page}/presence", **fields)

    assert asks(maya).status_code == 204  # nobody else: nothing to show
    assert "Maya Keller has this open too" in asks(ida).get_data(as_text=True)
    assert asks(ida, shown="Maya Keller").status_code == 204
    asks(maya, shown="Ida Berg", writing="yes")
    assert "Maya Keller is writing an answer here" in asks(ida, shown="Maya Keller").get_data(as_text=True)
    assert "Maya Keller is writing" in ida.get(page).get_data(as_text=True)  # a page without a script says it too
    clock.move_to(clock.now() + timedelta(seconds=6))
    gone = asks(ida, shown="Maya Keller writes")
    assert gone.status_code == 200
    assert "Maya Keller" not in gone.get_data(as_text=True)


def test_what_was_held_is_chosen_from_at_closing(
    browser: Callable, press: Callable, talk: Conversation, house: House, shop, now
) -> None:
    with house.store.write() as session:
        held = [
            Message(kind=Kind.CAMPAIGN, state=State.HELD, customer_id=customer.id, address=customer.email,
                    subject=f"Offer {n}", message_id=f"held-{n}@example.com", created_at=now, due_at=now, next_at=now)
            for n, customer in enumerate((shop.ann, shop.ann, shop.bob))
        ]  # fmt: skip
        session.add_all(held)
    maya, page = browser("maya"), f"/conversations/{talk.public_id}"
    assert maya.get(page).get_data(as_text=True).count('name="drop"') == 2
    press(maya, page, f"{page}/closing", drop=[held[0].public_id, held[2].public_id])
    with house.store.read() as session:
        states = [session.get_one(Message, each.id).state for each in held]
    assert states == [State.CANCELLED, State.READY, State.HELD]  # Bob's is none of this talk's business


def test_what_is_held_by_another_talk_stays_held(
    browser: Callable, press: Callable, talk: Conversation, house: House, shop, now
) -> None:
    with house.store.write() as session:
        conversation.ask(session, shop.ann, None, "Another thing", EntryKind.REPLY, now)
        held = Message(kind=Kind.CAMPAIGN, state=State.HELD, customer_id=shop.ann.id, address=shop.ann.email,
                       subject="Offer", message_id="held@example.com", created_at=now, due_at=now,
                       next_at=now)  # fmt: skip
        session.add(held)
    page = f"/conversations/{talk.public_id}"
    press(browser("maya"), page, f"{page}/closing")
    with house.store.read() as session:
        assert session.get_one(Message, held.id).state is State.HELD
