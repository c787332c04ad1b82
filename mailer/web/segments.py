"""Which customers? Each segment is a sentence, a live count, and a proof for each customer in it.

A page is there before its answers: what a question finds comes piece by piece (see segment_found), each behind an
address or a button of its own, so that it comes without a script too.
"""

import re
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session, col, select

from mailer.campaigns.campaign import Campaign, CampaignState
from mailer.errors import Invalid
from mailer.people.staff import Role
from mailer.segments import segment as segments
from mailer.segments.criteria import from_data
from mailer.segments.operators import OPERATORS
from mailer.segments.segment import Segment
from mailer.web import segment_found, segment_offer
from mailer.web.doors import staff_only
from mailer.web.exchange import house, now, session
from mailer.web.segment_blocks import Block, act, posted
from mailer.web.segment_choices import Choices
from mailer.web.segment_form import EVERYBODY, Reading, read, told

pages = Blueprint("segments", __name__)

VERSIONS = 20


@pages.get("/segments")
@staff_only(Role.MARKETER)
def listing() -> ResponseReturnValue:
    """List the segments, the starred ones first, each with its sentence; and with its count, where that is asked."""
    archived = request.args.get("show") == "archived"
    is_archived = col(Segment.archived_at).is_not(None) if archived else col(Segment.archived_at).is_(None)
    order = col(Segment.starred).desc(), Segment.title
    found = session().exec(select(Segment).where(is_archived).order_by(*order)).all()
    counted = "counted" in request.args
    rows = [(each, *_said(each, counted=counted)) for each in found]
    return render_template("segments.html", rows=rows, counted=counted, archived=archived)


@pages.get("/segments/new")
@staff_only(Role.MARKETER)
def new() -> ResponseReturnValue:
    """Show an empty form."""
    return _form(session(), Block("all"))


@pages.post("/segments/draft")
@staff_only(Role.MARKETER)
def draft() -> ResponseReturnValue:
    """Show the form as a button leaves it, or a piece of what it would find; nothing is kept.

    A POST because a form may be long; it asks only for reading, and never waits for the writer.
    """
    block, pressed = posted(request.form), request.form.get("act", "")
    with house().store.read() as looking:
        if not pressed.startswith("find:"):
            gone_on = act(block, pressed)
            return _form(looking, block, gone_on=gone_on if pressed != "show" else "")
        piece = pressed.removeprefix("find:")
        if piece not in segment_found.PIECES:
            abort(404)
        reading = _read(looking, block, _own())
        found = {} if reading.data is None else _found(looking, piece, reading, _own())
        if request.headers.get("HX-Request"):
            return render_template(f"found_{piece}.html", found=found, reading=reading, draft=True)
        return _form(looking, block, reading=reading, found={piece: found})


@pages.post("/segments")
@staff_only(Role.MARKETER)
def create() -> ResponseReturnValue:
    """Keep a new segment."""
    title = request.form.get("title", "").strip()[:120]
    name = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60].rstrip("-")
    if not name:
        return _form(session(), posted(request.form), wrong={"title": "give it a title"}, keeping=True)
    if session().exec(select(Segment.id).where(Segment.name == name)).first() is not None:
        said = f"there is a segment named {name} already; give this one another title"
        return _form(session(), posted(request.form), wrong={"title": said}, keeping=True)
    return _kept(name, title)


@pages.get("/segments/<name>")
@staff_only(Role.MARKETER)
def one(name: str) -> ResponseReturnValue:
    """Show one segment: its sentence, what it finds, who uses it, and how it came to be what it is."""
    segment = _named(name)
    return render_template(
        "segment.html",
        segment=segment,
        sentence=_said(segment, counted=False)[0],
        campaigns=_campaigns(segment),
        segments=segments.used_by(session(), name),
        versions=[
            (each, from_data(each.criteria).sentence()) for each in segments.versions(session(), name)[:VERSIONS]
        ],
        pieces=segment_found.PIECES,
    )


@pages.get("/segments/<name>/found/<piece>")
@staff_only(Role.MARKETER)
def found(name: str, piece: str) -> ResponseReturnValue:
    """Show a piece of what a segment finds."""
    segment = _named(name)
    if piece not in segment_found.PIECES:
        abort(404)
    reading = Reading(segment.criteria)
    found = _found(session(), piece, reading, name)
    page = f"found_{piece}.html" if request.headers.get("HX-Request") else "segment_found.html"
    return render_template(page, reading=reading, draft=False, found=found, segment=segment, piece=piece)


@pages.get("/segments/<name>/form")
@staff_only(Role.MARKETER)
def edit(name: str) -> ResponseReturnValue:
    """Show the form of a segment as it is."""
    segment = _named(name)
    return _form(session(), told(segment.criteria), segment=segment)


@pages.post("/segments/<name>")
@staff_only(Role.MARKETER)
def change(name: str) -> ResponseReturnValue:
    """Keep a segment as a new version."""
    _named(name)
    return _kept(name, request.form.get("title", "").strip()[:120])


