"""A real mail server whose moods a test chooses."""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from aiosmtpd import smtp
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session


@dataclass
class Sink:
    """What it got, and what it is to say: command -> reply, or "drop" (hang up) or "silence"."""

    moods: dict[str, str] = field(default_factory=dict)
    offers: tuple[str, ...] = ("PIPELINING",)
    got: list[tuple[str, str, bytes]] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    users: list[tuple[bytes, bytes]] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    thinks: float = 0  # seconds before it answers the final dot

    async def _mood(self, command: str, server: smtp.SMTP, address: str = "") -> str | None:
        mood = self.moods.get(f"{command} {address}") or self.moods.get(command)
        if mood == "drop":
            server.transport.abort()
            await asyncio.sleep(0.05)
            return "421 gone"
        if mood == "silence":
            await asyncio.sleep(30)
        return mood

    async def handle_EHLO(  # noqa: N802
        self, server: smtp.SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.connections += 1
        return [*responses[:-1], *(f"250-{offer}" for offer in self.offers), responses[-1]]

    async def handle_MAIL(  # noqa: N802
        self, server: smtp.SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        mood = await self._mood("MAIL", server, address)
        if mood is None:
            envelope.mail_from = address
            self.options += options
        return mood or "250 2.1.0 Ok"

    async def handle_RCPT(  # noqa: N802
        self, server: smtp.SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        mood = await self._mood("RCPT", server, address)
        if mood is None:
            envelope.rcpt_tos.append(address)
        return mood or "250 2.1.5 Ok"

    async def handle_DATA(self, server: smtp.SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        to = envelope.rcpt_tos[0]
        mood = await self._mood("DATA", server, to)
        if mood is None:
            self.got.append((envelope.mail_from or "", to, envelope.original_content or b""))
        await asyncio.sleep(self.thinks)
        return mood or "250 2.0.0 Ok: queued as 4F1B2"

    def check(self, server: smtp.SMTP, session: Session, envelope: Envelope, way: str, data: Any) -> AuthResult:
        """Let in whoever knows the password."""
        assert isinstance(data, LoginPassword)
        self.users.append((data.login, data.password))
        return AuthResult(success=data.password == b"s3:cret", handled=False)


S = TypeVar("S", bound=Sink)


class _Controller(Controller):
    def __init__(self, sink: Sink, wrapped: ssl.SSLContext | None, **options: Any) -> None:
        self.options = options
        super().__init__(sink, hostname="127.0.0.1", port=0, ready_timeout=10, ssl_context=wrapped)

    def factory(self) -> smtp.SMTP:
        return smtp.SMTP(self.handler, hostname="sink", data_size_limit=10**8, **self.options)

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]  # the system chose one
        super()._trigger_server()


@contextmanager
def sink(
    moods: dict[str, str] | None = None,
    offers: tuple[str, ...] = ("PIPELINING",),
    tls: ssl.SSLContext | None = None,
    auth: bool = False,
    no_eight_bit: bool = False,
    utf8: bool = False,
    wrapped: bool = False,
    ways: tuple[str, ...] = ("PLAIN", "LOGIN"),
    of: type[S] = Sink,  # type: ignore[assignment]
) -> Iterator[S]:
    """Run a sink `of` a kind; `wrapped` is TLS from the first byte, `ways` are those it lets one sign in by."""
    found = of(moods or {}, offers)
    starttls = None if wrapped else tls
    options: dict[str, Any] = {"tls_context": starttls, "decode_data": False, "enable_SMTPUTF8": utf8}
    options["auth_exclude_mechanism"] = {"PLAIN", "LOGIN"} - set(ways)
    if auth:
        options |= {"authenticator": found.check, "auth_require_tls": starttls is not None}
    if no_eight_bit:
        options |= {"decode_data": True}
    controller = _Controller(found, tls if wrapped else None, **options)
    controller.start()
    found.port = controller.port
    try:
        yield found
    finally:
        controller.stop()
