"""What are the pages made of? Every part of the dress on one page, so that a change to one is seen at once."""

from datetime import timedelta

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from mailer.people.staff import Role
from mailer.web.doors import staff_only
from mailer.web.exchange import now

pages = Blueprint("styleguide", __name__)


@pages.get("/styleguide")
@staff_only(Role.ADMINISTRATOR)
def page() -> ResponseReturnValue:
    """Show every part."""
    hours = [now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=back) for back in range(24, -1, -1)]
    plotted = [(hour, (hour.hour * 37) % 90, (hour.hour * 11) % 14) for hour in hours]
    return render_template("styleguide.html", plotted=plotted, ago=now() - timedelta(hours=3))
