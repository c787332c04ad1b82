"""How does a person accept a restored or copied house? With one press, once they know what it means."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from mailer import pipeline
from mailer.people.staff import Role
from mailer.web.doors import staff_only
from mailer.web.exchange import house, me, now

pages = Blueprint("safe_mode", __name__)


@pages.app_context_processor
def _told() -> dict[str, object]:
    return {"safe_mode": _why, "may_accept": lambda: me().role is Role.ADMINISTRATOR}


def _why() -> str:
    return house().safe_mode if current_user.is_authenticated else ""


@pages.post("/safe-mode/acceptance")
@staff_only(Role.ADMINISTRATOR)
def accept() -> ResponseReturnValue:
    """Let this house go on: what the journal says left becomes sent, and everything else leaves from now on."""
    applied = pipeline.take_over(house(), now())
    flash(
        f"This house goes on. The journal knew of {applied.sent:,} emails that had left"
        f" and of {applied.in_doubt:,} that may have; they are not sent again."
    )
    return redirect(url_for("home.page"))
