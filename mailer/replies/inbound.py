"""What arrived? The bytes first, then its life.

    received -sort-> sorted -route-> routed        quarantined: reading it failed; a person may retry
                        +----------> filed         understood, and no human work: a bounce, an auto-reply

The bytes lie in the spool, a file each, before the row is committed, and the row is committed before the server is told
250 (RFC 5321, 4.2.5: with that word the responsibility is ours). An email is known by the SHA-256 of its bytes and the
recipient it was sent to, never by its Message-ID: whoever writes chooses that, and could make another's reply vanish.
"""

import enum
import hashlib
import os
import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from sqlmodel import Field, Session, SQLModel, UniqueConstraint, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from mailer import failpoints
from mailer.errors import Invalid, Permanent
from mailer.people.staff import Staff
from mailer.store import ID, JSON, UTC, new_public_id, words

NULL_SENDER = "<>"  # what `envelope_from` holds when the sender wants no answer (RFC 5321, 4.5.5); "" is unknown
MAX_ERROR = 500  # characters kept of an error


class InboundState(enum.StrEnum):
    """Where an inbound email is in its life."""

    RECEIVED = "received"
    SORTED = "sorted"
    ROUTED = "routed"
    FILED = "filed"
    QUARANTINED = "quarantined"


class Verdict(enum.StrEnum):
    """What triage decided an inbound email is."""

    REPLY = "reply"  # a human wrote it
    AUTOREPLY = "autoreply"
    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    UNSUBSCRIBE = "unsubscribe"  # asked for in words
    OTHER = "other"


class Trust(enum.StrEnum):
    """How sure we are who wrote."""

    VERIFIED = "verified"  # the reply token is theirs, and so is the authenticated sender
    LIKELY = "likely"  # the token and the From address are theirs
    OTHER_SENDER = "other_sender"  # the token is theirs, the From address is not
    UNVERIFIED = "unverified"
    SUSPECT = "suspect"


class InboundEmail(SQLModel, table=True):
    """One email that arrived for us."""

    __tablename__ = "inbound_email"
    __table_args__ = (UniqueConstraint("digest", "envelope_to"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=ID)
    public_id: str = Field(default_factory=new_public_id, unique=True)
    digest: str  # SHA-256 of the bytes; also the name of the file in the spool
    envelope_from: str
    envelope_to: str
    size: int
    received_at: datetime = Field(sa_type=UTC)
    state: InboundState = Field(default=InboundState.RECEIVED, sa_type=words(InboundState), index=True)
    verdict: Verdict | None = Field(default=None, sa_type=words(Verdict))
    verdict_why: str = ""  # the line of the policy that won
    trust: Trust | None = Field(default=None, sa_type=words(Trust))
    evidence: str = ""  # what proves the match
    # ours, which it answers
    message_id: int | None = Field(default=None, foreign_key="message.id", sa_type=ID, index=True)
    customer_id: int | None = Field(default=None, foreign_key="customer.id", sa_type=ID, index=True)
    # read from it
    header_message_id: str = Field(default="", index=True)
    from_address: str = ""
    from_name: str = ""
    subject: str = ""
    new_words: str = ""
    signature: str = ""
    quoted: str = ""
    details: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)  # language, feeling, attachments, report …
    error: str = ""  # why it is in quarantine

    @property
    def is_from_nobody(self) -> bool:
        """Whether it was sent with the null return path, as reports and auto-replies are and people's mail never is."""
        return self.envelope_from == NULL_SENDER

    def quarantine(self, error: str) -> None:
        """Put it aside, visible, because reading it failed."""
        self.state = InboundState.QUARANTINED
        self.error = error[:MAX_ERROR].replace("\0", "")

    def retry(self) -> None:
        """Have it sorted again, from its bytes.

        Raises:
            Invalid: it is not in quarantine.
        """
        if self.state is not InboundState.QUARANTINED:
            raise Invalid(f"only an email in quarantine can be tried again; this one is {self.state.value}")
        self.state = InboundState.RECEIVED
        self.error = ""

    def file(self) -> None:
        """Put it away: it is understood, and nobody has to read it."""
        self.state = InboundState.FILED

    def tell(self, done: str) -> None:
        """Write down, in words, something that was done because of this email: its visible trace."""
        before = self.details.get("done", [])
        if done not in before:
            self.details = {**self.details, "done": [*before, done]}


