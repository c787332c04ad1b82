"""Who answers this conversation?

The rules are tried in order and the first that names somebody decides; its name and its reason, in words, are kept with
the assignment. Whoever has a conversation keeps it; else it is the customer's own representative; whoever of them is
away is stood in for by the deputy they named. Working hours move nothing: a customer waits overnight for their own
person, not for a stranger. It is never nobody's: strangers' mail, and what is left over, goes to whoever has the least
to do, then to an administrator.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from mailer.errors import NotReady
from mailer.inbox.assignment import Assignment, assign, current
from mailer.inbox.conversation import Conversation, ConversationState
from mailer.people.customer import Customer, representative
from mailer.people.staff import Absence, Role, Staff, absence, is_here, representatives

DEPUTIES = 5  # how far a chain of deputies is followed


@dataclass(frozen=True, slots=True)
class Case:
    """What a rule may look at."""

    session: Session
    conversation: Conversation
    held: Assignment | None  # whose it is until now
    own: Staff | None  # the customer's representative
    now: datetime


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody, and why."""

    staff: Staff
    why: str


def route(session: Session, conversation: Conversation, customer: Customer | None, now: datetime) -> Assignment:
    """Make sure that somebody who can answer has this conversation, and return whose it is.

    Raises:
        NotReady: nobody on the staff is active, so nobody could answer.
    """
    held = current(session, [conversation.id]).get(conversation.id or 0)
    case = Case(session, conversation, held, _own(session, customer), now)
    for rule, choose in RULES:
        choice = choose(case)
        if choice is not None and choice.staff.id is not None:
            return assign(session, conversation, choice.staff.id, rule, choice.why, now)
    raise NotReady("nobody can answer customers yet: add a representative, or make one active")


def stuck(now: datetime) -> SelectOfScalar[Conversation]:
    """Return what waits and lies with somebody who is away or has left, or with nobody."""
    away = select(Absence.staff_id).where(Absence.starts_at <= now, Absence.ends_at > now)
    able = select(Staff.id).where(col(Staff.active), col(Staff.id).not_in(away))
    cared_for = select(Assignment.conversation_id).where(
        col(Assignment.ended_at).is_(None), col(Assignment.staff_id).in_(able)
    )
    waits = select(Conversation).where(Conversation.state == ConversationState.OPEN)
    return waits.where(col(Conversation.id).not_in(cared_for)).order_by(col(Conversation.id))


def review(session: Session, now: datetime) -> list[Assignment]:
    """Route what is `stuck`; return what changed hands."""
    talks = session.exec(stuck(now)).all()
    before = current(session, (talk.id for talk in talks))
    after = [route(session, talk, _customer(session, talk), now) for talk in talks]
    return [each for each in after if before.get(each.conversation_id) is not each]


def loads(session: Session) -> dict[int, int]:
    """Return how many conversations wait for each of us, by staff id."""
    held = (
        select(Assignment.staff_id, func.count())
        .join(Conversation, col(Conversation.id) == Assignment.conversation_id)
        .where(col(Assignment.ended_at).is_(None), Conversation.state == ConversationState.OPEN)
        .group_by(col(Assignment.staff_id))
    )
    return dict(session.exec(held).all())


def _keeps(case: Case) -> Choice | None:
    staff = case.session.get(Staff, case.held.staff_id) if case.held else None
    if staff is None or not _is_able(case, staff):
        return None
    return Choice(staff, f"{staff.name} has this conversation already")


def _own_representative(case: Case) -> Choice | None:
    if case.own is None or not _is_able(case, case.own):
        return None
    return Choice(case.own, f"{case.own.name} is their representative")


def _deputy(case: Case) -> Choice | None:
    """Follow deputies from whoever had it, or whose it is, to the first who is not away."""
    staff = (case.session.get(Staff, case.held.staff_id) if case.held else None) or case.own
    said: list[str] = []
    for _ in range(DEPUTIES):
        away = absence(case.session, staff.id or 0, case.now) if staff and staff.active else None
        if staff is None or away is None or away.deputy_id is None:
            return None
        said.append(f"{staff.name} is away until {_until(away, staff, case.now)}")
        staff = case.session.get(Staff, away.deputy_id)
        if staff is not None and _is_able(case, staff):
            return Choice(staff, f"{'; '.join(said)}; {staff.name} stands in")
    return None


def _least_loaded_here(case: Case) -> Choice | None:
    return _least_loaded(case, "is here", lambda staff: is_here(case.session, staff.id or 0, case.now))


def _least_loaded_later(case: Case) -> Choice | None:
    return _least_loaded(case, "is not away", lambda staff: True)


def _administrator(case: Case) -> Choice | None:
    chosen = next(iter(_staff(case.session, Role.ADMINISTRATOR)), None)
    return Choice(chosen, f"no representative can take it; {chosen.name} runs the house") if chosen else None


def _anybody(case: Case) -> Choice | None:
    chosen = next(iter(_staff(case.session, *Role)), None)
    return Choice(chosen, f"everybody else is away; {chosen.name} is the last resort") if chosen else None


RULES: tuple[tuple[str, Callable[[Case], Choice | None]], ...] = (
    ("own conversation", _keeps),
    ("own representative", _own_representative),
    ("deputy", _deputy),
    ("least loaded, here", _least_loaded_here),
    ("least loaded", _least_loaded_later),
    ("administrator", _administrator),
    ("anybody", _anybody),
)


def _own(session: Session, customer: Customer | None) -> Staff | None:
    try:
        return representative(session, customer) if customer else None
    except NotReady:
        return None


def _customer(session: Session, talk: Conversation) -> Customer | None:
    return session.get(Customer, talk.customer_id) if talk.customer_id else None


def _is_able(case: Case, staff: Staff) -> bool:
    return staff.active and absence(case.session, staff.id or 0, case.now) is None


def _least_loaded(case: Case, words: str, fits: Callable[[Staff], bool]) -> Choice | None:
    open_now = loads(case.session)
    able = [s for s in case.session.exec(representatives()) if _is_able(case, s) and fits(s)]
    chosen = min(able, key=lambda staff: (open_now.get(staff.id or 0, 0), staff.id), default=None)
    if chosen is None:
        return None
    return Choice(chosen, f"{_because(case)}; {chosen.name} {words} and has the least to do")


def _because(case: Case) -> str:
    """Say why nobody in particular has it."""
    if case.own is None:
        return "we do not know the writer"
    away = absence(case.session, case.own.id or 0, case.now)
    return (
        f"{case.own.name} is away until {_until(away, case.own, case.now)}, and nobody stands in"
        if away
        else "nobody has it"
    )


def _staff(session: Session, *roles: Role) -> Iterable[Staff]:
    """Return the active ones of these roles, the first hired first."""
    return session.exec(select(Staff).where(col(Staff.active), col(Staff.role).in_(roles)).order_by(col(Staff.id)))


def _until(away: Absence, staff: Staff, now: datetime) -> str:
    """Say when somebody is back, on their own calendar: a weekday within the week, else a date."""
    zone = ZoneInfo(staff.time_zone)
    back, today = away.ends_at.astimezone(zone), now.astimezone(zone)
    if back.date() == today.date():
        return f"{back:%H:%M}"
    return f"{back:%A}" if back - today < timedelta(days=6) else f"{back.day} {back:%B}"
