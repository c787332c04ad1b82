"""What did a customer do? One stream of named events, each taken once.

`key` is the sender's own id for the event: taking the same one twice changes nothing, so that a sender who is not sure
simply sends again. Known keys are left out by asking first and inserting the rest, in chunks, through Core; a key that
another sender commits between the two is caught by the UNIQUE column, and the chunk is asked again.
"""

import hashlib
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import sqlalchemy as sa
from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints, ValidationError, field_validator
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Index, Session, SQLModel, col

from mailer.people.columns import Line, LineError, read_lines, typed
from mailer.people.customer import Customer
from mailer.store import CHUNK, ID, JSON, UTC

NAME = r"^[a-z][a-z0-9_.]{0,63}$"
COLUMNS = ("key", "customer", "name", "at")  # of a file; others are properties
LARGEST = 8_192  # bytes of properties as JSON: an event is a fact, not a document


FELT = sa.text("name = 'felt_understood'")


class Event(SQLModel, table=True):
    """Something a customer did."""

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_felt", "at", sqlite_where=FELT, postgresql_where=FELT),  # the few answers, not the many baskets
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=ID)  # also the cursor the warehouse folds by
    key: str = Field(unique=True)
    customer_id: int = Field(foreign_key="customer.id", sa_type=ID, index=True)
    name: str
    at: datetime = Field(sa_type=UTC)
    properties: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class NewEvent(BaseModel):
    """An event as somebody outside tells it."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    key: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    customer: Annotated[str, StringConstraints(min_length=1, max_length=320)]  # their external id, or their address
    name: Annotated[str, StringConstraints(pattern=NAME)]
    at: AwareDatetime
    properties: dict[str, Any] = {}

    @field_validator("properties")
    @classmethod
    def _plain(cls, properties: dict[str, Any]) -> dict[str, Any]:
        if wrong := [name for name in properties if not re.fullmatch(NAME, name)]:
            raise ValueError(f"a property is named in lower-case letters, digits, _ and .; not {wrong[0]!r}")
        if any(isinstance(value, float) and not math.isfinite(value) for value in properties.values()):
            raise ValueError("a number in properties has to be finite")
        try:
            text = json.dumps(properties, allow_nan=False)
        except (TypeError, ValueError, RecursionError) as error:
            raise ValueError("properties have to be plain JSON") from error
        if len(text) > LARGEST:
            raise ValueError(f"properties take {len(text)} bytes; at most {LARGEST} are kept")
        return properties


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of events from outside: how many were new, how many known, and whose customers are not known."""

    new: int
    known: int
    strangers: tuple[NewEvent, ...]


def take(session: Session, rows: Sequence[Mapping[str, Any]]) -> int:
    """Keep these events, each with key, customer_id, name, at and properties; return how many were new."""
    new = 0
    for start in range(0, len(rows), CHUNK):
        chunk = {row["key"]: dict(row) for row in reversed(rows[start : start + CHUNK])}  # of equal keys the first
        try:
            with session.begin_nested():
                new += _insert(session, chunk)
        except IntegrityError:  # somebody else has just taken one of them
            new += _insert(session, chunk)
    return new


def _insert(session: Session, chunk: dict[str, dict[str, Any]]) -> int:
    known = set(session.execute(sa.select(col(Event.key)).where(col(Event.key).in_(chunk))).scalars())
    rows = [{"properties": {}, **row} for key, row in reversed(chunk.items()) if key not in known]
    if rows:
        session.execute(sa.insert(Event), rows)
    return len(rows)


def take_new(session: Session, events: Sequence[NewEvent]) -> Taken:
    """Keep events told from outside, finding each customer by external id, else by address."""
    whose = customers(session, {event.customer for event in events})
    ours = [event for event in events if event.customer in whose]
    rows = [{**event.model_dump(exclude={"customer"}), "customer_id": whose[event.customer]} for event in ours]
    new = take(session, rows)
    return Taken(new, len(ours) - new, tuple(event for event in events if event.customer not in whose))


def customers(session: Session, names: Iterable[str]) -> dict[str, int]:
    """Return the customer id for each external id, or else address, that is known."""
    ordered = sorted(set(names))
    found: dict[str, int] = {}
    for start in range(0, len(ordered), CHUNK):
        chunk = ordered[start : start + CHUNK]
        for column, asked in ((Customer.email, {name: name.lower() for name in chunk}),
                              (Customer.external_id, {name: name for name in chunk})):  # fmt: skip
            known = sa.select(col(column), col(Customer.id)).where(col(column).in_(asked.values()))
            ids: dict[str, int] = dict(session.execute(known).all())
            found |= {name: ids[said] for name, said in asked.items() if said in ids}
    return found


def read_events(file: Iterable[str]) -> tuple[list[NewEvent], list[LineError]]:
    """Read events from CSV: customer, name, at, a key if there is one, and any other column as a property.

    Without a key the line is its own: the same line read again, from whatever file, is the same event.
    """
    lines, errors = read_lines(file, COLUMNS, COLUMNS[1:], {})
    make = typed(lines, sorted({column for line in lines for column in line.cells} - set(COLUMNS)))
    events: list[NewEvent] = []
    for line in lines:
        own = {column: text for column, text in line.cells.items() if column in COLUMNS}
        properties = {column: make[column](text) for column, text in line.cells.items() if column not in own}
        try:
            events.append(NewEvent.model_validate({"key": _own_key(line), **own, "properties": properties}))
        except ValidationError as error:
            said = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
            errors.append(LineError(line.number, said))
    return events, sorted(errors)


def _own_key(line: Line) -> str:
    told = json.dumps(line.cells, sort_keys=True, ensure_ascii=False)
    return "line:" + hashlib.sha256(told.encode()).hexdigest()[:32]
