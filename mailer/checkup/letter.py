"""Would receivers take this letter: is it written as RFC 5322 wants, and can one leave by one press (RFC 8058)?

Looked at in the very bytes of an email: the last that was written for a campaign or, where none was, one made now for
some customer. It is read with the standard library, not with the code that wrote it.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from sqlmodel import Session, col, select

from mailer.campaigns.campaign import Campaign
from mailer.checkup.finding import Finding, Mark
from mailer.delivery.departing import new_message_id
from mailer.delivery.message import Kind, Message
from mailer.errors import MailerError
from mailer.house import House
from mailer.mail.compose import Letter
from mailer.people.customer import Customer
from mailer.people.staff import Staff
from mailer.pipeline.explain import preview
from mailer.pipeline.write import bytes_of, letter_of
from mailer.rendering.press import RenderError

GROUP = "Letter"
CLIPPED = 102_000  # bytes of HTML after which Gmail shows the rest on demand only
FREE = ("gmail.com", "googlemail.com", "yahoo.com", "aol.com", "outlook.com", "hotmail.com", "live.com", "icloud.com")
ONCE = ("From", "Date", "Message-ID", "To", "Subject")  # RFC 5322, 3.6: exactly or at most one


def look(house: House, now: datetime, *, is_real: bool) -> Iterator[Finding]:
    """Look at one email; without one there is nothing to say."""
    try:
        with house.store.read() as session:
            raw = sample(house, session, now)
    except (MailerError, OSError) as error:
        yield Finding(GROUP, "sample", Mark.UNKNOWN, f"no letter could be written to look at: {error}")
        return
    if raw is None:
        yield Finding(GROUP, "sample", Mark.UNKNOWN, "no campaign, customer or representative to write a letter with")
        return
    yield from judged(raw, house.settings.delivery.domain, is_real=is_real)


def sample(house: House, session: Session, now: datetime) -> bytes | None:
    """Return the bytes of the last campaign email, or of one that might leave now; nothing of it is kept."""
    written = select(Message).where(Message.kind == Kind.CAMPAIGN, col(Message.context).is_not(None))
    message = session.exec(written.order_by(col(Message.id).desc())).first()
    if message is not None:
        letter = letter_of(house, session, message)
        if not isinstance(letter, RenderError):
            return bytes_of(house, message, letter, session.get(Staff, message.staff_id))
    campaign = session.exec(select(Campaign).order_by(col(Campaign.id).desc())).first()
    customer = session.exec(select(Customer)).first()
    staff = session.get(Staff, customer.representative_id) if customer and customer.representative_id else None
    if campaign is None or customer is None:
        return None
    made = preview(house, session, campaign, customer, now)
    blank = Message(
        kind=Kind.CAMPAIGN, address=customer.email, topic_id=campaign.topic_id, campaign_id=campaign.id,
        message_id=new_message_id("sample", now, domain=house.settings.delivery.domain), dated_at=now, created_at=now,
        due_at=now, next_at=now,
    )  # fmt: skip
    return bytes_of(house, blank, Letter(made.subject, made.html, made.text), staff)


def judged(raw: bytes, domain: str, *, is_real: bool = True) -> Iterator[Finding]:
    """Look at the bytes of one email from `domain`."""
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    yield _finding(
        "format", _format(raw, message), "it is written as RFC 5322 wants", "tell who looks after the mailer"
    )
    yield _finding("From", _sender(message, domain), f"it comes from {domain}", "give [delivery] a domain of your own")
    unsubscribe = str(message["List-Unsubscribe"] or "")
    links = re.findall(r"<(https?://[^>]+)>", unsubscribe)
    fix = "set [brand] base_url to where customers reach this house, with https"
    wrong = _one_click(message, links)
    mark = Mark.MEND if is_real else Mark.LOOK  # nobody outside gets it yet
    yield _finding("one-click", wrong, "it can be left by one press (RFC 8058)", fix, mark)
    body = message.get_body(("html", "plain"))
    html = str(body.get_content()) if body else ""
    seen = any(urlsplit(link).path.rpartition("/")[0] in html for link in links) or "unsubscribe" in html.lower()
    said = [] if seen else ["nothing in its words leads to leaving"]
    yield _finding("visible link", said, "its words lead to leaving as well", "let the template show links.unsubscribe")
    if len(html.encode()) > CLIPPED:
        saw = f"its HTML is {len(html.encode()):,} bytes long, and Gmail hides what comes after {CLIPPED:,}"
        yield Finding(GROUP, "size", Mark.LOOK, saw, "make the template shorter")
    else:
        yield Finding(GROUP, "size", Mark.GOOD, f"{len(raw):,} bytes in all")


def _finding(name: str, wrong: list[str], well: str, fix: str, mark: Mark = Mark.MEND) -> Finding:
    return Finding(GROUP, name, mark, "; ".join(wrong), fix) if wrong else Finding(GROUP, name, Mark.GOOD, well)


def _format(raw: bytes, message: EmailMessage) -> list[str]:
    wrong = [f"{name} stands {len(found)} times" for name in ONCE if len(found := message.get_all(name, [])) > 1]
    wrong += [f"there is no {name}" for name in ("From", "Date", "Message-ID") if name not in message]
    lines = raw.split(b"\r\n")
    if any(b"\r" in line or b"\n" in line for line in lines):
        wrong.append("a line ends without CRLF")
    if (longest := max(map(len, lines))) > 998:
        wrong.append(f"a line is {longest} long, and 998 is the most")
    try:
        if message["Date"]:
            parsedate_to_datetime(str(message["Date"]))
    except ValueError:
        wrong.append("its Date cannot be read")
    if not message.get_body(("plain",)):
        wrong.append("it has no plain text")
    return wrong


def _sender(message: EmailMessage, domain: str) -> list[str]:
    given: Sequence[Address] = message["From"].addresses if message["From"] else ()
    if len(given) != 1:
        return [f"From holds {len(given)} addresses, and must hold one"]
    if given[0].domain.lower() in FREE:
        return [f"From is at {given[0].domain}, which asks receivers to refuse what it did not send itself"]
    return [] if given[0].domain.lower() == domain.lower() else [f"From is at {given[0].domain}, not at {domain}"]


def _one_click(message: EmailMessage, links: list[str]) -> list[str]:
    wrong = []
    if not any(link.startswith("https://") for link in links):
        wrong.append("List-Unsubscribe holds no https address")
    if str(message["List-Unsubscribe-Post"] or "").strip() != "List-Unsubscribe=One-Click":
        wrong.append("there is no List-Unsubscribe-Post: List-Unsubscribe=One-Click")
    signatures = [re.sub(r"\s", "", str(each)).lower() for each in message.get_all("DKIM-Signature", [])]
    covered = [re.search(r"(?:^|;)h=([^;]*)", each) for each in signatures]
    for name in ("list-unsubscribe", "list-unsubscribe-post"):
        if signatures and not any(found and name in found[1].split(":") for found in covered):
            wrong.append(f"no signature covers {name}")
    return wrong
