"""How are the pages put together? Each resource is a blueprint of its own; this is their table of contents."""

import hashlib
import hmac
from typing import TYPE_CHECKING

from flask import Flask
from flask_wtf import CSRFProtect

from mailer import settings
from mailer.web import (
    accounts,
    audit,
    campaign_test,
    campaigns,
    care,
    checkup_page,
    clicks,
    conversations,
    counted,
    customers,
    doors,
    dress,
    exchange,
    faces,
    headers,
    health,
    home,
    hooks,
    human,
    inbound,
    inbox,
    insights,
    me,
    messages,
    passwords,
    phrases,
    preferences,
    problems,
    quarantine,
    safe_mode,
    saved,
    segments,
    settings_page,
    shelf,
    sign_in,
    staff,
    styleguide,
    survey,
    unsubscribe,
    view,
    words,
)

if TYPE_CHECKING:
    from mailer.house import House

FOR_CUSTOMERS = (human, unsubscribe, preferences, view, survey, clicks)
FOR_STAFF = (
    home, care, counted, inbox, conversations, saved, customers, segments, campaigns, campaign_test, shelf, messages,
    quarantine, staff, insights, safe_mode, settings_page, checkup_page, styleguide, inbound, me, accounts, audit,
)  # fmt: skip
FOR_PROVIDERS = (hooks,)
FOR_ANYONE = (sign_in, passwords, faces, health)


def create_app(house: "House", *, one_click: bool = False) -> Flask:
    """Return the web application of `house`.

    Args:
        house: an open house, with its tables in place.
        one_click: let the sign-in page sign anybody in by one press and no password. Only a demo may say so.
    """
    app = Flask("mailer.web", static_folder="assets", static_url_path="/assets")
    app.config.update(
        SECRET_KEY=hmac.digest(settings.secret(house.home), b"web forms", hashlib.sha256),
        SESSION_COOKIE_NAME="lifeline_form",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=house.settings.web.secure_cookies,
        MAX_CONTENT_LENGTH=2 * 1024 * 1024,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the browser's session: an answer may take an afternoon to write
        ONE_CLICK=one_click,
    )
    exchange.install(app, house)
    dress.install(app)
    headers.install(app, https=house.settings.web.secure_cookies)
    words.install(app)
    app.context_processor(lambda: {"say": phrases.phrases(exchange.language()), "language": exchange.language()})
    problems.install(app)
    csrf = CSRFProtect(app)
    for resource in (*FOR_STAFF, *FOR_CUSTOMERS, *FOR_PROVIDERS, *FOR_ANYONE):
        app.register_blueprint(resource.pages)
    for view_function in app.view_functions.values():
        if (door := getattr(view_function, "door", None)) and door.asks_no_cookie:
            csrf.exempt(view_function)
    doors.check(app)
    return app
