"""Which words are new, and which are quoted?

Lines are read from the top. A line with ">" is quoted, wherever it stands, so that an answer written between the lines
is kept. An attribution ("On Monday Ann wrote:") belongs to the quotation below it; if no ">" follows it, and at every
separator or block of headers (Outlook), all that follows is quoted. Quotes that HTML marks arrive here as ">" (see
`plain`). Nothing is deleted: every line is in the new words, the signature or the quoted text, in its order.
"""

import re
from dataclasses import dataclass

from mailer.mail import beginnings, marks, signature
from mailer.mail.parse import ParsedEmail
from mailer.mail.plain import FROM_HERE, plain

MAX_LINES = 5_000  # more are quoted: nobody reads them as an answer
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
        forwarded=any(marks.FORWARDED.search(line) and beginnings.separates(line) for line in quoted[:20]),
    )


def _join(lines: list[str]) -> str:
    return "\n".join(lines).strip("\n")


def _classify(lines: list[str]) -> tuple[list[bool], str]:
    """Say of each line whether it is new, and name the strongest mark."""
    state = [True] * len(lines)
    met = ""
    at = 0
    while at < len(lines):
        if beginnings.is_quoted(lines[at]):
            met = met or "lines marked with >"
            end = _quotation_end(lines, at)
            state[at:end] = [False] * (end - at)
            at = end
            continue
        if span := beginnings.attribution(lines, at):
            follows = beginnings.next_written(lines, at + span)
            met = met or "an attribution line"
            if follows < len(lines) and beginnings.is_quoted(lines[follows]):
                state[at:follows] = [False] * (follows - at)
                at = follows
                continue
            if follows == len(lines) and at == 0:
                return state, ""
            return state[:at] + [False] * (len(lines) - at), met
        if name := beginnings.cuts(lines, at):
            top = beginnings.rule_above(lines, at)
            if not any(line.strip() for line in lines[:top]) and name == "a block of headers":
                end = beginnings.headers(lines, at)  # nothing stands above it: pasted, and what follows is said to us
                state[:end] = [False] * end
                at = end
                continue
            return state[:top] + [False] * (len(lines) - top), name
        at += 1
    return state, met


def _quotation_end(lines: list[str], at: int) -> int:
    """Return where the quotation that begins here ends; ends of broken lines without ">" are part of it."""
    while at < len(lines) and beginnings.is_quoted(lines[at]):
        at += 1
        rest = at
        while rest < len(lines) and rest < at + 3 and lines[rest].strip() and not beginnings.is_quoted(lines[rest]):
            rest += 1
        if rest > at and rest < len(lines) and beginnings.is_quoted(lines[rest]) and len(lines[at - 1]) >= WRAPPED:
            at = rest
        blank = beginnings.next_written(lines, at)
        if blank > at and blank < len(lines) and beginnings.is_quoted(lines[blank]):
            at = blank
    return at


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
