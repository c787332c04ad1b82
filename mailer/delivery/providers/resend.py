"""How does an email leave through Resend, and what does Resend tell us of it?

Its API takes fields. It acts once on two requests with the same Idempotency-Key within a day, so ours is drawn from the
Message-ID, and an answer that was lost can be asked for again. Our id goes along as a tag; a tag takes only letters,
digits, _ and -, so it is written in hexadecimal. Webhooks are signed as Standard Webhooks say (Resend uses Svix), with
a time that is new for each try.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import binascii
import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

from mailer.delivery.providers import fields
from mailer.delivery.providers.api import Answer, Api, Call, judged
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
from mailer.delivery.transport import Envelope, Outcome, Receipt
from mailer.errors import Misconfigured
from mailer.mail.address import addresses

TAG = LABEL.replace("-", "_")
MAX_TAG = 256

ABOUT_US = {
    "daily_quota_exceeded", "invalid_api_key", "invalid_access", "missing_api_key", "monthly_quota_exceeded",
    "rate_limit_exceeded", "restricted_api_key", "security_error",
}  # fmt: skip
DOUBTFUL = {"concurrent_idempotent_requests", "invalid_idempotent_request"}  # this key is known: it may have left

EVENTS = {
    "email.sent": Word.ACCEPTED,
    "email.delivered": Word.DELIVERED,
    "email.delivery_delayed": Word.DEFERRED,
    "email.bounced": Word.BOUNCED,
    "email.failed": Word.BOUNCED,
    "email.suppressed": Word.BOUNCED,
    "email.complained": Word.COMPLAINED,
    "email.opened": Word.OPENED,
    "email.clicked": Word.CLICKED,
}
WEIGHTS = {"Permanent": Weight.HARD, "Transient": Weight.SOFT, "Undetermined": Weight.SOFT}


class Resend(Api):
    """One Resend account: `resend://TOKEN@api?rate=10`."""

    home = "https://api.resend.com"
    rate = 2.0  # requests a second that Resend allows until one asks for more
    dedupes = True

    def call(self, envelope: Envelope) -> Call:
        """Return the request for one email.

        Raises:
            Invalid: the email has parts that fields cannot carry.
        """
        email = fields.read(envelope.data)
        asked: dict[str, Any] = {
            "from": fields.written(email.sender),
            "to": [envelope.recipient],
            "subject": email.subject,
            "headers": {"Message-ID": f"<{email.message_id}>", **dict(email.headers)},
        }
        if len(tag := email.message_id.encode().hex()) <= MAX_TAG:
            asked["tags"] = [{"name": TAG, "value": tag}]
        if email.reply_to:
            asked["reply_to"] = [fields.written(email.reply_to)]
        asked |= {name: words for name, words in (("text", email.text), ("html", email.html)) if words}
        given = {
            "Authorization": f"Bearer {self.account.key}",
            "Content-Type": "application/json",
            "Idempotency-Key": idempotency_key(email.message_id),
        }
        return Call(f"{self.account.endpoint}/emails", given, json.dumps(asked).encode())

    def judge(self, answer: Answer) -> Receipt:
        """Read its answer: an id, or the name of what is wrong."""
        data = answer.data
        name, words = text(data.get("name")), text(data.get("message"))
        if name in DOUBTFUL:
            return Receipt(Outcome.LOST, answer.status, f"{name}: {words}")
        about_us = name in ABOUT_US or "domain is not verified" in words
        queue_id = text(data.get("id"))
        said = f"{name}: {words}" if name else f"accepted as {queue_id}" if queue_id else ""
        return judged(answer, said, queue_id, about_us=about_us)


def idempotency_key(message_id: str) -> str:
    """Return the key under which Resend acts once: of a message, the same on every machine and every try."""
    return f"lifeline-{hashlib.sha256(message_id.encode()).hexdigest()[:48]}"


class ResendHook:
    """Reads webhooks that are signed with the secret that Resend shows (whsec_…)."""

    def __init__(self, secret: str) -> None:
        try:
            self._key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        except (binascii.Error, ValueError) as error:
            raise Misconfigured("hooks.resend_secret is not the secret that Resend shows (whsec_…)") from error

    def verified(self, posted: Posted, now: datetime) -> bool:
        """Say whether Resend signed it within the last minutes; while a secret is changed there are two signatures."""
        ident, signed_at = _header(posted, "id"), _header(posted, "timestamp")
        signed = f"{ident}.{signed_at}.".encode() + posted.body
        right = base64.b64encode(hmac.new(self._key, signed, hashlib.sha256).digest()).decode()
        given = [each.partition(",") for each in _header(posted, "signature").split()]
        is_right = any(version == "v1" and same(seal, right) for version, _, seal in given)
        return is_right and is_fresh(signed_at, now)

    def take(self, posted: Posted) -> list[Told]:
        """Return the event in it."""
        event = posted.json
        return [_event(event, _header(posted, "id"))] if isinstance(event, dict) else []


def _header(posted: Posted, name: str) -> str:
    return posted.headers.get(f"svix-{name}") or posted.headers.get(f"webhook-{name}", "")


def _event(event: dict[str, Any], event_id: str) -> Told:
    name, data = text(event.get("type")), part(event, "data")
    about = part(data, name.removeprefix("email.").replace("bounced", "bounce").replace("clicked", "click"))
    weight = Weight.NONE
    if name == "email.bounced":
        weight = WEIGHTS.get(text(about.get("type")), Weight.SOFT)
    elif name == "email.suppressed":  # it bounced before, or they complained: nothing of ours gets there
        weight = Weight.HARD
    return Told(
        provider="resend",
        event_id=event_id,
        kind=EVENTS.get(name, name),
        at=instant(about.get("timestamp")) or instant(event.get("created_at")),
        address=next(iter(addresses(text(data.get("to")))), ""),
        message_id=_ours(data),
        queue_id=text(data.get("email_id")),
        weight=weight,
        words=text(about.get("message") or about.get("reason")),
        url=text(about.get("link")),
        agent=text(about.get("userAgent")),
        detail=event,
    )


def _ours(data: dict[str, Any]) -> str:
    """Find our id: the tag, whether tags are an object or a list, then the header."""
    tags, headers = data.get("tags"), data.get("headers")
    named = part(data, "tags")
    for tag in tags if isinstance(tags, list) else ():
        if isinstance(tag, dict):
            named[text(tag.get("name"))] = tag.get("value")
    try:
        if found := bytes.fromhex(text(named.get(TAG))).decode():
            return found
    except ValueError:
        pass
    for header in headers if isinstance(headers, list) else ():
        if isinstance(header, dict) and text(header.get("name")).lower() == "message-id":
            return plain_id(header.get("value"))
    return ""
