"""Which words does every provider's event become?

Eight: accepted, delivered, deferred, bounced, complained, opened, clicked, unsubscribed. Each provider's module has a
dict from its names to ours. What is in no dict keeps the provider's own name: it is kept, and nothing follows from it.

An event leads back to a message of ours by our Message-ID, which every request carries as metadata (`LABEL`).
"""

import enum
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

LABEL = "lifeline-message"  # the name our Message-ID is sent along under; at most 20 characters (Postmark)
FRESH = timedelta(minutes=5)  # how old a signed time may be
AHEAD = timedelta(minutes=5)  # how far a provider's clock may run before ours


class Word(enum.StrEnum):
    """What happened to a message after it left."""

    ACCEPTED = "accepted"  # the provider has it
    DELIVERED = "delivered"  # the customer's server has it
    DEFERRED = "deferred"  # that server wants to be asked again, and the provider does
    BOUNCED = "bounced"  # it came back, or the provider gave it up
    COMPLAINED = "complained"
    OPENED = "opened"
    CLICKED = "clicked"
    UNSUBSCRIBED = "unsubscribed"


class Weight(enum.StrEnum):
    """How much a bounce says about an address."""

    NONE = "none"  # nothing against it
    SOFT = "soft"  # it may pass
    HARD = "hard"  # it will not


@dataclass(frozen=True, slots=True)
class Told:
    """One event, in our words; `kind` is a `Word`, or the provider's own name for what has none."""

    provider: str
    event_id: str  # the provider's; the same when it is told again
    kind: str
    at: datetime | None = None
    address: str = ""
    message_id: str = ""  # ours, without angle brackets
    queue_id: str = ""  # theirs
    weight: Weight = Weight.NONE  # of a bounce
    status: str = ""  # RFC 3463, of a bounce
    words: str = ""  # the server's, or the reason
    url: str = ""  # what was clicked
    agent: str = ""
    detail: dict[str, Any] = field(default_factory=dict)  # as it was told


@dataclass(frozen=True, slots=True)
class Posted:
    """A request of a provider to us: the bytes as they came, and the headers under lower-case names."""

    body: bytes
    headers: Mapping[str, str]

    @property
    def json(self) -> Any:
        """The body as JSON, or None."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


class Hook(Protocol):
    """Who understands what one provider posts to us."""

    def verified(self, posted: Posted, now: datetime) -> bool:
        """Say whether it is the provider who speaks, and now."""
        ...

    def take(self, posted: Posted) -> list[Told]:
        """Return what it tells; call this only once it is verified."""
        ...


def is_fresh(signed: str, now: datetime, within: timedelta = FRESH) -> bool:
    """Say whether a time that was signed along is about now."""
    at = instant(signed)
    return at is not None and now - within <= at <= now + AHEAD


def same(given: str, right: str) -> bool:
    """Compare two secrets in a time that says nothing about where they differ."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), right.encode())


def instant(value: object) -> datetime | None:
    """Read a time: seconds since 1970, or ISO 8601; None where it is neither. One without a zone is UTC."""
    try:
        if isinstance(value, int | float) or str(value).replace(".", "", 1).isdigit():
            return datetime.fromtimestamp(float(str(value)), UTC)
        at = datetime.fromisoformat(str(value))
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return None


def text(value: object) -> str:
    """Return a value as one string: nothing as "", a list as its first entry."""
    if isinstance(value, list):
        value = next(iter(value), "")
    return "" if value is None or isinstance(value, dict) else str(value)


def part(value: object, *names: str) -> dict[str, Any]:
    """Return the object inside objects that `names` lead to, empty where the way ends."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def plain_id(value: object) -> str:
    """Return a Message-ID without its angle brackets."""
    return text(value).strip().removeprefix("<").removesuffix(">")
