"""How does a representative's answer leave?"""

from datetime import datetime

from sqlmodel import Session

from mailer.house import House
from mailer.inbox import answer as answers
from mailer.inbox.conversation import Conversation, Entry
from mailer.people.staff import Staff


def answer(
    house: House, session: Session, talk: Conversation, staff: Staff, text: str, seen_revision: int, now: datetime
) -> Entry:
    """Put an answer into the outbox, in the customer's thread.

    Raises:
        Invalid: the text is empty, or the conversation went on since the writer last saw it.
    """
    entry = answers.answer(
        session,
        talk,
        staff,
        text,
        now,
        domain=house.settings.delivery.domain,
        reply_domain=house.settings.replies.domain,
        signer=house.signer,
        seen_revision=seen_revision,
    )
    house.woken.set()
    return entry
