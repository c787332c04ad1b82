"""What does a customer see? Their mailbox, as a mail program shows it: read, reply, unsubscribe.

This is the customers' side of the demo and knows nothing of the house: what it does, it does as any mail program would,
with an SMTP conversation and with the POST that List-Unsubscribe names (RFC 8058).
"""

import re
import urllib.error
import urllib.request
from email.message import EmailMessage
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, send_from_directory, url_for
from flask.typing import ResponseReturnValue

from mailer import clock
from mailer.demo import customers
from mailer.demo.mailbox import Delivery, Mailbox
from mailer.web import doors, headers

PAGE = 25  # emails a page
TALK = 10  # other emails shown beside one
ASSETS = Path(__file__).parent / "assets"


def mailbox_pages(mailbox: Mailbox, listener: tuple[str, int]) -> Blueprint:
    """Return the pages of `mailbox`; replies go to `listener`, (host, port)."""
    pages = Blueprint("mailbox", __name__, template_folder="templates", url_prefix="/mailbox")

    @pages.get("/")
    @doors.anyone
    def listing() -> ResponseReturnValue:
        """Show the newest emails of everybody, or of one address."""
        address = request.args.get("address", "").strip().lower()
        page = max(1, request.args.get("page", 1, type=int))
        found = mailbox.of(address) if address else list(reversed(mailbox.deliveries))
        shown = found[(page - 1) * PAGE : page * PAGE]
        return render_template(
            "mailbox/listing.html",
            address=address,
            letters=[_line(delivery) for delivery in shown],
            total=len(found),
            page=page,
            more=len(found) > page * PAGE,
        )

    @pages.get("/<int:number>")
    @doors.anyone
    def one(number: int) -> ResponseReturnValue:
        """Show one email."""
        delivery = _find(mailbox, number)
        email = delivery.read()
        return render_template(
            "mailbox/one.html",
            letter=_line(delivery),
            text=_part(email, "plain"),
            has_html=bool(_part(email, "html")),
            one_click=_one_click(email),
            talk=[_line(each) for each in mailbox.of(delivery.address) if each.number != number][:TALK],
            headers=[(name, value) for name, value in email.items() if not name.startswith("X-Arrived")],
        )

    @pages.get("/<int:number>/body")
    @doors.anyone
    def body(number: int) -> ResponseReturnValue:
        """Show the HTML of one email, at its own address and under its own policy."""
        return headers.letter(_part(_find(mailbox, number).read(), "html"), framed=True)

    @pages.post("/<int:number>/reply")
    @doors.anyone
    def reply(number: int) -> ResponseReturnValue:
        """Send a reply, as the customer's mail program would."""
        delivery = _find(mailbox, number)
        text = request.form.get("text", "").strip()
        if not text:
            flash("There was nothing to send.")
            return redirect(url_for(".one", number=number))
        write = customers.reply_with(text, quoted=True, phone=bool(request.form.get("phone")))
        sender, email = write(delivery, delivery.read(), clock.now())
        customers.send((sender, email), _address(str(email["To"])), *listener)
        flash("Sent. It is on its way to the person who wrote.")
        return redirect(url_for(".one", number=number))

    @pages.post("/<int:number>/unsubscribe")
    @doors.anyone
    def unsubscribe(number: int) -> ResponseReturnValue:
        """Press the mail program's own unsubscribe button."""
        address = _one_click(_find(mailbox, number).read())
        if not address:
            abort(404)
        post = urllib.request.Request(address, data=b"List-Unsubscribe=One-Click", method="POST")  # noqa: S310
        try:
            with urllib.request.urlopen(post, timeout=10) as answer:  # noqa: S310
                done = answer.status == 200
        except urllib.error.URLError:
            done = False
        flash("Unsubscribed, by one press." if done else "The sender's server did not take it. Please try again.")
        return redirect(url_for(".one", number=number))

    @pages.get("/mailbox.css")
    @doors.anyone
    def dress() -> ResponseReturnValue:
        """Give the style sheet."""
        return send_from_directory(ASSETS, "mailbox.css", max_age=3600)

    return pages


def _find(mailbox: Mailbox, number: int) -> Delivery:
    if not 0 < number <= len(mailbox.deliveries):
        abort(404)
    return mailbox.deliveries[number - 1]


@lru_cache(maxsize=2_000)  # an email never changes, and reading one takes some milliseconds
def _line(delivery: Delivery) -> dict[str, Any]:
    email = delivery.read()
    text = _part(email, "plain")
    return {
        "number": delivery.number,
        "address": delivery.address,
        "from": re.sub(r"\s*<.*", "", str(email["From"])).strip('" ') or str(email["From"]),
        "from_address": _address(str(email["From"])),
        "subject": str(email["Subject"] or ""),
        "at": delivery.at,
        "snippet": " ".join(text.split())[:140],
    }


def _address(header: str) -> str:
    found = re.search(r"<([^>]+)>", header)
    return found[1] if found else header.strip()


def _part(email: EmailMessage, kind: str) -> str:
    found = email.get_body((kind,))
    return str(found.get_content()) if found else ""


def _one_click(email: EmailMessage) -> str:
    """Return where a mail program would POST to, or nothing if the email offers no one-click (RFC 8058)."""
    if str(email["List-Unsubscribe-Post"]) != "List-Unsubscribe=One-Click":
        return ""
    found = re.search(r"<(https?://[^>]+)>", str(email["List-Unsubscribe"]).replace("\n", ""))
    return found[1] if found else ""
