"""What became of one email of ours, and what exactly did it say?"""

from datetime import datetime

from flask import Blueprint, Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import select

from mailer import pipeline
from mailer.campaigns.campaign import Campaign, Run
from mailer.delivery.message import Message, State
from mailer.errors import Invalid
from mailer.mail.compose import Letter
from mailer.people.customer import Customer
from mailer.people.staff import Role, Staff
from mailer.pipeline.write import bytes_of, letter_of
from mailer.rendering.press import RenderError
from mailer.web import headers
from mailer.web.doors import staff_only
from mailer.web.exchange import house, me, now, session
from mailer.web.onward import onward

pages = Blueprint("messages", __name__)

STILL_HERE = (State.HELD, State.READY, State.WAITING)


@pages.get("/messages/<public_id>")
@staff_only()
def one(public_id: str) -> ResponseReturnValue:
    """Show the life of one message, and why it was sent."""
    message = _found(public_id)
    return render_template(
        "message.html",
        message=message,
        life=_life(message),
        why=pipeline.why_sent(house(), session(), message),
        customer=session().get(Customer, message.customer_id) if message.customer_id else None,
        campaign=session().get(Campaign, message.campaign_id) if message.campaign_id else None,
        run=session().get(Run, message.run_id) if message.run_id else None,
        staff=session().get(Staff, message.staff_id) if message.staff_id else None,
        may_plan=me().role is not Role.REPRESENTATIVE,
        may_drop=message.state in STILL_HERE and me().role is not Role.MARKETER,
    )


@pages.get("/messages/<public_id>/letter")
@staff_only()
def letter_page(public_id: str) -> Response:
    """Show the very letter, alone, for a frame."""
    return headers.letter(headers.html_of(_letter(_found(public_id))), framed=True)


@pages.get("/messages/<public_id>/bytes")
@staff_only()
def its_bytes(public_id: str) -> Response:
    """Show the bytes that left, or would leave: RFC 5322, as text."""
    message = _found(public_id)
    letter = letter_of(house(), session(), message)
    if isinstance(letter, RenderError):
        return Response(f"{letter.reason}\n", mimetype="text/plain")
    staff = session().get(Staff, message.staff_id) if message.staff_id else None
    return Response(bytes_of(house(), message, letter, staff), mimetype="text/plain")


@pages.post("/messages/<public_id>/cancellation")
@staff_only(Role.REPRESENTATIVE)
def cancel(public_id: str) -> ResponseReturnValue:
    """Drop a message that has not left."""
    message = _found(public_id)
    if message.state not in STILL_HERE:
        raise Invalid("This email has left already, or will not leave anyway.")
    message.state, message.reason, message.settled_at = State.CANCELLED, f"dropped by {me().name}", now()
    session().add(message)
    flash("Dropped. It will not be sent.")
    return redirect(onward(url_for("messages.one", public_id=public_id)))


def _found(public_id: str) -> Message:
    message = session().exec(select(Message).where(Message.public_id == public_id)).one_or_none()
    if message is None:
        abort(404)
    return message


def _letter(message: Message) -> Letter:
    made = letter_of(house(), session(), message)
    return Letter(message.subject, "", f"({made.reason})") if isinstance(made, RenderError) else made


def _life(message: Message) -> list[tuple[str, str, datetime | None, str]]:
    """Return what happened to it, in order: in which tone, what, when, in which words."""
    steps = (
        ("put into the outbox", message.created_at, ""),
        ("due", message.due_at, ""),
        ("written", message.dated_at, message.subject),
        ("handed over", message.handed_over_at, f"attempt {message.attempts}"),
        ("settled", message.settled_at, " ".join(filter(None, (message.reply, message.reason)))),
        ("came back", message.bounced_at, message.bounce_status),
        ("reported as spam", message.complained_at, ""),
    )
    bad = ("came back", "reported as spam")
    known: list[tuple[str, str, datetime | None, str]] = [
        ("bad" if what in bad else "", what, at, words) for what, at, words in steps if at is not None
    ]
    if message.settled_at is None and (message.reply or message.reason):
        known.append(("", "until now", None, " ".join(filter(None, (message.reply, message.reason)))))
    if message.state is State.WAITING:
        known.append(("", "next try", message.next_at, ""))
    return known
