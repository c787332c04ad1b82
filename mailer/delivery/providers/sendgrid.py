"""How does an email leave through SendGrid, and what does SendGrid tell us of it?

Version 3 of its API takes no email, only its fields. Our id goes along as a custom argument, which comes back beside
every event. Events are posted many at once, signed with ECDSA over the time and the body (P-256, SHA-256).
"""

import base64
import binascii
import json
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from mailer.delivery.providers import fields
from mailer.delivery.providers.api import Answer, Api, Call, judged
from mailer.delivery.providers.told import LABEL, Posted, Told, Weight, Word, instant, is_fresh, plain_id, text
from mailer.delivery.transport import Envelope, Receipt
from mailer.errors import Misconfigured
from mailer.mail.compose import Party

EVENTS = {
    "processed": Word.ACCEPTED,
    "delivered": Word.DELIVERED,
    "deferred": Word.DEFERRED,
    "bounce": Word.BOUNCED,
    "dropped": Word.BOUNCED,
    "spamreport": Word.COMPLAINED,
    "open": Word.OPENED,
    "click": Word.CLICKED,
    "unsubscribe": Word.UNSUBSCRIBED,
    "group_unsubscribe": Word.UNSUBSCRIBED,
}
DROPPED = {  # not even tried, because of what SendGrid knew already
    "bounced address": (Word.BOUNCED, Weight.HARD),
    "invalid": (Word.BOUNCED, Weight.HARD),
    "spam reporting address": (Word.COMPLAINED, Weight.NONE),
    "unsubscribed address": (Word.UNSUBSCRIBED, Weight.NONE),
}


class SendGrid(Api):
    """One SendGrid account: `sendgrid://TOKEN@api`; for Europe `?endpoint=https://api.eu.sendgrid.com`."""

    home = "https://api.sendgrid.com"

    def call(self, envelope: Envelope) -> Call:
        """Return the request for mail/send.

        Raises:
            Invalid: the email has parts that fields cannot carry.
        """
        email = fields.read(envelope.data)
        headers = {"Message-ID": f"<{email.message_id}>", **dict(email.headers)}
        words = (("text/plain", email.text), ("text/html", email.html))
        asked: dict[str, Any] = {
            "personalizations": [{"to": [{"email": envelope.recipient}]}],
            "from": _party(email.sender),
            "subject": email.subject,
            "content": [{"type": kind, "value": value} for kind, value in words if value],
            "headers": headers,
            "custom_args": {LABEL: email.message_id},
        }
        if email.reply_to:
            asked["reply_to"] = _party(email.reply_to)
        given = {"Authorization": f"Bearer {self.account.key}", "Content-Type": "application/json"}
        return Call(f"{self.account.endpoint}/v3/mail/send", given, json.dumps(asked).encode())

    def judge(self, answer: Answer) -> Receipt:
        """Read its answer: 202 without a body, or a list of errors."""
        errors = answer.data.get("errors")
        told = [text(each.get("message")) for each in errors or () if isinstance(each, dict)]
        queue_id = answer.headers.get("x-message-id", "")
        about_us = any("verified Sender Identity" in each or "credits exceeded" in each for each in told)
        return judged(answer, "; ".join(told) or "accepted", queue_id, about_us=about_us)


class SendGridHook:
    """Reads the event webhook, signed with the key whose public half SendGrid shows as base64."""

    def __init__(self, public_key: str) -> None:
        try:
            key = load_der_public_key(base64.b64decode(public_key, validate=True))
        except (ValueError, binascii.Error) as error:
            raise Misconfigured("hooks.sendgrid_key is not the verification key that SendGrid shows") from error
        if not isinstance(key, EllipticCurvePublicKey):
            raise Misconfigured("hooks.sendgrid_key is not an ECDSA key")
        self._key = key

    def verified(self, posted: Posted, now: datetime) -> bool:
        """Say whether SendGrid signed it within the last minutes."""
        signed_at = posted.headers.get("x-twilio-email-event-webhook-timestamp", "")
        signature = posted.headers.get("x-twilio-email-event-webhook-signature", "")
        try:
            self._key.verify(base64.b64decode(signature), signed_at.encode() + posted.body, ECDSA(SHA256()))
        except (InvalidSignature, binascii.Error, ValueError):
            return False
        return is_fresh(signed_at, now)

    def take(self, posted: Posted) -> list[Told]:
        """Return the events in it."""
        found = posted.json
        return [_event(each) for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _event(event: dict[str, Any]) -> Told:
    name = text(event.get("event"))
    kind: str = EVENTS.get(name, name)
    weight = Weight.NONE
    if name == "dropped":
        kind, weight = DROPPED.get(text(event.get("reason")).lower(), (Word.BOUNCED, Weight.NONE))
    elif name == "bounce":  # "blocked" is what they call a refusal that may pass
        weight = Weight.SOFT if event.get("type") == "blocked" else Weight.HARD
    return Told(
        provider="sendgrid",
        event_id=text(event.get("sg_event_id")),
        kind=kind,
        at=instant(event.get("timestamp")),
        address=text(event.get("email")).lower(),
        message_id=text(event.get(LABEL)) or plain_id(event.get("smtp-id")),
        queue_id=text(event.get("sg_message_id")).partition(".")[0],
        weight=weight,
        status=text(event.get("status")),
        words=text(event.get("reason") or event.get("response")),
        url=text(event.get("url")),
        agent=text(event.get("useragent")),
        detail=event,
    )


def _party(party: Party) -> dict[str, str]:
    return {"email": party.address, "name": party.name} if party.name else {"email": party.address}
