"""How many has a relay that warms up taken today, and may it take one more?

Counted in a table, a row for each relay and day, in the transaction that marks the hand-over: so the number survives a
crash, and holds for several processes on one database, which queue for the row. Only relays that warm up are counted;
the others would queue for nothing. A claim that is lost at the very dot counts as well: the safe side.

It is asked twice. When messages are claimed, so that no connection is opened for what has to wait; there a refusal
names the relay and the time it goes on, and the page of the campaign shows it. And at the dot, where it is counted;
what exceeds the day there finds another relay, or waits when it is claimed again. Who waits before whom is known to
this process alone, and after a restart they are given places anew.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from mailer.delivery.message import State, T
from mailer.delivery.outbox import Judge
from mailer.delivery.policy import No, Refusal
from mailer.delivery.ramp import Ramp


class RelayDay(SQLModel, table=True):
    """What a relay took on one day."""

    __tablename__ = "relay_day"

    relay: str = Field(primary_key=True)
    day: date = Field(primary_key=True)  # UTC
    handed_over: int


_COUNT = sa.text(
    "INSERT INTO relay_day (relay, day, handed_over) VALUES (:relay, :day, :many) "
    "ON CONFLICT (relay, day) DO UPDATE SET handed_over = relay_day.handed_over + :many RETURNING handed_over"
).bindparams(sa.bindparam("day", type_=sa.Date()))


class Allotments:
    """What the relays that warm up may still take.

    Args:
        ramps: the relays that warm up, among those our mail leaves through.
        free: whether another one of these has no limit, so that nobody ever has to wait.
    """

    def __init__(self, ramps: Mapping[str, Ramp] | None = None, *, free: bool = True) -> None:
        self._ramps = dict(ramps or {})
        self._free = free or not ramps
        self._standing: dict[int, str] = {}  # message at its dot -> relay
        self._full: set[tuple[str, date]] = set()
        self._queues: Counter[tuple[str, date]] = Counter()  # how many were told to wait, on which day

    def stand(self, message: int, relay: str) -> None:
        """Say that a message comes to its dot at this relay."""
        if relay in self._ramps:
            self._standing[message] = relay

    def leave(self, message: int) -> None:
        """Say that it does not stand there any more."""
        self._standing.pop(message, None)

    def is_full(self, relay: str, today: date) -> bool:
        """Whether a relay is known to have taken all it may today."""
        ramp = self._ramps.get(relay)
        return ramp is not None and ((relay, today) in self._full or ramp.allowed(today) == 0)

    def at_claim(self, gate: Judge) -> Judge:
        """Return a gate that asks `gate` first, and then lets no more through than the relays have room for."""

        def judge(session: Session, ids: Sequence[int], now: datetime) -> Mapping[int, Refusal]:
            refusals = dict(gate(session, ids, now))
            if self._free or (room := self._room(session, now.date())) is None:
                return refusals
            claimed = session.execute(sa.select(sa.func.count()).where(T.c.state == State.CLAIMED)).scalar_one()
            left = [ident for ident in ids if ident not in refusals]
            return refusals | {ident: self._wait(now) for ident in left[max(0, room - claimed) :]}

        return judge

    def at_dot(self, gate: Judge) -> Judge:
        """Return a gate that asks `gate` first, and counts what it lets through; call it in the hand-over alone."""

        def judge(session: Session, ids: Sequence[int], now: datetime) -> Mapping[int, Refusal]:
            refusals, today = dict(gate(session, ids, now)), now.date()
            standing: dict[str, list[int]] = {}
            for ident in ids:
                if ident not in refusals and (relay := self._standing.get(ident)):
                    standing.setdefault(relay, []).append(ident)
            for relay, those in sorted(standing.items()):  # in one order, so that two processes never block each other
                if (most := self._ramps[relay].allowed(today)) is not None:
                    taken = _count(session, relay, today, len(those))
                    if taken >= most:
                        self._full.add((relay, today))
                    if surplus := min(len(those), max(0, taken - most)):
                        _count(session, relay, today, -surplus)
                        why = f"{relay} has sent its {most:,} of today"
                        refusals |= {ident: Refusal(No.PACED, now, why) for ident in those[-surplus:]}
            return refusals

        return judge

    def _room(self, session: Session, today: date) -> int | None:
        """Return how many may still leave today; None: no limit."""
        of_today = select(RelayDay.relay, RelayDay.handed_over).where(
            col(RelayDay.day) == today, col(RelayDay.relay).in_(list(self._ramps))
        )
        taken, room = dict(session.exec(of_today).all()), 0
        for relay, ramp in self._ramps.items():
            if (most := ramp.allowed(today)) is None:
                return None
            room += max(0, most - taken.get(relay, 0))
            if taken.get(relay, 0) >= most:
                self._full.add((relay, today))
        return room

    def _wait(self, now: datetime) -> Refusal:
        """Give a message the earliest place on a later day, at whichever relay has it."""
        today = now.date()
        if any(day != today for _, day in self._queues):
            self._queues.clear()
            self._full = {(relay, day) for relay, day in self._full if day == today}
        places = {relay: ramp.place(self._queues[relay, today], today) for relay, ramp in self._ramps.items()}
        relay = min(places, key=lambda name: places[name])
        self._queues[relay, today] += 1
        ramp = self._ramps[relay]
        many = ramp.allowed(today)
        why = f"{relay} has sent its {many:,} of today" if many else f"{relay} begins on {ramp.begins}"
        return Refusal(No.PACED, places[relay], why)


def _count(session: Session, relay: str, day: date, many: int) -> int:
    given: dict[str, Any] = {"relay": relay, "day": day, "many": many}
    return int(session.execute(_COUNT, given).scalar_one())
