"""Who opened, clicked or looked? An append-only log: the only thing a GET may leave behind.

Machines fetch links and images too: mail servers look for malware behind every link, programs fetch ahead. So a hit
proves nothing by itself. Each is kept with what speaks for a machine (`machine`, empty where nothing does), and a click
counts as a human's only where a human being is known to have had that very email in hand: they answered it, by words
or in the survey, within a day of the click, and neither the click itself nor what came with it looks like a machine's
(`proven`). That is a lower bound, shown beside all clicks; openings have no such proof, and nothing is made of them.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlmodel import Field, Session, SQLModel, col, func, select

from mailer.delivery.message import Message
from mailer.store import ID, UTC

MOST = 2_000  # characters of a target that are kept
MOST_AGENT = 500
AT_ONCE = timedelta(seconds=10)  # after it left, nobody has read it yet
BURST = timedelta(seconds=2)  # in which no human follows two links
NEAR = timedelta(days=1)  # between a click and what proves the human
COUNTED = re.compile(r"/c/[a-z2-7]{40}/(\d+(?:/\d+)?)$")  # a counted link of ours; its number is the link
_PROGRAM = re.compile(
    r"bot\b|crawl|spider|scan|preview|proxy|monitor|fetch|headless|phantom|^$|^mozilla/[45]\.0$"
    r"|curl|wget|python|java/|okhttp|go-http|libwww|ruby|perl|node|axios|http-?client|winhttp"
    r"|barracuda|mimecast|proofpoint|symantec|trend ?micro|fortinet|cisco|sophos|ironport|safelinks|msoffice",
    re.IGNORECASE,
)


class Hit(SQLModel, table=True):
    """One request for something a message pointed to."""

    __tablename__ = "hit"

    id: int | None = Field(default=None, primary_key=True, sa_type=ID)
    message_id: int = Field(foreign_key="message.id", sa_type=ID, index=True)
    what: str  # open or click
    link: str = ""  # which one: its number in the template version, and the round of a loop: 3 or 3/2; empty: not known
    target: str = ""
    at: datetime = Field(sa_type=UTC)
    agent: str = ""
    machine: str = ""  # what speaks for a machine; empty: nothing does


class Asked(NamedTuple):
    """How something was asked for."""

    agent: str
    head: bool = False
    ahead: bool = False  # by a program that says it fetches before anybody asks
    since_left: timedelta | None = None  # after the message left


MARKS: Sequence[tuple[str, Callable[[Asked], bool]]] = (
    ("asked for the head only", lambda asked: asked.head),
    ("fetched ahead", lambda asked: asked.ahead),
    ("a program by its own name", lambda asked: bool(_PROGRAM.search(asked.agent.strip()))),
    ("as soon as it left", lambda asked: asked.since_left is not None and asked.since_left < AT_ONCE),
)


def machine(asked: Asked) -> str:
    """Return what speaks for a machine, the plainest first, or nothing."""
    return next((why for why, holds in MARKS if holds(asked)), "")


def hit(message: Message, what: str, at: datetime, asked: Asked, *, link: str = "", target: str = "") -> Hit:
    """Return a hit of `message`, to be added to the log."""
    left = message.handed_over_at or message.settled_at
    asked = asked._replace(since_left=asked.since_left if left is None else at - left)
    return Hit(
        message_id=message.id or 0, what=what, link=link, target=target[:MOST], at=at,
        agent=asked.agent[:MOST_AGENT], machine=machine(asked),
    )  # fmt: skip


def proven(clicks: Iterable[Hit], answers: Sequence[datetime]) -> Hit | None:
    """Return the first of these clicks, all of one message, that a human made; `answers`: when one answered it."""
    ordered = sorted(clicks, key=lambda each: each.at)
    for each in ordered:
        among = [other for other in ordered if abs(other.at - each.at) <= BURST and _which(other) != _which(each)]
        if not each.machine and not among and any(abs(at - each.at) <= NEAR for at in answers):
            return each
    return None


def followed(session: Session, campaign_id: int) -> int:
    """Count the emails of a campaign of which a link was followed, by whomever."""
    asked = select(func.count(func.distinct(Hit.message_id))).join(Message, col(Message.id) == col(Hit.message_id))
    return session.exec(asked.where(Hit.what == "click", Message.campaign_id == campaign_id)).one()


def _which(each: Hit) -> str:
    return each.link or each.target
