"""What may a browser do with our pages? As little as they need.

Customers' pages carry no script at all, so none is allowed: with `default-src 'none'` and no `script-src`, a script
that got into a page would not run. Pages of the staff run scripts of ours and those with this request's nonce; what
writes markup has to go through the one Trusted Types policy, htmx's own, which takes only what carries the nonce.
Style comes from files of ours. Email written by us or to us is shown at an address of its own, under a policy of its
own (`letter`), in a sandboxed frame: it may bring its inline style and its images, and nothing else.

Addresses of customers' pages hold a token, so they are never sent on as a referrer and never kept by a cache.
"""

from flask import Flask, Response, request
from markupsafe import Markup

from mailer.mail.compose import Letter
from mailer.web.dress import nonce

PAGE = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
SCRIPTED = f"{PAGE}; script-src 'self' 'nonce-{{nonce}}'; connect-src 'self'; trusted-types htmx"
LETTER = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data: https:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors {ancestors}; sandbox allow-popups allow-popups-to-escape-sandbox"
)
ALWAYS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("X-Permitted-Cross-Domain-Policies", "none"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()"),
    ("Cache-Control", "no-store"),
)


def install(app: Flask, *, https: bool) -> None:
    """Put the headers on every response of `app` that has not its own."""

    @app.after_request
    def dress(response: Response) -> Response:
        for name, value in ALWAYS:
            response.headers.setdefault(name, value)
        for_customers = "token" in (request.view_args or {})
        policy = PAGE if for_customers else SCRIPTED.format(nonce=nonce())
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Referrer-Policy", "no-referrer" if for_customers else "same-origin")
        if for_customers:
            response.headers.setdefault("X-Robots-Tag", "noindex, nofollow")
        if https:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response


def letter(html: str, *, framed: bool) -> Response:
    """Return an email as a page of its own: framed by our pages, or (view in browser) by none.

    Popups escape the sandbox because a link of the email opens an ordinary page, whose forms have to work.
    """
    response = Response(html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = LETTER.format(ancestors="'self'" if framed else "'none'")
    return response


def html_of(letter: Letter) -> str:
    """Return the HTML of a letter; of one that has only text, its text as a page."""
    style = "white-space:pre-wrap;font:16px/1.5 system-ui,sans-serif;margin:1.5rem;color:#22302b;background:#fff"
    page = Markup('<!doctype html><meta charset="utf-8"><title>{}</title><pre style="{}">{}</pre>')
    return letter.html or str(page.format(letter.subject, style, letter.text))
