"""How can HTML from outside be shown, and nothing in it act?

What may stay is listed; all else goes: scripts, forms, frames, links to style, SVG, MathML. The list is applied by nh3,
which reads HTML as browsers do and writes it anew, so that what was washed is what a browser sees. Size, depth and the
elements that browsers open again by themselves are capped first, because a page of a few kilobytes can unfold into
millions of elements; what is beyond a cap is shown as plain text.

Pictures are left out unless they are asked for, and then only those that are fetched over https: fetching one tells its
sender that somebody looked, when, and from where.
"""

import re
from dataclasses import dataclass
from html import escape
from urllib.parse import urlsplit

import nh3

from mailer.mail.plain import plain

MAX_HTML = 500_000  # characters
MAX_TAGS = 10_000
MAX_DEPTH = 200  # elements opened and not yet closed
MAX_STYLED = 50  # of those that a browser opens again in each paragraph
MAX_ORIGINS = 20

TAGS = {
    "a", "abbr", "address", "b", "bdi", "bdo", "blockquote", "br", "caption", "center", "cite", "code", "col",
    "colgroup", "dd", "del", "div", "dl", "dt", "em", "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img",
    "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup",
    "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul",
}  # fmt: skip
EVERYWHERE = {"align", "dir", "lang", "style"}
ATTRIBUTES = {
    "*": EVERYWHERE,
    "a": {"href"},
    "font": {"color", "face", "size"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start", "type"},
    "table": {"border", "cellpadding", "cellspacing", "width", "bgcolor"},
    "td": {"colspan", "rowspan", "width", "height", "valign", "bgcolor"},
    "th": {"colspan", "rowspan", "width", "height", "valign", "bgcolor"},
    "tr": {"valign", "bgcolor"},
}
STYLES = {
    "background-color", "border", "border-bottom", "border-collapse", "border-color", "border-left", "border-radius",
    "border-right", "border-spacing", "border-style", "border-top", "border-width", "color", "direction", "display",
    "font-family", "font-size", "font-style", "font-weight", "height", "letter-spacing", "line-height", "margin",
    "margin-bottom", "margin-left", "margin-right", "margin-top", "max-width", "padding", "padding-bottom",
    "padding-left", "padding-right", "padding-top", "text-align", "text-decoration", "text-indent", "text-transform",
    "vertical-align", "white-space", "width", "word-break",
}  # fmt: skip
DROPPED = {"script", "style", "title", "template", "noscript", "iframe", "object", "svg", "math", "textarea", "select"}
_STYLED = {"a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"}
_EMPTY = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
_ANY = re.compile(r"<[^<>]{0,5000}>")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?::\d{1,5})?")


@dataclass(frozen=True, slots=True)
class Washed:
    """HTML that may be shown, where its pictures come from, and how many were left out."""

    html: str
    origins: tuple[str, ...]
    left_out: int


def wash(html: str, *, pictures: bool = False) -> Washed:
    """Return what of `html` may be shown; with `pictures`, those that come over https too."""
    if _is_too_much(html):
        words = plain(html) or _ANY.sub(" ", html[:MAX_HTML])
        return Washed(f"<pre>{escape(words)}</pre>", (), 0)
    origins: dict[str, None] = {}
    left_out = 0

    def keep(tag: str, name: str, value: str) -> str | None:
        nonlocal left_out
        if (tag, name) == ("img", "src"):
            origin = _origin(value)
            if not (pictures and origin and (origin in origins or len(origins) < MAX_ORIGINS)):
                left_out += bool(origin)
                return None
            origins[origin] = None
        return value

    clean = nh3.clean(
        html.replace("\0", ""),
        tags=TAGS,
        clean_content_tags=DROPPED,
        attributes=ATTRIBUTES,
        attribute_filter=keep,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
        filter_style_properties=STYLES,
        strip_comments=True,
    )
    return Washed(clean, tuple(origins), left_out)


def _is_too_much(html: str) -> bool:
    if len(html) > MAX_HTML:
        return True
    depth = styled = count = 0
    for match in _TAG.finditer(html):
        name = match[2].lower()
        count += 1
        if name in _EMPTY:
            continue
        step = -1 if match[1] else 1
        depth = max(0, depth + step)
        styled = max(0, styled + step) if name in _STYLED else styled
        if count > MAX_TAGS or depth > MAX_DEPTH or styled > MAX_STYLED:
            return True
    return False


def _origin(address: str) -> str:
    """Return the https origin of a picture, fit to be named in a policy; nothing if it has none."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return ""
    host = parts.netloc.lower()
    return f"https://{host}" if parts.scheme.lower() == "https" and _HOST.fullmatch(host) else ""
