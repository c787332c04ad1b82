"""How do segments live in git? A file a segment, segments/win-back.toml, read at start and written on request.

    title = "Win back"
    description = "They came often, and have not come for long."

    [criteria]
    all = [
      { field = "overdue_ratio", op = "at_least", value = 2.5 },
      { did = "basket", at_least = 8, within_days = 365 },
    ]

A segment that was changed in the form since belongs to the form: its file is left alone, and leaves it alone.
"""

import difflib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import tomlkit
from sqlmodel import Session, select

from mailer.errors import Invalid
from mailer.segments.criteria import Criteria, from_data
from mailer.segments.segment import Segment, save


@dataclass(frozen=True, slots=True)
class SegmentFile:
    """A segment as its file tells it."""

    name: str
    title: str
    description: str
    criteria: Criteria


def read(path: Path) -> SegmentFile:
    """Read a segment file; it is named as the segment is.

    Raises:
        Invalid: it is not TOML, or not a segment; the message names the file and the place.
    """
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Invalid(f"{path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Invalid(f"{path.name} is not valid TOML: {error}") from error
    if unknown := sorted(told.keys() - {"title", "description", "criteria"}):
        raise Invalid(f"{path.name}: {unknown[0]} means nothing here; give title, description and criteria")
    title, description = told.get("title", ""), told.get("description", "")
    if not isinstance(title, str) or not title.strip() or not isinstance(description, str):
        raise Invalid(f"{path.name}: title is a text that says which customers; description may say more")
    try:
        return SegmentFile(path.stem, title, description, from_data(told.get("criteria", {})))
    except Invalid as error:
        raise Invalid(f"{path.name}: {error}") from error


def to_toml(segment: Segment | SegmentFile) -> str:
    """Write a segment as the text of its file."""
    criteria = segment.criteria if isinstance(segment, SegmentFile) else from_data(segment.criteria)
    head = [f"title = {_string(segment.title)}", f"description = {_string(segment.description)}", "", "[criteria]"]
    return "\n".join([*head, *(f"{key} = {_value(value, '')}" for key, value in criteria.to_data().items()), ""])


def sync(session: Session, folder: Path, now: datetime) -> list[str]:
    """Make the segments of every file in `folder`, and change those whose file changed; return the names of both.

    Raises:
        Invalid: one of the files cannot be taken; then none is.
    """
    files = [(path, read(path)) for path in sorted(folder.glob("*.toml"))]
    known = {segment.name: segment for segment in session.exec(select(Segment))}
    changed = []
    for path, file in files:
        before = known.get(file.name)
        if before and (before.source != path.name or _same(before, file)):
            continue
        save(
            session,
            name=file.name,
            title=file.title,
            description=file.description,
            criteria=file.criteria,
            now=now,
            source=path.name,
        )
        changed.append(file.name)
    return changed


@dataclass(frozen=True, slots=True)
class Difference:
    """A segment and its file that do not say the same."""

    name: str
    newer: str  # "the file", "the form", "only the file", "only the house", or "its file is gone"
    lines: tuple[str, ...]  # of a unified diff, from the house to the file


def differences(session: Session, folder: Path) -> list[Difference]:
    """Compare every segment with its file, by the time each was last changed; nothing is changed.

    Raises:
        Invalid: one of the files is no segment.
    """
    files = {path.stem: path for path in sorted(folder.glob("*.toml"))}
    known = {segment.name: segment for segment in session.exec(select(Segment).order_by(Segment.name))}
    found = []
    for name in sorted(files.keys() | known.keys()):
        segment, path = known.get(name), files.get(name)
        file = read(path) if path else None
        if segment and file and _same(segment, file):
            continue
        if segment and path:
            changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            newer = "the file" if changed > segment.updated_at else "the form"
        elif segment:
            newer = "only the house" if segment.source == "form" else "its file is gone"
        else:
            newer = "only the file"
        ours = _written(segment).splitlines() if segment else []
        theirs = to_toml(file).splitlines() if file else []
        lines = difflib.unified_diff(ours, theirs, f"{name} in the house", f"{name}.toml", lineterm="")
        found.append(Difference(name, newer, tuple(lines)))
    return found


def take(session: Session, path: Path, now: datetime) -> Segment:
    """Let the file win: the segment becomes what its file says, as a new version if it asks something else."""
    file = read(path)
    told = {"name": file.name, "title": file.title, "description": file.description, "criteria": file.criteria}
    return save(session, **told, now=now, source=path.name)  # type: ignore[arg-type]


def keep(segment: Segment, path: Path) -> None:
    """Let the house win: write the segment into its file. What did not change keeps its comments and its layout."""
    text = _written(segment)
    if path.exists():
        doc, told = tomlkit.parse(path.read_text(encoding="utf-8")), tomlkit.parse(text)
        for key in ("title", "description", "criteria"):
            if key not in doc or doc[key] != told[key]:
                doc[key] = told[key]
        text = tomlkit.dumps(doc)
    path.write_text(text, encoding="utf-8", newline="")


def _written(segment: Segment) -> str:
    return to_toml(SegmentFile(segment.name, segment.title, segment.description, from_data(segment.criteria)))


def _same(segment: Segment, file: SegmentFile) -> bool:
    told = (file.title.strip(), file.description.strip(), file.criteria.to_data())
    return (segment.title, segment.description, segment.criteria) == told


def _value(value: Any, indent: str) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return repr(value)
        case str():
            return _string(value)
        case Mapping():
            return "{ " + ", ".join(f"{key} = {_value(each, indent)}" for key, each in value.items()) + " }"
        case [{}, *_]:
            deeper = indent + "  "
            return "[\n" + "".join(f"{deeper}{_value(each, deeper)},\n" for each in value) + indent + "]"
        case _:
            return "[" + ", ".join(_value(each, indent) for each in value) + "]"


def _string(text: str) -> str:
    """Write a TOML basic string: JSON's escapes are a part of TOML's, but TOML escapes DEL too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
