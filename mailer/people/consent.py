"""What did a customer agree to, when, and by which words?

Consent is a list of decisions, never a flag: the newest one for a topic counts, the others are its history.
"""

from datetime import datetime

from sqlmodel import Field, SQLModel

from mailer.store import UTC


class Topic(SQLModel, table=True):
    """What mail can be about; customers choose among these."""

    __tablename__ = "topic"

    id: str = Field(primary_key=True)  # a slug: "offers"
    name: str
    description: str = ""


class Consent(SQLModel, table=True):
    """One decision of a customer about one topic."""

    __tablename__ = "consent"

    id: int | None = Field(default=None, primary_key=True)
    customer_id: int = Field(foreign_key="customer.id", index=True)
    topic_id: str = Field(foreign_key="topic.id")
    granted: bool
    at: datetime = Field(sa_type=UTC)
    source: str  # import, preferences page, one-click, their own words …
    wording: str = ""  # what they agreed to, or wrote
