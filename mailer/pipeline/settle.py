"""How is what is in doubt settled by the log of the relay?"""

from datetime import datetime
from pathlib import Path

from mailer.delivery import maillog, reconcile
from mailer.delivery.message import State
from mailer.delivery.reconcile import Settled
from mailer.house import House


def by_log(house: House, log: Path, now: datetime, *, whole: bool = False, dry_run: bool = False) -> list[Settled]:
    """Read a log of Postfix, settle what it proves, and return what became of everything in doubt."""
    with house.store.read() as session:
        wanted = {message.message_id for message in reconcile.doubtful(session)}
    found = maillog.traces(maillog.lines(log), wanted) if wanted else {}
    with house.store.write() as session:
        told = reconcile.by_log(session, found, whole, now)
        if dry_run:
            session.rollback()
    if not dry_run:
        house.journal.append([each.message_id for each in told if each.state is State.SENT], now)
    return told
