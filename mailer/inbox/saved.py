"""Which words do we say often? Saved replies, one's own or everybody's, filled in for the customer who is answered.

A place is written in braces: `{first name}`. After a bar stands what is said where nothing is known, as in
`{first name|you}`; without one the place, and the space before it, simply goes.
"""

import re
from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Field, Session, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from mailer.errors import Invalid
from mailer.people.customer import Customer
from mailer.people.staff import Staff
from mailer.store import ID, UTC, new_public_id

PLACES: Mapping[str, str] = {
    "first name": "the customer’s first name",
    "name": "the customer’s whole name",
    "my first name": "your first name",
    "my name": "your name",
    "my title": "what you are here",
}
LONGEST_TITLE, LONGEST = 80, 20_000
_PLACE = re.compile(r" ?\{([^{}|\n]*)(?:\|([^{}\n]*))?\}")


class SavedReply(SQLModel, table=True):
    """Words kept to be said again; `staff_id` is whose they are, None: everybody's."""

    __tablename__ = "saved_reply"

    id: int | None = Field(default=None, primary_key=True, sa_type=ID)
    public_id: str = Field(default_factory=new_public_id, unique=True)
    staff_id: int | None = Field(default=None, foreign_key="staff.id", sa_type=ID, index=True)
    title: str
    text: str
    created_at: datetime = Field(sa_type=UTC)
    updated_at: datetime = Field(sa_type=UTC)


def for_staff(staff: Staff) -> SelectOfScalar[SavedReply]:
    """Ask for what somebody may use: their own and everybody's, by title."""
    usable = (col(SavedReply.staff_id) == staff.id) | col(SavedReply.staff_id).is_(None)
    return select(SavedReply).where(usable).order_by(SavedReply.title, col(SavedReply.id))


def keep(session: Session, reply: SavedReply | None, staff: Staff, title: str, text: str, shared: bool,
         now: datetime) -> SavedReply:  # fmt: skip
    """Keep new words, or change known ones.

    Raises:
        Invalid: there is no title or no text, a place nobody can fill, or somebody else keeps these for themselves.
    """
    if reply is not None and reply.staff_id not in (None, staff.id):
        raise Invalid("somebody else keeps this reply for themselves")
    title, text = " ".join(title.split()), text.strip()
    if not title or not text:
        raise Invalid("a saved reply needs a title, by which you find it, and words")
    if len(title) > LONGEST_TITLE or len(text) > LONGEST:
        raise Invalid(f"a title may have {LONGEST_TITLE} characters, and the words {LONGEST:,}")
    if unknown := sorted({place[1] for place in _PLACE.finditer(text)} - PLACES.keys()):
        known = ", ".join(f"{{{place}}}" for place in PLACES)
        raise Invalid(f"nobody can fill in {{{unknown[0]}}}; there are {known}")
    reply = reply or SavedReply(title=title, text=text, created_at=now, updated_at=now)
    reply.title, reply.text, reply.updated_at = title, text, now
    reply.staff_id = None if shared else staff.id
    session.add(reply)
    session.flush()
    return reply


def filled(text: str, customer: Customer | None, staff: Staff) -> str:
    """Return the words as they are said to this customer by this person."""
    said = {
        "first name": customer.first_name if customer else "",
        "name": " ".join(filter(None, (customer.first_name, customer.last_name))) if customer else "",
        "my first name": staff.first_name,
        "my name": staff.name,
        "my title": staff.title,
    }

    def fill(place: re.Match[str]) -> str:
        if place[1] not in said:
            return place[0]
        words = said[place[1]] or place[2] or ""
        return f"{' ' if place[0].startswith(' ') else ''}{words}" if words else ""

    return _PLACE.sub(fill, text)
