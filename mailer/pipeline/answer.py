"""How does a representative's answer leave, and how does a talk end?"""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlmodel import Session

from mailer.delivery.message import State, T
from mailer.delivery.outbox import change
from mailer.delivery.release import release_held
from mailer.house import House
from mailer.inbox import answer as answers
from mailer.inbox.conversation import Conversation, Entry
from mailer.people.hold import holds
from mailer.people.staff import Staff


def answer(
    house: House,
    session: Session,
    talk: Conversation,
    staff: Staff,
    text: str,
    seen_revision: int,
    now: datetime,
    waits: timedelta = timedelta(),
) -> Entry:
    """Put an answer into the outbox, in the customer's thread; for as long as it `waits` it can be taken back.

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
        waits=waits,
    )
    house.woken.set()
    return entry


def close(house: House, session: Session, talk: Conversation, dropped: Collection[str], who: str, now: datetime) -> int:
    """End a talk; of what automation held meanwhile, drop these (public ids) and let the rest go; return how many go.

    Nothing goes while the customer is in another talk: what is held is held by that one too.
    """
    talk.close(session, now)
    if talk.customer_id is None:
        return 0
    theirs = (T.c.customer_id == talk.customer_id) & T.c.public_id.in_(dropped)
    change(session, (State.HELD,), theirs, {"state": State.CANCELLED, "reason": f"dropped by {who}", "settled_at": now})
    if holds(session, [talk.customer_id]):
        return 0
    house.woken.set()
    return release_held(session, talk.customer_id, now)
