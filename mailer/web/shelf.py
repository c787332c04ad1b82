"""Which templates are there, and how does each look for a real customer?"""

import re

from flask import Blueprint, Response, abort, render_template
from flask.typing import ResponseReturnValue
from sqlmodel import Session, col, select

from mailer import pipeline
from mailer.campaigns.campaign import Campaign
from mailer.errors import MailerError
from mailer.mail.compose import Letter
from mailer.people.consent import Topic
from mailer.people.customer import Customer
from mailer.people.staff import Role
from mailer.segments.segment import Segment
from mailer.web import headers
from mailer.web.doors import staff_only
from mailer.web.exchange import house, now, session

pages = Blueprint("shelf", __name__)


@pages.get("/templates")
@staff_only(Role.MARKETER)
def listing() -> ResponseReturnValue:
    """List the templates, the campaigns that use each, and what is wrong with those that cannot be used."""
    shelf = house().shelf
    campaigns = session().exec(select(Campaign).order_by(Campaign.title)).all()
    return render_template(
        "shelf.html",
        rows=[
            (name, _subject(name), shelf.languages(name), [each for each in campaigns if each.template == name])
            for name in shelf.names()
        ],
        errors={
            str(path.name if not path.parent.name else f"{path.parent.name}/{path.name}"): why
            for path, why in shelf.errors().items()
        },
    )


@pages.get("/templates/<name>")
@staff_only(Role.MARKETER)
def one(name: str) -> ResponseReturnValue:
    """Show one template as a customer would get it, in each of its languages."""
    if name not in house().shelf.names():
        abort(404)
    customers = [customer for language in house().shelf.languages(name) if (customer := _somebody(language))]
    return render_template("template.html", name=name, subject=_subject(name), customers=customers)


@pages.get("/templates/<name>/letter/<public_id>")
@staff_only(Role.MARKETER)
def letter_page(name: str, public_id: str) -> Response:
    """Show the template filled in for one customer, alone, for a frame."""
    customer = session().exec(select(Customer).where(Customer.public_id == public_id)).one_or_none()
    if customer is None or name not in house().shelf.names():
        abort(404)
    return headers.letter(headers.html_of(would_be(session(), _trial(name), customer)), framed=True)


def readable(source: str) -> str:
    """Return a line of a template for people: what is filled in as [first name], without what decides on it."""
    said = re.sub(r"{%.*?%}|{#.*?#}", "", source)
    return re.sub(r"{{\s*(?:\w+\.)*(\w+).*?}}", lambda place: f"[{place[1].replace('_', ' ')}]", said)


def would_be(session: Session, campaign: Campaign | None, customer: Customer) -> Letter:
    """Return what `customer` would get from `campaign`, or in its place the words that say why they would not.

    Nothing is flushed: a customer who has no representative yet is shown one, and given none.
    """
    if campaign is None:
        return Letter("", "", "There is no segment or topic yet; a letter needs both.")
    try:
        with session.no_autoflush:
            return pipeline.preview(house(), session, campaign, customer, now())
    except MailerError as error:
        return Letter("", "", f"This letter cannot be made: {error}")


def _trial(name: str) -> Campaign | None:
    """Return a campaign that uses the template: a real one, or one that exists for this page only."""
    real = session().exec(select(Campaign).where(Campaign.template == name).limit(1)).first()
    segment = session().exec(select(Segment).order_by(col(Segment.id)).limit(1)).first()
    topic = session().exec(select(Topic).order_by(Topic.id).limit(1)).first()
    if real is not None or segment is None or topic is None or segment.id is None:
        return real
    return Campaign(name=name, title=name, segment_id=segment.id, topic_id=topic.id, template=name, created_at=now())


def _somebody(language: str) -> Customer | None:
    return (
        session()
        .exec(select(Customer).where(Customer.language == language).order_by(col(Customer.id)).limit(1))
        .first()
    )


def _subject(name: str) -> str:
    try:
        return readable(house().shelf.get(name).subject)
    except MailerError as error:
        return f"cannot be used: {error}"
