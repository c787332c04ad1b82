"""How does a claimed message become bytes?

Template version, context, date and subject are stored before the message leaves, and the bytes are a function of them:
a message that is tried again is the same message, to the byte. What all letters of a template version share was encoded
when it was compiled (see `rendering.pressing`); what is made here for each are its tokens, a few header lines, and the
signatures.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from mailer.campaigns.campaign import Campaign, Run
from mailer.delivery import outbox
from mailer.delivery.message import Kind, Message
from mailer.delivery.outbox import Claimed
from mailer.delivery.transport import Envelope
from mailer.dialect import among
from mailer.errors import Invalid
from mailer.house import House
from mailer.mail import compose, dkim, tokens
from mailer.mail.compose import Letter, Party, Pressed
from mailer.people.customer import Customer, representative
from mailer.people.staff import Staff
from mailer.pipeline.explain import contexts
from mailer.pipeline.passes import filled
from mailer.prepared import Prepared
from mailer.rendering.links import Links
from mailer.rendering.press import RenderError, Sheet, to_json
from mailer.rendering.template import TemplateVersion, publish, published
from mailer.segments.criteria import from_data
from mailer.store import Urgency

KEPT = ("id", "epoch", "subject", "template_version_id", "dated_at")  # with the context, what the bytes are made of


def write(house: House, claimed: Sequence[Claimed], now: datetime) -> list[Envelope]:
    """Turn claimed messages into envelopes; one whose letter cannot be rendered becomes `render_failed` instead."""
    fresh = [message for message in claimed if message.kind is Kind.CAMPAIGN and message.context is None]
    unwritten = {message.id for message in fresh}
    with house.store.read() as session:
        whole = _fill(house, session, fresh, now)
    if not whole:  # a template of which nothing was written yet, or a customer whom nobody answers yet
        with house.store.write(Urgency.BULK) as session:
            _prepare(house, session, fresh, now)
        with house.store.read() as session:
            _fill(house, session, fresh, now)
    with house.store.read() as session:
        staff = {person.id: person for person in session.exec(select(Staff))}
        versions = _versions(session, claimed)
    automatic = [message for message in claimed if message.kind is Kind.CAMPAIGN]
    told = {message.id: to_json(message.context or {}) for message in fresh}
    sheets = [_sheet(message, versions, told.get(message.id, "")) for message in automatic]
    rendered = dict(zip((m.id for m in automatic), house.press.press(sheets), strict=True))
    envelopes, failed = [], []
    for message in claimed:
        letter = rendered[message.id] if message.kind is Kind.CAMPAIGN else filled(house, message, _own_letter(message))
        if isinstance(letter, RenderError):
            failed.append((message.id, message.epoch, letter.reason))
            continue
        if message.id in unwritten:
            message.subject = letter.subject
        try:
            envelopes.append(_envelope(house, message, letter, staff.get(message.staff_id)))
        except Invalid as error:  # an address or a Message-ID nothing can be written to is this message's failure
            failed.append((message.id, message.epoch, str(error)))
    gone = {ident for ident, _, _ in failed}
    kept = [
        {name: getattr(message, name) for name in KEPT} | {"context": told[message.id]}
        for message in fresh
        if message.id not in gone
    ]
    with house.store.write(Urgency.MAIL) as session:
        outbox.write(session, kept)
        outbox.fail_rendering(session, failed, now)
    return envelopes


def letter_of(house: House, session: Session, message: Message) -> Letter | RenderError:
    """Return the very letter a message carried, made again from what was kept."""
    if message.kind is not Kind.CAMPAIGN:
        return _own_letter(message)
    if message.context is None or message.template_version_id is None:
        return RenderError("this message has not been written yet")
    return house.press.render([_sheet(message, _versions(session, [message]))])[0]


class _Addressee(NamedTuple):
    """What a letter says of a customer, without the rest of them: see `Reader`."""

    id: int
    first_name: str
    last_name: str
    language: str
    time_zone: str
    representative_id: int | None


_C = Customer.metadata.tables["customer"]
_ADDRESSEES = Prepared(sa.select(*(_C.c[name] for name in _Addressee._fields)).where(among(_C.c.id, "ids")))


def _fill(house: House, session: Session, messages: Sequence[Claimed], now: datetime) -> bool:
    """Give messages that are written for the first time their template, and what their letters may see.

    Nothing is written here, and no final dot waits for it. Say whether all that it takes was there.
    """
    for run, campaign, batch in _by_run(session, messages):
        ids = {message.customer_id or 0: message.id for message in batch}
        customers = [_Addressee(*row) for row in _ADDRESSEES.run(session, {"ids": list(ids)})]
        if any(customer.representative_id is None for customer in customers):
            return False
        known: dict[str, TemplateVersion] = {}
        for language in {customer.language for customer in customers}:
            version = published(session, house.shelf.get(campaign.template, language))
            if version is None:
                return False
            known[language] = version
        seen = contexts(house, session, campaign, from_data(run.criteria), customers, ids, now)
        languages = {customer.id: customer.language for customer in customers}
        for message in batch:
            message.template_version_id = known[languages[message.customer_id or 0]].id
            message.context = seen[message.customer_id or 0]
            message.dated_at = now
    return True


def _prepare(house: House, session: Session, messages: Sequence[Claimed], now: datetime) -> None:
    """Keep the template versions these letters are made of, and give each customer somebody who answers."""
    for _, campaign, batch in _by_run(session, messages):
        customers = _customers(session, batch)
        for customer in customers:
            if customer.representative_id is None:
                representative(session, customer)
        for language in {customer.language for customer in customers}:
            publish(session, house.shelf.get(campaign.template, language), now)


def _by_run(session: Session, messages: Sequence[Claimed]) -> Iterator[tuple[Run, Campaign, list[Claimed]]]:
    by_run: dict[int, list[Claimed]] = {}
    for message in messages:
        by_run.setdefault(message.run_id or 0, []).append(message)
    for run_id, batch in by_run.items():
        run = session.get_one(Run, run_id)
        yield run, session.get_one(Campaign, run.campaign_id), batch


def _customers(session: Session, messages: Sequence[Claimed]) -> Sequence[Customer]:
    wanted = [message.customer_id for message in messages]
    return session.exec(select(Customer).where(col(Customer.id).in_(wanted))).all()


def _versions(session: Session, messages: Iterable[Message | Claimed]) -> dict[int, TemplateVersion]:
    wanted = {message.template_version_id for message in messages if message.template_version_id}
    found = session.exec(select(TemplateVersion).where(col(TemplateVersion.id).in_(wanted))).all()
    return {version.id: version for version in found if version.id is not None}


def _sheet(message: Message | Claimed, versions: dict[int, TemplateVersion], told: str = "") -> Sheet:
    version = versions[message.template_version_id or 0]
    return Sheet(version.subject, version.preheader, version.html, message.context or {}, told)


def _own_letter(message: Message | Claimed) -> Letter:
    """An answer, a notice and a test carry their letter in their context."""
    kept: dict[str, Any] = message.context or {}
    return Letter(subject=kept.get("subject", ""), html=kept.get("html", ""), text=kept.get("text", ""))


def _envelope(house: House, message: Claimed, letter: Letter | Pressed, staff: Staff | None) -> Envelope:
    return Envelope(
        id=message.id or 0,
        epoch=message.epoch,
        sender=tokens.return_path(house.signer, message.id or 0, house.settings.replies.domain),
        recipient=message.address,
        data=bytes_of(house, message, letter, staff),
    )


def bytes_of(house: House, message: Message | Claimed, letter: Letter | Pressed, staff: Staff | None) -> bytes:
    """Return the email itself: RFC 5322 bytes with CRLF, signed."""
    name = staff.name if staff else house.settings.brand.name
    local = staff.email.partition("@")[0] if staff else "hello"
    reply_to = Party(name, tokens.reply_address(house.signer, message.id or 0, house.settings.replies.domain))
    raw = compose.compose(
        letter,
        sender=Party(name, f"{local}@{house.settings.delivery.domain}"),
        to=message.address,
        message_id=message.message_id,
        dated_at=message.dated_at or message.created_at,
        reply_to=reply_to,
        headers={**_list_headers(house, message, reply_to), **message.headers},
    )
    return dkim.sign(raw, house.dkim) + raw if house.dkim else raw


def _list_headers(house: House, message: Message | Claimed, reply_to: Party) -> dict[str, str]:
    """Return the headers of automation: RFC 2369 and RFC 8058 to leave by one press, RFC 3834 to say who writes."""
    if message.kind is not Kind.CAMPAIGN:
        return {"Auto-Submitted": "auto-generated"} if message.kind is Kind.NOTICE else {}
    links = (message.context or {}).get("links") or Links.of(
        house.settings.brand.base_url, house.signer, message.id or 0
    ).to_data()
    return {
        "List-Unsubscribe": f"<{links['unsubscribe']}>, <mailto:{reply_to.address}?subject=unsubscribe>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Id": f"<{message.topic_id}.{house.settings.delivery.domain}>",
        "Feedback-ID": f"{message.campaign_id}:{message.topic_id}:campaign:lifeline",
        "Auto-Submitted": "auto-generated",
    }
