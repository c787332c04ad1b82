"""What are the pages made of? Every part of the dress on one page, so that a change to one is seen at once."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import col, select

from mailer.people.consent import Consent, Topic
from mailer.people.customer import Customer
from mailer.people.staff import Role
from mailer.web.doors import staff_only
from mailer.web.exchange import house, now, session

pages = Blueprint("styleguide", __name__)


@pages.get("/styleguide")
@staff_only(Role.ADMINISTRATOR)
def page() -> ResponseReturnValue:
    """Show every part."""
    ago = now() - timedelta(hours=3)
    hours = [now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=back) for back in range(24, -1, -1)]
    agreed = Consent(
        customer_id=0, topic_id="offers", granted=True, at=ago, source="preferences page", wording="Yes, offers"
    )
    return render_template(
        "styleguide.html",
        plotted=[(hour, (hour.hour * 37) % 90, (hour.hour * 11) % 14) for hour in hours],
        ago=ago,
        customer=session().exec(select(Customer).order_by(col(Customer.id)).limit(1)).first(),
        template=next(iter(house().shelf.names()), None),
        happened=[{"name": "basket", "at": ago, "said": "3 items, 12.50"}],
        consents=[(Topic(id="offers", name="Offers"), agreed), (Topic(id="news", name="News"), None)],
    )


@pages.post("/styleguide")
@staff_only(Role.ADMINISTRATOR)
def press() -> ResponseReturnValue:
    """Let the buttons be pressed: nothing is done, and that is said."""
    flash("Pressed. Nothing was done, as it should be.")
    return redirect(url_for("styleguide.page"))
