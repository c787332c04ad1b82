"""Which words are new, and which are quoted?

Lines are read from the top. A line with ">" is quoted, wherever it stands, so that an answer written between the lines
is kept. An attribution ("On Monday Ann wrote:") belongs to the quotation below it; if no ">" follows it, and at every
separator or block of headers (Outlook), all that follows is quoted. Quotes that HTML marks arrive here as ">" (see
`plain`). Nothing is deleted: every line is in the new words, the signature or the quoted text, in its order.
"""

import re
from dataclasses import dataclass

from mailer.mail import marks, signature
from mailer.mail.parse import ParsedEmail
from mailer.mail.plain import FROM_HERE, plain

MAX_LINES = 5_000  # more are quoted: nobody reads them as an answer
MAX_MARK = 300  # characters of a line that may be a mark
MAX_ATTRIBUTION = 4  # lines an attribution may be wrapped over
_OPENINGS = (marks.ON, marks.TIME, marks.DATE, marks.ADDRESS, marks.WROTE)
WRAPPED = 55  # a quoted line this long may have been broken, its end without ">"


@dataclass(frozen=True, slots=True)
class Split:
    """The parts of what somebody wrote to us. `mark` is the strongest line of the policy that was met, or ""."""

    new_words: str
    signature: str
    quoted: str
    mark: str = ""
    forwarded: bool = False

    @property
    def words_and_signature(self) -> str:
        """All that is not quoted."""
        return "\n".join(part for part in (self.new_words, self.signature) if part)


def split(email: ParsedEmail, ours: str | None = None) -> Split:
    """Part an email into new words, signature and quoted text.

    Args:
        email: what arrived.
        ours: the text of our message that it answers, if known: lines of it that come back unmarked are quoted, too.
    """
    text = email.text if email.text.strip() else plain(email.html)
    return split_text(text, sender=email.from_name, ours=ours)


