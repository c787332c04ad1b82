"""How does HTML from outside read as plain text?

It is rendered by inscriptis, which honours what is hidden. What a mail program marked as quoted is known best in the
HTML, so it is marked there: its lines come out with "> " before them, as they would have been written in plain text,
and `quoting` needs one reading for both. Size and depth are capped first; an element is never fetched.
"""

import re
from html import unescape
from itertools import islice

from inscriptis import Inscriptis
from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.model.config import ParserConfig
from lxml.etree import ParserError, XMLSyntaxError  # type: ignore[import-untyped]
from lxml.html import HtmlElement, HTMLParser, document_fromstring  # type: ignore[import-untyped]

MAX_HTML = 1_000_000  # characters
MAX_QUOTES = 50
MAX_ELEMENTS = 20_000  # more, or more cells of tables, and only the tags are taken out
MAX_CELLS = 2_000
FROM_HERE = "\ue000"  # a line of our own, of one private character: everything below it is quoted

# What programs mark as quoted: (tag, attribute, pattern of its value, program)
_QUOTES = (
    ("blockquote", "class", r"\b(?:gmail_quote|protonmail_quote|tutanota_quote|cite)\b", "Gmail, Proton, Tuta"),
    ("blockquote", "type", r"^cite$", "Apple Mail, Thunderbird"),
    ("blockquote", "cite", r"^mid:", "Thunderbird"),
    ("blockquote", "style", r"border-left", "Mail.ru, webmails"),
    ("div", "class", r"\b(?:yahoo_quoted|yahooQuoted|zmail_extra|protonmail_quote|tutanota_quote|cm_quote)\b", "Yahoo"),
    ("div", "id", r"^(?:yahoo_quoted|yqt)", "Yahoo"),
    ("div", "data-marker", r"^__QUOTED_TEXT__$", "Zimbra"),
    ("div", "class", r"\b(?:bloop_original_html|mailbird_quote|ox-quote)\b", "Airmail, Mailbird"),
)
# From where on everything is quoted
_FROM_HERE = (
    ("div", "id", r"(?:^|x_)(?:divRplyFwdMsg|appendonsend|mail-editor-reference-message-container)$", "Outlook"),
    ("hr", "id", r"(?:^|x_)stopSpelling$", "Hotmail"),
    ("div", "class", r"\bOutlookMessageHeader\b", "Outlook 2003"),
)
_BLOCKS = re.compile(r"<\s*/?\s*(?:p|div|br|tr|li|h[1-6]|blockquote)\b[^<>]{0,2000}>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,5000}>")


def plain(html: str) -> str:
    """Render HTML as text, what is marked as quoted with "> " before each line. Never raises on what it is given."""
    html = re.sub("[\0\ue000-\ue002]", "", html[:MAX_HTML])
    if not html.strip():
        return ""
    try:
        # comments and processing instructions hold nothing a reader sees, and some programs hide half a page there
        parser = HTMLParser(remove_comments=True, remove_pis=True, no_network=True)
        tree = document_fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", html), parser=parser)
        if not _is_too_large(tree):
            return _tidy(_render(tree))
    except (ParserError, XMLSyntaxError, ValueError, RecursionError, AssertionError, IndexError, KeyError):
        pass
    return _tidy(unescape(_TAG.sub("", _BLOCKS.sub("\n", _body(html)))))


def _is_too_large(tree: HtmlElement) -> bool:
    cells = sum(1 for _ in islice(tree.iter("td", "th"), MAX_CELLS + 1))
    return cells > MAX_CELLS or sum(1 for _ in islice(tree.iter(), MAX_ELEMENTS + 1)) > MAX_ELEMENTS


def _render(tree: HtmlElement) -> str:
    """Render a tree; each quoted element is taken out, rendered alone and put back with its marks."""
    for element in _matching(tree, _FROM_HERE):
        element.addprevious(_paragraph(element, FROM_HERE))
    quotes: list[str] = []
    for element in _matching(tree, _QUOTES):
        stand_in = _paragraph(element, f"\ue001{len(quotes)}\ue002")
        stand_in.tail, element.tail = element.tail, None
        element.getparent().replace(element, stand_in)
        lines = _text(element).strip("\n").split("\n")
        quotes.append("\n".join(f"> {line}".rstrip() for line in lines))
    return re.sub("\ue001(\\d+)\ue002", lambda match: f"\n{quotes[int(match[1])]}\n", _text(tree))


def _matching(tree: HtmlElement, marks: tuple[tuple[str, str, str, str], ...]) -> list[HtmlElement]:
    """Return the outermost elements that a line of `marks` describes, in order."""
    found: list[HtmlElement] = []
    for element in tree.iter("blockquote", "div", "hr"):
        described = any(
            element.tag == tag and re.search(pattern, element.get(attribute) or "", re.IGNORECASE)
            for tag, attribute, pattern, _ in marks
        )
        inside = element.getparent() is None or any(above in found for above in element.iterancestors())
        if described and not inside:
            found.append(element)
        if len(found) == MAX_QUOTES:
            break
    return found


def _paragraph(near: HtmlElement, text: str) -> HtmlElement:
    made = near.makeelement("p")
    made.text = text
    return made


def _text(tree: HtmlElement) -> str:
    return str(Inscriptis(tree, ParserConfig(css=CSS_PROFILES["strict"].copy())).get_text())


def _body(html: str) -> str:
    """Return what stands behind the last style or head that is closed."""
    begins = max((html.lower().rfind(tag) for tag in ("</head>", "</style>", "</script>")), default=-1)
    return html[begins:] if begins >= 0 else html


def _tidy(text: str) -> str:
    """Take the spaces from line ends, and more than two empty lines."""
    lines = "\n".join(line.rstrip() for line in text.replace("\xa0", " ").split("\n"))
    return re.sub(r"\n{4,}", "\n\n\n", lines).strip("\n")
