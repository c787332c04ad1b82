"""Does a relay that knows an email by its header deliver it once, when we die at the final dot and send it again?"""

import email
import os
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlmodel import select

from mailer import clock, founding, settings
from mailer.delivery import departing
from mailer.delivery.message import Kind, Message, State
from mailer.house import House
from mailer.paths import Home
from tests.delivery import sink as sinks

HEADER = "X-Entity-Ref-ID"
SETTINGS = """
[delivery]
transport = "smtp://127.0.0.1:{port}?tls=no"
connections = 2
in_doubt = "resend_idempotent"
idempotency_header = "X-Entity-Ref-ID"
"""
SENDING = Path(__file__).parent.parent / "house" / "sending.py"
EMAILS = 6


@dataclass
class Relay(sinks.Sink):
    """It delivers once whatever carries the same value in the header, and may kill whom it has not answered yet."""

    delivered: dict[str, bytes] = field(default_factory=dict)
    sender: subprocess.Popen[bytes] | None = None
    kills: bool = True

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = await super().handle_DATA(server, session, envelope)
        data = envelope.original_content or b""
        self.delivered.setdefault(email.message_from_bytes(data)[HEADER], data)
        if self.kills and len(self.got) >= 3 and self.sender:  # of two that think at once, either may see four
            self.kills = False
            os.kill(self.sender.pid, signal.SIGKILL)
            self.sender.wait()
        return answer


def send(home: Home, relay: Relay) -> int:
    """Send from a process of its own; return how it ended."""
    relay.sender = subprocess.Popen([sys.executable, str(SENDING), str(home.root)], cwd=SENDING.parents[2])
    return relay.sender.wait(60)


def test_what_was_in_doubt_leaves_again_with_the_same_bytes_and_is_delivered_once(tmp_path: Path) -> None:
    with sinks.sink(of=Relay) as relay:
        home = Home(tmp_path)
        founding.found(home, SETTINGS.format(port=relay.port))
        house = House(home, settings.load(home, {}))
        house.store.upgrade()
        now = clock.now()
        with house.store.write() as session:
            for n in range(EMAILS):
                departing.enqueue_one(
                    session, kind=Kind.NOTICE, address=f"c{n}@example.com", staff_id=None, customer_id=None,
                    message_id=departing.new_message_id("doubt", n, domain="example.com"), subject="Hello", headers={},
                    now=now, letter={"subject": "Hello", "html": "<p>Hello</p>", "text": f"Number {n}"},
                )  # fmt: skip
        assert send(home, relay) == -signal.SIGKILL
        assert not relay.kills
        assert send(home, relay) == 0
        times = Counter(to for _, to, _ in relay.got)
        twice = [to for to, count in times.items() if count > 1]
        assert twice, "nothing was in doubt, so this proved nothing"
        assert set(times) == {f"c{n}@example.com" for n in range(EMAILS)}
        assert max(times.values()) == 2
        for address in twice:
            first, again = (data for _, to, data in relay.got if to == address)
            assert first == again
            assert email.message_from_bytes(first)[HEADER]
        assert len(relay.delivered) == EMAILS
        with house.store.read() as session:
            assert set(session.exec(select(Message.state))) == {State.SENT}
        house.close()
