"""What do we say often? Saved replies: one's own and everybody's, kept, changed and removed here."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field

from mailer.errors import Invalid
from mailer.inbox import saved
from mailer.inbox.saved import PLACES, SavedReply
from mailer.people.staff import Role
from mailer.web.doors import staff_only
from mailer.web.exchange import me, now, session
from mailer.web.form import read, wrongs

pages = Blueprint("saved", __name__)


class ReplyForm(BaseModel):
    """Words, their title, and whose they are."""

    title: str = Field(min_length=1, max_length=saved.LONGEST_TITLE)
    text: str = Field(min_length=1, max_length=saved.LONGEST)
    shared: bool = False


@pages.get("/saved-replies")
@staff_only(Role.REPRESENTATIVE)
def listing() -> ResponseReturnValue:
    """List them, with a form for another one."""
    return _shown({})


@pages.post("/saved-replies")
@staff_only(Role.REPRESENTATIVE)
def create() -> ResponseReturnValue:
    """Keep new words."""
    return _kept(None)


@pages.get("/saved-replies/<public_id>")
@staff_only(Role.REPRESENTATIVE)
def edit(public_id: str) -> ResponseReturnValue:
    """Show one, to be changed."""
    reply = _found(public_id)
    given = {"title": reply.title, "text": reply.text, "shared": "" if reply.staff_id else "yes"}
    return _shown(given, reply=reply)


@pages.post("/saved-replies/<public_id>")
@staff_only(Role.REPRESENTATIVE)
def change(public_id: str) -> ResponseReturnValue:
    """Change one."""
    return _kept(_found(public_id))


@pages.post("/saved-replies/<public_id>/removal")
@staff_only(Role.REPRESENTATIVE)
def remove(public_id: str) -> ResponseReturnValue:
    """Remove one; what was said with it stays said."""
    reply = _found(public_id)
    session().delete(reply)
    flash(f"“{reply.title}” is removed.")
    return redirect(url_for("saved.listing"))


def _kept(reply: SavedReply | None) -> ResponseReturnValue:
    try:
        given = read(ReplyForm)
        kept = saved.keep(session(), reply, me(), given.title, given.text, given.shared, now())
    except Invalid as error:
        session().rollback()
        return _shown(request.form.to_dict(), wrongs(error, "text"), reply), 422
    flash(f"“{kept.title}” is kept.")
    return redirect(url_for("saved.listing"))


def _found(public_id: str) -> SavedReply:
    return session().exec(saved.for_staff(me()).where(SavedReply.public_id == public_id)).one_or_none() or abort(404)


def _shown(given: dict[str, str], wrong: dict[str, str] | None = None, reply: SavedReply | None = None) -> str:
    return render_template(
        "saved.html",
        replies=session().exec(saved.for_staff(me())).all(),
        reply=reply,
        given=given,
        wrongs=wrong or {},
        places=PLACES,
    )
