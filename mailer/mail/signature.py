"""Where do the words end, and the signature begin?

The strongest mark first: the dashes of RFC 3676, the line of a telephone, the foot of a mailing list; then what people
do without any mark: a closing formula with a name below, a block with a name and a telephone number. A signature stands
at the end and is short; what is long, or asks something, is words.
"""

import re

from mailer.mail import marks

MAX_LINES = 14  # of a signature without dashes
MAX_WIDTH = 70  # characters of a line in it
MAX_NAME = 5  # words


def begins(lines: list[str], sender: str = "") -> int:
    """Return the index of the first line of the signature in the new words, or their number if there is none."""
    last = next((index + 1 for index in range(len(lines) - 1, -1, -1) if lines[index].strip()), 0)
    for rule in (_dashed, _telephone, _list_foot):
        found = rule(lines, last)
        if found is not None:
            return _closing_above(lines, found)
    for index in range(max(0, last - MAX_LINES), last):
        said = any(line.strip() for line in lines[:index])
        if said and marks.CLOSING.search(lines[index].strip()) and _is_block(lines[index + 1 : last]):
            return index
    start = _paragraph(lines, last)
    block = [line.strip() for line in lines[start:last]]
    if (
        last
        and marks.NAMED.search(block[-1])
        and block[-1].lstrip("-–—/~ ")[0].isupper()
        and (start > 0 or len(block) > 1)
    ):
        return last - 1
    if start > 0 and _is_contact_block(block, sender):
        return start
    return len(lines)


def _dashed(lines: list[str], last: int) -> int | None:
    for index in range(last):
        if marks.DASHES.search(lines[index].lstrip()) and index + 1 < last:
            return index
        below = lines[index + 1 : last] if marks.RULE.search(lines[index]) and index > 0 else []
        if below and _is_block(below) and any(marks.CONTACT.search(line.strip()) for line in below):
            return index
    return None


def _telephone(lines: list[str], last: int) -> int | None:
    return next((index for index in range(last) if marks.SENT_FROM.search(lines[index].strip())), None)


def _list_foot(lines: list[str], last: int) -> int | None:
    for index in range(max(0, last - MAX_LINES), last - 1):
        if marks.RULE.search(lines[index]) and any(marks.LIST_FOOT.search(line) for line in lines[index + 1 : last]):
            return index
    return None


def _closing_above(lines: list[str], mark: int) -> int:
    """Take the closing formula and name just above a mark too."""
    for index in range(max(0, mark - 5), mark):
        said = any(line.strip() for line in lines[:index])
        if said and marks.CLOSING.search(lines[index].strip()) and _is_block(lines[index + 1 : mark]):
            return index
    return mark


def _is_block(lines: list[str]) -> bool:
    """Whether these lines look like a name and what belongs to it: few, short, and no sentences."""
    words = [line.strip() for line in lines if line.strip()]
    return len(words) <= MAX_LINES and all(len(line) <= MAX_WIDTH and not _is_sentence(line) for line in words)


def _is_contact_block(block: list[str], sender: str) -> bool:
    """Whether this last paragraph is a name with at least one way to reach them."""
    if not 2 <= len(block) <= MAX_LINES or not _is_block(block):
        return False
    named = _is_name(block[0]) or bool(sender and block[0].lower() == sender.lower())
    return named and any(marks.CONTACT.search(line) for line in block[1:])


def _is_name(line: str) -> bool:
    words = line.split()
    return 1 < len(words) <= MAX_NAME and all(word[0].isupper() for word in words) and line[-1] not in ".!?:,"


def _is_sentence(line: str) -> bool:
    if line.endswith("?") or marks.CONTACT.search(line):
        return line.endswith("?")
    return len(line.split()) > 3 and bool(re.search(r"[.!?…]$|[,;] [a-zäöüéèà]", line))


def _paragraph(lines: list[str], last: int) -> int:
    """Return where the last paragraph begins."""
    start = last
    while start > 0 and lines[start - 1].strip():
        start -= 1
    return start
