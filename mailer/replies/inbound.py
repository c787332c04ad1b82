"""What arrived? The bytes first, then its life.

received -sort-> sorted -route-> routed        quarantined: reading it failed; a person may retry
                    +----------> filed         understood, and no human work: a bounce, an auto-reply
"""

import enum
from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel, UniqueConstraint

from mailer.store import JSON, UTC, new_public_id, words


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

    id: int | None = Field(default=None, primary_key=True)
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
    message_id: int | None = Field(default=None, foreign_key="message.id", index=True)  # ours, which it answers
    customer_id: int | None = Field(default=None, foreign_key="customer.id", index=True)
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