def split_text(text: str, *, sender: str = "", ours: str | None = None) -> Split:
    """Part plain text; see `split`."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n").split("\n")
    state, met = _classify(lines[:MAX_LINES])
    state += [False] * (len(lines) - len(state))
    if ours and (known := _known_from(lines, ours)) is not None:
        state[known:] = [False] * (len(lines) - known)
        met = met or "our own words"
    new = [line for line, is_new in zip(lines, state, strict=True) if is_new and line.strip() != FROM_HERE]
    quoted = [line for line, is_new in zip(lines, state, strict=True) if not is_new and line.strip() != FROM_HERE]
    cut = signature.begins(new, sender)
    return Split(
        new_words=_join(new[:cut]),
        signature=_join(new[cut:]),
        quoted=_join(quoted),
        mark=met,
        forwarded=any(marks.FORWARDED.search(line) and _separates(line) for line in quoted[:20]),
    )


def _join(lines: list[str]) -> str:
    return "\n".join(lines).strip("\n")


def _classify(lines: list[str]) -> tuple[list[bool], str]:
    """Say of each line whether it is new, and name the strongest mark."""
    state = [True] * len(lines)
    met = ""
    at = 0
    while at < len(lines):
        if _is_quoted(lines[at]):
            met = met or "lines marked with >"
            end = _quotation_end(lines, at)
            state[at:end] = [False] * (end - at)
            at = end
            continue
        if span := _attribution(lines, at):
            follows = _next_written(lines, at + span)
            met = met or "an attribution line"
            if follows < len(lines) and _is_quoted(lines[follows]):
                state[at:follows] = [False] * (follows - at)
                at = follows
                continue
            if follows == len(lines) and at == 0:
                return state, ""
            return state[:at] + [False] * (len(lines) - at), met
        if name := _cuts(lines, at):
            top = _rule_above(lines, at)
            if not any(line.strip() for line in lines[:top]) and name == "a block of headers":
                end = _headers(lines, at)  # nothing stands above it: pasted, and what follows is said to us
                state[:end] = [False] * end
                at = end
                continue
            return state[:top] + [False] * (len(lines) - top), name
        at += 1
    return state, met


def _is_quoted(line: str) -> bool:
    return line.lstrip(" \t\ufeff").startswith((">", "＞"))


def _next_written(lines: list[str], at: int) -> int:
    return next((index for index in range(at, len(lines)) if lines[index].strip()), len(lines))


def _quotation_end(lines: list[str], at: int) -> int:
    """Return where the quotation that begins here ends; ends of broken lines without ">" are part of it."""
    while at < len(lines) and _is_quoted(lines[at]):
        at += 1
        rest = at
        while rest < len(lines) and rest < at + 3 and lines[rest].strip() and not _is_quoted(lines[rest]):
            rest += 1
        if rest > at and rest < len(lines) and _is_quoted(lines[rest]) and len(lines[at - 1]) >= WRAPPED:
            at = rest
        blank = _next_written(lines, at)
        if blank > at and blank < len(lines) and _is_quoted(lines[blank]):
            at = blank
    return at


def _attribution(lines: list[str], at: int) -> int:
    """Return over how many lines an attribution that begins here goes, or 0."""
    first = lines[at].strip()
    if not first or len(first) > MAX_MARK or not any(mark.search(first) for mark in _OPENINGS):
        return 0
    joined = ""
    for span in range(1, MAX_ATTRIBUTION + 1):
        if at + span > len(lines) or not lines[at + span - 1].strip():
            return 0
        if _is_quoted(lines[at + span - 1]) and joined.count("<") <= joined.count(">"):
            return 0  # ">:" may be the end of an address that was wrapped (Gmail)
        joined = f"{joined} {lines[at + span - 1].strip()}".strip()
        if re.search(r"[:：]\s*$", joined) and _is_attribution(joined, lines, at + span):
            return span
        if span == 1 and re.fullmatch(r"\d{4}[-/]\d{1,2}[-/]\d{1,2} .{1,80}<\S+@\S+>:?", joined):
            return 1  # Gmail until 2012
    return 0


def _is_attribution(text: str, lines: list[str], below: int) -> bool:
    told = bool(marks.TIME.search(text)) + bool(marks.DATE.search(text)) + bool(marks.ADDRESS.search(text))
    if len(text) > 400 or not told:
        return False
    if marks.WROTE.search(text):
        follows = _next_written(lines, below)
        quoted = follows < len(lines) and _is_quoted(lines[follows])
        begins = bool(marks.ON.search(text)) or text[0].isdigit() or bool(marks.ADDRESS.search(text))
        return begins and (quoted or bool(marks.TIME.search(text)) or bool(marks.ADDRESS.search(text)))
    return bool(marks.TIME.search(text)) and bool(re.search(r"<[^<>\s]+@[^<>\s]+>\s?[:：]$", text))  # Yandex, Japanese


def _separates(line: str) -> bool:
    return len(line) <= MAX_MARK and bool(marks.SEPARATOR.search(line) or marks.BARE_SEPARATOR.search(line))


def _cuts(lines: list[str], at: int) -> str:
    """Name the mark at this line from which on everything is quoted, or ""."""
    if lines[at].strip() == FROM_HERE:
        return "a quotation marked in HTML"
    if _separates(lines[at]):
        return "a separator"
    return (
        "a block of headers"
        if len(lines[at]) <= 4 * MAX_MARK and marks.LABEL.search(lines[at]) and _headers(lines, at)
        else ""
    )


def _headers(lines: list[str], at: int) -> int:
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


def _rule_above(lines: list[str], at: int) -> int:
    """Return where a drawn line and empty lines just above this one begin: they belong to it."""
    top = at
    while top > 0 and (not lines[top - 1].strip() or marks.RULE.search(lines[top - 1])):
        top -= 1
    return top


def _known_from(lines: list[str], ours: str) -> int | None:
    """Return from which line on nearly everything is what we wrote, or None."""
    own = re.sub(r"\s+", " ", ours)
    written = [(index, re.sub(r"^[>\s]+|\s+", " ", line).strip()) for index, line in enumerate(lines[:MAX_LINES])]
    known = [(index, text in own) for index, text in written if len(text) >= 12]
    for place, (index, is_ours) in enumerate(known):
        below = known[place:]
        if is_ours and len(below) >= 3 and sum(one for _, one in below) >= 0.8 * len(below):
            return index
    return None
