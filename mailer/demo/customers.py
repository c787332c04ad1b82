"""How do customers answer? As people and mail programs do: each kind of answer once or more, over real SMTP.

Each `Manner` makes an email from one that was delivered. Which delivered email gets which manner is decided by its
place in the list, so that the same day is always played the same way.
"""

import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from mailer.demo.mailbox import Delivery


@dataclass(frozen=True, slots=True)
class Manner:
    """One way to answer.

    Args:
        name: what it is, for the summary.
        language: the customer has to speak it; empty means any.
        write: makes the reply from the delivered email; returns it with its envelope sender.
    """

    name: str
    language: str
    write: Callable[[Delivery, EmailMessage, datetime], tuple[str, EmailMessage]]


def send(answer: tuple[str, EmailMessage], to: str, host: str, port: int) -> None:
    """Send an answer to the address it is for, as a mail server would."""
    sender, message = answer
    with smtplib.SMTP(host, port, timeout=30) as server:
        server.sendmail(sender, [to], message.as_bytes())


def _reply(delivery: Delivery, ours: EmailMessage, now: datetime) -> EmailMessage:
    """Begin a reply as every mail program does (RFC 5322, 3.6.4)."""
    reply = EmailMessage()
    reply["From"] = str(ours["To"])
    reply["To"] = str(ours["Reply-To"] or ours["From"])
    reply["Subject"] = f"Re: {ours['Subject']}"
    reply["Date"] = format_datetime(now)
    reply["Message-ID"] = make_msgid(domain=delivery.address.partition("@")[2])
    reply["In-Reply-To"] = f"<{delivery.message_id}>"
    reply["References"] = f"<{delivery.message_id}>"
    return reply


def _text(ours: EmailMessage) -> str:
    body = ours.get_body(("plain",))
    return str(body.get_content()) if body else ""


def reply_with(text: str, *, quoted: bool = False, phone: bool = False) -> Callable[..., tuple[str, EmailMessage]]:
    """Return a manner of replying with `text`, with the email quoted below, or as a phone does it."""

    def write(delivery: Delivery, ours: EmailMessage, now: datetime) -> tuple[str, EmailMessage]:
        reply = _reply(delivery, ours, now)
        body = text
        if phone:
            body += "\n\nSent from my iPhone"
        if quoted or phone:
            who = str(ours["From"])
            body += f"\n\nOn {now:%d %b %Y}, at {now:%H:%M}, {who} wrote:\n\n"
            body += "\n".join(f"> {line}".rstrip() for line in _text(ours).splitlines())
        reply.set_content(body + "\n")
        return delivery.address, reply

    return write


def _out_of_office(delivery: Delivery, ours: EmailMessage, now: datetime) -> tuple[str, EmailMessage]:
    """An auto-reply with the headers of RFC 3834, from a null sender."""
    reply = _reply(delivery, ours, now)
    del reply["To"]
    reply["To"] = delivery.return_path
    reply.replace_header("Subject", f"Automatic reply: {ours['Subject']}")
    reply["Auto-Submitted"] = "auto-replied"
    reply["X-Auto-Response-Suppress"] = "All"
    reply.set_content("I am out of the office until Monday and will read your email when I am back.\n")
    return "", reply


def _bounce(delivery: Delivery, ours: EmailMessage, now: datetime) -> tuple[str, EmailMessage]:
    """A delivery status notification (RFC 3464) of a mailbox that was closed after our email was taken."""
    domain = delivery.address.partition("@")[2]
    report = EmailMessage()
    report["From"] = f"Mail Delivery System <mailer-daemon@mx.{domain}>"
    report["To"] = delivery.return_path
    report["Subject"] = "Undelivered Mail Returned to Sender"
    report["Date"] = format_datetime(now)
    report["Message-ID"] = make_msgid(domain=f"mx.{domain}")
    report["Auto-Submitted"] = "auto-replied"
    parts = [
        ("text/plain", f"Your message could not be delivered.\n\n<{delivery.address}>: mailbox is closed\n"),
        (
            "message/delivery-status",
            f"Reporting-MTA: dns; mx.{domain}\n\nFinal-Recipient: rfc822; {delivery.address}\nAction: failed\n"
            "Status: 5.2.1\nDiagnostic-Code: smtp; 550 5.2.1 Mailbox disabled, not accepting messages\n",
        ),
        (
            "text/rfc822-headers",
            f"Message-ID: <{delivery.message_id}>\nSubject: {Header(str(ours['Subject'])).encode()}\n",
        ),
    ]
    boundary = f"report-{delivery.number}"
    report["MIME-Version"] = "1.0"
    report["Content-Type"] = f'multipart/report; report-type=delivery-status; boundary="{boundary}"'
    body = "".join(f"--{boundary}\nContent-Type: {kind}\n\n{text}\n" for kind, text in parts)
    report.set_payload(f"{body}--{boundary}--\n")
    return "", report


MANNERS: tuple[Manner, ...] = (
    Manner(
        "plain reply",
        "en",
        reply_with(
            "Hello,\n\nhow kind of you to ask. I was away for a while. Are you still open on Sundays?\n\nBest wishes"
        ),
    ),
    Manner(
        "angry reply",
        "en",
        reply_with(
            "This is the third time I complain! My last delivery was wrong, nobody answered, and now I get "
            "advertising. This is unacceptable. I want my money back.",
            quoted=True,
        ),
    ),
    Manner("out of office", "", _out_of_office),
    Manner(
        "reply from a phone",
        "en",
        reply_with("Thanks! Can somebody call me about a large order for a party?", phone=True),
    ),
    Manner("bounce", "", _bounce),
    Manner("unsubscribe please", "en", reply_with("Unsubscribe me please.")),
    Manner(
        "reply in German",
        "de",
        reply_with(
            "Guten Tag,\n\nvielen Dank für die Nachricht. Gibt es bei Ihnen auch glutenfreies Brot?\n\n"
            "Mit freundlichen Grüßen",
            quoted=True,
        ),
    ),
    Manner("glad reply", "en", reply_with("What a lovely note, thank you! You made my day.", quoted=True)),
    Manner("out of office", "", _out_of_office),
    Manner(
        "reply in French",
        "fr",
        reply_with("Bonjour,\n\nest-ce que vous livrez aussi le samedi ? Merci d'avance.", quoted=True),
    ),
    Manner(
        "question",
        "en",
        reply_with("Do you still have the sourdough bread? I could not find it last week.", phone=True),
    ),
    Manner(
        "reply in Spanish",
        "es",
        reply_with("Hola, ¿puedo cambiar la dirección de entrega? Gracias por su ayuda.", quoted=True),
    ),
)
