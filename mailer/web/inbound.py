"""How did they format what they wrote to us, and what came with it?

At an address of its own, washed (`mail.washed`), under a policy that runs nothing and fetches nothing, in a sandboxed
frame. Pictures come only when they are asked for, and then only from the places the policy names. What came along is
handed out as a file and never opened here: nobody knows what it is.
"""

from urllib.parse import quote

from flask import Blueprint, Response, abort, request, url_for
from markupsafe import Markup, escape
from sqlmodel import select

from mailer.errors import MailerError
from mailer.mail.mime import Part, leaves
from mailer.mail.parse import parse
from mailer.mail.washed import wash
from mailer.people.staff import Role
from mailer.replies.inbound import InboundEmail
from mailer.web.doors import staff_only
from mailer.web.exchange import house, session

pages = Blueprint("inbound", __name__)

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src {pictures}; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
STYLE = Markup(
    "body{font:16px/1.5 system-ui,sans-serif;margin:1rem;color:#22302b;background:#fff;overflow-wrap:anywhere}"
    "img{max-width:100%;height:auto}pre{white-space:pre-wrap}.more{font-size:14px;color:#4b5b55}"
)
PAGE = Markup(
    '<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{subject}</title><style>{style}</style>'
    "</head><body>{more}{words}</body></html>"
)


@pages.get("/inbound/<public_id>/html")
@staff_only(Role.REPRESENTATIVE)
def html(public_id: str) -> Response:
    """Show the email as its sender formatted it, alone, for a frame."""
    email = _found(public_id)
    try:
        read = parse(house().spool.read(email.digest))
    except MailerError:
        abort(404)
    pictures = request.args.get("pictures") == "yes"
    washed = wash(read.html, pictures=pictures)
    words = Markup(washed.html) if read.html.strip() else Markup("<pre>{}</pre>").format(read.text)  # noqa: S704 -- washed
    more = Markup("")
    if washed.left_out:
        with_them = url_for("inbound.html", public_id=public_id, pictures="yes")
        more = Markup(
            '<p class="more">{} pictures are left out. <a href="{}" target="_blank" rel="noopener">Show them in a tab '
            "of their own</a>; their sender sees it.</p>"
        )
        more = more.format(washed.left_out, with_them)
    language = escape(email.details.get("language") or "en")
    page = PAGE.format(language=language, subject=email.subject, style=STYLE, more=more, words=words)
    response = Response(page, mimetype="text/html")
    response.headers["Content-Security-Policy"] = POLICY.format(pictures=" ".join(washed.origins) or "'none'")
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@pages.get("/inbound/<public_id>/files/<int:number>")
@staff_only(Role.REPRESENTATIVE)
def file(public_id: str, number: int) -> Response:
    """Hand out what came with the email: always as a file of bytes, whatever it says it is."""
    parts = _attached(_found(public_id))
    if number >= len(parts):
        abort(404)
    response = Response(parts[number].data, mimetype="application/octet-stream")
    name = parts[number].filename.replace("\\", "/").rpartition("/")[2] or f"{public_id}-{number}"
    said = quote("".join(sign if sign.isprintable() else "_" for sign in name)[:150], safe="")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{said}"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _attached(email: InboundEmail) -> list[Part]:
    try:
        raw = house().spool.read(email.digest)
    except MailerError:
        abort(404)
    return [part for part in leaves(raw)[1] if part.is_attachment]


def _found(public_id: str) -> InboundEmail:
    return session().exec(select(InboundEmail).where(InboundEmail.public_id == public_id)).one_or_none() or abort(404)
