"""How fast may mail go to one recipient domain, and who asked us to slow down?

Two things are remembered for each domain. Its pace, where the settings give one: what exceeds it waits for a time of
its own, so that no connection sleeps and mail to others goes on. And its patience: a domain that says 421, or 4.7.x
(RFC 3463: policy, reputation), is left alone for a while, a longer one each time; then one message asks again.

The answer is a refusal with an `until`, as the gate gives it; it is asked where messages are claimed, never at a dot.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session

from mailer import clock
from mailer.delivery.breaker import Breaker
from mailer.delivery.message import T
from mailer.delivery.outbox import Judge
from mailer.delivery.policy import No, Refusal
from mailer.delivery.transport import Outcome, Receipt

SLOW_DOWN = (421, 450, 451, 452)
BURST = 2.0  # seconds of a pace that may go at once
FIRST, LONGEST = 60.0, 3600.0  # seconds a domain that complained is left alone

_ASKED = sa.select(T.c.id, T.c.address, T.c.reason).where(T.c.id.in_(sa.bindparam("ids", expanding=True)))


class Pace:
    """What is remembered of each recipient domain, as long as this process runs."""

    def __init__(self, per_second: Mapping[str, float]) -> None:
        self._per_second = dict(per_second)
        self._tokens: dict[str, tuple[float, float]] = {}  # domain -> how many may go now, as counted when
        self._last: dict[str, float] = {}  # domain -> when the last of those who wait is due
        self._breakers: dict[str, Breaker] = {}

    def judge(self, gate: Judge) -> Judge:
        """Return a gate that asks `gate` first, and then how fast mail may go."""

        def both(session: Session, ids: Sequence[int], now: datetime) -> dict[int, Refusal]:
            refusals = dict(gate(session, ids, now))
            if self._per_second or self._breakers:
                left = [ident for ident in ids if ident not in refusals]
                for ident, address, reason in session.execute(_ASKED, {"ids": left}):
                    if refusal := self.ask(address.rpartition("@")[2], reason.startswith(No.PACED), now):
                        refusals[ident] = refusal
            return refusals

        return both

    def ask(self, domain: str, waited: bool, now: datetime) -> Refusal | None:
        """Return why a message to this domain has to wait, or None; who `waited` already goes before who comes now."""
        at = clock.monotonic()
        breaker = self._breakers.get(domain)
        if breaker and (rest := breaker.wait(at)):
            return Refusal(No.PACED, now + timedelta(seconds=max(rest, 5)), f"{domain} asked us to slow down")
        rate = self._per_second.get(domain)
        if rate is None:
            return None
        tokens, counted = self._tokens.get(domain, (max(1.0, rate * BURST), at))
        tokens = min(max(1.0, rate * BURST), tokens + (at - counted) * rate)
        queue = self._last.get(domain, 0)
        if tokens >= 1 and (waited or queue <= at):
            self._tokens[domain] = (tokens - 1, at)
            return None
        self._tokens[domain] = (tokens, at)
        self._last[domain] = max(queue, at) + 1 / rate
        until = now + timedelta(seconds=self._last[domain] - at)
        return Refusal(No.PACED, until, f"{domain} gets {rate:g} a second")

    def learn(self, told: Iterable[tuple[str, Receipt]]) -> None:
        """Learn from what servers said: address and receipt."""
        for address, receipt in told:
            domain = address.rpartition("@")[2]
            if receipt.outcome is Outcome.ACCEPTED:
                if domain in self._breakers:
                    self._breakers.pop(domain)
            elif receipt.code == 421 or (receipt.code in SLOW_DOWN and receipt.text.startswith("4.7.")):
                breaker = self._breakers.setdefault(domain, Breaker(1, FIRST, LONGEST))
                breaker.bad(clock.monotonic())
