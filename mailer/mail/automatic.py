"""Did a machine send this on behalf of somebody?

Nothing we send answers automatic mail, or two machines would talk for ever (RFC 3834, 2). Headers are believed first;
but nearly half of real automatic replies carry none, so the subject and the new words count, in many languages. They
are weighed with care, because a person whose words are taken for a machine's is not heard: a subject counts only at
its very beginning ("Re: Out of office" is an answer to one), and where a question is asked, only what a machine says
of itself counts. "I am on holiday until Monday, please ring me then" was written by a person.
"""

import re

from mailer.mail import machines
from mailer.mail.mime import read_parameters
from mailer.mail.parse import ParsedEmail
from mailer.mail.quoting import split

MAX_WORDS = 2_000  # characters of new words that are read


def automatic(email: ParsedEmail) -> str | None:
    """Return why this is taken as sent by a machine on behalf of somebody, or None."""
    if reason := _header(email, machines.HEADERS) or _report(email):
        return reason
    subject = re.sub(r"^[\s\[\](){}*!#>-]+", "", email.subject)
    for language, pattern in machines.SUBJECTS:
        if re.match(pattern, subject, re.IGNORECASE):
            return f"the subject says so ({language})"
    return _said(re.sub(r"\s+", " ", split(email).words_and_signature[:MAX_WORDS]).replace("’", "'"))


def bulk(email: ParsedEmail) -> str | None:
    """Return why this is taken as mail to many, such as a newsletter or a list, or None."""
    return _header(email, machines.BULK)


def _header(email: ParsedEmail, table: tuple[tuple[str, str, str], ...]) -> str | None:
    for header, pattern, reason in table:
        if any(key == header and re.search(pattern, text, re.IGNORECASE) for key, text in email.headers):
            return reason
    return None


def _report(email: ParsedEmail) -> str | None:
    """Name a report that tells of no failure (RFC 6522)."""
    kind, parameters = read_parameters(email.header("content-type"))
    if kind.lower() != "multipart/report":
        return None
    about = parameters.get("report-type", "").lower()
    return {"disposition-notification": "a read receipt (RFC 8098)"}.get(about, f"a report ({about or 'RFC 6522'})")


def _said(words: str) -> str | None:
    asks = "?" in words or "？" in words
    for table, reason in ((machines.DECLARED, "it says that it is automatic"), (machines.AWAY, "somebody is away")):
        for language, pattern in table:
            if (found := re.search(pattern, words, re.IGNORECASE)) and (table is machines.DECLARED or not asks):
                return f"{reason}: “{found[0][:80]}” ({language})"
    met = [found[0] for _, pattern in machines.POLITE if (found := re.search(pattern, words, re.IGNORECASE))]
    return f"two phrases of machines: “{met[0][:50]}”, “{met[1][:50]}”" if len(met) > 1 and not asks else None
