"""Whom can I talk to? The page behind the human link of every email: a name, a face, hours, and two ways to reach them.

It says when an answer will come, and offers times for a call, from the representative's own working hours and absences,
in the customer's own time and language.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import AwareDatetime, BaseModel, Field, field_validator
from sqlmodel import Session, select

from mailer.delivery.message import Message
from mailer.errors import Invalid
from mailer.inbox import conversation, promised_call, routing
from mailer.inbox.conversation import Conversation, EntryKind
from mailer.mail.tokens import Purpose
from mailer.people.customer import Customer
from mailer.people.staff import Role, Staff, absence, hours_sentence, next_here
from mailer.web.doors import by_token
from mailer.web.exchange import house, language, now, session
from mailer.web.form import read
from mailer.web.phrases import civil, day, hour, phrases, place

pages = Blueprint("human", __name__)


class Words(BaseModel):
    """What a customer writes to their representative."""

    text: str = Field(max_length=20_000)


class Call(BaseModel):
    """Where and when a customer wants to be called."""

    phone: str = Field(min_length=3, max_length=60)
    at: AwareDatetime | None = None  # one of the times offered; none: whenever it suits
    suits: str = Field("", max_length=500)

    @field_validator("at", mode="before")
    @classmethod
    def _chosen(cls, given: object) -> object:
        return given or None


@dataclass(frozen=True, slots=True)
class Contact:
    """The person behind an email, and when they will answer."""

    staff: Staff
    hours: str
    promise: str
    slots: Sequence[tuple[str, Sequence[tuple[str, str]]]]  # day -> (value, time) that a call can be promised for
    zone: str  # in which those times are


@pages.get("/h/<token>")
@by_token(Purpose.HUMAN)
def page(message: Message, token: str) -> ResponseReturnValue:
    """Show the human behind this email."""
    return _shown(message, token, sent=request.args.get("sent", ""))


@pages.post("/h/<token>/words")
@by_token(Purpose.HUMAN)
def write(message: Message, token: str) -> ResponseReturnValue:
    """Write to them."""
    try:
        text = read(Words).text.strip()
    except Invalid:
        return _shown(message, token, wrong=_say("too_long"))
    if not text:
        return _shown(message, token, wrong=_say("empty"))
    _ask(message, text, EntryKind.REPLY)
    return redirect(url_for("human.page", token=token, sent="words"))


@pages.post("/h/<token>/calls")
@by_token(Purpose.HUMAN)
def call(message: Message, token: str) -> ResponseReturnValue:
    """Ask to be called back."""
    try:
        given = read(Call)
    except Invalid:
        return _shown(message, token, wrong=_say("no_phone"))
    customer = _customer(message)
    staff = behind(session(), message, customer)
    if given.at and (staff is None or given.at not in promised_call.slots(session(), staff, now())):
        return _shown(message, token, wrong=_say("taken"))
    lines = [f"Please call {given.phone}."]
    if given.at and customer:
        lines.append(f"At {civil(given.at, customer.time_zone, now(), 'en')}, their time ({customer.time_zone}).")
    lines += [f"When it suits: {given.suits}"] if given.suits.strip() else []
    talk = _ask(message, "\n".join(lines), EntryKind.CALL)
    if talk and staff and given.at and promised_call.promise(session(), talk, staff, given.at, now()) is None:
        return _shown(message, token, wrong=_say("taken"))
    return redirect(url_for("human.page", token=token, sent="call"))


def behind(session: Session, message: Message, customer: Customer | None) -> Staff | None:
    """Return who stands behind `message`: who signed it, else whoever answers first."""
    ident = message.staff_id or (customer.representative_id if customer else None)
    staff = session.get(Staff, ident) if ident else None
    if staff is None or not staff.active:
        anybody = select(Staff).where(Staff.active, Staff.role != Role.MARKETER).order_by(Staff.role, Staff.id)  # type: ignore[arg-type]
        staff = session.exec(anybody.limit(1)).first()
    return staff


def contact(session: Session, message: Message, customer: Customer | None, now: datetime) -> Contact | None:
    """Return who stands behind `message`, and what they can promise."""
    staff = behind(session, message, customer)
    if staff is None:
        return None
    zone = customer.time_zone if customer else staff.time_zone
    days: dict[str, list[tuple[str, str]]] = {}
    for at in promised_call.slots(session, staff, now):
        days.setdefault(day(at, zone, now, language()), []).append((at.isoformat(), hour(at, zone, language())))
    return Contact(
        staff,
        hours_sentence(session, staff, language()),
        promise(session, staff, customer, now),
        list(days.items()),
        place(zone, language()),
    )


def promise(session: Session, staff: Staff, customer: Customer | None, now: datetime) -> str:
    """Say when an answer will come."""
    first, zone = staff.first_name, customer.time_zone if customer else staff.time_zone
    away, back = absence(session, staff.id or 0, now), next_here(session, staff.id or 0, now)
    if away and away.deputy_id and (deputy := session.get(Staff, away.deputy_id)):
        until = civil(back or away.ends_at, zone, now, language())
        return _say("away", first=first, until=until, deputy=deputy.name)
    if back is None:
        return _say("colleague")
    if back <= now:
        return _say("here", first=first)
    return _say("back", first=first, at=civil(back, zone, now, language()))


def _say(key: str, **values: object) -> str:
    return phrases(language())(key, **values)


def _customer(message: Message) -> Customer | None:
    return session().get(Customer, message.customer_id) if message.customer_id else None


def _ask(message: Message, text: str, kind: EntryKind) -> Conversation | None:
    customer = _customer(message)
    if customer is None:
        return None  # a test belongs to no customer: it shows the page, and leads nowhere
    talk = conversation.ask(session(), customer, message, text, kind, now())
    routing.route(session(), talk, customer, now())
    house().woken.set()
    return talk


def _call(message: Message, customer: Customer | None) -> str:
    """Say when they will be called, if that was promised."""
    promised = promised_call.coming(session(), message.id or 0, now())
    staff = session().get(Staff, promised.staff_id) if promised else None
    if promised is None or staff is None:
        return ""
    zone = customer.time_zone if customer else staff.time_zone
    return _say("will_call_at", first=staff.first_name, at=civil(promised.at, zone, now(), language()))


def _shown(message: Message, token: str, *, sent: str = "", wrong: str = "") -> ResponseReturnValue:
    customer = _customer(message)
    return render_template(
        "human.html",
        token=token,
        call=_call(message, customer),
        customer=customer,
        contact=contact(session(), message, customer, now()),
        message=message,
        sent=sent,
        wrong=wrong,
        given=request.form,
    ), 422 if wrong else 200
