"""Threads as mail programs join them."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from mailer.delivery.message import Message
from mailer.inbox.conversation import EntryKind, ask
from mailer.inbox.thread import CHAIN, headers
from mailer.replies.inbound import Verdict

Shop = Any


def test_without_an_email_of_theirs_the_thread_is_ours(session: Session, shop: Shop) -> None:
    maya, ann = shop.staff("Maya Lindqvist"), shop.customer("Ann")
    ours = shop.sent(ann)
    talk = ask(session, ann, ours, "Hello", EntryKind.REPLY, shop.now)
    assert headers(session, talk) == {"In-Reply-To": f"<{ours.message_id}>", "References": f"<{ours.message_id}>"}
    first = session.get_one(Message, shop.answer(talk, maya, "Hello Ann").message_id)
    assert headers(session, talk) == {
        "In-Reply-To": f"<{first.message_id}>",
        "References": f"<{ours.message_id}> <{first.message_id}>",
    }


def test_with_nothing_to_refer_to_there_are_no_headers(session: Session, shop: Shop) -> None:
    assert headers(session, ask(session, shop.customer("Ann"), None, "Hello", EntryKind.REPLY, shop.now)) == {}


def test_the_newest_email_of_theirs_is_the_parent(session: Session, shop: Shop) -> None:
    shop.staff("Maya Lindqvist")
    ours = shop.sent(shop.customer("Ann"))
    shop.hear(shop.arrived(ours))
    last = shop.arrived(ours, details={"in_reply_to": [ours.message_id]})
    talk, _, _ = shop.hear(last)
    shop.hear(shop.arrived(ours, verdict=Verdict.BOUNCE))
    assert headers(session, talk) == {
        "In-Reply-To": f"<{last.header_message_id}>",
        "References": f"<{ours.message_id}> <{last.header_message_id}>",
    }


def test_an_email_without_an_id_leaves_the_thread_to_ours(session: Session, shop: Shop) -> None:
    shop.staff("Maya Lindqvist")
    ours = shop.sent(shop.customer("Ann"))
    talk, _, _ = shop.hear(shop.arrived(ours, header_message_id=""))
    assert headers(session, talk)["In-Reply-To"] == f"<{ours.message_id}>"


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(max_size=300), st.lists(st.text(max_size=300), max_size=40))
def test_no_id_a_customer_chose_can_begin_a_line_of_ours(
    session: Session, shop: Shop, ident: str, chain: list[str]
) -> None:
    talk, _, _ = _heard(session, shop, ident, chain)
    for value in headers(session, talk).values():
        assert value.isprintable()
        assert value.isascii()
        assert value.count("<") == value.count(">") == len(value.split()) <= CHAIN


def _heard(session: Session, shop: Shop, ident: str, chain: list[str]) -> Any:
    number = shop.number()
    shop.staff(f"Maya{number} Lindqvist")
    clean = [each.encode("utf-8", "replace").decode() for each in (ident, *chain)]
    ours = shop.sent(shop.customer(f"Ann{number}"))
    return shop.hear(shop.arrived(ours, header_message_id=clean[0], details={"references": clean[1:]}))
