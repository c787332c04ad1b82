"""What does the letter to one customer say? Subject, HTML, and the same again as plain text.

The fourth layer of protection is here: what came out is looked at, whatever the template was. It has a size, its links
lead where links may lead, and its subject is one line. Links are counted (see `counted`) where the context has a link
for it; the text names their targets.
"""

import re
from collections.abc import Mapping
from typing import Any

from jinja2 import Template, TemplateError

from mailer.errors import Permanent
from mailer.mail.compose import Letter
from mailer.rendering import counted, sandbox
from mailer.rendering.page import closed_up, text_of, text_source, tidy

MOST = 512 * 1024  # characters of HTML; Gmail itself clips at 102 kB, see preflight
SCHEMES = ("http", "https", "mailto", "tel")
TELEPHONE = re.compile(r"tel:\+?[0-9]{2,20}")  # digits alone (RFC 3966, 5.1.5), so that a link says whom it calls
POINTS = ("href", "src", "action", "background")  # attributes whose value is an address
SCHEME = re.compile(  # from "=": ten times faster
    rf"=[\s\"'\x00-\x20]*(?!https?:|mailto:|{TELEPHONE.pattern}\s*[\"'>])([a-z][a-z0-9+.-]*):"
)


def render(subject: str, preheader: str, html: str, context: Mapping[str, Any]) -> Letter:
    """Write one letter: Jinja `subject`, `preheader` and flat inlined `html`, over the data of `context`.

    Raises:
        Permanent: a field is missing, or what came out may not leave; the message is for the author.
    """
    data = sandbox.frozen(context)
    language = sandbox.language_of(html)
    try:
        said = one_line(_write(sandbox.line(subject, language), data))
        before = one_line(_write(sandbox.line(preheader, language), data))
        data |= {"subject": said, "preheader": before}
        page = _write(sandbox.page(counted.page(html, context)), data)
        source = text_source(html)
        if source is None:
            text = text_of(_write(sandbox.page(html), data))
        else:
            text = tidy(closed_up(_write(sandbox.line(source, language), data)))
    except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
        raise Permanent(str(error) or type(error).__name__) from error
    if not said:
        raise Permanent("the subject is empty for this customer")
    schemes = other_schemes(page.lower())
    if "tel" in schemes:
        raise Permanent("a link to a telephone is tel: and digits alone, in quotes: tel:+493012345")
    if schemes:
        raise Permanent(f"a link begins with {schemes[0]}:, which may not leave; use {', '.join(SCHEMES)}")
    return Letter(said, page, text)


def other_schemes(page: str) -> list[str]:
    """Return the schemes that links may not have, of a page in lower case: tel, where more than digits follow."""
    page = page.replace("\n", "").replace("\t", "")  # as browsers do within an address
    return [
        found[1]
        for found in SCHEME.finditer(page)
        if page[max(0, found.start() - 20) : found.start()].rstrip().endswith(POINTS)
    ]


def _write(template: Template, data: Mapping[str, Any]) -> str:
    pieces, size = [], 0
    for piece in template.generate(data):
        size += len(piece)
        if size > MOST:
            raise Permanent(f"the letter is longer than {MOST // 1024} kB")
        pieces.append(piece)
    return "".join(pieces)


def one_line(text: str) -> str:
    """Return text with single spaces only."""
    return " ".join(text.split())
