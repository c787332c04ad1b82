"""Will our email arrive? The check an operator types, for an administrator to press: it asks the DNS and the relays."""

from itertools import groupby

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from mailer import checkup
from mailer.checkup import Mark
from mailer.people.staff import Role
from mailer.web.doors import staff_only
from mailer.web.exchange import house, now

pages = Blueprint("checkup", __name__)

TOLD = {  # how a finding is shown: words, and their tone
    Mark.GOOD: ("good", "good"),
    Mark.LOOK: ("look", "waits"),
    Mark.MEND: ("mend", "bad"),
    Mark.UNKNOWN: ("not known", "plain"),
}


@pages.get("/checkup")
@staff_only(Role.ADMINISTRATOR)
def page() -> ResponseReturnValue:
    """Say what will be asked, and offer to ask."""
    return render_template("checkup.html", groups=None, told=TOLD, bad=0)


@pages.post("/checkup")
@staff_only(Role.ADMINISTRATOR)
def look() -> ResponseReturnValue:
    """Ask, and show what was found; nothing is kept."""
    found = checkup.check(house(), now())
    groups = [(name, list(those)) for name, those in groupby(found, key=lambda each: each.group)]
    bad = sum(each.mark is Mark.MEND for each in found)
    return render_template("checkup.html", groups=groups, told=TOLD, bad=bad)
