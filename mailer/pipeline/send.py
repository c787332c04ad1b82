"""How do messages leave, until none is left?

The database is asked in three short transactions for each batch: claim, hand over, settle. Everything slow (rendering,
the network) happens between them.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from mailer import clock
from mailer.delivery import journal, outbox
from mailer.delivery.outbox import Recovered
from mailer.delivery.retry import Retry
from mailer.delivery.sender import deliver
from mailer.delivery.transport import Envelope, Receipt, open_transport
from mailer.house import House
from mailer.pipeline.write import write
from mailer.store import Urgency


def recover(house: House, now: datetime) -> Recovered:
    """Free what a process left behind when it died."""
    with house.store.write(Urgency.MAIL) as session:
        return outbox.recover(session, now, alive={house.owner}, in_doubt=house.settings.delivery.in_doubt)


def send(house: House, *, stop: Callable[[], bool] = lambda: False) -> int:
    """Send every message that may leave now; return how many were settled."""
    settled = 0
    while not stop():
        now = clock.now()
        lease = timedelta(seconds=house.settings.delivery.lease_seconds)
        with house.store.write(Urgency.MAIL) as session:
            claimed = outbox.claim(session, house.owner, now, house.settings.delivery.batch, lease)
        if not claimed:
            break
        envelopes = write(house, claimed, now)
        settled += asyncio.run(_deliver(house, envelopes))
    return settled


async def _deliver(house: House, envelopes: Sequence[Envelope]) -> int:
    count = 0

    def hand_over(claims: Sequence[tuple[int, int]]) -> set[int]:
        with house.store.write(Urgency.MAIL) as session:
            return outbox.hand_over(session, claims, clock.now(), house.settings.gate)

    def settle(receipts: Sequence[tuple[int, int, Receipt]]) -> None:
        nonlocal count
        now = clock.now()
        with house.store.write(Urgency.MAIL) as session:
            outbox.settle(session, receipts, now, Retry.of(house.settings.delivery))
        journal.append(house.journal, [(ident, now) for ident, _, receipt in receipts if receipt.accepted])
        count += len(receipts)

    transport = open_transport(house.settings.delivery.transport, house.home.root)
    await deliver(envelopes, transport, hand_over, settle, house.settings.delivery.connections)
    return count
