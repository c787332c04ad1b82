"""How does this campaign look for a real customer? With the next, one without a first name, and a test to oneself."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import col, select

from mailer import pipeline
from mailer.campaigns.campaign import Campaign
from mailer.delivery import gate
from mailer.people.customer import Customer
from mailer.people.staff import Role
from mailer.segments import segment as segments
from mailer.segments.segment import Segment
from mailer.web import counted, headers
from mailer.web.doors import staff_only
from mailer.web.exchange import house, me, now, session
from mailer.web.shelf import would_be

pages = Blueprint("campaign_test", __name__)

LOOKED_AT = 200  # customers of the segment one can page through


@pages.get("/campaigns/<name>/test")
@staff_only(Role.MARKETER)
def page(name: str) -> ResponseReturnValue:
    """Show the letter for one customer, why they get it, and what would stop it."""
    campaign = _found(name)
    segment = session().get_one(Segment, campaign.segment_id)
    criteria, among = segment.tree, counted.first(segment, LOOKED_AT)
    asked = request.args.get("customer", "")
    customer = _customer(asked) if asked else session().get(Customer, among[0]) if among else _anybody()
    if customer is None or customer.id is None:
        return render_template("campaign_test.html", campaign=campaign, customer=None)
    place = among.index(customer.id) if customer.id in among else -1
    proof = segments.why(house().warehouse, criteria, customer.id, now())
    letter = would_be(session(), campaign, customer)
    return render_template(
        "campaign_test.html",
        campaign=campaign,
        customer=customer,
        letter=letter,
        proof=proof,
        refusal=gate.judge_customers(session(), campaign, [customer], now(), house().settings.gate).get(customer.id),
        place=place,
        total=len(among),
        previous=_public(among[place - 1]) if place > 0 else None,
        next=_public(among[place + 1])
        if -1 < place < len(among) - 1
        else _public(among[0])
        if among and place < 0
        else None,
        nameless=_nameless(among),
    )


@pages.get("/campaigns/<name>/letter/<public_id>")
@staff_only(Role.MARKETER)
def letter_page(name: str, public_id: str) -> Response:
    """Show the letter for one customer, alone, for a frame."""
    customer = _customer(public_id)
    return headers.letter(headers.html_of(would_be(session(), _found(name), customer)), framed=True)


@pages.post("/campaigns/<name>/tests")
@staff_only(Role.MARKETER)
def send(name: str) -> ResponseReturnValue:
    """Send oneself what this customer would get."""
    campaign, customer = _found(name), _customer(request.form.get("customer", ""))
    pipeline.send_test(house(), session(), campaign, customer, me().email, now())
    house().woken.set()
    flash(f"A test is on its way to {me().email}.")
    return redirect(url_for("campaign_test.page", name=name, customer=customer.public_id))


def _found(name: str) -> Campaign:
    return session().exec(select(Campaign).where(Campaign.name == name)).one_or_none() or abort(404)


def _customer(public_id: str) -> Customer:
    return session().exec(select(Customer).where(Customer.public_id == public_id)).one_or_none() or abort(404)


def _anybody() -> Customer | None:
    return session().exec(select(Customer).order_by(col(Customer.id)).limit(1)).first()


def _public(ident: int) -> str | None:
    customer = session().get(Customer, ident)
    return customer.public_id if customer else None


def _nameless(among: list[int]) -> str | None:
    """Return somebody without a first name: of the segment, or else of anywhere."""
    nobody = select(Customer.public_id).where(Customer.first_name == "").order_by(col(Customer.id)).limit(1)
    return session().exec(nobody.where(col(Customer.id).in_(among))).first() or session().exec(nobody).first()
