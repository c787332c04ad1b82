"""Which server do we send through, and how is it reached?

It is named by a URL. A password is sent over verified TLS, or to this very machine, and nowhere else.
"""

from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from mailer.errors import Misconfigured

LOCAL = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True)
class Relay:
    """The server we send through, and how.

    `tls`: "wrapped" (smtps), "required", "offered" (STARTTLS where the server has it) or "no".
    """

    host: str
    port: int
    user: str = ""
    password: str = ""
    tls: str = "offered"
    ca: str = ""  # a file of certificates to believe, instead of the system's
    hello: str = ""  # the name we give; without one our address literal (RFC 5321, 4.1.3)

    @classmethod
    def from_url(cls, url: str) -> "Relay":
        """Read `smtp://user:password@host:port?tls=required&ca=FILE&hello=NAME`.

        Raises:
            Misconfigured: the URL cannot be read; the message says what is wrong.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise Misconfigured(f"delivery.transport cannot be read: {error}") from error
        options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        wrapped = parts.scheme == "smtps"
        tls = "wrapped" if wrapped else options.pop("tls", "required" if parts.username else "offered")
        ca, hello = options.pop("ca", ""), options.pop("hello", "")
        if not parts.hostname or options or tls not in ("wrapped", "required", "offered", "no"):
            raise Misconfigured(
                "delivery.transport: give smtp://user:password@host:port, "
                "and after a ? tls=required, offered or no; ca=FILE; hello=NAME"
            )
        if parts.username and parts.hostname in LOCAL and tls == "required" and "tls=" not in parts.query:
            tls = "offered"
        if parts.username and tls in ("no", "offered") and parts.hostname not in LOCAL:
            raise Misconfigured("delivery.transport: a password is only sent over TLS; use smtps:// or tls=required")
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(parts.hostname, port or (465 if wrapped else 587 if user else 25), user, password, tls, ca, hello)
