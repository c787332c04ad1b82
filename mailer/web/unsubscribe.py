"""How do I stop this email? By one press, whether on our page or in the mail program itself.

A GET only shows the button: mail scanners follow links, and some press what they find by script. The POST is both the
button and the one-click of RFC 8058 (3.1: `List-Unsubscribe=One-Click`, no cookie, no sign-in, no redirect). It ends
the topic the email was about; an email without a topic ends them all. Twice is the same as once.
"""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from mailer.delivery.message import Message
from mailer.mail.tokens import Purpose
from mailer.people.consent import Topic, decide, standing, withdraw_all
from mailer.web.doors import by_token
from mailer.web.exchange import house, language, now, session

pages = Blueprint("unsubscribe", __name__)


@pages.get("/u/<token>")
@by_token(Purpose.UNSUBSCRIBE)
def page(message: Message, token: str) -> ResponseReturnValue:
    """Show the button."""
    return _shown(message, token, done=False)


@pages.post("/u/<token>")
@by_token(Purpose.UNSUBSCRIBE)
def end(message: Message, token: str) -> ResponseReturnValue:
    """End it, and say so."""
    by_machine = request.form.get("List-Unsubscribe") == "One-Click"
    source = "one-click" if by_machine else "unsubscribe page"
    wording = "List-Unsubscribe=One-Click" if by_machine else "Stop these emails"
    everything = request.form.get("what") == "everything"
    if message.customer_id is not None:
        if message.topic_id is None or everything:
            withdraw_all(session(), message.customer_id, now(), source, "Stop all emails" if everything else wording)
        elif _agreed(message.customer_id, message.topic_id):
            decide(session(), message.customer_id, message.topic_id, False, now(), source, wording)
    return _shown(message, token, done=True, everything=everything)


def _agreed(customer_id: int, topic_id: str) -> bool:
    """Say whether there is a consent to end; a second press leaves no second row."""
    newest = standing(session(), customer_id).get(topic_id)
    return newest is None or newest.granted


def _shown(message: Message, token: str, *, done: bool, everything: bool = False) -> ResponseReturnValue:
    topic = session().get(Topic, message.topic_id) if message.topic_id else None
    return render_template(
        "unsubscribe.html",
        token=token,
        topic=house().shelf.named(topic.name, language()) if topic and not everything else "",
        address=message.address,
        done=done,
        preferences=house().signer.sign(Purpose.PREFERENCES, message.id or 0),
        human=house().signer.sign(Purpose.HUMAN, message.id or 0),
    )
