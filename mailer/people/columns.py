"""What does a CSV file say, line by line, and what type is each column?

Files come from spreadsheets: with a byte order mark or without, with commas, semicolons or tabs. A column has one type,
that of all its cells together, so that "7" beside "7+" stays text and a postal code keeps its leading zero.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

from mailer.errors import Invalid

DELIMITERS = ",;\t"
TYPES: tuple[tuple[re.Pattern[str], Callable[[str], Any]], ...] = (
    (re.compile(r"true|false", re.IGNORECASE), lambda cell: cell.lower() == "true"),
    (re.compile(r"-?(0|[1-9]\d{0,14})"), int),
    (re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{1,15})?"), float),
)  # the narrowest first; what fits none is text


class LineError(NamedTuple):
    """What is wrong with one line of a file, in words for the person who made the file."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}"


class Line(NamedTuple):
    """One record: where it begins in the file, and its cells that are not empty, by column."""

    number: int
    cells: dict[str, str]


def decode(raw: bytes) -> str:
    """Return the text of a file as it was uploaded: UTF-8, or UTF-16 if a byte order mark says so.

    Raises:
        Invalid: it is neither. Guessing an encoding would spoil names in silence.
    """
    try:
        return raw.decode("utf-16" if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise Invalid(
            f"line {line}: this file is not UTF-8; in a spreadsheet, save it as “CSV UTF-8 (comma delimited)”"
        ) from error


def read_lines(
    file: Iterable[str], columns: Sequence[str], required: Sequence[str], aliases: Mapping[str, str]
) -> tuple[list[Line], list[LineError]]:
    """Read every record of a CSV file, and what is wrong with those that cannot be read.

    `columns` are those that mean something; others are allowed. `aliases` gives other names people use for them.
    """
    lines = iter(file)
    header_line = next(lines, "").removeprefix("\ufeff")
    delimiter = max(DELIMITERS, key=header_line.count)
    reader = csv.reader(chain([header_line], lines), delimiter=delimiter, strict=True, skipinitialspace=True)
    found: list[Line] = []
    wrong: list[LineError] = []
    header: list[str] = []
    for number, record in _records(reader, wrong):
        if not header:
            header = [_column(cell, aliases) for cell in record]
            if problem := _header_problem(header, columns, required):
                return [], [*wrong, LineError(number, problem)]
        elif len(record) != len(header):
            wrong.append(LineError(number, f"{len(record)} cells, where the first line names {len(header)} columns"))
        else:
            cells = {name: text for name, cell in zip(header, record, strict=True) if (text := " ".join(cell.split()))}
            found.append(Line(number, cells))
    if not header and not wrong:
        wrong.append(LineError(1, "the file is empty; its first line names the columns"))
    return found, wrong


def typed(lines: Sequence[Line], columns: Iterable[str]) -> dict[str, Callable[[str], Any]]:
    """Return, for each of the columns, what turns its cells into values: all of its cells, or none."""
    found: dict[str, Callable[[str], Any]] = {}
    for column in columns:
        cells = [line.cells[column] for line in lines if column in line.cells]
        fitting = (make for pattern, make in TYPES if all(pattern.fullmatch(cell) for cell in cells))
        found[column] = next(fitting, str)
    return found


def _records(reader: Any, wrong: list[LineError]) -> Iterator[tuple[int, list[str]]]:
    """Yield each record that is not blank with the number of its first line; stop where quoting breaks."""
    begins = 1
    try:
        for record in reader:
            if any(cell.strip() for cell in record):
                yield begins, record
            begins = reader.line_num + 1
    except csv.Error as error:
        wrong.append(LineError(begins, f"the quotes do not match up from here ({error}); nothing after it was read"))


def _column(cell: str, aliases: Mapping[str, str]) -> str:
    name = re.sub(r"[\s-]+", "_", cell.strip().lower())
    return aliases.get(name, name)


def _header_problem(header: Sequence[str], columns: Sequence[str], required: Sequence[str]) -> str:
    if missing := [name for name in required if name not in header]:
        return f"there is no column {' and no '.join(missing)}; the columns with a meaning are {', '.join(columns)}"
    if "" in header:
        return f"column {header.index('') + 1} has no name"
    if twice := sorted({name for name in header if header.count(name) > 1}):
        return f"there are two columns {' and two columns '.join(twice)}"
    return ""
