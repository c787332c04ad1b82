"""A claimed message becomes bytes: signed, the same for ever, whatever data from outside holds."""

from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import dkim as dkimpy
import pytest
from sqlmodel import Session

from mailer.delivery import signing
from mailer.delivery.message import Kind, Message, State
from mailer.house import House
from mailer.mail.compose import Letter
from mailer.mail.dkim import record
from mailer.paths import Home
from mailer.people.customer import Customer
from mailer.people.staff import Role, Staff
from mailer.pipeline.write import bytes_of, letter_of, write
from mailer.rendering.links import Links
from mailer.rendering.template import TemplateVersion
from mailer.settings import Dkim, Settings

HTML = (
    "<html lang='en'><body><p>Dear {{ customer.first_name|default('you') }},</p>\n"
    "<p><a href='{{ links.unsubscribe }}'>Unsubscribe</a></p></body></html>"
)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    home = Home(tmp_path)
    named = [signing.make(home, "example.com", kind, kind)[1] for kind in ("rsa", "ed25519")]
    house = House(home, Settings(dkim=Dkim(keys=" ".join(named))))
    house.store.upgrade()
    yield house
    house.close()


def claimed(house: House, session: Session, now: datetime, staff: str = "Maria Lindqvist", **more: Any) -> Message:
    number = more.pop("number", 1)
    name = more.pop("name", "Zoë")
    at = {"created_at": now, "updated_at": now}
    customer = Customer(email=f"ann{number}@example.net", **at)
    person = Staff(email=f"maria{number}@example.com", name=staff, role=Role.REPRESENTATIVE, created_at=now)
    version = TemplateVersion(
        name=f"hello-{number}",
        language="en",
        digest=str(number),
        subject="Hello {{ customer.first_name|default('you') }}",
        preheader="",
        html=HTML,
        created_at=now,
    )
    session.add_all([customer, person, version])
    session.flush()
    given: dict[str, Any] = {
        "kind": Kind.CAMPAIGN, "state": State.CLAIMED, "customer_id": customer.id, "staff_id": person.id,
        "address": customer.email, "message_id": f"run-1.{number}@example.com", "template_version_id": version.id,
        "context": {"customer": {"first_name": name}, "links": Links.of("https://x.test", house.signer, 1).to_data()},
        "dated_at": now, "due_at": now, "next_at": now, "created_at": now, "owner": "me", "epoch": 1,
    }  # fmt: skip
    message = Message(**given | more)
    session.add(message)
    session.flush()
    return message


def read(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_what_leaves_is_signed_by_every_key_and_can_be_made_again_to_the_byte(house: House, now: datetime) -> None:
    with house.store.write() as session:
        message = claimed(house, session, now)
    (envelope,) = write(house, [message], now)
    assert (envelope.id, envelope.epoch, envelope.recipient) == (message.id, 1, "ann1@example.net")
    dns = {f"{key.selector}._domainkey.example.com.".encode(): record(key.private).encode() for key in house.dkim}
    for index in range(2):
        assert dkimpy.DKIM(envelope.data).verify(idx=index, dnsfunc=lambda name, timeout=5: dns[name])
    with house.store.read() as session:
        letter = letter_of(house, session, message)
        assert isinstance(letter, Letter)
        assert bytes_of(house, message, letter, session.get(Staff, message.staff_id)) == envelope.data
    parsed = read(envelope.data)
    parts = [parsed.get_body((kind,)) for kind in ("plain", "html")]
    assert [part.get_content().replace("\r\n", "\n") for part in parts if part] == [letter.text, letter.html]
    assert parsed["Subject"] == letter.subject == "Hello Zoë"
    unsubscribe = (message.context or {})["links"]["unsubscribe"]
    assert parsed["List-Unsubscribe"].startswith(f"<{unsubscribe}>, <mailto:r-")
    assert parsed["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_line_breaks_in_names_begin_no_header_and_stop_no_letter(house: House, now: datetime) -> None:
    with house.store.write() as session:
        message = claimed(house, session, now, "Maria\r\nBcc: a@evil.example", name="Ann\r\nBcc: b@evil.example\0")
    (envelope,) = write(house, [message], now)
    parsed = read(envelope.data)
    assert parsed["Bcc"] is None
    assert parsed["Subject"] == "Hello Ann Bcc: b@evil.example"
    assert parsed["From"].addresses[0].display_name == "Maria Bcc: a@evil.example"


def test_a_message_nothing_can_be_written_to_fails_alone(house: House, now: datetime) -> None:
    with house.store.write() as session:
        messages = [
            claimed(house, session, now, number=1, address="a b@@example.net"),
            claimed(house, session, now, number=2),
            claimed(house, session, now, number=3, message_id="not one"),
        ]
    assert [envelope.id for envelope in write(house, messages, now)] == [messages[1].id]
    with house.store.read() as session:
        states = [session.get_one(Message, message.id) for message in messages]
        assert [each.state for each in states] == [State.RENDER_FAILED, State.CLAIMED, State.RENDER_FAILED]
        assert "cannot be written in a header" in states[0].reason
