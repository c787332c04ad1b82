"""How does the email look in a browser? The email itself, as it was sent, under a policy of its own."""

from flask import Blueprint, Response, abort

from mailer.delivery.message import Message
from mailer.mail.tokens import Purpose
from mailer.pipeline.write import letter_of
from mailer.rendering.press import RenderError
from mailer.web import headers
from mailer.web.doors import by_token
from mailer.web.exchange import house, session

pages = Blueprint("view", __name__)


@pages.get("/v/<token>")
@by_token(Purpose.VIEW)
def page(message: Message, token: str) -> Response:
    """Show the email."""
    letter = letter_of(house(), session(), message)
    if isinstance(letter, RenderError):
        abort(404)
    return headers.letter(headers.html_of(letter), framed=False)
