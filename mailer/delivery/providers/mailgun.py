"""How does an email leave through Mailgun, and what does Mailgun tell us of it?

It takes the email itself (messages.mime), and keeps its Message-ID; our id goes along as a variable as well, which
comes back with every event. Webhooks are signed with HMAC-SHA256 over a time and a random token, in the body. Mailgun
asks not to be strict about that time, and its own client allows a quarter of an hour: so do we.
"""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any

from mailer.delivery.providers.api import Answer, Api, Call, judged
from mailer.delivery.providers.fields import message_id
from mailer.delivery.providers.told import (
    LABEL,
    Posted,
    Told,
    Weight,
    Word,
    instant,
    is_fresh,
    part,
    plain_id,
    same,
    text,
)
from mailer.delivery.transport import Envelope, Receipt

SIGNED_WITHIN = timedelta(minutes=15)

EVENTS = {
    "accepted": Word.ACCEPTED,
    "delivered": Word.DELIVERED,
    "failed": Word.BOUNCED,
    "rejected": Word.BOUNCED,
    "complained": Word.COMPLAINED,
    "opened": Word.OPENED,
    "clicked": Word.CLICKED,
    "unsubscribed": Word.UNSUBSCRIBED,
}
REASONS: dict[str, tuple[str, Weight]] = {  # of a failure for good
    "suppress-bounce": (Word.BOUNCED, Weight.HARD),
    "suppress-complaint": (Word.COMPLAINED, Weight.NONE),
    "suppress-unsubscribe": (Word.UNSUBSCRIBED, Weight.NONE),
    "old": (Word.BOUNCED, Weight.SOFT),  # tried for hours, and given up
    "espblock": (Word.BOUNCED, Weight.SOFT),
}


class Mailgun(Api):
    """One sending domain at Mailgun: `mailgun://TOKEN@sending.domain`; for Europe `?endpoint=https://api.eu.mailgun.net`."""

    home = "https://api.mailgun.net"

    def call(self, envelope: Envelope) -> Call:
        """Return the request for messages.mime, a form in parts (RFC 7578) whose boundary is drawn from the email."""
        boundary = f"lifeline-{hashlib.sha256(envelope.data).hexdigest()[:40]}"
        named = (("to", envelope.recipient), (f"v:{LABEL}", message_id(envelope.data)))
        form = b"".join(_part(boundary, f'name="{name}"', value.encode()) for name, value in named)
        form += _part(
            boundary, 'name="message"; filename="message.mime"\r\nContent-Type: message/rfc822', envelope.data
        )
        login = base64.b64encode(f"api:{self.account.key}".encode()).decode()
        given = {"Authorization": f"Basic {login}", "Content-Type": f"multipart/form-data; boundary={boundary}"}
        url = f"{self.account.endpoint}/v3/{self.account.place}/messages.mime"
        return Call(url, given, form + f"--{boundary}--\r\n".encode())

    def judge(self, answer: Answer) -> Receipt:
        """Read its answer: an id, and a sentence."""
        words = text(answer.data.get("message"))
        about_us = any(said in words for said in ("is not allowed to send", "Domain not found", "probation"))
        if not answer.data and answer.status >= 400:
            words = answer.body.decode("utf-8", "replace")  # "Forbidden"
        return judged(answer, words, plain_id(answer.data.get("id")), about_us=about_us)


class MailgunHook:
    """Reads webhooks that are signed with the key for webhooks."""

    def __init__(self, key: str) -> None:
        self._key = key

    def verified(self, posted: Posted, now: datetime) -> bool:
        """Say whether Mailgun signed it within the last minutes."""
        seal = part(posted.json, "signature")
        signed_at, token = text(seal.get("timestamp")), text(seal.get("token"))
        right = hmac.new(self._key.encode(), f"{signed_at}{token}".encode(), hashlib.sha256).hexdigest()
        given = [text(seal.get(name)) for name in ("signature", "parent-signature")]  # of a subaccount, or its owner
        return any(same(each, right) for each in given) and is_fresh(signed_at, now, SIGNED_WITHIN)

    def take(self, posted: Posted) -> list[Told]:
        """Return the event in it."""
        event = part(posted.json, "event-data")
        return [_event(event)] if event else []


def _event(event: dict[str, Any]) -> Told:
    kind, weight = _judged(event)
    at, status = instant(event.get("timestamp")), part(event, "delivery-status")
    words = status.get("message") or status.get("description") or part(event, "reject").get("reason")
    return Told(
        provider="mailgun",
        event_id=f"{text(event.get('id'))} {at:%Y-%m-%d}" if at else text(event.get("id")),  # unique within a day
        kind=kind,
        at=at,
        address=text(event.get("recipient")).lower(),
        message_id=text(part(event, "user-variables").get(LABEL))
        or plain_id(part(event, "message", "headers").get("message-id")),
        queue_id=plain_id(part(event, "message", "headers").get("message-id")),
        weight=weight,
        status=text(status.get("enhanced-code")),
        words=text(words or event.get("reason")),
        url=text(event.get("url")),
        agent=text(part(event, "client-info").get("user-agent")),
        detail=event,
    )


def _judged(event: dict[str, Any]) -> tuple[str, Weight]:
    name = text(event.get("event"))
    if name != "failed":
        return EVENTS.get(name, name), Weight.NONE
    if event.get("severity") == "temporary":
        return Word.DEFERRED, Weight.NONE
    soft = part(event, "delivery-status").get("bounce-type") == "soft"
    return REASONS.get(text(event.get("reason")), (Word.BOUNCED, Weight.SOFT if soft else Weight.HARD))


def _part(boundary: str, disposition: str, value: bytes) -> bytes:
    return f"--{boundary}\r\nContent-Disposition: form-data; {disposition}\r\n\r\n".encode() + value + b"\r\n"
