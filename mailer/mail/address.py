"""Which addresses are these, and how is one written?

Our own addresses are checked strictly (`normalise`, by email-validator, without asking DNS). What others wrote in a
header is read as a hostile text: `From: a@good <x@evil>` is x@evil, because the angle brackets hold the address (RFC
5322, 3.4) and the rest is a display name, whatever it pretends to be. The standard library read it as a@good
(CVE-2023-27043), so the reader here is our own: one pass, no backtracking, and what it cannot read it leaves out.
"""

import re
from collections.abc import Iterator

from mailer.errors import Invalid
from mailer.mail.encoding import decode_words, encode_words, printable

MAX_HEADER = 16_000  # characters read of one header
MAX_ADDRESSES = 500

_ATOM = r"[^\s\x00-\x20()<>\[\]:;@\\,\".\x7f]+"
_SPEC = re.compile(rf'({_ATOM}(?:\.{_ATOM})*|"(?:[^"\\\r\n]|\\.)+")@({_ATOM}(?:\.{_ATOM})*|\[[0-9A-Za-z.:]+\])')
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")


def normalise(text: str, *, wide: bool = False) -> str:
    """Return this address in its one spelling: lower-cased whole, an international domain as xn--….

    With `wide` it may have letters beyond ASCII before its @ (RFC 6531): not every server takes mail for such a one.

    Raises:
        Invalid: it is not an address mail can be sent to; the message says why.
    """
    from email_validator import EmailNotValidError, validate_email  # large, and no page that is only shown needs it

    try:
        found = validate_email(text.strip(), check_deliverability=False, allow_smtputf8=wide)
    except EmailNotValidError as error:
        raise Invalid(f"{text.strip()[:100]!r} is not an email address: {error}") from error
    return (found.ascii_email or f"{found.local_part}@{found.ascii_domain}").lower()


def addresses(header: str) -> list[str]:
    """Return every address in an untrusted header, lower-cased, in order, each once; what is not one is left out."""
    return list(dict.fromkeys(address for _, address in mailboxes(header)))


def mailboxes(header: str) -> list[tuple[str, str]]:
    """Return every (name, address) in an untrusted header that is not yet decoded (RFC 2047 words as they are)."""
    found = []
    for name, spec in _split(header[:MAX_HEADER]):
        if match := _SPEC.fullmatch(spec):
            found.append((decode_words(name), f"{match[1]}@{a_labels(match[2])}".lower()))
            if len(found) == MAX_ADDRESSES:
                break
    return found


def mailbox(name: str, address: str) -> str:
    """Write a name and an address as a header may hold them (RFC 5322, 3.4; RFC 2047, 5).

    Raises:
        Invalid: either would break the header.
    """
    if not _SPEC.fullmatch(address) or not printable(address):
        raise Invalid(f"{address[:100]!r} cannot be written in a header; give a plain address such as ann@example.com")
    if not name:
        return address
    if _ATOMS.fullmatch(name) and "=?" not in name:
        return f"{name} <{address}>"
    if printable(name) and "=?" not in name and name == name.strip() and "  " not in name:
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}" <{address}>'
    return f"{encode_words(name)} <{address}>"


def a_labels(domain: str) -> str:
    """Return a domain as the DNS knows it, xn--… for letters beyond ASCII; what cannot be one is left as it is."""
    if domain.isascii() or max(map(len, domain.split("."))) > 63:
        return domain
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain


def _split(header: str) -> Iterator[tuple[str, str]]:
    """Give (display name, address) of each entry of a list, reading quotes, comments and brackets (RFC 5322, 3.2)."""
    name: list[str] = []
    comment: list[str] = []
    angle: str | None = None
    at = 0
    opens = {'"', "("}  # one that is found never to close is a plain sign from there on
    while at <= len(header):
        mark = header[at : at + 1]
        if mark in ("", ",", ";"):
            text = "".join(name).strip()
            if angle is not None:
                yield text, angle
            elif text:
                spelt = [word for word in text.split() if "@" in word]
                yield "".join(comment).strip(), spelt[0] if len(spelt) == 1 else text
            name, comment, angle = [], [], None
        elif mark in opens and mark == '"':
            end, inner = _quoted(header, at)
            opens -= {'"'} if end == at + 1 else set()
            following = header[end : end + 1]
            name.append(header[at:end] if following in ("@", ".") else inner)
            at = end - 1
        elif mark in opens and mark == "(":
            end = _comment(header, at)
            opens -= {"("} if end == at + 1 else set()
            comment.append(header[at + 1 : end - 1])
            at = end - 1
        elif mark == "<":
            end = header.find(">", at)
            angle = header[at + 1 : end if end > at else len(header)].rpartition("<")[2].strip()
            angle = angle.rpartition(":")[2] if angle.startswith("@") else angle  # a route (RFC 5322, 4.4)
            at = end if end > at else len(header) - 1
        elif mark == ":" and angle is None and "@" not in "".join(name[-64:]):
            name = []  # the name of a group
        else:
            name.append(mark)
        at += 1


def _quoted(header: str, start: int) -> tuple[int, str]:
    """Return where the quoted string at `start` ends, and its words; a quote that never closes is a plain sign."""
    match = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL).match(header, start)
    if not match:
        return start + 1, ""
    return match.end(), re.sub(r"\\(.)", r"\1", match[1], flags=re.DOTALL)


def _comment(header: str, start: int) -> int:
    """Return the place behind the comment at `start`, which may nest; one that never closes is a plain sign."""
    depth, at = 0, start
    while at < len(header):
        mark = header[at]
        if mark == "\\":
            at += 1
        depth += (mark == "(") - (mark == ")")
        at += 1
        if depth == 0:
            return at
    return start + 1
