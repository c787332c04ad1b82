"""What happens to what a provider tells us?

It is kept and acted on in one transaction a chunk; only when it returns may the provider be thanked. What is known to
have left only now goes into the journal as well, as if it had been settled when it left.
"""

from collections.abc import Sequence
from datetime import datetime

from mailer.delivery import feedback
from mailer.delivery.providers.told import Told
from mailer.house import House
from mailer.store import CHUNK


def hear(house: House, events: Sequence[Told], now: datetime) -> int:
    """Take in events; return how many were new."""
    new = 0
    for start in range(0, len(events), CHUNK):
        with house.store.write() as session:
            heard = feedback.hear(session, events[start : start + CHUNK], now)
        house.journal.append(heard.settled, now)
        new += heard.new
    return new
