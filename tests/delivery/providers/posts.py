"""What the five providers post to us, in the shapes their documentation shows, signed as they sign.

`test_seals.py` has the providers' own code check the signatures.
"""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID
from standardwebhooks import Webhook

from mailer.delivery.providers.told import Posted
from mailer.settings import Hooks, Secret
from tests.delivery.providers.fakes import Fake, Request, Result, said

TOPIC = "arn:aws:sns:eu-west-1:123456789012:lifeline"
RESEND_SECRET = "whsec_" + base64.b64encode(b"a secret of two dozen by").decode()
MAILGUN_KEY, LOGIN = "mailgun-signing-key", "lifeline:pass:word"
IDENT, TO = "m1@shop.example", "c1@example.com"


@cache
def ec_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@cache
def sendgrid_key() -> str:
    der = ec_key().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(der).decode()


@cache
def sns_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@cache
def certificate(begins: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(sns_key().public_key())
    made = made.serial_number(7).not_valid_before(begins).not_valid_after(begins + timedelta(days=400))
    return made.sign(sns_key(), hashes.SHA256()).public_bytes(Encoding.PEM)


def sns(fake: Fake, request: Request) -> Result:
    """Give the certificate, and take confirmations."""
    if request.path.startswith("/SimpleNotificationService-") and request.path.endswith(".pem"):
        return 200, {"Content-Type": "binary/octet-stream"}, certificate()
    fake.kept.append(request.path)
    return said(200, {}) if "Action=ConfirmSubscription" in request.path else said(404)


def keys(origin: str = "") -> Hooks:
    """The settings of a house that hears all five."""
    return Hooks(
        sendgrid_key=sendgrid_key(),
        postmark_login=Secret(LOGIN),
        mailgun_key=Secret(MAILGUN_KEY),
        resend_secret=Secret(RESEND_SECRET),
        sns_topics=f"{TOPIC} {TOPIC}-2",
        sns_origin=origin,
    )


# Their events


@dataclass
class Event:
    """One thing that happened, in our words."""

    word: str
    at: datetime
    ident: str = IDENT
    to: str = TO
    hard: bool = True
    number: int = 1  # two with the same one are the same event, told twice
    more: dict[str, Any] = field(default_factory=dict)


def ses(event: Event, origin: str) -> dict[str, Any]:
    names = {
        "accepted": "Send", "delivered": "Delivery", "deferred": "DeliveryDelay", "bounced": "Bounce",
        "complained": "Complaint", "opened": "Open", "clicked": "Click", "unsubscribed": "Subscription",
    }  # fmt: skip
    name, at = names.get(event.word, event.word), event.at.isoformat().replace("+00:00", "Z")
    who = {"emailAddress": event.to}
    parts = {
        "Send": ("send", {}),
        "Delivery": ("delivery", {"timestamp": at, "recipients": [event.to], "smtpResponse": "250 2.0.0 Ok"}),
        "DeliveryDelay": ("deliveryDelay", {"timestamp": at, "delayType": "MailboxFull", "delayedRecipients": [
            {**who, "status": "4.4.1", "diagnosticCode": "smtp; 421 later"}]}),
        "Bounce": ("bounce", {"timestamp": at, "bounceType": "Permanent" if event.hard else "Transient",
            "bounceSubType": "General", "bouncedRecipients": [{**who, "action": "failed",
            "status": "5.1.1" if event.hard else "4.4.7", "diagnosticCode": "smtp; 550 5.1.1 nobody here"}]}),
        "Complaint": ("complaint", {"timestamp": at, "complainedRecipients": [who], "complaintFeedbackType": "abuse",
            "userAgent": "Yahoo!-Mail-Feedback/2.0"}),
        "Open": ("open", {"timestamp": at, "userAgent": "Mozilla/5.0", "ipAddress": "192.0.2.1"}),
        "Click": ("click", {"timestamp": at, "userAgent": "Mozilla/5.0", "link": "https://shop.example/x"}),
        "Subscription": ("subscription", {"timestamp": at, "source": "UnsubscribeHeader",
            "newTopicPreferences": {"unsubscribeAll": True}}),
    }  # fmt: skip
    key, part = parts.get(name, (name.lower(), {}))
    told = {
        "eventType": name,
        "mail": {
            "timestamp": at, "messageId": "0102-1", "destination": [event.to],
            "headers": [{"name": "Message-ID", "value": f"<{event.ident}>"}],
            "tags": {"ses:operation": ["SendRawEmail"], "lifeline-message": [event.ident]},
        },
        key: {**part, **event.more},
    }  # fmt: skip
    return wrapped(json.dumps(told), event.at, origin, event.number)


def wrapped(message: str, at: datetime, origin: str, number: int = 1, **more: Any) -> dict[str, Any]:
    """Put a message into what SNS posts, and sign it."""
    told = {
        "Type": "Notification",
        "MessageId": f"sns-{number}",
        "TopicArn": TOPIC,
        "Message": message,
        "Timestamp": at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "SignatureVersion": "2",
        "SigningCertURL": f"{origin or 'https://sns.eu-west-1.amazonaws.com'}/SimpleNotificationService-1.pem",
        **more,
    }
    names = ("Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
    signed = "".join(f"{name}\n{told[name]}\n" for name in names if name in told).encode()
    algorithm = hashes.SHA1() if told["SignatureVersion"] == "1" else hashes.SHA256()
    told["Signature"] = base64.b64encode(sns_key().sign(signed, padding.PKCS1v15(), algorithm)).decode()
    return told


def sendgrid(event: Event) -> dict[str, Any]:
    names = {
        "accepted": "processed", "bounced": "bounce", "complained": "spamreport", "opened": "open", "clicked": "click",
        "unsubscribed": "unsubscribe",
    }  # fmt: skip
    told: dict[str, Any] = {
        "email": event.to, "timestamp": int(event.at.timestamp()), "event": names.get(event.word, event.word),
        "sg_event_id": f"sg-event-{event.number}", "sg_message_id": "sg-1.filter0001.16648.5515E0B88.0",
        "smtp-id": f"<{event.ident}>", "lifeline-message": event.ident,
    }  # fmt: skip
    if event.word == "bounced":
        told |= {"type": "bounce" if event.hard else "blocked", "reason": "550 nobody here", "status": "5.0.0"}
    if event.word in ("opened", "clicked"):
        told |= {"useragent": "Mozilla/5.0", "ip": "192.0.2.1"}
    if event.word == "clicked":
        told["url"] = "https://shop.example/x"
    return {**told, **event.more}


def postmark(event: Event) -> dict[str, Any]:
    at = event.at.strftime("%Y-%m-%dT%H:%M:%S.1234567Z")
    common = {"MessageID": "pm-1", "Metadata": {"lifeline-message": event.ident}, "MessageStream": "outbound"}
    bounce = {"ID": 4000 + event.number, "Email": event.to, "BouncedAt": at, "Details": "550 nobody here"}
    shapes: dict[str, dict[str, Any]] = {
        "delivered": {"RecordType": "Delivery", "Recipient": event.to, "DeliveredAt": at, "Details": "250 OK"},
        "bounced": {"RecordType": "Bounce", "Type": "HardBounce" if event.hard else "SoftBounce", **bounce},
        "deferred": {"RecordType": "Bounce", "Type": "Transient", **bounce},
        "complained": {"RecordType": "SpamComplaint", "Type": "SpamComplaint", **bounce},
        "opened": {"RecordType": "Open", "Recipient": event.to, "ReceivedAt": at, "UserAgent": "Mozilla/5.0"},
        "clicked": {
            "RecordType": "Click", "Recipient": event.to, "ReceivedAt": at, "UserAgent": "Mozilla/5.0",
            "OriginalLink": "https://shop.example/x",
        },
        "unsubscribed": {
            "RecordType": "SubscriptionChange", "Recipient": event.to, "ChangedAt": at, "SuppressSending": True,
            "SuppressionReason": "ManualSuppression", "Origin": "Recipient",
        },
    }  # fmt: skip
    return {**common, **shapes.get(event.word, {"RecordType": event.word, "Recipient": event.to}), **event.more}


def mailgun(event: Event) -> dict[str, Any]:
    told: dict[str, Any] = {
        "event": "failed" if event.word in ("bounced", "deferred") else event.word,
        "timestamp": event.at.timestamp() + 0.25, "id": f"mg-event-{event.number}", "recipient": event.to,
        "message": {"headers": {"message-id": event.ident, "to": event.to}},
        "user-variables": {"lifeline-message": event.ident},
    }  # fmt: skip
    if event.word == "bounced":
        told |= {"severity": "permanent", "reason": "bounce" if event.hard else "old",
            "delivery-status": {"code": 550, "message": "550 5.1.1 nobody here", "enhanced-code": "5.1.1"}}  # fmt: skip
    if event.word == "deferred":
        told |= {"severity": "temporary", "reason": "generic", "delivery-status": {"code": 452, "message": "later"}}
    if event.word in ("opened", "clicked"):
        told["client-info"] = {"user-agent": "Mozilla/5.0"}
    if event.word == "clicked":
        told["url"] = "https://shop.example/x"
    return {**told, **event.more}


def resend(event: Event) -> dict[str, Any]:
    names = {"accepted": "email.sent", "deferred": "email.delivery_delayed"}
    name = names.get(event.word, f"email.{event.word}" if event.word.isalpha() else event.word)
    data: dict[str, Any] = {
        "created_at": "2026-03-16 09:59:00.000+00", "email_id": "re-1", "from": "Maya <maya@shop.example>",
        "to": [event.to], "subject": "Hello", "tags": {"lifeline_message": event.ident.encode().hex()},
    }  # fmt: skip
    if event.word == "bounced":
        data["bounce"] = {
            "message": "nobody here",
            "type": "Permanent" if event.hard else "Transient",
            "subType": "General",
        }
    if event.word == "clicked":
        data["click"] = {
            "link": "https://shop.example/x", "timestamp": event.at.isoformat(), "userAgent": "Mozilla/5.0",
        }  # fmt: skip
    return {"type": name, "created_at": event.at.isoformat().replace("+00:00", "Z"), "data": {**data, **event.more}}


# Their signatures


def post(provider: str, event: Event, now: datetime, origin: str = "") -> Posted:
    """Return the request with which `provider` tells of `event` at `now`."""
    match provider:
        case "ses":
            return Posted(json.dumps(ses(event, origin)).encode(), {"x-amz-sns-message-type": "Notification"})
        case "sendgrid":
            return sealed("sendgrid", json.dumps([sendgrid(event)], indent=1).encode(), now)
        case "postmark":
            return sealed("postmark", json.dumps(postmark(event)).encode(), now)
        case "mailgun":
            return sealed("mailgun", json.dumps({"event-data": mailgun(event)}).encode(), now)
        case _:
            return sealed("resend", json.dumps(resend(event)).encode(), now, event.number)


def sealed(provider: str, body: bytes, now: datetime, number: int = 1) -> Posted:
    """Sign a body as `provider` does; Mailgun's signature stands in it."""
    stamp = str(int(now.timestamp()))
    match provider:
        case "sendgrid":
            signature = base64.b64encode(ec_key().sign(stamp.encode() + body, ec.ECDSA(hashes.SHA256()))).decode()
            name = "x-twilio-email-event-webhook"
            return Posted(body, {f"{name}-timestamp": stamp, f"{name}-signature": signature})
        case "postmark":
            return Posted(body, {"authorization": f"Basic {base64.b64encode(LOGIN.encode()).decode()}"})
        case "mailgun":
            token = hashlib.sha256(body + stamp.encode()).hexdigest()[:50]
            signature = hmac.new(MAILGUN_KEY.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
            seal = {"token": token, "timestamp": stamp, "signature": signature}
            return Posted(json.dumps({"signature": seal, **json.loads(body)}).encode(), {})
        case _:
            ident = f"msg_{number}"
            signature = Webhook(RESEND_SECRET).sign(ident, now, body.decode())
            return Posted(body, {"svix-id": ident, "svix-timestamp": stamp, "svix-signature": f"v1,AAAA {signature}"})
