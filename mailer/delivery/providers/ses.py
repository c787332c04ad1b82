"""How does an email leave through Amazon SES, and what does SES tell us of it?

Version 2 of its API takes the email itself, so not a byte changes, but for the Message-ID, which SES replaces by its
own; the reply address still leads back. Our id goes along as a message tag, which SES returns with events published
through a configuration set; notifications without one hold our Message-ID among the headers.

Events come through SNS (see `sns`).
"""

import base64
import json
import re
from datetime import UTC, datetime

from mailer import clock
from mailer.delivery.providers import sigv4, sns
from mailer.delivery.providers.account import Account
from mailer.delivery.providers.api import Answer, Api, Call, judged
from mailer.delivery.providers.fields import message_id
from mailer.delivery.providers.told import LABEL, Posted, Told, Weight, Word, instant, part, plain_id, text
from mailer.delivery.transport import Envelope, Receipt
from mailer.errors import Misconfigured

TAG_VALUE = re.compile(r"[A-Za-z0-9_.@-]{1,256}")

ABOUT_US = {
    "AccessDeniedException", "AccountSuspendedException", "ExpiredTokenException", "InvalidClientTokenId",
    "InvalidSignatureException", "LimitExceededException", "MailFromDomainNotVerifiedException", "NotFoundException",
    "SendingPausedException", "SignatureDoesNotMatch", "TooManyRequestsException", "UnrecognizedClientException",
}  # fmt: skip

EVENTS = {
    "Send": Word.ACCEPTED,
    "Delivery": Word.DELIVERED,
    "DeliveryDelay": Word.DEFERRED,
    "Bounce": Word.BOUNCED,
    "Reject": Word.BOUNCED,  # a virus, said SES, and never sent it
    "Rendering Failure": Word.BOUNCED,
    "Complaint": Word.COMPLAINED,
    "Open": Word.OPENED,
    "Click": Word.CLICKED,
    "Subscription": Word.UNSUBSCRIBED,
}
WEIGHTS = {"Permanent": Weight.HARD, "Transient": Weight.SOFT, "Undetermined": Weight.SOFT}
RECIPIENTS = {"Bounce": "bouncedRecipients", "Complaint": "complainedRecipients", "DeliveryDelay": "delayedRecipients"}


class Ses(Api):
    """Amazon SES in one region: `ses://KEY:SECRET@region?configuration_set=NAME&token=SESSION-TOKEN`."""

    home = "https://email.{place}.amazonaws.com"
    options = frozenset({"configuration_set", "token"})

    def __init__(self, account: Account) -> None:
        if not account.secret:
            raise Misconfigured("delivery.transport: give ses://KEY:SECRET@region, with a / in the secret as %2F")
        super().__init__(account)

    def call(self, envelope: Envelope) -> Call:
        """Return the request for SendEmail with raw content."""
        ident = message_id(envelope.data)
        asked: dict[str, object] = {
            "Destination": {"ToAddresses": [envelope.recipient]},
            "Content": {"Raw": {"Data": base64.b64encode(envelope.data).decode()}},
        }
        if TAG_VALUE.fullmatch(ident):
            asked["EmailTags"] = [{"Name": LABEL, "Value": ident}]
        if name := self.account.options.get("configuration_set"):
            asked["ConfigurationSetName"] = name
        url, content = f"{self.account.endpoint}/v2/email/outbound-emails", json.dumps(asked).encode()
        headers = sigv4.signed(
            url, {"Content-Type": "application/json"}, content, key=self.account.key, secret=self.account.secret,
            region=self.account.place, service="ses", at=datetime.fromtimestamp(clock.wall(), UTC),
            token=self.account.options.get("token", ""),
        )  # fmt: skip
        return Call(url, headers, content)

    def judge(self, answer: Answer) -> Receipt:
        """Read its answer; a refusal carries its name in a header."""
        data = answer.data
        name = text(answer.headers.get("x-amzn-errortype") or data.get("__type")).partition(":")[0].rpartition("#")[2]
        words = text(data.get("message") or data.get("Message"))
        queue_id = text(data.get("MessageId"))
        about_us = name in ABOUT_US or "not verified" in words  # our own sender, or a trial account
        return judged(answer, f"{name} {words}".strip() or f"accepted as {queue_id}", queue_id, about_us=about_us)


class SesHook:
    """Reads what SNS posts: SES events, and the handshake when a topic is subscribed."""

    def __init__(self, topics: frozenset[str], origin: str = "") -> None:
        self.topics, self.origin = topics, origin

    def verified(self, posted: Posted, now: datetime) -> bool:
        """Say whether SNS signed it, for a topic of ours."""
        return sns.verified(posted.json, self.topics, self.origin, now)

    def take(self, posted: Posted) -> list[Told]:
        """Return the events in it; a topic of ours that asks whether we want it is told yes."""
        told = posted.json
        if told["Type"] == "SubscriptionConfirmation":
            sns.confirm(told, self.origin)
        if told["Type"] != "Notification":
            return []
        try:
            event = json.loads(text(told.get("Message")))
        except ValueError:  # "Successfully validated SNS topic …"
            return []
        return _events(event, text(told.get("MessageId"))) if isinstance(event, dict) else []


def _events(event: dict[str, object], event_id: str) -> list[Told]:
    name = text(event.get("eventType") or event.get("notificationType"))
    mail = part(event, "mail")
    about = part(event, {"Rendering Failure": "failure", "DeliveryDelay": "deliveryDelay"}.get(name, name.lower()))
    listed = about.get(RECIPIENTS.get(name, "recipients")) or mail.get("destination") or [""]
    people = listed if isinstance(listed, list) else [""]
    kind, weight = _judged(name, about)
    told = []
    for number, person in enumerate(people):
        given = person if isinstance(person, dict) else {"emailAddress": person}
        told.append(
            Told(
                provider="ses",
                event_id=f"{event_id}/{number}" if number else event_id,
                kind=kind,
                at=instant(about.get("timestamp") or mail.get("timestamp")),
                address=text(given.get("emailAddress")).lower(),
                message_id=_ours(mail),
                queue_id=text(mail.get("messageId")),
                weight=weight,
                status=text(given.get("status")),
                words=text(given.get("diagnosticCode") or about.get("smtpResponse") or _reason(about)),
                url=text(about.get("link")),
                agent=text(about.get("userAgent")),
                detail=event,
            )
        )
    return told


def _judged(name: str, about: dict[str, object]) -> tuple[str, Weight]:
    if name == "Complaint" and about.get("complaintFeedbackType") == "not-spam":
        return "not-spam", Weight.NONE  # they moved it out of the folder for spam
    if name == "Subscription" and not part(about, "newTopicPreferences").get("unsubscribeAll"):
        return name, Weight.NONE
    weight = WEIGHTS.get(text(about.get("bounceType")), Weight.NONE) if name == "Bounce" else Weight.NONE
    return EVENTS.get(name, name), weight


def _reason(about: dict[str, object]) -> str:
    names = ("bounceType", "bounceSubType", "complaintFeedbackType", "reason", "errorMessage", "delayType")
    return " ".join(filter(None, (text(about.get(name)) for name in names)))


def _ours(mail: dict[str, object]) -> str:
    """Find our id: the tag, then the header, then what SES calls the common headers."""
    if tag := text(part(mail, "tags").get(LABEL)):
        return tag
    headers = mail.get("headers")
    for header in headers if isinstance(headers, list) else ():
        if isinstance(header, dict) and text(header.get("name")).lower() == "message-id":
            return plain_id(header.get("value"))
    return plain_id(part(mail, "commonHeaders").get("messageId"))
