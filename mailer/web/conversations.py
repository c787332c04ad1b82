"""What is this talk about, and what do I answer? Everything a representative needs, on one screen.

An answer is written against what its writer saw: the form carries the conversation's revision, and an answer to a
conversation that has gone on since is shown again with what is new, never sent.
"""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from mailer import pipeline
from mailer.delivery.outbox import Message
from mailer.errors import Invalid
from mailer.inbox import assignment, conversation
from mailer.inbox.conversation import Conversation, ConversationState
from mailer.inbox.history import history
from mailer.people.customer import Customer
from mailer.people.staff import Role, Staff, is_here, representatives
from mailer.web.doors import staff_only
from mailer.web.exchange import house, me, now, session
from mailer.web.form import read
from mailer.web.live import still_until, until
from mailer.web.portrait import portrait

pages = Blueprint("conversations", __name__)


class AnswerForm(BaseModel):
    """An answer, and the revision its writer saw."""

    text: str = Field(max_length=100_000)
    seen_revision: int


class NoteForm(BaseModel):
    """A note among staff."""

    text: str = Field(max_length=20_000)


class AssignmentForm(BaseModel):
    """Whose the conversation is to be."""

    staff: str


@pages.get("/conversations/<public_id>")
@staff_only(Role.REPRESENTATIVE)
def one(public_id: str) -> ResponseReturnValue:
    """Show the conversation, the email it is about, and the customer."""
    return _shown(_found(public_id))


@pages.get("/conversations/<public_id>/news")
@staff_only(Role.REPRESENTATIVE)
def news(public_id: str) -> ResponseReturnValue:
    """Say whether the conversation went on since a page showed it; once it has, or in time, the asking ends."""
    talk, seen, ends = _found(public_id), request.args.get("revision", 0, type=int), still_until()
    if talk.revision == seen and ends:
        return "", 204
    return render_template("news.html", talk=talk, revision=seen, until=0)


@pages.post("/conversations/<public_id>/answers")
@staff_only(Role.REPRESENTATIVE)
def answer(public_id: str) -> ResponseReturnValue:
    """Answer, in the customer's thread and in one's own name."""
    talk, form = _found(public_id), read(AnswerForm)
    try:
        pipeline.answer(house(), session(), talk, me(), form.text, form.seen_revision, now())
    except Invalid as error:
        session().rollback()
        return _shown(_found(public_id), text=form.text, wrong=str(error), status=409)
    flash("Your answer is on its way, in the same thread and in your name.")
    return _back(talk)


@pages.post("/conversations/<public_id>/notes")
@staff_only(Role.REPRESENTATIVE)
def note(public_id: str) -> ResponseReturnValue:
    """Write a note that only staff see."""
    talk = _found(public_id)
    conversation.note(session(), talk, _my_id(), read(NoteForm).text, now())
    return _back(talk)


@pages.post("/conversations/<public_id>/assignment")
@staff_only(Role.REPRESENTATIVE)
def assign(public_id: str) -> ResponseReturnValue:
    """Give the conversation to somebody."""
    talk = _found(public_id)
    wanted = session().exec(who_may_answer(read(AssignmentForm).staff)).one_or_none()
    if wanted is None or wanted.id is None:
        raise Invalid("choose somebody who answers customers")
    why = f"{me().name} gave it to {wanted.name}" if wanted.id != me().id else f"{me().name} took it"
    assignment.assign(session(), talk, wanted.id, "by hand", why, now(), by_staff_id=me().id)
    flash(f"This is {'yours' if wanted.id == me().id else wanted.name + '’s'} now.")
    return _back(talk)


@pages.post("/conversations/<public_id>/closing")
@staff_only(Role.REPRESENTATIVE)
def close(public_id: str) -> ResponseReturnValue:
    """Close it; automation for this customer goes on, and a new reply opens it again."""
    talk = _found(public_id)
    talk.close(session(), now())
    flash(f"Closed. A new reply from {talk.address} opens it again.")
    return redirect(url_for("inbox.waiting"))


def who_may_answer(public_id: str) -> SelectOfScalar[Staff]:
    """Ask for one active member of staff who may answer."""
    may = [Role.REPRESENTATIVE, Role.ADMINISTRATOR]
    return select(Staff).where(Staff.public_id == public_id, col(Staff.active), col(Staff.role).in_(may))


def _my_id() -> int:
    return me().id or 0


def _found(public_id: str) -> Conversation:
    talk = session().exec(select(Conversation).where(Conversation.public_id == public_id)).one_or_none()
    if talk is None:
        abort(404)
    return talk


def _back(talk: Conversation) -> ResponseReturnValue:
    return redirect(url_for("conversations.one", public_id=talk.public_id))


def _shown(talk: Conversation, *, text: str = "", wrong: str = "", status: int = 200) -> ResponseReturnValue:
    customer = session().get(Customer, talk.customer_id) if talk.customer_id else None
    about = session().get(Message, talk.message_id) if talk.message_id else None
    whose = assignment.current(session(), [talk.id]).get(talk.id or 0)
    here = [(staff, is_here(session(), staff.id or 0, now())) for staff in session().exec(representatives()).all()]
    return render_template(
        "conversation.html",
        talk=talk,
        story=history(session(), talk),
        about=about,
        why=pipeline.why_sent(house(), session(), about) if about else [],
        seen=portrait(house(), session(), customer) if customer else None,
        whose=whose,
        owner=session().get(Staff, whose.staff_id) if whose else None,
        staff=here,
        text=text,
        wrong=wrong,
        closed=talk.state is ConversationState.CLOSED,
        revision=talk.revision,
        until=until(),
    ), status
