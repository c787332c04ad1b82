"""Which customers? Each segment is a sentence, a live count, and a proof for each customer in it."""

import re

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session, col, select

from mailer import pipeline
from mailer.campaigns.campaign import Campaign
from mailer.errors import Invalid
from mailer.people.customer import Customer
from mailer.people.staff import Role
from mailer.segments import segment as segments
from mailer.segments.criteria import Criteria, from_data
from mailer.segments.fields import FIELDS
from mailer.segments.operators import OPERATORS
from mailer.segments.segment import Segment
from mailer.web.doors import staff_only
from mailer.web.exchange import house, now, session
from mailer.web.segment_form import Asked, Done, SegmentForm, posted, shown

pages = Blueprint("segments", __name__)

EVENTS = sorted({each.insight.of for each in FIELDS.values() if each.insight and each.insight.of} | {"felt_understood"})


@pages.get("/segments")
@staff_only(Role.MARKETER)
def listing() -> ResponseReturnValue:
    """List the segments, each with its sentence and its count now."""
    found = session().exec(select(Segment).order_by(Segment.title)).all()
    rows = [(each, each.tree.sentence(), segments.count(house().warehouse, each.tree, now())) for each in found]
    return render_template("segments.html", rows=rows)


@pages.get("/segments/new")
@staff_only(Role.MARKETER)
def new() -> ResponseReturnValue:
    """Show an empty form."""
    return _form(SegmentForm(asked=[Asked()], done=[Done("basket")]), None)


@pages.post("/segments/draft")
@staff_only(Role.MARKETER)
def draft() -> ResponseReturnValue:
    """Show the form again with a row more or less, or with what it would find; nothing is kept.

    A POST because a form may be long; it asks only for reading, and never waits for the writer.
    """
    form = posted(request.form)
    form.act(request.form.get("act", ""))
    with house().store.read() as looking:
        name = request.form.get("name", "")
        segment = looking.exec(select(Segment).where(Segment.name == name)).one_or_none() if name else None
        if request.form.get("act") != "count":
            return _form(form, segment)
        try:
            return _form(form, segment, found=_found_by(looking, from_data(form.data())))
        except Invalid as error:
            return _form(form, segment, wrong=str(error))


@pages.post("/segments")
@staff_only(Role.MARKETER)
def create() -> ResponseReturnValue:
    """Keep a new segment."""
    form = posted(request.form)
    name = re.sub(r"[^a-z0-9]+", "-", form.title.lower()).strip("-")
    try:
        if not name:
            raise Invalid("give it a title")
        if session().exec(select(Segment.id).where(Segment.name == name)).first() is not None:
            raise Invalid(f"there is a segment named {name} already; give this one another title")
        return _kept(form, name)
    except Invalid as error:
        return _form(form, None, wrong=str(error))


@pages.get("/segments/<name>")
@staff_only(Role.MARKETER)
def one(name: str) -> ResponseReturnValue:
    """Show one segment: its sentence, its count, and a few customers with why they are in it."""
    segment = _named(name)
    return render_template(
        "segment.html",
        segment=segment,
        found=_found_by(session(), segment.tree),
        campaigns=session().exec(select(Campaign).where(Campaign.segment_id == segment.id)).all(),
        by_form=shown("", "", segment.criteria) is not None,
    )


@pages.get("/segments/<name>/form")
@staff_only(Role.MARKETER)
def edit(name: str) -> ResponseReturnValue:
    """Show the form of a segment as it is."""
    segment = _named(name)
    form = shown(segment.title, segment.description, segment.criteria)
    if form is None:
        raise Invalid("This segment has parts within parts, which the form cannot show. Change it in its file.")
    return _form(form, segment, found=_found_by(session(), segment.tree))


@pages.post("/segments/<name>")
@staff_only(Role.MARKETER)
def change(name: str) -> ResponseReturnValue:
    """Keep a segment as a new version."""
    form, segment = posted(request.form), _named(name)
    try:
        return _kept(form, name)
    except Invalid as error:
        return _form(form, segment, wrong=str(error))


def _kept(form: SegmentForm, name: str) -> ResponseReturnValue:
    segments.save(
        session(),
        name=name,
        title=form.title or name,
        description=form.description,
        criteria=from_data(form.data()),
        now=now(),
    )
    flash("Kept. A campaign that uses it has to be approved again if it asks something else now.")
    return redirect(url_for("segments.one", name=name))


def _named(name: str) -> Segment:
    return session().exec(select(Segment).where(Segment.name == name)).one_or_none() or abort(404)


def _found_by(session: Session, criteria: Criteria) -> dict[str, object]:
    """Return what a question finds now: count, sentence, and a few customers with the proof of each."""
    count, sentence, sample = pipeline.segment_state(house(), criteria, now())
    customers = session.exec(select(Customer).where(col(Customer.id).in_(sample)).order_by(col(Customer.id))).all()
    warehouse = house().warehouse
    return {
        "count": count,
        "sentence": sentence,
        "sample": [(each, segments.why(warehouse, criteria, each.id or 0, now())) for each in customers],
    }


def _form(
    form: SegmentForm, segment: Segment | None, *, found: dict[str, object] | None = None, wrong: str = ""
) -> ResponseReturnValue:
    return render_template(
        "segment_form.html",
        form=form,
        segment=segment,
        fields=FIELDS,
        operators=OPERATORS,
        events=EVENTS,
        found=found,
        wrong=wrong,
    ), 422 if wrong and not request.headers.get("HX-Request") else 200
