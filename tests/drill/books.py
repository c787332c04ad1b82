"""Do the two books agree: what the judge logged before it answered, and what our rows say?"""

from collections import Counter
from pathlib import Path

import sqlalchemy as sa

import mailer.tables  # noqa: F401 -- every table is known
from mailer.delivery.accounts import accounts
from mailer.delivery.message import LEFT, PENDING, State, T
from mailer.store import Store
from tests.drill.house import address_of
from tests.drill.result import Result

ENDS = {state for state in State if state not in PENDING}
BEFORE = set(PENDING) - set(LEFT)
LENGTH = 55  # of a line in the judge's log: a Message-ID of the drill, and a line end


def logged(folder: Path) -> int:
    """How many messages the judge has."""
    log = folder / "judge.log"
    return log.stat().st_size // LENGTH if log.exists() else 0


def waiting(folder: Path) -> int:
    """How many messages may still leave: not those that were handed over, whatever became of them."""
    store = Store(address_of(folder))
    with store.read() as session:
        many = session.execute(sa.select(sa.func.count()).where(T.c.state.in_(BEFORE))).scalar_one()
    store.close()
    return many


def compare(folder: Path, result: Result) -> Result:
    """Fill in what both books say together."""
    log = folder / "judge.log"
    seen = Counter(log.read_text().split() if log.exists() else ())
    store = Store(address_of(folder))
    with store.read() as session:
        ours: dict[str, State] = {row[0]: row[1] for row in session.execute(sa.select(T.c.message_id, T.c.state))}
        runs = session.execute(sa.select(T.c.run_id).where(T.c.run_id.is_not(None)).distinct()).scalars().all()
        result.wants(all(accounts(session, run).balance for run in runs), "the accounts do not balance")
    store.close()
    doubtful = {message for message, state in ours.items() if state is State.IN_DOUBT}
    sent = {message for message, state in ours.items() if state is State.SENT}
    result.messages += len(ours)
    result.delivered += len(seen)
    result.twice += sum(times > 1 for times in seen.values())
    result.lost_unseen += len(sent - seen.keys())
    result.in_doubt += len(doubtful)
    result.in_doubt_and_delivered += len(doubtful & seen.keys())
    result.unfinished += sum(state not in ENDS for state in ours.values())
    unknown = seen.keys() - sent - doubtful  # it left, and our books do not say that it may have
    result.wants(not unknown, f"{len(unknown)} messages left that our rows do not count as such")
    return result
