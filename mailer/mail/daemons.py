"""Did a mail system write this, and what does it say failed?

For the servers that write no delivery status (RFC 3464). Who wrote is decided first and strictly, because a person may
write "delivery failure" about a parcel, and a bounce ends in a suppression; then the words are read: our own marks,
then flufl.bounce, which knows the dialects of thirty years. It raises on one email in a hundred and reads no status
code, so it is asked late, on a bounded piece, and its errors count as silence.
"""

import re
from collections.abc import Iterable, Iterator
from email import message_from_bytes

from flufl.bounce import all_failures

from mailer.mail.address import addresses
from mailer.mail.parse import ParsedEmail

MAX_READ = 64_000  # bytes shown to flufl.bounce
MAX_TEXT = 50_000  # characters searched for words


def _any(*patterns: str) -> re.Pattern[str]:
    """Compile marks into one pattern that finds any of them."""
    return re.compile("|".join(patterns), re.IGNORECASE)


# The local part of From
_SENDERS = re.compile(
    r"(?:mailer[-_.]?daemon|mail[-_.]?daemon|mdaemon|postmaster|mail[-_.]delivery[-_.](?:sub)?system|maildelivery"
    r"|bounces?|ndr|mail-?system|symantec_antivirus_for_smtp_gateways)\b",
    re.IGNORECASE,
)
# The name in From
_NAMES = _any(
    r"mail(?:er)? delivery (?:sub)?system",
    r"mail delivery service",
    r"delivery subsystem",
    r"internet mail delivery",
    r"mailer[- ]daemon",
    r"(?:mail|system) administrator",
    r"postmaster",
    r"jetmail system",
)
# The beginning of the subject
_SUBJECTS = _any(
    r"^\W*(?:\[?postmaster\W+)?(?:email )?delivery (?:status )?(?:notification|failure|report|problem|has failed)",
    r"^\W*undeliver(?:able|ed)\b",
    r"^\W*returned (?:mail|to sender)",
    r"^\W*mail (?:delivery )?(?:fail|could not|not delivered|system error|error|warning|problem)",
    r"^\W*failed mail",
    r"^\W*failure (?:notice|delivery)",
    r"^\W*non[- ]?delivery",
    r"^\W*permanent delivery failure",
    r"^\W*message (?:delivery failure|delayed|not delivered|blocked)",
    r"^\W*(?:delayed mail|processing error|automatically rejected mail)",
    r"^\W*your message .{0,80}could not be delivered",
    r"^\W*warning: (?:message|could not send|.{0,80}user unknown)",
    r"^\W*(?:unzustellbar|nicht zustellbar|zustellung .{0,40}fehlgeschlagen|mail konnte nicht zugestellt)",
    r"^\W*(?:échec de (?:la )?remise|message non distribué|non distribuable|retour de courrier)|: non remis\b",
    r"^\W*(?:no se puede entregar|no entregado|error de entrega|fallo (?:de|en la) entrega)",
    r"^\W*(?:impossibile recapitare|mancato recapito|mancata consegna|non recapitabile)",
    r"^\W*(?:onbestelbaar|niet bezorgd|não entregue)",
    r"^\W*(?:недоставлен|не доставлен|ваше сообщение не доставлено)",
    r"^\W*(?:配信不能|配信できません|退信)",
)
# What the words of a mail system say
_WORDS = _any(
    r"(?:could|can|was|has|may)\s?(?:not|n't)\s(?:yet\s|have\s)?(?:be(?:en)?\s)?(?:successfully\s)?(?:deliver|sent|proces)",
    r"undeliver(?:able|ed)",
    r"unable to (?:be )?deliver",
    r"not (?:be )?delivered to",
    r"failed to deliver",
    r"delivery (?:to the following|has failed)",
    r"(?:following|these) (?:recipient|address)(?:e?s)?(?:\(e?s\))?[^.]{0,40}(?:fail|reject|could not|had )",
    r"permanent (?:fatal )?error|fatal errors",
    r"has been delayed|still being retried|will (?:be )?retr(?:y|ied)",
    r"returned to sender",
    r"mailbox (?:is )?(?:full|unavailable)|mail box space not enough",
    r"user unknown|unknown user|no such user|this user doesn't have|not listed in",
    r"message was rejected|rejected your message",
    r"konnten? nicht (?:zugestellt|übermittelt)",
    r"n['’](?:a|ont) pas (?:pu être|été) (?:remis|délivré|distribué)|n['’]est pas recensé",
    r"no (?:se )?(?:ha )?(?:pudo|podido) (?:ser )?entreg",
    r"non (?:è stato|ha) (?:possibile|potuto) (?:consegn|recapit)",
    r"kon niet worden (?:afgeleverd|bezorgd)",
    r"не (?:может быть|было) доставлен",
    r"配信できません",
)
# How it calls what it sends
_TITLES = _any(r"non-delivery (?:report|notification)", r"delivery (?:status notification|report)")
# … when the server has not given up
_RETRYING = _any(
    r"has been delayed|not yet been delivered",
    r"still being retried|will (?:be )?retr(?:y|ied)|will (?:continue|keep) (?:to try|trying)",
    r"warning message only|do not need to resend",
    r"wird weiterhin versucht",
)
# What a server's words amount to where it gives no enhanced code (RFC 3463, 3): the first line that is found wins
_MEANINGS = (
    (_any(r"mail(?:box|folder) (?:is )?(?:full|exceed)|full mailbox", r"over ?quota|quota exceed|quota",
          r"mail box space", r"storage (?:limit|allocation)"), "2.2"),
    (_any(r"message (?:size|is too)", r"too (?:large|big)",
          r"exceed\w* (?:the )?max\w* (?:\w+ )?(?:message )?size"), "3.4"),
    (_any(r"(?:account|mailbox|user) (?:\S+ )?(?:is |has been |)(?:disabled|inactive|suspended|closed|not active)"),
     "2.1"),
    (_any(r"(?:host|domain) (?:\S+ )?(?:unknown|not found|does not exist)",
          r"unknown (?:host|domain)", r"no such domain",
          r"name (?:server|service) error", r"name not (?:found|known)", r"unrouteable", r"illegal host",
          r"bad destination (?:system|host)", r"couldn't find any host"), "1.2"),
    (_any(r"user(?: \S+)? (?:is )?(?:unknown|not known|not found|doesn't|does not)",
          r"unknown (?:user|recipient|local|mailbox|address)", r"no such (?:user|recipient|address|mailbox|person)",
          r"(?:address|mailbox|account|recipient) (?:\S+ )?(?:is )?(?:unknown|not found|does(?: not|n't) exist|invalid"
          r"|unavailable|rejected)",
          r"(?:invalid|bad) (?:recipient|mailbox|address|user|final)", r"not a valid (?:user|mailbox|recipient)",
          r"doesn't have an? \S* ?account", r"no mailbox here", r"not (?:listed|in directory|our customer)",
          r"recipient (?:name )?is not (?:recognized|known)", r"name not in",
          r"no longer valid", r"no matches to", r"user's mailbox", r"was not found",
          r"not found in (?:the )?directory", r"non recens|no existe|unbekannt|inconnu|sconosciuto"), "1.1"),
    (_any(r"relay(?:ing)? (?:is )?(?:denied|not|prohibited)", r"unable to relay",
          r"spam|blocked|black ?list|policy|denied",
          r"not allowed|virus|rejected"), "7.1"),
    (_any(r"time(?:d)?[- ]?out|timeout", r"connection (?:refused|lost)", r"could not connect|no route to",
          r"maximum delivery attempts", r"unable to (?:connect|contact)|not respond|not reachable"), "4.1"),
    (_any(r"too many hops|loop"), "4.6"),
)  # fmt: skip
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
    if email.header("x-failed-recipients") or _SENDERS.match(local) or _NAMES.search(f"{name} {email.header('from')}"):
        return True
    if "report-type=delivery-status" in email.header("content-type").replace('"', "").lower():
        return True
    unsigned = email.header("return-path") in ("<>", "<MAILER-DAEMON>")
    told = bool(_SUBJECTS.search(email.subject))
    if unsigned or not told:
        return unsigned and told
    return speaks_of_failure(email) and not email.in_reply_to and _shows(email)


def _shows(email: ParsedEmail) -> bool:
    """Whether an unknown sender gives what nobody does who misses a parcel: the address, a code, a title, a copy."""
    words = own_words(email)
    attached = any(one.content_type.startswith("message/") for one in email.attachments)
    return attached or bool(_named(email) or _ENHANCED.search(words) or _TITLES.search(words))


def speaks_of_failure(email: ParsedEmail) -> bool:
    """Whether its own words (not those of a copy below) say that an email was not delivered, or not yet."""
    return bool(_WORDS.search(own_words(email)))


def says_it_tries(email: ParsedEmail) -> bool:
    """Whether its own words say that the server has not given up."""
    return bool(_RETRYING.search(own_words(email)))


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
    detail = next((detail for pattern, detail in _MEANINGS if pattern.search(words)), "0.0" if reply else "")
    return f"{first}.{detail}" if detail else ""


def _known_dialects(raw: bytes) -> tuple[set[str], set[str]]:
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
    return [address for address in dict.fromkeys(found) if address not in ours and not _SENDERS.match(address)]
