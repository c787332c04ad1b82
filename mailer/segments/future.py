"""When does an answer change if nothing happens?

Each part of a question is looked at in plain Python for one customer, from what the warehouse found of them: at which
instants can its answer turn by itself, and what is it then? An event leaves a window where the customer's day begins,
an anniversary comes and goes, a span between two events ends, a number of days rises by one. A question of several
parts turns where its own answer turns, whichever part did it: all ends with the first that ends, any with the last.

What nobody can foresee without computing everything anew, as a favourite of the last 90 days, is said to be unforeseen;
then there is no `until`, for a wrong one would be worse.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from mailer.insights.insight import Insight, Type, day_number, day_of
from mailer.segments.did import Did, Happened, Measured, Then, When
from mailer.segments.fields import Field
from mailer.segments.moment import Place, Spans, place
from mailer.segments.operators import OPERATORS, anniversary, compares, turns

TINY = timedelta(microseconds=1)
UTC_DAYS = place("UTC")


class Seen(NamedTuple):
    """An event that is asked about: when, the property that is measured, and by what it is found again."""

    at: datetime
    told: Any = None
    id: int = 0
    name: str = ""


@dataclass(frozen=True, slots=True)
class Future:
    """Whether a part holds now, and the instants from which it does or does not."""

    holds: bool
    steps: tuple[tuple[datetime, bool], ...] = ()
    foreseen: bool = True

    @property
    def until(self) -> datetime | None:
        """Until when the answer stays as it is; None is for ever, or nobody knows."""
        if not self.foreseen:
            return None
        return next((at for at, holds in self.steps if holds is not self.holds), None)

    def at(self, when: datetime) -> bool:
        """Whether it holds then."""
        holds = self.holds
        for step, then in self.steps:
            if step > when:
                break
            holds = then
        return holds

    @property
    def stays(self) -> bool:
        """Whether it is known to stay as it is for ever."""
        return self.foreseen and self.until is None

    def checked(self, holds: bool) -> "Future":
        """Return the future of what the warehouse answered; if we would have answered otherwise, none is foreseen."""
        return self if self.holds is holds else Future(holds, (), foreseen=False)


def of_all(parts: Sequence[Future]) -> Future:
    """Return the future of a conjunction."""
    joined = _joined(parts, all)
    never = any(part.stays and not part.holds for part in parts)
    return Future(holds=False) if never else joined


def of_any(parts: Sequence[Future]) -> Future:
    """Return the future of a disjunction."""
    joined = _joined(parts, any)
    always = any(part.stays and part.holds for part in parts)
    return Future(holds=True) if always else joined


def of_not(part: Future) -> Future:
    """Return the future of the opposite."""
    return Future(not part.holds, tuple((at, not holds) for at, holds in part.steps), part.foreseen)


def _joined(parts: Sequence[Future], both: Callable[[Iterable[bool]], bool]) -> Future:
    instants = sorted({at for part in parts for at, _ in part.steps})
    steps = tuple((at, both(part.at(at) for part in parts)) for at in instants)
    return Future(both(part.holds for part in parts), steps, all(part.foreseen for part in parts))


def _stepping(answer: Callable[[datetime], bool], now: datetime, instants: Iterable[datetime]) -> Future:
    later = sorted({at for at in instants if at > now})
    return Future(answer(now), tuple((at, answer(at)) for at in later))


def of_events(node: Did | Measured, events: Sequence[Seen], here: Place, now: datetime) -> Future:
    """Return the future of a count, or of a sum, minimum, maximum or average."""

    events = _yet(events, node, here, now)

    def answer(then: datetime) -> bool:
        inside = seen(events, node, here, then)
        if isinstance(node, Measured):
            return compares(node.op, measured(node, inside), node.value)
        return node.right(len(inside))

    return _stepping(answer, now, _leaving(node, events, here))


def of_first_or_last(node: When, events: Sequence[Seen], here: Place, now: datetime) -> Future:
    """Return the future of when something was first, or last, done."""
    if not events:
        return Future(holds=False)
    at = (min if node.which == "first" else max)(each.at for each in events)
    return of_instant(node.op, node.value, at, here, now)


def of_sequence(node: Then, firsts: Sequence[Seen], others: Sequence[Seen], here: Place, now: datetime) -> Future:
    """Return the future of one event after another."""
    span = timedelta(days=node.days_between)
    followed = {first.at for first in firsts for other in others if first.at < other.at <= first.at + span}

    def answer(then: datetime) -> bool:
        inside = [each.at for each in seen(firsts, node, here, then)]
        if node.comes:
            return any(at in followed for at in inside)
        return any(at not in followed and at + span < then for at in inside)

    over = [] if node.comes else [each.at + span + TINY for each in firsts]
    return _stepping(answer, now, [*over, *_leaving(node, _yet(firsts, node, here, now), here)])


def of_instant(op: str, value: Any, at: datetime | None, here: Place, now: datetime) -> Future:
    """Return the future of a question about an instant."""
    how = OPERATORS[op]
    if at is None or how.days is None:
        return Future(compares(op, at, value))
    days = how.days

    def answer(then: datetime) -> bool:
        return any((low is None or low <= at) and (high is None or at < high)
                   for low, high in here.instants(days(value, here.day(then))))  # fmt: skip

    return _stepping(answer, now, map(here.start, turns(op, value, here.day(at), here.day(now))))


def of_date(op: str, value: Any, day: int | None, here: Place, now: datetime) -> Future:
    """Return the future of a question about a date that somebody wrote down."""
    how = OPERATORS[op]
    if day is None or how.days is None:
        return Future(compares(op, day, value))
    days = how.days

    def answer(then: datetime) -> bool:
        return _in(days(value, here.day(then)), day)

    return _stepping(answer, now, map(here.start, turns(op, value, day, here.day(now))))


def of_insight(
    asked: Field, insight: Insight, op: str, value: Any, found: Any, events: Sequence[Seen], here: Place, now: datetime
) -> Future:
    """Return the future of a question about an insight; its days are those of UTC (see insights.insight)."""
    if asked.type is Type.TIME and insight.lasts:
        return of_instant(op, value, found, here, now)
    if insight.lasts or (found is None and not insight.window):
        return Future(compares(op, found, value))
    if window := insight.window:
        days: Counter[int] = Counter()
        for each in events:  # those that left the window never come back into it
            if (day := day_number(each.at)) >= day_number(now) - window.oldest:
                days[day] += (each.told or 0) if window.of else 1

        def inside(then: datetime) -> bool:
            today = day_number(then)
            summed = sum(told for day, told in days.items() if window.youngest <= today - day <= window.oldest)
            return compares(op, summed, value)

        turning = (UTC_DAYS.start(day + age) for day in days for age in (window.youngest, window.oldest + 1))
        return _stepping(inside, now, turning)
    if insight.daily and op not in ("known", "unknown"):
        return _counting(insight.daily, op, value, found, now)
    return Future(compares(op, found, value), (), foreseen=op in ("known", "unknown") and bool(insight.daily))


def _counting(daily: int, op: str, value: Any, found: int, now: datetime) -> Future:
    """Foresee a number that rises by one a day, or falls by one, and then begins again from a year."""
    today = day_number(now)
    limits = value if isinstance(value, tuple) else (value,)
    near = {int(limit // 1) + step for limit in limits for step in (-1, 0, 1, 2)}
    days = {today + (each - found) * daily for each in near}
    if daily < 0:
        goal = day_of(today + found)
        again = day_number(anniversary(goal, goal.year + 1))
        days |= {today + found + 1} | {again - each for each in near if each >= 0}

    def answer(then: datetime) -> bool:
        passed = day_number(then) - today
        if daily > 0:
            return compares(op, found + passed, value)
        return compares(op, found - passed if passed <= found else again - day_number(then), value)

    horizon = today + found + 365 if daily < 0 else None
    wanted = (day for day in days if horizon is None or day <= horizon)
    return _stepping(answer, now, map(UTC_DAYS.start, wanted))


def measured(node: Measured, events: Sequence[Seen]) -> Any:
    """Return what is found of these events."""
    told = [each.told for each in events if each.told is not None]
    if not told:
        return node.nothing
    match node.how:
        case "sum":
            return sum(told)
        case "average":
            return sum(told) / len(told)
        case how:
            return (min if how == "min" else max)(told)


def seen(events: Iterable[Seen], node: Happened, here: Place, now: datetime) -> list[Seen]:
    """Return those of the events that lie in the days that count."""
    told = [each for each in events if each.at <= now]
    if node.within_days is None and node.between is None:
        return told
    return [
        each
        for low, high in here.instants(node.days(here.day(now)))
        for each in told
        if (low is None or low <= each.at) and (high is None or each.at < high)
    ]


def _yet(events: Sequence[Seen], node: Happened, here: Place, now: datetime) -> Sequence[Seen]:
    """Return those of the events that have not left the window for ever."""
    if node.within_days is None:
        return events
    since = here.start(here.day(now) - node.within_days)
    return [each for each in events if each.at >= since]


def _leaving(node: Happened, events: Sequence[Seen], here: Place) -> list[datetime]:
    """Return when these events leave the window."""
    if node.within_days is None:
        return []
    days = {here.day(each.at) for each in events}
    return [here.start(day + node.within_days + 1) for day in days]


def _in(spans: Spans, day: int) -> bool:
    return any((low is None or low <= day) and (high is None or day < high) for low, high in spans)
