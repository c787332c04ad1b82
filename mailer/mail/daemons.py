"""Did a mail system write this, and what does it say failed?

For the servers that write no delivery status (RFC 3464). Who wrote is decided first and strictly, because a person may
write "delivery failure" about a parcel, and a bounce ends in a suppression; then the words are read: our own marks,
then flufl.bounce, which knows the dialects of thirty years. It raises on one email in a hundred and reads no status
code, so it is asked late, on a bounded piece, and its errors count as silence.
"""

import logging
import re
from collections.abc import Iterable, Iterator
from email import message_from_bytes

from mailer.mail import dialects
from mailer.mail.address import addresses
from mailer.mail.parse import ParsedEmail

logging.getLogger("flufl.bounce").disabled = True  # it logs each error that it raises

MAX_READ = 64_000  # bytes shown to flufl.bounce
MAX_TEXT = 50_000  # characters searched for words

_ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)")
_REPLY = re.compile(r"(?<![\d.-])([45])\d\d(?=[ -])(?!-\d\d-)")
_ADDRESS = re.compile(r"[\w.+=-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
_COPY = re.compile(
    r"^[- \t>*]*(?:original message|below this line is a copy|this is a copy|header of the source|the original message"
    r"|received: (?:from|by))",
    re.IGNORECASE | re.MULTILINE,
)


def sent(email: ParsedEmail) -> bool:
    """Whether a mail system, not a person, wrote this to tell of a failure."""
    local, name = email.from_address.partition("@")[0].strip('"'), email.from_name
    if (
        email.header("x-failed-recipients")
        or dialects.SENDERS.match(local)
        or dialects.NAMES.search(f"{name} {email.header('from')}")
    ):
        return True
    if "report-type=delivery-status" in email.header("content-type").replace('"', "").lower():
        return True
    unsigned = email.header("return-path") in ("<>", "<MAILER-DAEMON>")
    told = bool(dialects.SUBJECTS.search(email.subject))
    if unsigned or not told:
        return unsigned and told
    return speaks_of_failure(email) and not email.in_reply_to and _shows(email)


def _shows(email: ParsedEmail) -> bool:
    """Whether an unknown sender gives what nobody does who misses a parcel: the address, a code, a title, a copy."""
    words = own_words(email)
    attached = any(one.content_type.startswith("message/") for one in email.attachments)
    return attached or bool(_named(email) or _ENHANCED.search(words) or dialects.TITLES.search(words))


def speaks_of_failure(email: ParsedEmail) -> bool:
    """Whether its own words (not those of a copy below) say that an email was not delivered, or not yet."""
    return bool(dialects.WORDS.search(own_words(email)))


def says_it_tries(email: ParsedEmail) -> bool:
    """Whether its own words say that the server has not given up."""
    return bool(dialects.RETRYING.search(own_words(email)))


def own_words(email: ParsedEmail) -> str:
    """Return the text above the copy of what failed."""
    text = (email.text or re.sub(r"<[^<>]{0,2000}>", " ", email.html[: 4 * MAX_TEXT]))[:MAX_TEXT]
    copy = _COPY.search(text)
    return text[: copy.start()] if copy and copy.start() else text


def failed(raw: bytes, email: ParsedEmail) -> Iterator[tuple[str, bool]]:
    """Give (address, whether the server is still trying) of every address the words name, the strongest mark first."""
    tries = says_it_tries(email)
    if header := addresses(email.header("x-failed-recipients")):
        yield from ((address, tries) for address in header)
        return
    temporary, permanent = _known_dialects(raw)
    found = [(address, False) for address in permanent] + [(address, True) for address in temporary - permanent]
    if not found and speaks_of_failure(email):
        found = [(address, tries) for address in _named(email)]
    yield from dict.fromkeys(found)


def status(words: str, *, temporary: bool) -> str:
    """Read an enhanced status code from the words of a server, or say which its words amount to; "" if unknown."""
    codes = [f"{a}.{b}.{c}" for a, b, c in _ENHANCED.findall(words) if a != "2"]
    if codes:
        return next((code for code in codes if not code.endswith(".0.0")), codes[0])
    reply = _REPLY.search(words)
    first = "4" if temporary else reply[1] if reply else "5"
    detail = next((detail for pattern, detail in dialects.MEANINGS if pattern.search(words)), "0.0" if reply else "")
    return f"{first}.{detail}" if detail else ""


def _known_dialects(raw: bytes) -> tuple[set[str], set[str]]:
    from flufl.bounce import all_failures  # many modules, of which a house without failures needs none

    try:
        temporary, permanent = all_failures(message_from_bytes(raw[:MAX_READ]))
        return _clean(temporary), _clean(permanent)
    except Exception:  # noqa: BLE001 -- it raises many kinds on malformed email; none says anything about a failure
        return set(), set()


def _clean(found: Iterable[bytes]) -> set[str]:
    return {address for raw in found for address in addresses(raw.decode("utf-8", "replace"))}


def _named(email: ParsedEmail) -> list[str]:
    """Return the addresses in its own words that are neither the server's nor the one it writes to."""
    ours = {*email.recipients, email.from_address}
    found = [match.lower().strip(".") for match in _ADDRESS.findall(own_words(email))]
    return [address for address in dict.fromkeys(found) if address not in ours and not dialects.SENDERS.match(address)]
