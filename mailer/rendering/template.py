"""What is the source of a letter, and may it be used?"""

from datetime import datetime

from sqlmodel import Field, SQLModel, UniqueConstraint

from mailer.store import UTC


class TemplateVersion(SQLModel, table=True):
    """A template as it was when letters were first made of it; never changed, so that bytes can be made again."""

    __tablename__ = "template_version"
    __table_args__ = (UniqueConstraint("name", "language", "digest"),)

    id: int | None = Field(default=None, primary_key=True)
    name: str
    language: str
    digest: str  # SHA-256 of subject, preheader and html
    subject: str
    preheader: str
    html: str  # flat, CSS inlined, Jinja intact
    created_at: datetime = Field(sa_type=UTC)
