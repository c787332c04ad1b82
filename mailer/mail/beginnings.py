"""Where does a quotation begin?

At a line marked with ">", below an attribution, at a separator, or at a block of headers. Each question is asked of
lines and a place in them, and looks a bounded way ahead.
"""

import re

from mailer.mail import marks
from mailer.mail.plain import FROM_HERE

MAX_MARK = 300  # characters of a line that may be a mark
MAX_ATTRIBUTION = 4  # lines an attribution may be wrapped over

_OPENINGS = (marks.ON, marks.TIME, marks.DATE, marks.ADDRESS, marks.WROTE)


def is_quoted(line: str) -> bool:
    """Whether this line carries a quotation mark."""
    return line.lstrip(" \t\ufeff").startswith((">", "＞"))


def next_written(lines: list[str], at: int) -> int:
    """Return the next line from `at` on that is not empty, or the number of lines."""
    return next((index for index in range(at, len(lines)) if lines[index].strip()), len(lines))


def attribution(lines: list[str], at: int) -> int:
    """Return over how many lines an attribution that begins here goes, or 0."""
    first = lines[at].strip()
    if not first or len(first) > MAX_MARK or not any(mark.search(first) for mark in _OPENINGS):
        return 0
    joined = ""
    for span in range(1, MAX_ATTRIBUTION + 1):
        if at + span > len(lines) or not lines[at + span - 1].strip():
            return 0
        if is_quoted(lines[at + span - 1]) and joined.count("<") <= joined.count(">"):
            return 0  # ">:" may be the end of an address that was wrapped (Gmail)
        joined = f"{joined} {lines[at + span - 1].strip()}".strip()
        if len(joined) > MAX_MARK + 100:
            return 0
        if re.search(r"[:：]\s*$", joined) and _is_attribution(joined, lines, at + span):
            return span
        if span == 1 and re.fullmatch(r"\d{4}[-/]\d{1,2}[-/]\d{1,2} .{1,80}<\S+@\S+>:?", joined):
            return 1  # Gmail until 2012
    return 0


def _is_attribution(text: str, lines: list[str], below: int) -> bool:
    told = bool(marks.TIME.search(text)) + bool(marks.DATE.search(text)) + bool(marks.ADDRESS.search(text))
    if not told:
        return False
    if marks.WROTE.search(text):
        follows = next_written(lines, below)
        quoted = follows < len(lines) and is_quoted(lines[follows])
        begins = bool(marks.ON.search(text)) or text[0].isdigit() or bool(marks.ADDRESS.search(text))
        return begins and (quoted or bool(marks.TIME.search(text)) or bool(marks.ADDRESS.search(text)))
    return bool(marks.TIME.search(text)) and bool(re.search(r"<[^<>\s]+@[^<>\s]+>\s?[:：]$", text))  # Yandex, Japanese


def separates(line: str) -> bool:
    """Whether this line parts by itself: "-----Original Message-----"."""
    return len(line) <= MAX_MARK and bool(marks.SEPARATOR.search(line) or marks.BARE_SEPARATOR.search(line))


def cuts(lines: list[str], at: int) -> str:
    """Name the mark at this line from which on everything is quoted, or ""."""
    if lines[at].strip() == FROM_HERE:
        return "a quotation marked in HTML"
    if separates(lines[at]):
        return "a separator"
    return (
        "a block of headers"
        if len(lines[at]) <= 4 * MAX_MARK and marks.LABEL.search(lines[at]) and headers(lines, at)
        else ""
    )


def headers(lines: list[str], at: int) -> int:
    """Return where the block of headers that begins here ends, or 0 if it is none.

    It has a sender, and a subject or a time of sending: "From: Berlin, To: Rome, Date: May 3" is a wish, not a header.
    """
    seen: set[str] = set()
    end, unlabelled = at, 0
    for index in range(at, min(at + 14, len(lines))):
        line = lines[index]
        if match := marks.LABEL.search(line):
            seen.add(match.lastgroup or "")
            end, unlabelled = index + 1, 0
        elif not line.strip():
            if unlabelled or index == at or not seen:
                break
            unlabelled += 1
        else:
            unlabelled += 1
        if unlabelled > 2:
            break
    addressed = any(marks.ADDRESS.search(line) for line in lines[at:end])
    whole = "from" in seen and ("subject" in seen or "sent" in seen or ("date" in seen and addressed))
    return end if whole and len(seen) >= 2 else 0


def rule_above(lines: list[str], at: int) -> int:
    """Return where a drawn line and empty lines just above this one begin: they belong to it."""
    top = at
    while top > 0 and (not lines[top - 1].strip() or marks.RULE.search(lines[top - 1])):
        top -= 1
    return top
