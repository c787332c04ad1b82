"""Is this letter fit to leave? What an author should see before a customer does."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mailer.mail.compose import Letter
from mailer.rendering.letter import SCHEMES, TELEPHONE
from mailer.rendering.links import Links
from mailer.rendering.page import tree, words

CLIPPED = 102 * 1024  # bytes after which Gmail hides the rest, and with it the foot
LONG_SUBJECT = 70  # characters; telephones show about 40, desktops about 70
LONGEST_SUBJECT = 150
_HREF = re.compile(r"^\s*([a-z][a-z0-9+.-]*):", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend (`error`) or to think about (`warning`)."""

    level: str
    text: str


def preflight(letter: Letter, links: Links | None = None) -> list[Finding]:
    """Return what is wrong with a rendered letter, errors first. `links`: where its own links have to lead."""
    page = tree(letter.html)
    found = [finding for check in CHECKS for finding in check(letter, page, links)]
    return sorted(found, key=lambda finding: finding.level != "error")


def _subject(letter: Letter, _page: Any, _links: Links | None) -> list[Finding]:
    length = len(letter.subject)
    if not letter.subject.strip():
        return [Finding("error", "The subject is empty.")]
    if length > LONGEST_SUBJECT:
        return [Finding("error", f"The subject has {length} characters; nobody is shown more than {LONGEST_SUBJECT}.")]
    if length > LONG_SUBJECT:
        return [Finding("warning", f"The subject has {length} characters; many programs cut it at {LONG_SUBJECT}.")]
    if letter.subject.isupper() and length > 10:
        return [Finding("warning", "The subject is all capitals; it reads as shouting, and as spam.")]
    return []


def _text(letter: Letter, _page: Any, _links: Links | None) -> list[Finding]:
    return [] if len(letter.text.split()) >= 5 else [Finding("error", "There is no plain text beside the HTML.")]


def _size(letter: Letter, _page: Any, _links: Links | None) -> list[Finding]:
    size = len(letter.html.encode())
    if size <= CLIPPED:
        return []
    return [Finding("error", f"The letter has {size // 1024} kB; Gmail hides everything after {CLIPPED // 1024} kB.")]


def _schemes(_letter: Letter, page: Any, _links: Links | None) -> list[Finding]:
    findings = []
    for anchor in page.iter("a"):
        target = str(anchor.get("href", "")).strip()
        scheme = _HREF.match(target)
        if not target or target == "#":
            findings.append(Finding("error", f"The link “{words(anchor)}” leads nowhere."))
        elif not scheme:
            findings.append(Finding("error", f"The link {target} has no https:// in front."))
        elif scheme[1].lower() not in SCHEMES:
            findings.append(Finding("error", f"The link {target} may not leave; links begin with https://."))
        elif scheme[1].lower() == "tel" and not TELEPHONE.fullmatch(target.lower()):
            findings.append(Finding("error", f"The link {target} may not leave; after tel: stand digits alone."))
    return findings


def _human(letter: Letter, page: Any, links: Links | None) -> list[Finding]:
    return _needs(letter, page, links.human if links else "/h/", "The way to a person")


def _unsubscribe(letter: Letter, page: Any, links: Links | None) -> list[Finding]:
    return _needs(letter, page, links.unsubscribe if links else "/u/", "The way out (unsubscribe)")


def _images(_letter: Letter, page: Any, _links: Links | None) -> list[Finding]:
    findings = []
    for image in page.iter("img"):
        source = str(image.get("src", ""))
        if image.get("alt") is None:
            findings.append(Finding("warning", f"The picture {source} has no alt text; many see only that."))
        if not source.startswith(("https:", "http:")):
            findings.append(Finding("error", f"The picture {source!r} has no address a reader can fetch."))
    return findings


def _needs(letter: Letter, page: Any, address: str, what: str) -> list[Finding]:
    if not any(address in str(anchor.get("href", "")) and words(anchor) for anchor in page.iter("a")):
        return [Finding("error", f"{what} is missing.")]
    if address not in letter.text:  # the plain text leaves out what is hidden
        return [Finding("error", f"{what} is there but cannot be seen.")]
    return []


Check = Callable[[Letter, Any, Links | None], list[Finding]]
CHECKS: tuple[Check, ...] = (_subject, _text, _human, _unsubscribe, _schemes, _size, _images)
