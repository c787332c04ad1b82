"""What do we write, to whom, when? Draft, test, approve, send, with a stop that works at once."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import col, func, select

from mailer import pipeline
from mailer.campaigns import audience
from mailer.campaigns.campaign import Campaign, CampaignState, Run, RunState
from mailer.campaigns.schedule import Schedule
from mailer.delivery.accounts import accounts, alarms, waits
from mailer.delivery.hits import followed
from mailer.errors import Invalid
from mailer.people.consent import Topic
from mailer.people.staff import Role, Staff
from mailer.pipeline.launch import approval_of
from mailer.pipeline.proving import proven_clicks
from mailer.segments.criteria import from_data
from mailer.segments.segment import Segment
from mailer.web import campaign_who, counted
from mailer.web.campaign_form import CampaignForm, blank, filled
from mailer.web.doors import staff_only
from mailer.web.exchange import house, me, now, session
from mailer.web.form import WrongFields, read, wrongs
from mailer.web.live import still_until, until
from mailer.web.words import civil_time

pages = Blueprint("campaigns", __name__)

AHEAD = timedelta(days=366)  # how far ahead the next occurrence is looked for
RUNS = 20
MOVING = (RunState.PLANNED, RunState.CHOOSING)


@pages.get("/campaigns")
@staff_only(Role.MARKETER)
def listing() -> ResponseReturnValue:
    """List the campaigns: to whom, when, in which state."""
    rows = session().exec(select(Campaign).order_by(Campaign.title)).all()
    by_id = {each.id: each for each in session().exec(select(Segment)).all()}
    counted = select(Run.campaign_id, func.count(), func.max(col(Run.id))).group_by(col(Run.campaign_id))
    runs = {campaign: (count, newest) for campaign, count, newest in session().exec(counted).all()}
    return render_template(
        "campaigns.html",
        rows=[
            (
                each,
                by_id.get(each.segment_id),
                Schedule.from_data(each.schedule).sentence(),
                runs.get(each.id or 0, (0, None)),
            )
            for each in rows
        ],
    )


@pages.get("/campaigns/new")
@staff_only(Role.MARKETER)
def new() -> ResponseReturnValue:
    """Show the form of a new campaign, filled in as far as a segment or template was named."""
    return _form(None, blank(request.args.get("segment", ""), request.args.get("template", "")))


@pages.post("/campaigns")
@staff_only(Role.MARKETER)
def create() -> ResponseReturnValue:
    """Make a campaign; it is a draft until somebody approves it."""
    try:
        form = read(CampaignForm)
        if _named(form.slug()):
            raise WrongFields(
                {"title": f"There is a campaign named {form.slug()} already; give this one another title."}
            )
        campaign = Campaign(name=form.slug(), title=form.title, template=form.template, topic_id=form.topic,
                            segment_id=0, staff_id=me().id, created_at=now())  # fmt: skip
        form.put(session(), house().shelf, campaign)
    except Invalid as error:
        session().rollback()
        return _form(None, request.form.to_dict(flat=False), error)
    flash("Kept as a draft. Look at it for real customers, then approve it.")
    return redirect(url_for("campaigns.one", name=campaign.name))


@pages.get("/campaigns/<name>")
@staff_only(Role.MARKETER)
def one(name: str) -> ResponseReturnValue:
    """Show one campaign: what it is, whether it may leave, and what became of its runs."""
    campaign = _found(name)
    segment = session().get_one(Segment, campaign.segment_id)
    criteria = from_data(segment.criteria)
    schedule = Schedule.from_data(campaign.schedule)
    coming = schedule.occurrences(now(), now() + AHEAD)
    approval = approval_of(house(), session(), campaign)
    runs = _runs(campaign, until())
    newest = runs["runs"][0][0] if runs["runs"] else None
    text = request.args.get("who", "").strip()[:200]
    return render_template(
        "campaign.html",
        who=text,
        newest=newest,
        asked=campaign_who.asked_for(house(), session(), segment, newest, text) if text else [],
        some=campaign_who.some(house(), session(), newest) if newest else [],
        campaign=campaign,
        segment=segment,
        sentence=criteria.sentence(),
        counted=counted.number(segment),
        topic=session().get(Topic, campaign.topic_id),
        schedule=schedule.sentence(),
        coming=civil_time(coming[0]) if coming else None,
        approval=approval,
        approver=session().get(Staff, approval.staff_id) if approval and approval.staff_id else None,
        approved=campaign.state is CampaignState.APPROVED and approval is not None,
        followed=followed(session(), campaign.id or 0),
        proven=proven_clicks(session(), campaign.id or 0),
        **runs,
    )


@pages.get("/campaigns/<name>/runs")
@staff_only(Role.MARKETER)
def runs(name: str) -> ResponseReturnValue:
    """Give the runs alone, for a page that shows them and watches them move."""
    campaign = _found(name)
    return render_template("runs.html", campaign=campaign, **_runs(campaign, still_until()))


@pages.get("/campaigns/<name>/form")
@staff_only(Role.MARKETER)
def edit(name: str) -> ResponseReturnValue:
    """Show the form of a campaign as it is."""
    campaign = _found(name)
    return _form(campaign, filled(session(), campaign))


@pages.post("/campaigns/<name>")
@staff_only(Role.MARKETER)
def change(name: str) -> ResponseReturnValue:
    """Change a campaign."""
    campaign = _found(name)
    try:
        read(CampaignForm).put(session(), house().shelf, campaign)
    except Invalid as error:
        session().rollback()
        return _form(_found(name), request.form.to_dict(flat=False), error)
    flash("Kept. If its segment or template is another now, it has to be approved again.")
    return _back(campaign)


@pages.post("/campaigns/<name>/approval")
@staff_only(Role.MARKETER)
def approve(name: str) -> ResponseReturnValue:
    """Let it leave as it is now."""
    campaign = _found(name)
    pipeline.approve(house(), session(), campaign, me().id or 0, now())
    flash("Approved, just as it is now.")
    return _back(campaign)


@pages.post("/campaigns/<name>/pause")
@staff_only(Role.MARKETER)
def pause(name: str) -> ResponseReturnValue:
    """Stop it: nothing more of it leaves, from the next hand-over on."""
    campaign = _found(name)
    pipeline.pause(session(), campaign)
    flash("Paused. Nothing more of it leaves until you resume it.")
    return _back(campaign)


@pages.post("/campaigns/<name>/resumption")
@staff_only(Role.MARKETER)
def resume(name: str) -> ResponseReturnValue:
    """Let it go on."""
    campaign = _found(name)
    pipeline.resume(house(), session(), campaign, now())
    house().woken.set()
    flash("It goes on. What came too late meanwhile is not sent.")
    return _back(campaign)


@pages.post("/campaigns/<name>/runs")
@staff_only(Role.MARKETER)
def run(name: str) -> ResponseReturnValue:
    """Start a run now, beside the schedule."""
    campaign = _found(name)
    pipeline.run_now(house(), session(), campaign, now())
    house().woken.set()
    flash("Started. Customers are being chosen.")
    return _back(campaign)


@pages.post("/runs/<public_id>/cancellation")
@staff_only(Role.MARKETER)
def cancel(public_id: str) -> ResponseReturnValue:
    """Stop a run for good: nothing more of it is handed over from here on."""
    found = session().exec(select(Run).where(Run.public_id == public_id)).one_or_none()
    if found is None:
        abort(404)
    waiting = pipeline.cancel(session(), found, now())
    house().woken.set()
    flash(f"Stopped. {waiting:,} emails that waited will not be sent.")
    return _back(session().get_one(Campaign, found.campaign_id))


def _runs(campaign: Campaign, ends: int) -> dict[str, Any]:
    """Return the newest runs, what became of each, and until when to ask again: not at all once none of them moves."""
    newest = select(Run).where(Run.campaign_id == campaign.id).order_by(col(Run.id).desc()).limit(RUNS)
    found = session().exec(newest).all()
    db = session()
    counted = [
        (run, accounts(db, run.id or 0), audience.left_out(db, run.id or 0), waits(db, run.id or 0)) for run in found
    ]
    moves = any(run.state in MOVING or (each.pending and run.state is RunState.CHOSEN) for run, each, *_ in counted)
    return {"runs": counted, "alarms": alarms(session(), found, now()), "until": ends if moves else 0}


def _named(name: str) -> Campaign | None:
    return session().exec(select(Campaign).where(Campaign.name == name)).one_or_none()


def _found(name: str) -> Campaign:
    return _named(name) or abort(404)


def _back(campaign: Campaign) -> ResponseReturnValue:
    return redirect(url_for("campaigns.one", name=campaign.name))


def _form(campaign: Campaign | None, given: dict[str, list[str]], wrong: Invalid | None = None) -> ResponseReturnValue:
    offered = col(Segment.archived_at).is_(None) | (col(Segment.id) == (campaign.segment_id if campaign else None))
    return render_template(
        "campaign_form.html",
        campaign=campaign,
        given=given,
        wrongs=wrongs(wrong) if wrong else {},
        segments=session().exec(select(Segment).where(offered).order_by(Segment.title)).all(),
        topics=session().exec(select(Topic).order_by(Topic.name)).all(),
        templates=house().shelf.names(),
    ), 422 if wrong else 200