class Spool:
    """The bytes of everything that arrived, one file for each different email.

    A file appears whole or not at all, and when `keep` has returned it survives a power cut: the file is synced, given
    its name, and then the folder is synced, because a name is a line in the folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, raw: bytes) -> str:
        """Store `raw` durably and return its digest; the same bytes are stored once."""
        digest = hashlib.sha256(raw).hexdigest()
        path = self.path(digest)
        if not path.parent.is_dir():
            path.parent.mkdir(parents=True, exist_ok=True)
            _sync(path.parent.parent)
        if not path.is_file() or path.stat().st_size != len(raw):
            part = path.with_suffix(f".{secrets.token_hex(4)}.part")
            with part.open("wb") as file:
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
            failpoints.reach("spool.before-rename")
            part.rename(path)
        _sync(path.parent)
        return digest

    def read(self, digest: str) -> bytes:
        """Return the bytes of this digest.

        Raises:
            Permanent: they are not here, or not the same any more.
        """
        try:
            raw = self.path(digest).read_bytes()
        except FileNotFoundError as error:
            raise Permanent(f"the bytes of {digest} are not in the spool {self.folder}") from error
        if hashlib.sha256(raw).hexdigest() != digest:
            raise Permanent(f"the bytes of {digest} in the spool {self.folder} have changed since they were written")
        return raw

    def path(self, digest: str) -> Path:
        """Return the file that holds, or would hold, the bytes of this digest."""
        if not re.fullmatch("[0-9a-f]{64}", digest):
            raise Permanent(f"{digest[:80]!r} is not a digest")
        return self.folder / digest[:2] / f"{digest}.eml"


class Arrival(NamedTuple):
    """One email for one recipient, whose bytes are in the spool."""

    digest: str
    size: int
    envelope_from: str
    envelope_to: str
    at: datetime


def receive(
    session: Session, digest: str, size: int, envelope_from: str, envelope_to: str, now: datetime
) -> InboundEmail | None:
    """Note that an email arrived for one recipient; None if the very same one was noted before."""
    made = receive_all(session, [Arrival(digest, size, envelope_from, envelope_to, now)])
    return made[0] if made else None


def receive_all(session: Session, arrivals: Sequence[Arrival]) -> list[InboundEmail]:
    """Note what arrived, and return the new ones: the very same one, noted before, is noted once."""
    told = {(each.digest, each.envelope_to.strip().lower()): each for each in reversed(arrivals)}
    asked = select(InboundEmail.digest, InboundEmail.envelope_to).where(
        col(InboundEmail.digest).in_({digest for digest, _ in told})
    )
    known = set(session.exec(asked))
    made = [
        InboundEmail(
            digest=digest, size=each.size, envelope_from=each.envelope_from.strip(), envelope_to=to, received_at=each.at
        )
        for (digest, to), each in reversed(told.items())
        if (digest, to) not in known
    ]  # fmt: skip
    session.add_all(made)
    session.flush()
    return made


def is_expected(session: Session, address: str, reply_domain: str) -> bool:
    """Whether mail to `address` is for us: our reply domain, a member of staff, or postmaster (RFC 5321, 4.5.1)."""
    local, _, domain = address.strip().lower().rpartition("@")
    if domain == reply_domain.lower() or (local or domain) == "postmaster":
        return True
    return session.exec(select(Staff.id).where(Staff.email == f"{local}@{domain}")).first() is not None


def quarantined() -> SelectOfScalar[InboundEmail]:
    """Ask for the emails that could not be read, the oldest first."""
    stuck = col(InboundEmail.state) == InboundState.QUARANTINED
    return select(InboundEmail).where(stuck).order_by(col(InboundEmail.id))


def about(message_ids: list[int], customer_id: int | None = None) -> SelectOfScalar[InboundEmail]:
    """Ask for what came back to these messages of ours, in the order it arrived; with it, all that a customer sent."""
    answers = col(InboundEmail.message_id).in_(message_ids)
    theirs = answers if customer_id is None else or_(answers, col(InboundEmail.customer_id) == customer_id)
    return select(InboundEmail).where(theirs).order_by(col(InboundEmail.received_at), col(InboundEmail.id))


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
