"""Which headers put an answer into the customer's thread?

Mail programs join emails by In-Reply-To and References (RFC 5322, 3.6.4): the parent's own Message-ID, and the parent's
References with that id added. Long chains are cut in the middle, because the first ancestor names the thread and the
last ones are what a program has at hand. The customer chose these ids: what is not plainly an id is left out, so that
nothing of theirs can begin a header line of ours.
"""

import re
from collections.abc import Sequence

from sqlmodel import Session, col, select

from mailer.delivery.message import Message
from mailer.inbox.conversation import Conversation, Entry
from mailer.replies.inbound import InboundEmail

CHAIN = 12  # ids in References
LONGEST = 250  # characters of an id; twelve of these stay below what servers take for a header
_ID = re.compile(r"[!-;=?-~]+")  # printable ASCII without blanks and angle brackets


def headers(session: Session, conversation: Conversation) -> dict[str, str]:
    """Return In-Reply-To and References for an answer in this conversation."""
    parent = last_email(session, conversation)
    if parent is not None and _plain([parent.header_message_id]):
        before = parent.details.get("references") or parent.details.get("in_reply_to", [])
        return _headers([*before, parent.header_message_id])
    ours = session.exec(
        select(Message.message_id)
        .join(Entry, col(Entry.message_id) == Message.id)
        .where(Entry.conversation_id == conversation.id)
        .order_by(col(Entry.id))
    ).all()
    began = session.get(Message, conversation.message_id) if conversation.message_id else None
    return _headers([*([began.message_id] if began else []), *ours])


def last_email(session: Session, conversation: Conversation) -> InboundEmail | None:
    """Return the newest email of the customer's in this conversation."""
    heard = select(InboundEmail).join(Entry, col(Entry.inbound_id) == InboundEmail.id)
    theirs = heard.where(Entry.conversation_id == conversation.id, col(InboundEmail.header_message_id) != "")
    people = theirs.where(Entry.kind == "reply")
    return session.exec(people.order_by(col(InboundEmail.received_at).desc(), col(InboundEmail.id).desc())).first()


def _headers(chain: Sequence[str]) -> dict[str, str]:
    ids = _plain(chain)
    if not ids:
        return {}
    kept = ids if len(ids) <= CHAIN else [ids[0], *ids[1 - CHAIN :]]
    return {"In-Reply-To": f"<{kept[-1]}>", "References": " ".join(f"<{each}>" for each in kept)}


def _plain(ids: Sequence[str]) -> list[str]:
    """Keep what is an id, each at its last place."""
    fit = [each for each in ids if len(each) <= LONGEST and _ID.fullmatch(each)]
    return list(reversed(dict.fromkeys(reversed(fit))))
