"""How do messages leave, until none is left?

Everything slow (rendering, the network) happens between two short transactions: one claims a batch, the other settles
what was answered and hands over what stands at its final dot.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta

from mailer import clock
from mailer.delivery import gate, outbox
from mailer.delivery.outbox import Recovered
from mailer.delivery.retry import Retry
from mailer.delivery.sender import Claims, Receipts
from mailer.delivery.transport import Envelope, Outcome
from mailer.house import House
from mailer.pipeline import record
from mailer.pipeline.write import write
from mailer.store import Urgency


def recover(house: House) -> Recovered:
    """Take back what processes that are gone had claimed or handed over."""
    released = doubted = resent = 0
    while True:
        with house.store.write(Urgency.MAIL) as session:
            policy = house.settings.delivery.in_doubt
            found = outbox.recover(session, clock.now(), alive=_alive(house), in_doubt=policy)
        released, doubted, resent = released + found.released, doubted + found.in_doubt, resent + found.resent
        if not (found.released or found.in_doubt or found.resent):
            return Recovered(released, doubted, resent)


def _alive(house: House) -> set[str] | None:
    """A process that holds the house alone knows that every other owner is gone; one of many waits for the lease."""
    return {house.owner} if house.store.is_locked else None


def send(house: House, *, stop: Callable[[], bool] = lambda: False) -> int:
    """Send every message that may leave now; return how many came to an end or a pause."""
    if house.safe_mode:
        return 0
    delivery = house.settings.delivery
    judge = gate.judge(house.settings.gate)
    retry = Retry(delivery.attempts, timedelta(hours=delivery.give_up_hours))
    lease = timedelta(seconds=delivery.lease_seconds)
    left: dict[int, str] = {}

    def batches() -> Sequence[Envelope]:
        while not stop():
            with house.store.write(Urgency.MAIL) as session:
                claimed = outbox.claim(session, house.owner, clock.now(), delivery.batch, lease, judge)
            if not claimed:
                break
            if envelopes := write(house, claimed, clock.now()):  # none, when no letter of the batch could be rendered
                left.update({message.id: message.message_id for message in claimed if message.id is not None})
                return envelopes
        return ()

    def commit(receipts: Receipts, claims: Claims) -> set[int]:
        now = clock.now()
        with house.store.write(Urgency.MAIL) as session:
            outbox.settle(session, receipts, now, retry)
            allowed = outbox.hand_over(session, claims, now, judge)
            record.sent(session, [ident for ident, _, receipt in receipts if receipt.outcome is Outcome.ACCEPTED], now)
        house.journal.note([left[ident] for ident in allowed if ident in left], now)
        return allowed

    def note(receipts: Receipts) -> None:
        """Write down what left, beside the database; no final dot waits for it."""
        names = [(left.pop(ident, ""), receipt) for ident, _, receipt in receipts]
        house.journal.append([name for name, receipt in names if receipt.outcome is Outcome.ACCEPTED], clock.now())

    first = [batches()]
    if not first[0]:
        return 0

    def following() -> Sequence[Envelope]:
        return first.pop() if first else batches()

    return sum(house.outgoing.send(following, commit, delivery.connections, note).outcomes.values())
