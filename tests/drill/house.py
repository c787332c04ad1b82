"""The small house the drill and the bench send from: one campaign, its customers, its messages ready to leave."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import SQLModel

import mailer.tables  # noqa: F401 -- every table is known
from mailer.campaigns.campaign import Campaign, CampaignState, RecipientState, Run, RunState
from mailer.delivery import departing
from mailer.delivery.message import Message
from mailer.delivery.outbox import Claimed
from mailer.delivery.transport import Envelope
from mailer.people.consent import Topic
from mailer.segments.segment import Segment
from mailer.settings import Gate
from mailer.store import CHUNK, Store, new_public_id

GATE = Gate(quiet_from="00:00", quiet_until="00:00")  # no night falls on a drill
DOMAIN = "drill.example"


def address_of(folder: Path) -> str:
    """Return the address of the database of the house in `folder`."""
    return (folder / "store").read_text()


def judge_of(folder: Path) -> str:
    """Return the URL of the transport that leads to the judge of `folder`, which listens by now."""
    return f"smtp://127.0.0.1:{(folder / 'port').read_text()}?tls=no"


def prepare(folder: Path, messages: int, url: str = "") -> None:
    """Make the house and put so many messages into its outbox; `url` names an empty database instead of SQLite."""
    (folder / "store").write_text(url or f"sqlite:///{folder}/mailer.db")
    store = Store(address_of(folder))
    store.create()
    now = datetime.now(UTC)
    with store.write() as session:
        topic = Topic(id="offers", name="Offers")
        segment = Segment(name="all", title="All", criteria={}, created_at=now, updated_at=now)
        session.add_all([topic, segment])
        session.flush()
        campaign = Campaign(
            name="drill", title="Drill", segment_id=segment.id, topic_id=topic.id, template="drill",
            state=CampaignState.APPROVED, created_at=now,
        )  # fmt: skip
        session.add(campaign)
        session.flush()
        run = Run(campaign_id=campaign.id, occurrence="2026-03-16T09:00", state=RunState.CHOSEN, planned_at=now)
        session.add(run)
        session.flush()
    for start in range(0, messages, CHUNK):
        with store.write() as session:
            numbers = range(start + 1, min(start + CHUNK, messages) + 1)
            _insert(session, "customer", [
                {
                    "id": n, "public_id": new_public_id(), "email": f"c{n}@example.com", "first_name": f"C{n}",
                    "last_name": "", "language": "en", "time_zone": "UTC", "attributes": {}, "created_at": now,
                    "updated_at": now,
                }
                for n in numbers
            ])  # fmt: skip
            _insert(session, "consent", [
                {"customer_id": n, "topic_id": "offers", "granted": True, "at": now, "source": "import", "wording": ""}
                for n in numbers
            ])  # fmt: skip
            _insert(session, "recipient", [
                {
                    "run_id": run.id, "customer_id": n, "address": f"c{n}@example.com", "state": RecipientState.CHOSEN,
                    "reason": "", "due_at": now, "chosen_at": now,
                }
                for n in numbers
            ])  # fmt: skip
            departing.enqueue(session, run, campaign, now, DOMAIN)
    store.close()


def _insert(session, table: str, rows: list[dict]) -> None:
    session.execute(sa.insert(SQLModel.metadata.tables[table]), rows)


BODY = b"".join(b"<p>Line %d of a letter that says little, at some length.</p>\r\n" % n for n in range(400))


def envelope(message: Message | Claimed, size: int = 2_000) -> Envelope:
    """A letter without a renderer: the bytes are a function of the message, as they must be."""
    head = (
        f"From: Ann <ann@{DOMAIN}>\r\nTo: {message.address}\r\nSubject: Drill\r\n"
        f"Date: Mon, 16 Mar 2026 10:00:00 +0000\r\n"
        f"Message-ID: <{message.message_id}>\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    )
    return Envelope(message.id, message.epoch, f"b@{DOMAIN}", message.address, head.encode() + BODY[: size // 61 * 61])


LEASE = timedelta(minutes=15)
