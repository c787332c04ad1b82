"""Did this feel written for you? One press on the email's link, one press here; words only from who has some.

Each answer is an event, `felt_understood`, and the newest one counts. Its key is made of the message and the answer, so
that a press repeated is the same event and a mind changed is another.
"""

import hashlib
from typing import Literal

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field

from mailer.campaigns.campaign import Campaign
from mailer.delivery.message import Message
from mailer.insights import events
from mailer.mail.tokens import Purpose
from mailer.people.staff import Staff
from mailer.pipeline.proving import clicked
from mailer.web.doors import by_token
from mailer.web.exchange import house, now, session
from mailer.web.form import read

pages = Blueprint("survey", __name__)


class Felt(BaseModel):
    """The answer, and words if there are any."""

    answer: Literal["yes", "partly", "no"]
    words: str = Field("", max_length=5_000)


@pages.get("/s/<token>")
@by_token(Purpose.SURVEY)
def page(message: Message, token: str) -> ResponseReturnValue:
    """Ask."""
    return _shown(message, token, None)


@pages.post("/s/<token>")
@by_token(Purpose.SURVEY)
def answer(message: Message, token: str) -> ResponseReturnValue:
    """Keep the answer, and say thank you."""
    felt = read(Felt)
    if message.customer_id is not None:
        events.take(session(), [_event(message, felt, message.customer_id)])
        events.take(session(), clicked(session(), [message.id or 0]))
    return _shown(message, token, felt)


def _event(message: Message, felt: Felt, customer_id: int) -> dict[str, object]:
    campaign = session().get(Campaign, message.campaign_id) if message.campaign_id else None
    staff = session().get(Staff, message.staff_id) if message.staff_id else None
    digest = hashlib.sha256(felt.words.strip().encode()).hexdigest()[:12]
    return {
        "key": f"felt:{message.public_id}:{felt.answer}:{digest}",
        "customer_id": customer_id,
        "name": "felt_understood",
        "at": now(),
        "properties": {
            "answer": felt.answer,
            "words": felt.words.strip(),
            "message": message.public_id,
            "campaign": campaign.name if campaign else "",
            "representative": staff.name if staff else "",
        },
    }


def _shown(message: Message, token: str, felt: Felt | None) -> ResponseReturnValue:
    human = house().signer.sign(Purpose.HUMAN, message.id or 0)
    return render_template("survey.html", token=token, felt=felt, subject=message.subject, human=human)
