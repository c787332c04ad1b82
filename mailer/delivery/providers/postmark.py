"""How does an email leave through Postmark, and what does Postmark tell us of it?

Its API takes fields. Our Message-ID is kept on request (X-PM-KeepID), and goes along as metadata, which comes back with
every event. Postmark signs nothing: its webhooks prove themselves by a login in the address we gave it
(https://user:password@…). Only bounces have an id of their own, so an event is known by what it says.
"""

import base64
import binascii
import hashlib
import json
from datetime import datetime
from typing import Any

from mailer.delivery.providers import fields
from mailer.delivery.providers.api import Answer, Api, Call, judged
from mailer.delivery.providers.told import LABEL, Posted, Told, Weight, Word, instant, part, same, text
from mailer.delivery.transport import Envelope, Receipt

MAX_METADATA = 80  # characters of a value

ABOUT_US = {10, 100, 400, 401, 405, 412, 413, 1235}  # token, maintenance, sender signature, credits, approval, stream

EVENTS = {
    "Delivery": Word.DELIVERED,
    "Bounce": Word.BOUNCED,
    "SpamComplaint": Word.COMPLAINED,
    "Open": Word.OPENED,
    "Click": Word.CLICKED,
    "SubscriptionChange": Word.UNSUBSCRIBED,
}
BOUNCES: dict[str, tuple[str, Weight]] = {  # the Type of a bounce, where it is more or less than a bounce for good
    "HardBounce": (Word.BOUNCED, Weight.HARD),
    "BadEmailAddress": (Word.BOUNCED, Weight.HARD),
    "SoftBounce": (Word.BOUNCED, Weight.SOFT),
    "Blocked": (Word.BOUNCED, Weight.SOFT),
    "DMARCPolicy": (Word.BOUNCED, Weight.NONE),
    "VirusNotification": (Word.BOUNCED, Weight.NONE),
    "SMTPApiError": (Word.BOUNCED, Weight.NONE),
    "ManuallyDeactivated": (Word.BOUNCED, Weight.NONE),
    "Transient": (Word.DEFERRED, Weight.NONE),
    "DnsError": (Word.DEFERRED, Weight.NONE),
    "SpamNotification": (Word.COMPLAINED, Weight.NONE),
    "SpamComplaint": (Word.COMPLAINED, Weight.NONE),
    "Unsubscribe": (Word.UNSUBSCRIBED, Weight.NONE),
    "ManualSuppression": (Word.UNSUBSCRIBED, Weight.NONE),
}


class Postmark(Api):
    """One Postmark server: `postmark://TOKEN@api?stream=broadcast`."""

    home = "https://api.postmarkapp.com"
    options = frozenset({"stream"})

    def call(self, envelope: Envelope) -> Call:
        """Return the request for one email.

        Raises:
            Invalid: the email has parts that fields cannot carry.
        """
        email = fields.read(envelope.data)
        kept = [("Message-ID", f"<{email.message_id}>"), ("X-PM-KeepID", "true"), *email.headers]
        asked: dict[str, Any] = {
            "From": fields.written(email.sender),
            "To": envelope.recipient,
            "Subject": email.subject,
            "MessageStream": self.account.options.get("stream", "outbound"),
            "Headers": [{"Name": name, "Value": value} for name, value in kept],
        }
        if len(email.message_id) <= MAX_METADATA:
            asked["Metadata"] = {LABEL: email.message_id}
        if email.reply_to:
            asked["ReplyTo"] = fields.written(email.reply_to)
        asked |= {name: words for name, words in (("TextBody", email.text), ("HtmlBody", email.html)) if words}
        given = {"X-Postmark-Server-Token": self.account.key, "Content-Type": "application/json"}
        given["Accept"] = "application/json"
        return Call(f"{self.account.endpoint}/email", given, json.dumps(asked).encode())

    def judge(self, answer: Answer) -> Receipt:
        """Read its answer: an ErrorCode of 0, or what is wrong."""
        data = answer.data
        about_us = data.get("ErrorCode") in ABOUT_US
        return judged(answer, text(data.get("Message")), text(data.get("MessageID")), about_us=about_us)


class PostmarkHook:
    """Reads webhooks that carry our login, given as `user:password`."""

    def __init__(self, login: str) -> None:
        self._login = login

    def verified(self, posted: Posted, now: datetime) -> bool:
        """Say whether the login is ours (RFC 7617)."""
        scheme, _, given = posted.headers.get("authorization", "").partition(" ")
        try:
            login = base64.b64decode(given).decode()
        except (binascii.Error, ValueError):
            return False
        return same(login, self._login) and scheme.lower() == "basic"

    def take(self, posted: Posted) -> list[Told]:
        """Return the event in it."""
        event = posted.json
        return [_event(event)] if isinstance(event, dict) else []


def _event(event: dict[str, Any]) -> Told:
    kind, weight = _judged(event)
    times = ("DeliveredAt", "BouncedAt", "ReceivedAt", "ChangedAt")
    at = next((text(event[name]) for name in times if event.get(name)), "")
    address = text(event.get("Recipient") or event.get("Email"))
    said = [text(event.get(name)) for name in ("RecordType", "ID", "MessageID", "OriginalLink")] + [address, at]
    return Told(
        provider="postmark",
        event_id=hashlib.sha256("\x1f".join(said).encode()).hexdigest()[:40],
        kind=kind,
        at=instant(at),
        address=address.lower(),
        message_id=text(part(event, "Metadata").get(LABEL)),
        queue_id=text(event.get("MessageID")),
        weight=weight,
        words=text(event.get("Details") or event.get("Description") or event.get("SuppressionReason")),
        url=text(event.get("OriginalLink")),
        agent=text(event.get("UserAgent")),
        detail=event,
    )


def _judged(event: dict[str, Any]) -> tuple[str, Weight]:
    name = text(event.get("RecordType"))
    if name in ("Bounce", "SpamComplaint"):
        kind = text(event.get("Type"))
        return BOUNCES.get(kind, (Word.COMPLAINED if name == "SpamComplaint" else kind or name, Weight.NONE))
    if name == "SubscriptionChange":
        if not event.get("SuppressSending"):
            return "Resubscribed", Weight.NONE
        return BOUNCES.get(text(event.get("SuppressionReason")), (Word.UNSUBSCRIBED, Weight.NONE))
    return EVENTS.get(name, name), Weight.NONE
