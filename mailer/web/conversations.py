"""What is this talk about, and what do I answer? Everything a representative needs, on one screen.

An answer is written against what its writer saw: the form carries the conversation's revision, and an answer to a
conversation that has gone on since is shown again with what is new, never sent. For a few seconds it can be taken back.
"""

from datetime import timedelta

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from mailer import pipeline
from mailer.delivery.message import Message
from mailer.errors import Invalid
from mailer.inbox import assignment, conversation, promised_call, saved
from mailer.inbox.answer import can_be_taken_back, take_back
from mailer.inbox.conversation import Conversation, ConversationState
from mailer.inbox.history import history
from mailer.inbox.saved import SavedReply
from mailer.people.customer import Customer
from mailer.people.staff import Role, Staff, present, representatives
from mailer.web.doors import staff_only
from mailer.web.exchange import house, me, now, session
from mailer.web.form import read
from mailer.web.live import still_until, until
from mailer.web.portrait import portrait
from mailer.web.presence import Presence

pages = Blueprint("conversations", __name__)

PRESENCE = "lifeline presence"  # where the app keeps who has what open


@pages.record
def _open(state: BlueprintSetupState) -> None:
    state.app.extensions[PRESENCE] = Presence()


class AnswerForm(BaseModel):
    """An answer, and the revision its writer saw."""

    text: str = Field(max_length=100_000)
    seen_revision: int


class NoteForm(BaseModel):
    """A note among staff."""

    text: str = Field(max_length=20_000)


class DraftForm(BaseModel):
    """Words that are being written, and the saved reply to put after them."""

    text: str = Field("", max_length=100_000)
    reply: str = ""


class OpenForm(BaseModel):
    """What a page that shows a conversation says of itself."""

    revision: int = 0
    until: int = 0
    writing: bool = False
    shown: str = ""


class ClosingForm(BaseModel):
    """What of the held emails is never to be sent."""

    drop: list[str] = []


class AssignmentForm(BaseModel):
    """Whose the conversation is to be."""

    staff: str


@pages.get("/conversations/<public_id>")
@staff_only(Role.REPRESENTATIVE)
def one(public_id: str) -> ResponseReturnValue:
    """Show the conversation, the email it is about, and the customer."""
    return _shown(_found(public_id))


@pages.post("/conversations/<public_id>/presence")
@staff_only(Role.REPRESENTATIVE)
def presence(public_id: str) -> ResponseReturnValue:
    """Say whether the conversation went on since a page showed it, and who else has it open; in time, the asking ends.

    A POST, because it tells that somebody is here; it writes nothing, and never waits for the writer.
    """
    given, ends = read(OpenForm), still_until()
    with house().store.read() as looking:
        talk = _of(looking, public_id)
    here: Presence = current_app.extensions[PRESENCE]
    here.note(public_id, me(), given.writing, now())
    others = here.others(public_id, me(), now())
    if talk.revision == given.revision and ends and given.shown == _said(others):
        return "", 204
    return render_template(
        "news.html", talk=talk, revision=given.revision, until=ends, others=others, shown=_said(others)
    )


@pages.post("/conversations/<public_id>/answers")
@staff_only(Role.REPRESENTATIVE)
def answer(public_id: str) -> ResponseReturnValue:
    """Answer, in the customer's thread and in one's own name; it leaves when it can no longer be taken back."""
    talk, waits = _found(public_id), timedelta(seconds=house().settings.web.undo_seconds)
    try:
        form = read(AnswerForm)
        pipeline.answer(house(), session(), talk, me(), form.text, form.seen_revision, now(), waits)
    except Invalid as error:
        session().rollback()
        return _shown(_found(public_id), text=request.form.get("text", ""), wrong=str(error), status=409)
    flash("Your answer is on its way, in the same thread and in your name.")
    return _back(talk)