@pages.post("/segments/<name>/copies")
@staff_only(Role.MARKETER)
def copy(name: str) -> ResponseReturnValue:
    """Make another one that asks the same, and open its form."""
    made = segments.duplicate(session(), _named(name), now())
    flash("This is the copy: give it a title of its own.")
    return redirect(url_for("segments.edit", name=made.name))


@pages.post("/segments/<name>/star")
@staff_only(Role.MARKETER)
def star(name: str) -> ResponseReturnValue:
    """Put a segment among the first of the list, or take it from there."""
    segment = _named(name)
    segment.starred = request.form.get("starred") == "yes"
    session().add(segment)
    return redirect(url_for("segments.one", name=name))


@pages.post("/segments/<name>/archive")
@staff_only(Role.MARKETER)
def archive(name: str) -> ResponseReturnValue:
    """Put a segment that nobody uses into the archive, or take it out."""
    segment = _named(name)
    if request.form.get("archived") == "yes":
        segments.archive(session(), segment, [each.title for each in _campaigns(segment)], now())
        flash("It is in the archive: offered nowhere, and kept.")
    else:
        segment.archived_at = None
        session().add(segment)
    return redirect(url_for("segments.one", name=name))


def _kept(name: str, title: str) -> ResponseReturnValue:
    block = posted(request.form)
    reading = _read(session(), block, name)
    if reading.said or reading.data is None or not title:
        return _form(session(), block, wrong={} if title else {"title": "give it a title"}, keeping=True)
    description, criteria = request.form.get("description", "").strip()[:500], from_data(reading.data)
    try:
        segments.save(session(), name=name, title=title, description=description, criteria=criteria, now=now())
    except Invalid as error:
        return _form(session(), block, wrong={"form": str(error)}, keeping=True)
    flash("Kept. A campaign that uses it has to be approved again if it asks something else now.")
    return redirect(url_for("segments.one", name=name))


def _own() -> str:
    return request.form.get("name", "")


def _named(name: str) -> Segment:
    return session().exec(select(Segment).where(Segment.name == name)).one_or_none() or abort(404)


def _said(segment: Segment, *, counted: bool) -> tuple[str, int | None]:
    """Return the sentence of a segment, and how many it means; of one that can no longer be asked, why."""
    try:
        tree = segment.tree
        return tree.sentence(), segments.count(house().warehouse, tree, now()) if counted else None
    except Invalid as error:
        return f"It cannot be asked any more: {error}", None


def _campaigns(segment: Segment) -> Sequence[Campaign]:
    asked = select(Campaign).where(Campaign.segment_id == segment.id, Campaign.state != CampaignState.FINISHED)
    return session().exec(asked.order_by(Campaign.title)).all()


def _read(looking: Session, block: Block, own: str) -> Reading:
    def member(name: str) -> None:
        segments.whole(looking, {"segment": name}, own)

    return read(block, member)


def _found(looking: Session, piece: str, reading: Reading, own: str) -> dict[str, Any]:
    """Return a piece of what a reading finds, with its sentence."""
    try:
        criteria = from_data(segments.whole(looking, reading.data or {}, own))
    except Invalid as error:
        return {"wrong": str(error)}
    return {**segment_found.find(piece, looking, criteria, own), "sentence": criteria.sentence()}


def _form(
    looking: Session,
    block: Block,
    *,
    segment: Segment | None = None,
    gone_on: str = "",
    reading: Reading | None = None,
    found: dict[str, Any] | None = None,
    wrong: dict[str, str] | None = None,
    keeping: bool = False,
) -> ResponseReturnValue:
    """Show the form: whole, or only its blocks where a script asks; `keeping` says what is not finished, too."""
    own = request.form.get("name", "") or (request.view_args or {}).get("name", "")
    if segment is None and own:
        segment = looking.exec(select(Segment).where(Segment.name == own)).one_or_none()
    offered = segment_offer.offer(looking)
    segment_offer.fit(block, offered)
    reading = reading or _read(looking, block, own)
    wrong = {**(reading.said if keeping else reading.wrong), **(wrong or {})}
    if block.parts:
        block.given.pop(EVERYBODY, None)
    only_blocks = request.headers.get("HX-Request") and not keeping
    page = render_template(
        "segment_blocks.html" if only_blocks else "segment_form.html",
        block=block,
        segment=segment,
        title=request.form.get("title", segment.title if segment else ""),
        description=request.form.get("description", segment.description if segment else ""),
        offered=offered,
        offer=segment_offer,
        operators=OPERATORS,
        wrongs=wrong,
        gone_on=gone_on,
        reading=reading,
        sentence=_sentence(reading),
        found=found or {},
        **Choices(offered, reading).for_page(),
    )
    return page, 422 if keeping else 200


def _sentence(reading: Reading) -> str:
    return from_data(reading.data).sentence() if reading.data is not None else ""
