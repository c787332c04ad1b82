"""What does a question find? Each answer is a piece of its own, so that a page is there before the answers are.

count     how many, which share, in which words            overlap   who of them is in another segment too
sample    some of them, and why                            history   how many they were in the last thirty days
reach     how many would get an email now: the gate is asked, as it will be when a campaign chooses
"""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select as rows_of
from sqlmodel import Session, col, select

from mailer.campaigns.campaign import Campaign
from mailer.delivery import gate
from mailer.errors import Invalid, MailerError
from mailer.people.consent import Topic
from mailer.people.customer import Customer
from mailer.people.hold import holds
from mailer.segments import past
from mailer.segments import segment as segments
from mailer.segments.criteria import Criteria
from mailer.segments.segment import Segment
from mailer.web.exchange import house, now

SHOWN = 5  # customers
OTHERS = 12  # segments it is laid over
LOOKED_AT = 5_000  # customers the gate is asked about; of more, as many are taken for all of them

Found = Mapping[str, Any]


def count(session: Session, criteria: Criteria, own: str) -> Found:
    """Return how many customers are meant, and their share."""
    number, everybody = segments.share(house().warehouse, criteria, now())
    return {"count": number, "everybody": everybody, "percent": 100 * number / everybody if everybody else 0}


def sample(session: Session, criteria: Criteria, own: str) -> Found:
    """Return some customers, each with the proof."""
    warehouse = house().warehouse
    ids = segments.sample(warehouse, criteria, now(), SHOWN)
    found = session.exec(select(Customer).where(col(Customer.id).in_(ids)).order_by(col(Customer.id))).all()
    proofs = segments.why_each(warehouse, criteria, ids, now())
    return {"rows": [(each, proofs[each.id or 0]) for each in found]}


def overlap(session: Session, criteria: Criteria, own: str) -> Found:
    """Return, for each other segment, how many are in both; the most first."""
    others = session.exec(
        select(Segment).where(Segment.name != own, col(Segment.archived_at).is_(None))
        .order_by(col(Segment.starred).desc(), col(Segment.updated_at).desc()).limit(OTHERS)
    ).all()  # fmt: skip
    found = []
    for each in others:
        try:
            found.append((each, segments.overlap(house().warehouse, criteria, each.tree, now())))
        except Invalid:  # it asks for what is no longer there
            continue
    return {"rows": sorted(found, key=lambda row: (-row[1].both, row[0].title))}


def history(session: Session, criteria: Criteria, own: str) -> Found:
    """Return how many were meant in the last thirty days."""
    return {"rows": past.history(house().warehouse, criteria, now())}


def reach(session: Session, criteria: Criteria, own: str) -> Found:
    """Return, for each topic, how many would get an email now, and why the others would not."""
    warehouse = house().warehouse
    everybody = segments.count(warehouse, criteria, now())
    if everybody > LOOKED_AT:
        ids = segments.sample(warehouse, criteria, now(), LOOKED_AT)
    else:
        ids = segments.customers(warehouse, criteria, now(), limit=LOOKED_AT)
    asked = rows_of(col(Customer.id), col(Customer.email), col(Customer.time_zone)).where(col(Customer.id).in_(ids))
    people = session.execute(asked).all()
    held = set(holds(session, ids))
    topics = session.exec(select(Topic).order_by(Topic.name)).all()
    of_each = everybody / len(people) if people else 0
    found = []
    for topic in topics:
        trial = Campaign(name="", title="", segment_id=0, topic_id=topic.id, template="", again_after_days=0,
                         created_at=now())  # fmt: skip
        no = gate.judge_customers(session, trial, people, now(), house().settings.gate)
        refused = Counter(str(each.no) for each in no.values())
        refused["held"] = len(held - no.keys())
        reached = len(people) - refused.total()
        scaled = {each: round(many * of_each) for each, many in refused.items()}
        found.append((topic, round(reached * of_each), scaled))
    return {"rows": found, "everybody": everybody, "looked_at": len(people)}


PIECES: Mapping[str, Callable[[Session, Criteria, str], Found]] = {
    "count": count, "sample": sample, "reach": reach, "history": history, "overlap": overlap,
}  # fmt: skip


def find(piece: str, session: Session, criteria: Criteria, own: str) -> Found:
    """Return a piece of the answer; where it cannot be had, `wrong` says why."""
    try:
        return PIECES[piece](session, criteria, own)
    except MailerError as error:
        return {"wrong": str(error)}
