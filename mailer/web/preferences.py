"""What do I want to hear about? A tick for each topic, without signing in."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field
from sqlmodel import select

from mailer.delivery.message import Message
from mailer.mail.tokens import Purpose
from mailer.people.consent import Topic, decide, standing
from mailer.people.customer import Customer
from mailer.people.suppression import suppressed
from mailer.web.doors import by_token
from mailer.web.exchange import house, language, now, session
from mailer.web.form import read

pages = Blueprint("preferences", __name__)


class Choice(BaseModel):
    """The topics a customer ticked."""

    topics: list[str] = Field(default_factory=list, max_length=200)


@pages.get("/p/<token>")
@by_token(Purpose.PREFERENCES)
def page(message: Message, token: str) -> ResponseReturnValue:
    """Show the choices as they stand."""
    return _shown(message, token, kept=False)


@pages.post("/p/<token>")
@by_token(Purpose.PREFERENCES)
def choose(message: Message, token: str) -> ResponseReturnValue:
    """Keep what changed, each as a decision of its own."""
    wanted = set(read(Choice).topics)
    if message.customer_id is not None:
        stands = standing(session(), message.customer_id)
        for topic in session().exec(select(Topic)).all():
            granted = topic.id in wanted
            known = stands.get(topic.id)
            if granted != (known is not None and known.granted):
                wording = f"{topic.name}: {'yes' if granted else 'no'}"
                decide(session(), message.customer_id, topic.id, granted, now(), "preferences page", wording)
    return _shown(message, token, kept=True)


def _named(words: str) -> str:
    return house().shelf.named(words, language())


def _shown(message: Message, token: str, *, kept: bool) -> ResponseReturnValue:
    customer = session().get(Customer, message.customer_id) if message.customer_id else None
    stands = standing(session(), message.customer_id) if message.customer_id else {}
    return render_template(
        "preferences.html",
        token=token,
        address=customer.email if customer else message.address,
        topics=[
            (topic, _named(topic.name), _named(topic.description), topic.id in stands and stands[topic.id].granted)
            for topic in session().exec(select(Topic).order_by(Topic.name)).all()
        ],
        suppressed=bool(customer and suppressed(session(), [customer.email])),
        kept=kept,
        human=house().signer.sign(Purpose.HUMAN, message.id or 0),
    )
