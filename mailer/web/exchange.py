"""What does one request hold? Its house, its instant, its session, and who asks.

One session a request, opened when it is first asked for. GET and HEAD read a snapshot in which the database itself
refuses writes, so that a link a scanner follows changes nothing whatever the code behind it does. POST gets the one
writer and commits only after a response below 400; anything else is rolled back, so that a form that is shown again
with its mistake has left nothing behind.

An act is written down (`people.audit`) as it is committed, here, for every unsafe request alike: who, on what, and what
the session changed. What only asks is named in `ASKING`. What providers tell is a log already; it is an act where it
changed more than the fate of emails: an address never written to again, a topic left.

Who is signed in is looked up in a short read of its own: a POST that only asks the warehouse then never waits for the
writer, and never makes others wait.

Where a request comes from is what the socket says. Behind proxies it is what they say in X-Forwarded-For, read from its
end: each of *our* proxies is believed in who spoke to it, and nobody else in anything.
"""

import hashlib
import hmac
import ipaddress
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from flask import Flask, Response, abort, current_app, g, request
from flask_login import LoginManager, UserMixin, current_user
from sqlmodel import Session

from mailer import clock, settings
from mailer.delivery.message import Message
from mailer.errors import Misconfigured
from mailer.people import audit, second_step
from mailer.people.sign_in import signed_in
from mailer.people.staff import Role, Staff

if TYPE_CHECKING:
    from mailer.house import House

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

COOKIE = "lifeline"
SAFE = {"GET", "HEAD", "OPTIONS"}
# POSTs that keep nothing
ASKING = {"segments.draft", "conversations.draft", "conversations.presence", "styleguide.press"}
TOLD = {"message", "provider_event", "event", "hit", "recorded"}  # what became of emails: a log of its own


class Visitor(UserMixin):  # type: ignore[misc] # Flask-Login carries no types
    """A member of staff, as Flask-Login wants to see one."""

    def __init__(self, staff: Staff, *, must_enrol: bool = False) -> None:
        self.staff = staff
        self.id = staff.public_id
        self.must_enrol = must_enrol  # an administrator who has no second step yet, where one is asked for


def install(app: Flask, house: "House") -> None:
    """Give `app` its house, its sessions and its sign-ins."""
    app.extensions["house"] = house
    app.extensions["proxies"] = networks(house.settings.web.trusted_proxies)
    app.after_request(_settle)
    app.teardown_request(_drop)
    login = LoginManager(app)
    login.session_protection = None  # the sign-in is our own row; there is nothing of it in Flask's session
    login.request_loader(_visitor)


def house() -> "House":
    """Return the house these pages belong to."""
    return cast("House", current_app.extensions["house"])


def now() -> datetime:
    """Return the instant of this request: the same one wherever it is asked for."""
    if "now" not in g:
        g.now = clock.now()
    return cast("datetime", g.now)


def session() -> Session:
    """Return this request's session: a snapshot for what is safe (RFC 9110, 9.2.1), the writer for everything else."""
    if "session" not in g:
        g.stack = ExitStack()
        store = house().store
        g.session = g.stack.enter_context(store.read() if request.method in SAFE else store.write())
        if request.method not in SAFE:
            g.watch = audit.Watch(g.session)
    return cast("Session", g.session)


def me() -> Staff:
    """Return who is signed in; 401 when nobody is."""
    if not current_user.is_authenticated:
        abort(401)
    return cast("Visitor", current_user).staff


def keyed(text: str) -> str:
    """Return a hash of `text` that only this house can make: what is few (addresses, networks) cannot be tried out."""
    return hmac.digest(settings.secret(house().home), f"place {text}".encode(), hashlib.sha256).hex()[:32]


def place() -> str:
    """Return a keyed hash of the network this request comes from: an IPv4 address, or the /64 of an IPv6 one."""
    address = origin(request.remote_addr or "", request.headers.getlist("X-Forwarded-For"), proxies())
    if address is None:
        return keyed("nowhere")
    bits = 64 if address.version == 6 else 32
    return keyed(str(ipaddress.ip_network((address, bits), strict=False)))


