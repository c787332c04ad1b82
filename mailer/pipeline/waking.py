"""May this house act? A restored or copied one is in safe mode until a person accepts.

wake       when a house opens: whose database is this, and does the journal know more?
take_over  a person accepts: what left since the backup becomes sent, then everything goes on
"""

from datetime import datetime
from itertools import islice

from mailer import generation
from mailer.delivery import departed, journal
from mailer.delivery.departed import Applied
from mailer.house import House
from mailer.store import CHUNK, Urgency

BEHIND = "this database is older than the journal beside it: emails left that it does not know of"


def wake(house: House, now: datetime) -> str:
    """Look whose database this is; return why the house is in safe mode, or nothing."""
    last = journal.last(house.home.var / "journal.log")
    with house.store.read() as session:
        fresh = not generation.is_known(session)
        behind = last is not None and departed.is_behind(session, last)
        asleep = generation.safe_mode(session, house.generation)
    if fresh or (behind and not asleep):
        with house.store.write() as session:
            generation.begin(session, house.generation, now)
            if behind:
                generation.suspect(session, BEHIND)
    return house.safe_mode


def take_over(house: House, now: datetime) -> Applied:
    """Accept this house as the one that goes on: apply the journal, then begin a new generation.

    Interrupted and repeated it does the same: until its very end the house stays in safe mode.
    """
    lines, applied = journal.told(house.home.var / "journal.log"), Applied()
    while chunk := list(islice(lines, CHUNK)):
        with house.store.write(Urgency.BULK) as session:
            applied += departed.apply(session, chunk)
    with house.store.write() as session:
        generation.renew(session, house.generation, now)
    return applied
