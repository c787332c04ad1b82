"""What do the pages wear? What was built into assets/dist, or, where nothing was, the plain style sheet and no script.

Pages of the staff may run our own scripts: each request has a nonce, in the policy, in the one script element, and in
every htmx attribute, which `hx` writes. An htmx attribute without it (somebody's words that got into a page as markup)
is stripped by the extension `hx-csp` before htmx sees it. Customers' pages run no script at all.
"""

import secrets
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import cast

from flask import Flask, Response, abort, g, request, url_for
from markupsafe import Markup

from mailer.paths import DRESS
from mailer.web.doors import anyone

ASSETS = Path(__file__).parent / "assets"
SERVED = ("house.css", "mark.svg")  # of the sources; of what was built, everything
FOREVER = "public, max-age=31536000, immutable"  # an address with a digest in it never means anything else


def install(app: Flask) -> None:
    """Let the pages of `app` name what they wear, and serve it."""
    app.jinja_env.globals.update(asset=asset, hx=hx, nonce=nonce, dressed=dressed)
    plain = cast("Callable[..., Response]", app.view_functions["static"])

    @anyone
    def static(filename: str) -> Response:
        """Serve what pages wear, and nothing of what it is made from."""
        if filename not in SERVED and not filename.startswith("dist/"):
            abort(404)
        response = plain(filename=filename)
        if request.args.get("v"):
            response.headers["Cache-Control"] = FOREVER
        return response

    app.view_functions["static"] = static


@cache
def dressed() -> str:
    """Return a short digest of what was built, or nothing if nothing was."""
    return DRESS.read_text(encoding="ascii")[:12] if DRESS.is_file() else ""


def asset(name: str) -> str:
    """Return the address of a file that pages wear: the built one if there is one."""
    if dressed() and (ASSETS / "dist" / name).is_file():
        return url_for("static", filename=f"dist/{name}", v=dressed())
    return url_for("static", filename=name)


def nonce() -> str:
    """Return this request's nonce."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return cast("str", g.nonce)


def hx(**given: str | int) -> Markup:
    """Return htmx attributes with the nonce: hx(get="/inbox") is hx-get="/inbox" hx-nonce="…"; in plain dress, none."""
    if not dressed():
        return Markup("")
    attributes = {f"hx-{name.replace('_', '-')}": value for name, value in given.items()} | {"hx-nonce": nonce()}
    return Markup(" ").join(Markup('{}="{}"').format(name, value) for name, value in attributes.items())
