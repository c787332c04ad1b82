"""What can an operator set? Every option, typed, with its default and what it does.

Settings come from `config/mailer.toml` in the home, then from the environment as `MAILER_SECTION__KEY`, which wins.
An unknown key is an error, so that a misspelt one is not silently ignored. They are loaded once, frozen and passed
down; nothing else in the house reads the environment.
"""

import os
import re
import secrets
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator

from mailer.errors import Misconfigured
from mailer.paths import Home


class Section(BaseModel):
    """A table of the settings file: frozen, and strict about its keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Brand(Section):
    """[brand] Who writes."""

    name: str = Field("Lifeline", description="the name customers know you by")
    language: str = Field(
        "en", pattern="^[a-z]{2,3}$", description="for customers whose own language is not there: en, de, fr, es, ja"
    )
    address: str = Field("", description="postal address, shown in the foot of every email (CAN-SPAM asks for it)")
    base_url: str = Field("http://127.0.0.1:8080", description="where this house is reached; every link begins so")


class StoreSection(Section):
    """[store] Where the truth is kept."""

    url: str = Field("", description="database URL; empty means SQLite in var/mailer.db; postgresql+psycopg://… works")


class WarehouseSection(Section):
    """[warehouse] Where questions over many events are answered."""

    url: str = Field(
        "", description="empty means DuckDB in var/warehouse.duckdb; postgresql://…, pyspark://… and others work"
    )


class WarmUp(Section):
    """warm_up = {from = 2026-11-01, first_day = 200, factor = 1.5} How a new relay begins."""

    begins: date = Field(alias="from", description="its first day, UTC")
    days: tuple[Annotated[int, Field(ge=1)], ...] = Field((), description="how many on each day; or, instead:")
    first_day: int = Field(0, ge=0, description="how many on the first day")
    factor: float = Field(1.5, ge=1.01, le=10, description="how many times as many on each next day")
    warm: int = Field(50_000, ge=1, le=10**9, description="a day that would take so many has no limit any more")

    @model_validator(mode="after")
    def _one_of_both(self) -> "WarmUp":
        if bool(self.days) == bool(self.first_day) or (self.first_day and self.first_day >= self.warm):
            raise ValueError("give either days = [200, 400, 800], or first_day, less than warm, and a factor")
        return self


class RelaySection(Section):
    """[[delivery.relays]] One of several relays; the first of them that works takes a message."""

    name: str = Field(description="what it is called in messages to you")
    url: str = Field(description="as delivery.transport")
    weight: float = Field(1, gt=0, description="its share, against the others")
    domains: str = Field("", description="sender domains it is for, separated by spaces; empty: all")
    connections: int = Field(8, ge=1, le=64, description="connections to it at once")
    per_second: float = Field(0, ge=0, description="messages a second, of each process that sends; 0: no limit")
    warm_up: WarmUp | None = Field(None, description="how many a day it takes while it is new")

    @property
    def senders(self) -> frozenset[str]:
        """The domains of senders it is for."""
        return frozenset(self.domains.lower().split())


class PaceSection(Section):
    """[[delivery.paces]] How fast mail may go to one recipient domain."""

    domain: str = Field(description="the domain of recipients, as gmail.com")
    per_second: float = Field(gt=0, description="messages a second")


class Delivery(Section):
    """[delivery] How email leaves."""

    transport: str = Field(
        "file:var/outgoing",
        description="smtp://user:password@host:port, file:FOLDER, memory:, or a provider: ses://KEY:SECRET@region, "
        "sendgrid://KEY@api, postmark://KEY@api, mailgun://KEY@domain, resend://KEY@api",
    )
    relays: tuple[RelaySection, ...] = Field(
        (),
        description="several relays instead of transport, each a [[delivery.relays]] with name, url, and if you like "
        "weight, domains (of senders), connections, per_second, and for a new one "
        "warm_up = {from = 2026-11-01, first_day = 200, factor = 1.5} or {from = 2026-11-01, days = [200, 400, 800]}",
    )
    paces: tuple[PaceSection, ...] = Field(
        (),
        description="how fast mail may go to a recipient domain, each a [[delivery.paces]] with domain and per_second",
    )
    domain: str = Field("example.com", description="the domain of From, Message-ID and return path")
    sends_from: str = Field(
        "",
        description="addresses mail leaves from as others see them, separated by spaces, for mailer check; "
        "empty: those of the relay",
    )
    connections: int = Field(
        8,
        ge=1,
        le=64,
        description="connections to the relay at once; one sync to disk serves them all, so more are faster",
    )
    batch: int = Field(500, ge=1, le=500, description="messages claimed at once")
    lease_seconds: float = Field(900, gt=0, description="how long a claim holds before another may take it")
    in_doubt: str = Field(
        "hold",
        pattern="^(hold|resend|resend_idempotent)$",
        description="when the answer to a final dot was lost: hold until evidence settles it; resend, and some get it "
        "twice; or resend_idempotent, where the relay drops what it has by the header below",
    )
    idempotency_header: str = Field(
        "X-Idempotency-Key",
        pattern=r"^[A-Za-z0-9-]{1,40}$",
        description="the header that carries the same value each time a message is sent, with resend_idempotent",
    )
    attempts: int = Field(8, ge=1, description="how often a deferred message is tried")
    give_up_hours: float = Field(24, gt=0, description="how long a deferred message is tried")


class Dkim(Section):
    """[dkim] What proves that an email is ours (RFC 6376)."""

    domain: str = Field("", description="the domain that signs; empty means delivery.domain")
    keys: str = Field("", description="selector=FILE of each key that signs, separated by spaces; see mailer dkim new")


class Gate(Section):
    """[gate] What keeps an email from leaving."""

    cap: int = Field(3, ge=1, description="campaign emails a customer gets at most within cap_days")
    cap_days: int = Field(7, ge=1, description="see cap")
    quiet_from: str = Field("21:00", pattern=r"^\d\d:\d\d$", description="no campaign email from here, customer's time")
    quiet_until: str = Field("07:00", pattern=r"^\d\d:\d\d$", description="until here")


class Replies(Section):
    """[replies] How email comes back."""

    domain: str = Field("reply.example.com", description="the domain of reply addresses and return paths")
    listen: str = Field("127.0.0.1:2525", description="address:port of the SMTP listener; empty means none")
    protocol: str = Field("smtp", pattern="^(smtp|lmtp)$", description="what the listener speaks")
    max_megabytes: int = Field(30, ge=1, description="a larger email is refused with 552")
    authserv_id: str = Field("", description="our own id in Authentication-Results; others are not believed")


class Hits(Section):
    """[hits] What is counted of that which customers do with an email."""

    clicks: bool = Field(
        True, description="count the links that are followed; false: they lead straight to their targets"
    )
    opens: bool = Field(
        False,
        description="put a picture of one pixel into each email and count its fetches: tells little, since mail "
        "programs fetch it unread or not at all, and asks nobody",
    )


class Web(Section):
    """[web] Where the pages are served."""

    listen: str = Field("127.0.0.1:8080", description="address:port of the pages")
    threads: int = Field(8, ge=1, description="requests answered at once")
    secure_cookies: bool = Field(False, description="true where the pages are served over https")
    session_hours: int = Field(12, ge=1, description="how long a sign-in lasts")
    second_step: bool = Field(
        True, description="administrators show a code from their phone beside the password; a demo asks nobody"
    )
    trusted_proxies: str = Field(
        "",
        description="networks of the proxies in front, separated by spaces: 127.0.0.1/32; "
        "only they are believed in X-Forwarded-For",
    )
    undo_seconds: int = Field(10, ge=0, le=300, description="how long an answer waits before it leaves, to be undone")


class Secret(SecretStr):
    """A value that is never shown, however it is printed."""

    def __repr__(self) -> str:
        return repr(str(self))


class Hooks(Section):
    """[hooks] How email providers prove themselves when they tell what became of an email (POST /hooks/NAME)."""

    sendgrid_key: str = Field("", description="the verification key SendGrid shows for its signed event webhook")
    postmark_login: Secret = Field(Secret(""), description="user:password in the address given to Postmark")
    mailgun_key: Secret = Field(Secret(""), description="Mailgun's signing key for webhooks")
    resend_secret: Secret = Field(Secret(""), description="the signing secret Resend shows: whsec_…")
    sns_topics: str = Field("", description="the TopicArns SES events come through, separated by spaces")
    sns_origin: str = Field("", description="a stand-in for Amazon SNS, http://127.0.0.1:4566; empty means Amazon")


class Scheduler(Section):
    """[scheduler] How often each step runs, in seconds."""

    tick_seconds: float = Field(5, gt=0, description="between two ticks")
    late_hours: float = Field(6, ge=0, description="a run later than this is missed, and shown as missed")


class Log(Section):
    """[log] What is written down."""

    level: str = Field("info", pattern="^(debug|info|warning|error)$", description="the least that is logged")
    format: str = Field("console", pattern="^(console|json)$", description="for people, or for machines")


class Settings(Section):
    """Every setting of a house."""

    brand: Brand = Brand()
    store: StoreSection = StoreSection()
    warehouse: WarehouseSection = WarehouseSection()
    delivery: Delivery = Delivery()
    dkim: Dkim = Dkim()
    gate: Gate = Gate()
    replies: Replies = Replies()
    hits: Hits = Hits()
    web: Web = Web()
    hooks: Hooks = Hooks()
    scheduler: Scheduler = Scheduler()
    log: Log = Log()
    failpoints: dict[str, str] = Field(default_factory=dict, description="for drills only; see mailer.failpoints")


def load(home: Home, environment: dict[str, str] | None = None) -> Settings:
    """Read the settings of `home`.

    Raises:
        Misconfigured: the file cannot be read, or a key or value in it is unknown; the message names each.
    """
    given: dict[str, Any] = {}
    if home.config.is_file():
        try:
            given = tomllib.loads(home.config.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise Misconfigured(f"{home.config} is not valid TOML: {error}") from error
    for name, value in (os.environ if environment is None else environment).items():
        section, found, key = name.removeprefix("MAILER_").lower().partition("__")
        if name.startswith("MAILER_") and found:
            given.setdefault(section, {})[key] = value
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        wrong = "; ".join(f"[{'.'.join(str(p) for p in e['loc'])}] {e['msg']}" for e in error.errors())
        raise Misconfigured(f"settings ({home.config} and MAILER_… variables): {wrong}") from error


def named_home() -> str | None:
    """Return what `MAILER_HOME` says, if it says anything."""
    return os.environ.get("MAILER_HOME") or None


def secret(home: Home) -> bytes:
    """Return the 32 bytes every token of this house is signed with, made at first use and kept in var/secret."""
    path = home.var / "secret"
    if not path.is_file():
        home.var.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{secrets.token_hex(4)}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_hex(32), encoding="ascii")
        try:
            os.link(fresh, path)  # atomic, and the first one wins
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return bytes.fromhex(path.read_text(encoding="ascii").strip())


def address(text: str, name: str) -> tuple[str, int]:
    """Read `host:port`, the setting called `name`.

    Raises:
        Misconfigured: it is not that.
    """
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit():
        raise Misconfigured(f"{name} is {text!r}; give an address and a port, as 127.0.0.1:8080")
    return host, int(port)


def within(home: Home, path: str) -> Path:
    """Return `path` as an absolute one, read from the home."""
    return (home.root / path).resolve()


_LOGIN = re.compile(r"(\w+://)[^@/\s'\"]+@")  # user, password or token of an address


def lines(given: Settings) -> list[str]:
    """Return every setting as a line: `[section] key = value  # what it does`; what opens a door is not shown."""
    return [covered(f"[{section}] {key} = {value!r}  # {told}") for section, key, value, told in _each(given)]


def covered(text: str) -> str:
    """Return a text without the user, password or token of any address in it."""
    return _LOGIN.sub(r"\1***@", text)


def table() -> str:
    """Return every setting with its default as a table in Markdown, as the README shows it."""
    rows = [f"| `{section}.{key}` | `{value!r}` | {told} |" for section, key, value, told in _each(Settings())]
    return "\n".join(["| setting | default | what it does |", "|---|---|---|", *rows])


def _each(given: Settings) -> Iterator[tuple[str, str, object, str]]:
    for section, part in given:
        if isinstance(part, Section):
            for key, info in type(part).model_fields.items():
                yield section, key, getattr(part, key), info.description or ""
