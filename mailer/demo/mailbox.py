"""What did the customers really get? Their mail server, and the only one that counts deliveries.

A real SMTP server on a port of its own. An email is a file (`000042 someone@example.com.eml`, with Return-Path and
Delivered-To on top, as RFC 5321, 4.4, has the last server add them), written and synced before 250 is said. A few
addresses do not exist, and are refused with 550 5.1.1.
"""

import email
import email.policy
import os
import threading
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from mailer import clock
from mailer.server import free_port


@dataclass(frozen=True, slots=True)
class Delivery:
    """One email in somebody's mailbox."""

    number: int
    address: str
    return_path: str
    message_id: str
    path: Path
    at: datetime

    def read(self) -> EmailMessage:
        """Return the email itself."""
        parsed: EmailMessage = email.message_from_bytes(self.path.read_bytes(), policy=email.policy.default)
        return parsed


class Mailbox:
    """The mailboxes of every customer, in one folder.

    Args:
        folder: where the emails are kept; what is there already is counted.
        unknown: addresses that are refused.
    """

    def __init__(self, folder: Path, unknown: frozenset[str] = frozenset()) -> None:
        self.folder = folder
        self.unknown = unknown
        self.deliveries: list[Delivery] = []
        self._lock = threading.Lock()
        self._controller: Controller | None = None
        folder.mkdir(parents=True, exist_ok=True)
        for path in sorted(folder.glob("*.eml")):
            self.deliveries.append(_delivery(path))

    def start(self, host: str = "127.0.0.1", port: int = 0) -> int:
        """Serve; return the port."""
        self._controller = Controller(self, hostname=host, port=port or free_port(host), enable_SMTPUTF8=True)
        self._controller.start()
        return int(self._controller.port)

    def stop(self) -> None:
        """Stop serving."""
        if self._controller:
            self._controller.stop()
            self._controller = None

    def of(self, address: str) -> list[Delivery]:
        """Return what `address` got, the newest first."""
        return [delivery for delivery in reversed(self.deliveries) if delivery.address == address]

    def duplicates(self) -> list[str]:
        """Return the Message-IDs that arrived more than once."""
        seen: set[str] = set()
        twice = [d.message_id for d in self.deliveries if d.message_id in seen or seen.add(d.message_id)]  # type: ignore[func-returns-value]
        return sorted(set(twice))

    async def handle_RCPT(  # noqa: N802 -- aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Refuse who does not live here."""
        if address.lower() in self.unknown:
            return f"550 5.1.1 <{address}>: Recipient address rejected: User unknown"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Keep the email, then say so."""
        for address in envelope.rcpt_tos:
            self.keep(address.lower(), envelope.mail_from or "", envelope.original_content or envelope.content)
        return "250 2.0.0 Ok: queued"

    def keep(self, address: str, return_path: str, content: bytes) -> Delivery:
        """Put an email into a mailbox, durably."""
        with self._lock:
            number = len(self.deliveries) + 1
            path = self.folder / f"{number:06d} {address}.eml"
            head = (
                f"Return-Path: <{return_path}>\r\nDelivered-To: {address}\r\nX-Arrived: {clock.now().isoformat()}\r\n"
            )
            with path.with_suffix(".part").open("wb") as file:
                file.write(head.encode() + content)
                file.flush()
                os.fsync(file.fileno())
            path.with_suffix(".part").rename(path)
            self.deliveries.append(_delivery(path))
            return self.deliveries[-1]


def _delivery(path: Path) -> Delivery:
    head = email.message_from_bytes(path.read_bytes().partition(b"\r\n\r\n")[0], policy=email.policy.compat32)
    number, _, address = path.stem.partition(" ")
    return Delivery(
        number=int(number),
        address=address,
        return_path=str(head["Return-Path"]).strip("<>"),
        message_id=str(head["Message-ID"]).strip("<> "),
        path=path,
        at=datetime.fromisoformat(str(head["X-Arrived"])),
    )
