"""How do messages leave, until none is left?

Everything slow (rendering, the network) happens between two short transactions: one claims a batch, the other settles
what was answered and hands over what stands at its final dot.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

from sqlmodel import select

from mailer import clock
from mailer.campaigns.campaign import Campaign
from mailer.delivery import gate, outbox
from mailer.delivery import release as releases
from mailer.delivery.outbox import Claimed
from mailer.delivery.relays import at_once
from mailer.delivery.release import InDoubt, Recovered
from mailer.delivery.retry import Retry
from mailer.delivery.sender import Claim, Claims, Receipts
from mailer.delivery.transport import Envelope, Outcome
from mailer.house import House
from mailer.pipeline.write import write
from mailer.store import Urgency


def recover(house: House) -> Recovered:
    """Take back what processes that are gone had claimed or handed over."""
    delivery = house.settings.delivery
    released = doubted = resent = 0
    while True:
        with house.store.write(Urgency.MAIL) as session:
            found = releases.recover(
                session, clock.now(), alive=_alive(house), in_doubt=delivery.in_doubt, attempts=delivery.attempts
            )
        released, doubted, resent = released + found.released, doubted + found.in_doubt, resent + found.resent
        if not (found.released or found.in_doubt or found.resent):
            return Recovered(released, doubted, resent)


def _alive(house: House) -> set[str] | None:
    """A process that holds the house alone knows that every other owner is gone; one of many waits for the lease."""
    return {house.owner} if house.store.is_locked else None


def send(house: House, *, stop: Callable[[], bool] = lambda: False) -> int:
    """Send every message that may leave now; return how many came to an end or a pause."""
    if house.safe_mode or house.outgoing.rests:
        return 0
    delivery = house.settings.delivery
    judge = gate.judge(house.settings.gate)
    paced = house.pace.judge(house.allotments.at_claim(judge))
    counted = house.allotments.at_dot(judge)
    retry = Retry(delivery.attempts, timedelta(hours=delivery.give_up_hours))
    lease, batch = timedelta(seconds=delivery.lease_seconds), at_once(delivery)
    keyed = _campaigns_keyed(house)
    left: dict[Claim, Claimed] = {}  # claimed, and not settled yet
    dropped: set[Claim] = set()  # claimed, and then refused before they stood at a dot

    def batches() -> Sequence[Envelope]:
        while not stop():
            with house.store.write(Urgency.MAIL) as session:
                claimed = outbox.claim(session, house.owner, clock.now(), batch, lease, paced)
            if not claimed:
                break
            if envelopes := write(house, claimed, clock.now()):  # none, when no letter of the batch could be rendered
                left.update({(message.id, message.epoch): message for message in claimed})
                return [_keyed(house, each, left[each.id, each.epoch], keyed) for each in envelopes]
        return ()

    def commit(receipts: Receipts, claims: Claims) -> set[Claim]:
        now = clock.now()
        with house.store.write(Urgency.MAIL) as session:
            outbox.settle(session, receipts, now, retry)
            allowed = outbox.hand_over(session, claims, now, counted)
            if len(allowed) < len(claims):  # a pause, perhaps: then what is on its way to its dot need not go there
                waiting = [claim for claim in list(left) if claim not in allowed]
                dropped.update(outbox.set_aside(session, waiting, now, judge))
        house.journal.note([left[claim].message_id for claim in allowed if claim in left], now)
        return allowed

    def note(receipts: Receipts) -> None:
        """Write down what left, beside the database; no final dot waits for it."""
        told = [(left.pop((ident, epoch), None), receipt) for ident, epoch, receipt in receipts]
        house.pace.learn((it.address, receipt) for it, receipt in told if it)
        accepted = [it.message_id for it, receipt in told if it and receipt.outcome is Outcome.ACCEPTED]
        house.journal.append(accepted, clock.now())

    first = [batches()]
    if not first[0]:
        return 0

    def following() -> Sequence[Envelope]:
        return first.pop() if first else batches()

    def wanted(envelope: Envelope) -> bool:
        claim = envelope.id, envelope.epoch
        if claim not in dropped:
            return True
        dropped.discard(claim)
        left.pop(claim, None)
        return False

    return house.outgoing.send(following, commit, delivery.connections, note, wanted).outcomes.total()


def _campaigns_keyed(house: House) -> set[int | None]:
    """Return whose emails carry what a relay knows them by: campaigns; None stands for what belongs to no campaign."""
    ours = house.settings.delivery.in_doubt
    with house.store.read() as session:
        policies: dict[int | None, str] = {
            ident: own or ours for ident, own in session.exec(select(Campaign.id, Campaign.in_doubt))
        }
    return {who for who, policy in (policies | {None: ours}).items() if policy == InDoubt.RESEND_IDEMPOTENT}


def _keyed(house: House, envelope: Envelope, message: Claimed, keyed: set[int | None]) -> Envelope:
    """Add what the relay knows the message by, the same each time it is sent; a signature need not cover it."""
    if message.campaign_id not in keyed:
        return envelope
    line = f"{house.settings.delivery.idempotency_header}: {message.message_id.partition('@')[0]}\r\n"
    return replace(envelope, data=line.encode("ascii") + envelope.data)
