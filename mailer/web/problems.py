"""What does somebody see when it did not work? What happened in plain words, and what to do next."""

from collections.abc import Callable

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from mailer.errors import Invalid, MailerError, NotReady, Permanent, Temporary
from mailer.web.exchange import language
from mailer.web.phrases import browsers, phrases

WORDS = {
    400: ("That could not be understood", "Please go back and try once more."),
    401: ("Please sign in", "This page is for staff. Sign in, and come back."),
    403: ("This page is not for your role", "If you need it for your work, ask an administrator."),
    404: ("There is nothing here", "The address may be mistyped, or what it led to may be gone."),
    405: ("That address takes no such request", "Please go back and try from the page itself."),
    413: ("That is too large", "Please send less at once."),
}
CUSTOMERS = {404: "not_here", 405: "not_here", 413: "too_large"}  # the phrases for them, in their own language
NOT_OURS = ("Something went wrong on our side", "It has been written down. Please try again in a moment.")
STATUS = ((Invalid, 422), (NotReady, 409), (Temporary, 503), (Permanent, 500))


def install(app: Flask) -> None:
    """Answer every error of `app` with a page."""
    app.register_error_handler(CSRFError, _form_expired)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(MailerError, _ours)
    app.register_error_handler(Exception, _unexpected(app))


def page(status: int, title: str, text: str) -> ResponseReturnValue:
    """Return the page that says what went wrong; it asks the database nothing."""
    given = {"status": status, "title": title, "text": text, "for_customers": False}
    if "token" in (request.view_args or {}):
        spoken = language(browsers())
        say = phrases(spoken)
        what = CUSTOMERS.get(status, "our_side" if status >= 500 else "not_understood")
        given |= {
            "for_customers": True,
            "language": spoken,
            "say": say,
            "title": say(what),
            "text": say(f"{what}_text"),
        }
    return render_template("problem.html", **given), status


def _form_expired(_error: CSRFError) -> ResponseReturnValue:
    return page(400, "This form is no longer valid", "Please go back, reload the page and send it again.")


def _http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400:
        return error.get_response()
    return page(status, *WORDS.get(status, NOT_OURS if status >= 500 else WORDS[400]))


def _ours(error: MailerError) -> ResponseReturnValue:
    status = next((status for kind, status in STATUS if isinstance(error, kind)), 500)
    return page(status, "That did not work", str(error))


def _unexpected(app: Flask) -> Callable[[Exception], ResponseReturnValue]:
    def answer(error: Exception) -> ResponseReturnValue:
        app.logger.exception("unexpected while answering %s %s", request.method, request.url_rule, exc_info=error)
        try:
            return page(500, *NOT_OURS)
        except Exception:  # noqa: BLE001 -- what broke the page may break this one: the house itself may not answer
            return (
                f"<!doctype html><html lang=en><title>{NOT_OURS[0]}</title><h1>{NOT_OURS[0]}</h1><p>{NOT_OURS[1]}",
                500,
            )

    return answer
