"""How does a person stop what is leaving?

Pausing a campaign, or cancelling a run, is one small write. The gate reads it in the very transaction of each
hand-over, so from its commit on nothing more leaves but what is behind its final dot already. What waits is marked
afterwards, a chunk a transaction, by `tidy`: a million rows are no reason to keep anybody waiting.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial

import sqlalchemy as sa
from sqlmodel import Session, col, select

from mailer.campaigns.campaign import Campaign, CampaignState, Run, RunState
from mailer.delivery import release
from mailer.delivery.message import Message, State
from mailer.errors import Invalid
from mailer.house import House
from mailer.store import Urgency

WAITS = (State.READY, State.WAITING, State.HELD)


def pause(session: Session, campaign: Campaign) -> None:
    """Stop a campaign until it is resumed.

    Raises:
        Invalid: it is not approved, so nothing of it leaves.
    """
    if campaign.state is not CampaignState.APPROVED:
        raise Invalid(f"“{campaign.title}” is {campaign.state}, so nothing of it leaves")
    campaign.pause(session)


def resume(house: House, session: Session, campaign: Campaign, now: datetime) -> None:
    """Let a paused campaign go on; what was set aside follows with `tidy`, or by itself within ten minutes.

    Raises:
        Invalid: it is not paused.
    """
    if campaign.state is not CampaignState.PAUSED:
        raise Invalid(f"“{campaign.title}” is {campaign.state}, not paused")
    campaign.resume(session)
    release.release_paused(session, campaign.id or 0, now)
    house.resumed.add(campaign.id or 0)


def cancel(session: Session, run: Run, now: datetime) -> int:
    """Stop a run for good, and return how many of its emails waited; `tidy` marks those."""
    waiting = sa.select(sa.func.count()).where(col(Message.run_id) == run.id, col(Message.state).in_(WAITS))
    count: int = session.execute(waiting).scalar_one()
    release.cancel_run(session, run, now)
    return count


def tidy(house: House, now: datetime) -> int:
    """Mark what waits of cancelled runs, and free what resumed campaigns had set aside; return how many."""
    done = 0
    with house.store.read() as session:
        waits = sa.exists().where(col(Message.run_id) == Run.id, col(Message.state).in_(WAITS))
        cancelled = session.exec(select(Run.id).where(Run.state == RunState.CANCELLED, waits)).all()
    for run_id in cancelled:
        done += _repeat(house, partial(_cancel, run_id=run_id, now=now))
    while house.resumed:
        done += _repeat(house, partial(release.release_paused, campaign_id=house.resumed.pop(), now=now))
    return done


def _cancel(session: Session, run_id: int | None, now: datetime) -> int:
    return release.cancel_run(session, session.get_one(Run, run_id), now)


def _repeat(house: House, step: Callable[[Session], int]) -> int:
    done = 0
    while True:
        with house.store.write(Urgency.BULK) as session:
            changed = step(session)
        if not changed:
            return done
        done += changed