@pages.post("/conversations/<public_id>/answers/<message>/undo")
@staff_only(Role.REPRESENTATIVE)
def undo(public_id: str, message: str) -> ResponseReturnValue:
    """Take an answer back that has not left; its words are in the form again."""
    talk = _found(public_id)
    sent = session().exec(select(Message).where(Message.public_id == message)).one_or_none() or abort(404)
    try:
        words = take_back(session(), talk, sent, me(), now())
    except Invalid as error:
        session().rollback()
        return _shown(_found(public_id), wrong=str(error), status=409)
    return _shown(talk, text=words)


@pages.post("/conversations/<public_id>/draft")
@staff_only(Role.REPRESENTATIVE)
def draft(public_id: str) -> ResponseReturnValue:
    """Show the page with a saved reply after what was written; nothing is kept."""
    given = read(DraftForm)
    with house().store.read() as looking:
        talk = _of(looking, public_id)
        usable = saved.for_staff(me()).where(SavedReply.public_id == given.reply)
        reply = looking.exec(usable).one_or_none() or abort(404)
        customer = looking.get(Customer, talk.customer_id) if talk.customer_id else None
        words = saved.filled(reply.text, customer, me())
        text = "\n\n".join(filter(None, (given.text.rstrip(), words)))
        return _shown(talk, text=text, looking=looking)


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
    """Close it: automation goes on, what it held leaves or is dropped, and a new reply opens it again."""
    talk, dropped = _found(public_id), read(ClosingForm).drop
    released = pipeline.close(house(), session(), talk, dropped, me().name, now())
    gone = f" {released} held email{'' if released == 1 else 's'} may leave now." if released else ""
    flash(f"Closed. A new reply from {talk.address} opens it again.{gone}")
    return redirect(url_for("inbox.waiting"))


def who_may_answer(public_id: str) -> SelectOfScalar[Staff]:
    """Ask for one active member of staff who may answer."""
    may = [Role.REPRESENTATIVE, Role.ADMINISTRATOR]
    return select(Staff).where(Staff.public_id == public_id, col(Staff.active), col(Staff.role).in_(may))


def _my_id() -> int:
    return me().id or 0


def _found(public_id: str) -> Conversation:
    return _of(session(), public_id)


def _of(looking: Session, public_id: str) -> Conversation:
    found = looking.exec(select(Conversation).where(Conversation.public_id == public_id)).one_or_none()
    return found or abort(404)


def _back(talk: Conversation) -> ResponseReturnValue:
    return redirect(url_for("conversations.one", public_id=talk.public_id))


def _said(others: list[tuple[str, bool]]) -> str:
    return "; ".join(f"{name} writes" if writes else name for name, writes in others)


def _shown(
    talk: Conversation, *, text: str = "", wrong: str = "", status: int = 200, looking: Session | None = None
) -> ResponseReturnValue:
    at = looking or session()
    customer = at.get(Customer, talk.customer_id) if talk.customer_id else None
    about = at.get(Message, talk.message_id) if talk.message_id else None
    whose = assignment.current(at, [talk.id]).get(talk.id or 0)
    here = present(at, at.exec(representatives()).all(), now())
    others = current_app.extensions[PRESENCE].others(talk.public_id, me(), now())
    return render_template(
        "conversation.html",
        talk=talk,
        story=history(at, talk),
        about=about,
        calls=promised_call.promised(session(), talk, now()),
        why=pipeline.why_sent(house(), at, about) if about else [],
        seen=portrait(house(), at, customer) if customer else None,
        whose=whose,
        owner=at.get(Staff, whose.staff_id) if whose else None,
        staff=here,
        replies=[(each, saved.filled(each.text, customer, me())) for each in at.exec(saved.for_staff(me()))],
        can_be_taken_back=lambda message: can_be_taken_back(message, me(), now()),
        text=text,
        wrong=wrong,
        closed=talk.state is ConversationState.CLOSED,
        revision=talk.revision,
        until=until(),
        others=others,
        shown=_said(others),
    ), status