def origin(spoke: str, forwarded: list[str], believed: Sequence[Network]) -> Address | None:
    """Return who asked, for whom the proxies in `believed` may speak: the last one in the row that is none of them."""
    row = [*(each.strip() for line in forwarded for each in line.split(",")), spoke]
    here: Address | None = None
    for said in reversed(row):
        try:
            address = ipaddress.ip_address(said)
        except ValueError:
            return here  # whoever came before it said nonsense
        here = getattr(address, "ipv4_mapped", None) or address
        if not any(here in network for network in believed):
            return here
    return here


def proxies() -> Sequence[Network]:
    """Return the networks of the proxies in front of this house."""
    return cast("Sequence[Network]", current_app.extensions["proxies"])


def networks(said: str) -> tuple[Network, ...]:
    """Read networks, separated by spaces.

    Raises:
        Misconfigured: one of them is none.
    """
    try:
        return tuple(ipaddress.ip_network(each) for each in said.replace(",", " ").split())
    except ValueError as error:
        raise Misconfigured(f"[web] trusted_proxies: {error}; give networks like 127.0.0.1/32 10.0.0.0/8") from error


def language(otherwise: str = "en") -> str:
    """Return the language of the customer this request is for; English, or another, where it is for nobody."""
    return cast("str", g.get("language", otherwise))


def _visitor(_request: object) -> Visitor | None:
    cookie = request.cookies.get(COOKIE, "")
    if not cookie:
        return None
    with house().store.read() as looking:
        staff = signed_in(looking, cookie, now())
        enrols = staff is not None and asks_second_step(staff) and not second_step.is_asked(looking, staff)
    return Visitor(staff, must_enrol=enrols) if staff else None


def asks_second_step(staff: Staff) -> bool:
    """Whether this house insists that `staff` shows a code from their phone; a demo insists on nothing."""
    wanted = house().settings.web.second_step and not current_app.config["ONE_CLICK"]
    return wanted and staff.role is Role.ADMINISTRATOR


def _settle(response: Response) -> Response:
    """Commit what a request below 400 did, before its answer leaves; take back what any other did."""
    if response.status_code < 400 and _is_act():
        _write_down()
    stack = g.pop("stack", None)
    if stack is not None:
        done = g.pop("session")
        if response.status_code >= 400:
            done.rollback()
        stack.close()
    return response


def _is_act() -> bool:
    """Say whether this request did something: refused ones, what only asks and what providers tell did not."""
    if request.method in SAFE or request.endpoint in ASKING or (door := _door()) is None:
        return False
    turned_away = door.roles and not current_user.is_authenticated
    return not turned_away


def _door() -> Any:
    return getattr(current_app.view_functions.get(request.endpoint or ""), "door", None)


def _write_down() -> None:
    writing = session()
    changes = g.pop("watch").stop()
    if _door().signed and all(each["what"] in TOLD for each in changes):
        return
    message = cast("Message | None", g.get("message"))
    staff = cast("Staff | None", g.get("acting")) or (me() if current_user.is_authenticated else None)
    purpose = _door().purpose
    named = [str(value) for name, value in (request.view_args or {}).items() if name not in ("token", "code")]
    audit.record(
        writing,
        who=_who(staff, purpose),
        staff_id=staff.id if staff and purpose is None else None,
        did=f"{request.method} {request.url_rule}",
        about=message.public_id if message and purpose else "/".join(named),
        changes=changes,
        place=place(),
        now=now(),
    )


def _who(staff: Staff | None, purpose: str | None) -> str:
    if _door().signed:
        return f"provider {(request.view_args or {}).get('provider', '')}".strip()
    if purpose:
        return f"customer, {purpose} link"
    return staff.name if staff else "nobody signed in"


def _drop(_error: BaseException | None) -> None:
    """Let go of a session that no response settled."""
    stack = g.pop("stack", None)
    if stack is not None:
        g.pop("session").rollback()
        stack.close()
