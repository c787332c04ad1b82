"""Who is this customer? Found by name or address, and everything we know of them on one page."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import col, func, select

from mailer import pipeline
from mailer.delivery.release import release_held
from mailer.people.customer import Customer, find
from mailer.people.hold import Hold, end_hold
from mailer.people.staff import Role, Staff
from mailer.web.doors import staff_only
from mailer.web.exchange import house, me, now, session
from mailer.web.onward import onward
from mailer.web.portrait import portrait

pages = Blueprint("customers", __name__)

SHOWN = 50  # customers a page
ORDERS: dict[str, tuple[Any, ...]] = {
    "name": (Customer.last_name, Customer.first_name),
    "address": (Customer.email,),
    "language": (Customer.language, Customer.last_name),
}


@pages.get("/customers")
@staff_only()
def search() -> ResponseReturnValue:
    """Find customers by name or address, in one language or any, a page at a time."""
    text = request.args.get("q", "").strip()[:200]
    language = request.args.get("language", "")[:20]
    by, down = request.args.get("by", "name"), request.args.get("down") == "1"
    page = max(1, request.args.get("page", 1, type=int))
    order = [col(each).desc() if down else col(each) for each in ORDERS.get(by, ORDERS["name"])]
    asked = find(text).where(Customer.language == language) if language else find(text)
    total = session().exec(select(func.count()).select_from(asked.order_by(None).subquery())).one()
    shown = asked.order_by(None).order_by(*order, col(Customer.id)).offset((page - 1) * SHOWN).limit(SHOWN)
    return render_template(
        "customers.html",
        text=text,
        language=language,
        by=by if by in ORDERS else "name",
        down=down,
        page=page,
        pages=max(1, -(-total // SHOWN)),
        total=total,
        found=session().exec(shown).all(),
        languages=session().exec(select(Customer.language).distinct().order_by(Customer.language)).all(),
        staff={each.id: each for each in session().exec(select(Staff)).all()},
    )


@pages.get("/customers/<public_id>")
@staff_only()
def one(public_id: str) -> ResponseReturnValue:
    """Show one customer."""
    customer = _found(public_id)
    may_talk = me().role is not Role.MARKETER
    return render_template(
        "customer.html",
        seen=portrait(house(), session(), customer),
        may_talk=may_talk,
        why=lambda message: pipeline.why_sent(house(), session(), message),
    )


@pages.post("/customers/<public_id>/release")
@staff_only(Role.REPRESENTATIVE)
def release(public_id: str) -> ResponseReturnValue:
    """Let automation go on for a customer although a talk is open, and let go of what it held."""
    customer = _found(public_id)
    still = select(Hold).where(Hold.customer_id == customer.id, col(Hold.ended_at).is_(None))
    for hold in session().exec(still).all():
        end_hold(session(), hold, now())
    freed = release_held(session(), customer.id or 0, now())
    house().woken.set()
    flash(f"{freed} email{'' if freed == 1 else 's'} released; automation for {customer.name} goes on.")
    return redirect(onward(url_for("customers.one", public_id=public_id)))


def _found(public_id: str) -> Customer:
    customer = session().exec(select(Customer).where(Customer.public_id == public_id)).one_or_none()
    if customer is None:
        abort(404)
    return customer
