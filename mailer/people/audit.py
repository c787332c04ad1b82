"""Who did what, on which object, and what changed? One row for every act through the pages, in its own transaction.

What changed is read from the session itself while the act happens, so that no page can forget to say it: of each row
the columns before and after, of statements over many rows their table. Words are cut short, and what could open a door
is never written down.
"""

from collections.abc import Iterator
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import ORMExecuteState
from sqlmodel import Field, Session, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from mailer.store import ID, JSON, UTC

MOST = 20  # changes kept of one act; how many there were is kept too
LONGEST = 80  # characters kept of a value
SECRETS = {"password_hash", "token", "digest", "secret", "standing", "key", "context", "details", "headers", "quoted"}
UNTOLD = {"audit", "attempt"}  # tables whose rows say nothing here


class Act(SQLModel, table=True):
    """One unsafe request that was granted."""

    __tablename__ = "audit"

    id: int | None = Field(default=None, primary_key=True, sa_type=ID)
    at: datetime = Field(sa_type=UTC, index=True)
    staff_id: int | None = Field(default=None, foreign_key="staff.id", sa_type=ID, index=True)
    who: str  # a name as it was then, or what kind of link a customer pressed
    did: str  # "POST /conversations/<public_id>/answers"
    object: str = Field(default="", index=True)  # what the address names
    changes: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    total: int = 0  # changes there were, kept or not
    place: str = ""  # a keyed hash of the network it came from


class Watch:
    """Notes what a session changes, from now until `stop`."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._seen: list[dict[str, Any]] = []
        event.listen(session, "before_flush", self._flushing)
        event.listen(session, "do_orm_execute", self._executing)

    def stop(self) -> list[dict[str, Any]]:
        """Stop, and return what changed."""
        self._session.flush()
        event.remove(self._session, "before_flush", self._flushing)
        event.remove(self._session, "do_orm_execute", self._executing)
        return self._seen

    def _flushing(self, session: Session, *_: object) -> None:
        for how, rows in (("made", session.new), ("changed", session.dirty), ("removed", session.deleted)):
            for row in rows:
                if row.__tablename__ not in UNTOLD and (told := _told(how, row)):
                    self._seen.append(told)

    def _executing(self, state: ORMExecuteState) -> Any:
        if not (state.is_insert or state.is_update or state.is_delete):
            return None
        name = getattr(getattr(state.statement, "table", None), "name", "")
        if name in UNTOLD:
            return None
        how = "made" if state.is_insert else "changed" if state.is_update else "removed"
        told: dict[str, Any] = {"what": name, "how": f"{how}, by one statement"}
        done = state.invoke_statement()
        if (rows := getattr(done, "rowcount", -1)) >= 0:
            told["rows"] = rows
        if told.get("rows") != 0:
            self._seen.append(told)
        return done


def record(
    session: Session,
    *,
    who: str,
    staff_id: int | None,
    did: str,
    about: str,
    changes: list[dict[str, Any]],
    place: str,
    now: datetime,
) -> None:
    """Write one act down."""
    kept = changes[:MOST]
    row = Act(at=now, staff_id=staff_id, who=who, did=did, object=about, changes=kept, total=len(changes), place=place)
    session.add(row)


def acts(staff_id: int | None = None, about: str = "", before: int = 0) -> SelectOfScalar[Act]:
    """Ask for acts, the newest first: of one person, on one object, older than one."""
    asked = select(Act).order_by(col(Act.id).desc())
    if staff_id is not None:
        asked = asked.where(Act.staff_id == staff_id)
    if about:
        asked = asked.where(Act.object == about)
    return asked.where(col(Act.id) < before) if before else asked


def _told(how: str, row: Any) -> dict[str, Any] | None:
    before, after = {}, {}
    for name, old, new in _columns(row):
        if how != "made" and old != new:
            before[name] = old
        if how != "removed" and (old != new or how == "made") and new not in (None, "", [], {}):
            after[name] = new
    if how == "changed" and not (before or after):
        return None
    of = next((str(value) for name in ("public_id", "name", "id") if (value := getattr(row, name, None))), "")
    told = {"what": row.__tablename__, "how": how, "of": of, "before": before, "after": after}
    return {name: value for name, value in told.items() if value}


def _columns(row: Any) -> Iterator[tuple[str, Any, Any]]:
    state = inspect(row)
    for column in state.mapper.column_attrs:
        history = state.attrs[column.key].history
        new = getattr(row, column.key) if column.key in state.dict else None
        old = history.deleted[0] if history.deleted else None if history.added else new
        if column.key in SECRETS:
            changed = bool(history.added or history.deleted)
            yield column.key, "secret" if changed and old else None, "a new one" if changed and new else None
        else:
            yield column.key, _short(old), _short(new)


def _short(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str) and len(value) > LONGEST:
        return f"{value[:LONGEST]}… ({len(value):,} characters)"
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    return _short(str(value))
