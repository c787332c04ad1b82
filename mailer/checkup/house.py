"""Is this house in order? Each check says what it saw and, when it is not well, what to do."""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from sqlmodel import func, select

from mailer import clock, settings
from mailer.campaigns.campaign import Campaign, CampaignState
from mailer.checkup.finding import Finding, Mark
from mailer.delivery.accounts import alarms, recent
from mailer.delivery.message import Message, State
from mailer.delivery.transport import open_transport
from mailer.errors import MailerError
from mailer.house import House
from mailer.paths import BUILD, DRESS, UNBUILT
from mailer.people.staff import Role, Staff
from mailer.replies.inbound import InboundEmail, InboundState

SAFE_SQLITE = (3, 51, 3)  # before it, two writers could lose a frame of the write-ahead log


def look(house: House, *, is_real: bool) -> Iterator[Finding]:
    """Run every check, in order; one that breaks is a finding itself. `is_real`: email leaves this machine."""
    for name, ask, weight in CHECKS:
        try:
            saw, fix = ask(house)
            mark = (
                (Mark.MEND if weight is Mark.MEND or (is_real and weight is None) else Mark.LOOK) if fix else Mark.GOOD
            )
        except (MailerError, OSError) as error:
            mark, saw, fix = Mark.MEND, str(error), "mend what the message names, then run mailer check again"
        yield Finding("House", name, mark, saw, fix)


def _database(house: House) -> tuple[str, str]:
    version = house.store.version()
    if house.store.is_sqlite:
        number = tuple(int(part) for part in version.split()[-1].split("."))
        if number < SAFE_SQLITE:
            return version, "safe here, with its one writer; for a current SQLite: pip install 'mailer[sqlite]'"
    return f"{version} at {house.database}", ""


def _safe_mode(house: House) -> tuple[str, str]:
    why = house.safe_mode
    fix = "nothing is sent; if no other copy of this house runs, accept it: mailer accept" if why else ""
    return f"safe mode: {why}" if why else "this database belongs here", fix


def _staff(house: House) -> tuple[str, str]:
    with house.store.read() as session:
        counted = select(func.count()).select_from(Staff).where(Staff.active, Staff.role == Role.REPRESENTATIVE)
        number = session.exec(counted).one()
    fix = "" if number else "every email names a person: mailer staff add NAME ADDRESS --role representative"
    return f"{number} representatives", fix


def _templates(house: House) -> tuple[str, str]:
    errors = house.shelf.errors()
    if errors:
        return "; ".join(f"{path}: {why}" for path, why in errors.items()), "mend the template; the message says where"
    return f"{len(house.shelf.names())} templates", ""


def _campaigns(house: House) -> tuple[str, str]:
    with house.store.read() as session:
        wanted = {
            c.template: c.name for c in session.exec(select(Campaign).where(Campaign.state != CampaignState.FINISHED))
        }
    missing = [f"{name} wants {template}" for template, name in wanted.items() if template not in house.shelf.names()]
    fix = "write templates/<name>/en.html, or give the campaign another template" if missing else ""
    return "; ".join(missing) or f"{len(wanted)} campaigns have their templates", fix


def _pages(house: House) -> tuple[str, str]:
    return ("the pages have their dress", "") if DRESS.is_file() else (UNBUILT, BUILD)


def _transport(house: House) -> tuple[str, str]:
    delivery = house.settings.delivery
    urls = [each.url for each in delivery.relays] or [delivery.transport]
    for url in urls:
        open_transport(url, house.home.root)
    kinds = sorted({urlsplit(url).scheme for url in urls})
    stays = "file" in kinds or "memory" in kinds
    fix = "these emails stay here; for real ones set [delivery] transport to smtp://…" if stays else ""
    return f"email leaves by {', '.join(kinds)}", fix


def _links(house: House) -> tuple[str, str]:
    url = urlsplit(house.settings.brand.base_url)
    local = url.hostname in ("127.0.0.1", "localhost", "::1")
    fix = "customers cannot reach this address: set [brand] base_url to where they can, with https" if local else ""
    if not local and url.scheme != "https":
        fix = "use https: links in email carry tokens"
    return f"links begin with {house.settings.brand.base_url}", fix


def _brand(house: House) -> tuple[str, str]:
    address = house.settings.brand.address
    return address or "no postal address", "" if address else "set [brand] address; the law wants one in every email"


def _listener(house: House) -> tuple[str, str]:
    if not house.settings.replies.listen:
        return "nobody listens for replies", "set [replies] listen, or replies will not be seen"
    host, port = settings.address(house.settings.replies.listen, "[replies] listen")
    return f"replies to {house.settings.replies.domain} are taken at {host}:{port}", ""


def _outbox(house: House) -> tuple[str, str]:
    with house.store.read() as session:
        doubt = session.exec(select(func.count()).select_from(Message).where(Message.state == State.IN_DOUBT)).one()
        waits = session.exec(select(func.count()).select_from(Message).where(Message.state == State.READY)).one()
    fix = "look at them under Messages: the relay's log says whether they left" if doubt else ""
    return f"{waits} messages ready, {doubt} in doubt", fix


def _runs(house: House) -> tuple[str, str]:
    now = clock.now()
    with house.store.read() as session:
        runs = recent(session, now)
        found = alarms(session, runs, now)
    said = "; ".join(f"{alarm.campaign} {alarm.occurrence}: {alarm.what}" for alarm in found)
    fix = "look at the page of the campaign; where emails stand still: is mailer run up, does the relay answer?"
    return said or f"{len(runs)} recent runs, everybody accounted for", fix if found else ""


def _quarantine(house: House) -> tuple[str, str]:
    with house.store.read() as session:
        bad = InboundEmail.state == InboundState.QUARANTINED
        number = session.exec(select(func.count()).select_from(InboundEmail).where(bad)).one()
    return f"{number} inbound emails in quarantine", "look at them under Quarantine" if number else ""


# What is not well is to be looked at, or mended; None: mended once email leaves this machine.
CHECKS: tuple[tuple[str, Callable[[House], tuple[str, str]], Mark | None], ...] = (
    ("database", _database, Mark.LOOK),
    ("generation", _safe_mode, Mark.MEND),
    ("representatives", _staff, None),
    ("templates", _templates, Mark.MEND),
    ("pages", _pages, Mark.LOOK),
    ("campaigns", _campaigns, Mark.MEND),
    ("transport", _transport, Mark.LOOK),
    ("links", _links, None),
    ("sender", _brand, None),
    ("replies", _listener, Mark.LOOK),
    ("outbox", _outbox, Mark.LOOK),
    ("runs", _runs, Mark.MEND),
    ("quarantine", _quarantine, Mark.LOOK),
)
