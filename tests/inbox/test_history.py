"""The whole story of a conversation, in the order it happened."""

from datetime import timedelta
from typing import Any

from sqlmodel import Session

from mailer.delivery.message import Message, State
from mailer.inbox.assignment import BY_HAND, assign
from mailer.inbox.conversation import EntryKind, ask, note
from mailer.inbox.history import What, history
from mailer.replies.inbound import InboundState, Trust, Verdict

Shop = Any


def test_everything_is_told_in_order(session: Session, shop: Shop) -> None:
    maya, jonas = shop.staff("Maya Lindqvist"), shop.staff("Jonas Weber")
    ann = shop.customer("Ann", maya)
    ours = shop.sent(ann, staff_id=maya.id)
    start = shop.now

    def hour(number: int) -> Any:
        return start + timedelta(hours=number)

    shop.arrived(
        ours,
        state=InboundState.FILED,
        verdict=Verdict.AUTOREPLY,
        received_at=hour(1),
        subject="Away until Friday",
        details={"done": ["noted"]},
    )
    talk, _, _ = shop.hear(shop.arrived(ours, "Where?", received_at=hour(2)), at=hour(2))
    assign(session, talk, jonas.id, BY_HAND, "Maya gave it to Jonas", hour(3), by_staff_id=maya.id)
    note(session, talk, jonas.id, "I look", hour(4))
    answered = shop.answer(talk, jonas, "Tomorrow", at=hour(5))
    reply = session.get_one(Message, answered.message_id)
    eve = {"from_name": "Eve", "from_address": "eve@example.net", "trust": Trust.OTHER_SENDER}
    shop.hear(shop.arrived(reply, "And I?", received_at=hour(6), **eve), at=hour(6))
    shop.arrived(reply, state=InboundState.FILED, verdict=Verdict.BOUNCE, received_at=hour(7), subject="Failed")
    ask(session, ann, ours, "Please call", EntryKind.CALL, hour(8))
    talk.close(session, hour(9))
    told = [(line.what, line.who, line.text, line.badges) for line in history(session, talk)]
    assert told == [
        (What.BEGAN, "Maya Lindqvist", "We miss you", ()),
        (What.FILED, "Ann Miller", "An automatic reply: Away until Friday; noted", ()),
        (What.REPLY, "Ann Miller", "Where?", ()),
        (What.ASSIGNED, "Maya Lindqvist", "Maya Lindqvist is their representative", ("own representative",)),
        (What.ASSIGNED, "Jonas Weber", "Maya gave it to Jonas", ("by hand",)),
        (What.NOTE, "Jonas Weber", "I look", ()),
        (What.ANSWER, "Jonas Weber", "Tomorrow", ()),
        (What.REPLY, "Eve", "And I?", ("written by another sender",)),
        (
            What.FILED,
            "Ann Miller",
            "A report that our email did not arrive: Failed",
            ("our answer did not arrive",),
        ),
        (What.CALL, "Ann Miller", "Please call", ("asks to be called", "through the human link")),
        (What.CLOSED, "", "Closed; a new reply opens it again", ()),
    ]


def test_what_became_of_an_answer_is_said(session: Session, shop: Shop) -> None:
    maya = shop.staff("Maya Lindqvist")
    talk, _, _ = shop.hear(shop.arrived(shop.sent(shop.customer("Ann"))))
    message = session.get_one(Message, shop.answer(talk, maya, "Tomorrow").message_id)
    message.state, message.reply = State.FAILED, "550 no such user"
    assert history(session, talk)[-1].badges == ("not delivered: 550 no such user",)
    message.state, message.bounced_at, message.bounce_status = State.SENT, shop.now, "5.1.1"
    assert history(session, talk)[-1].badges == ("came back: 5.1.1",)


def test_another_customers_filed_email_is_not_part_of_it(session: Session, shop: Shop) -> None:
    shop.staff("Maya Lindqvist")
    talk, _, _ = shop.hear(shop.arrived(shop.sent(shop.customer("Ann"))))
    shop.arrived(shop.sent(shop.customer("Bob")), state=InboundState.FILED, verdict=Verdict.AUTOREPLY)
    shop.arrived(None, state=InboundState.FILED, verdict=Verdict.AUTOREPLY)
    assert What.FILED not in [line.what for line in history(session, talk)]
