"""Who may open which route? Every route says so, and a house with one that does not refuses to start.

There are four doors. *Staff*, behind a sign-in and a role; an administrator may open each of them. *Token*, for
customers: the token in the address is bound to one purpose and one message, adds to one conversation or changes one
thing, and never signs anybody in. *Signature*, for the providers that carry our email: each request proves itself.
*Anyone*, for the few that carry nothing of anybody.

Whatever is wrong with a token, the answer is the same 404, so that nothing can be learnt by trying.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from flask import Flask, abort, g, redirect, render_template, request, url_for
from flask_login import current_user

from mailer.delivery import providers
from mailer.delivery.message import Message
from mailer.delivery.providers.told import Posted
from mailer.errors import Misconfigured
from mailer.mail.tokens import Purpose
from mailer.people.customer import Customer
from mailer.people.staff import Role
from mailer.web.exchange import house, me, now, session
from mailer.web.phrases import language_of

ENROLLING = {"me.page", "me.begin", "me.confirm", "sign_in.end"}  # what an administrator without a second step may do
NOBODY = 0  # the row that links of a preview name: there is no such message

View = Callable[..., Any]  # of Flask's many kinds of answers


@dataclass(frozen=True, slots=True)
class Door:
    """Who may open a route: staff in one of `roles`, a token for `purpose`, a signature; with none of them, anyone."""

    roles: frozenset[Role] = field(default_factory=frozenset)
    purpose: Purpose | None = None
    signed: bool = False

    @property
    def asks_no_cookie(self) -> bool:
        """Whether the authority lies in the request itself, so that there is nothing to forge (RFC 8058, 3.2)."""
        return self.signed or self.purpose is not None


def staff_only(*roles: Role) -> Callable[[View], View]:
    """Open a route to staff in one of `roles` (none named: to all staff), and to every administrator."""
    allowed = frozenset(roles or Role) | {Role.ADMINISTRATOR}

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(**given: Any) -> Any:
            if not current_user.is_authenticated:
                back = request.full_path.rstrip("?") if request.method == "GET" else None
                return redirect(url_for("sign_in.form", next=back))
            if me().role not in allowed:
                abort(403)
            if current_user.must_enrol and request.endpoint not in ENROLLING:
                return redirect(url_for("me.page", _anchor="second-step"))
            return view(**given)

        return _marked(guarded, Door(roles=allowed))

    return guard


def by_token(purpose: Purpose) -> Callable[[View], View]:
    """Open a route to whoever holds a token for `purpose`; the view is given the `message` it was made for."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(token: str, **given: Any) -> Any:
            row = house().signer.read(purpose, token)
            if row == NOBODY:
                return render_template("of_a_preview.html"), 404
            message = session().get(Message, row) if row is not None else None
            if message is None:
                abort(404)
            customer = session().get(Customer, message.customer_id) if message.customer_id else None
            g.message = message
            g.language = language_of(customer.language if customer else "", house().settings.brand.language)
            return view(message=message, token=token, **given)

        return _marked(guarded, Door(purpose=purpose))

    return guard


def by_signature(view: View) -> View:
    """Open a route to a provider whose signature over the raw body is right, and new; the view is given both.

    A provider this house has no key for has no address here: 404. A wrong or old signature is a 401.
    """

    @wraps(view)
    def guarded(provider: str) -> Any:
        posted = Posted(request.get_data(), {name.lower(): text for name, text in request.headers})
        hook = providers.hook(provider, house().settings.hooks)
        if hook is None:
            abort(404)
        if not hook.verified(posted, now()):
            abort(401)
        return view(hook=hook, posted=posted)

    return _marked(guarded, Door(signed=True))


def anyone(view: View) -> View:
    """Open a route to everybody, because it shows nothing of anybody."""
    return _marked(view, Door())


def door(app: Flask, endpoint: str) -> Door | None:
    """Return the door of a route, or None if it has none."""
    found = getattr(app.view_functions[endpoint], "door", None)
    return found if isinstance(found, Door) else None


def check(app: Flask) -> None:
    """Refuse to start while a route does not say who may open it.

    Raises:
        Misconfigured: naming each such route.
    """
    open_ones = sorted(rule.rule for rule in app.url_map.iter_rules() if door(app, rule.endpoint) is None)
    if open_ones:
        raise Misconfigured(f"these routes do not say who may open them: {', '.join(open_ones)}")


def _marked(view: View, its_door: Door) -> View:
    view.door = its_door  # type: ignore[attr-defined]
    return view
