"""Which links of a letter are counted, and where does each lead?

A link of a template version is known by its number there, counted from one as the page is read; inside a loop the
round is named beside it. The letter carries `<base>/c/<token>/<number>` or `…/<number>/<round>`: the token proves the
message, once for all its links, and the address holds no target. That is looked up, by rendering the link as the
version has it over the data kept with the message: what comes out is where the letter without counting leads, and has
to be a web address. So whoever changes the number finds another link of the same letter, and nothing else.

Counted is what leads to the web and is not ours: the links of the message itself (`links.…`) act by their own tokens,
and mailto:, tel: and anchors lead nowhere a browser could be sent, even where only a value says that it is one. A link
two loops deep leads straight to its target.

The plain text keeps the targets themselves: there the address is what one reads, and a token in its place would hide
from a reader where they are asked to go. So what is counted is the HTML part alone.
"""

import html as markup
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from jinja2 import TemplateError

from mailer.errors import Invalid
from mailer.rendering import sandbox
from mailer.rendering.inline import hide

WEB = ("http", "https")
LONGEST = 2_000  # characters of a target; more than browsers and servers agree on
_HIDDEN = re.compile(r"<!--jinja(\d{6})x-->|jinja(\d{6})x")
_PIECES = re.compile(
    r"<!--jinja(?P<statement>\d{6})x-->"
    r"|<!--.*?-->|<style\b.*?</style\s*>"
    r"|<(?:a|area)\b(?P<tag>(?:\"[^\"]*\"|'[^']*'|[^\"'>])*)>",
    re.DOTALL | re.IGNORECASE,
)
_HREF = re.compile(r"(?P<before>\bhref\s*=\s*)(?:\"(?P<one>[^\"]*)\"|'(?P<two>[^']*)')", re.IGNORECASE)
_OURS = re.compile(r"\{\{-?\s*links\.")
_WEB = re.compile(r"https?://|\{", re.IGNORECASE)  # or whatever a value says, which is looked at when it is followed
_VALUE = re.compile(r"\{\{-?(.*?)-?\}\}", re.DOTALL)
_END = re.compile(r"</body\s*>", re.IGNORECASE)
_PIXEL = '<img src="{{ links.open }}" width="1" height="1" alt="">'


@dataclass(frozen=True, slots=True)
class Link:
    """A counted link: its address as the template has it, and the loop it stands in, if any."""

    source: str
    loop: str
    language: str  # of the letter, by which filters write

    def target(self, context: Mapping[str, Any], round_: int) -> str | None:
        """Return where it leads for this message, or None if that is nowhere a browser may be sent."""
        if bool(self.loop) != bool(round_):
            return None
        source = self.source
        if self.loop:
            source = f"{self.loop}{{% if loop.index == {round_} %}}{source}{{% endif %}}{{% endfor %}}"
        try:
            template = sandbox.PAGE.from_string(source, globals={"language": self.language})
            found = template.render(sandbox.frozen(context))
        except (TemplateError, TypeError, ValueError, ArithmeticError):
            return None
        return web_address(markup.unescape(found))


def links(html: str) -> tuple[Link, ...]:
    """Return the counted links of a template version, the first one first."""
    return _read(html)[1]


def target(html: str, context: Mapping[str, Any], number: int, round_: int = 0) -> str | None:
    """Return where link `number` of a version leads for the message of this context, or None if it leads nowhere."""
    known = links(html)
    return known[number - 1].target(context, round_) if 1 <= number <= len(known) else None


def page(html: str, context: Mapping[str, Any]) -> str:
    """Return the page a letter with this context is made of: its links counted where its message says so."""
    own = context.get("links") or {}
    return _page(html, "click" in own, "open" in own)


def web_address(address: str) -> str | None:
    """Return an address a browser may be sent to, or None: http and https only, with a host, in plain signs."""
    plain = address.strip()
    if not plain.isprintable() or " " in plain or "\\" in plain or len(plain) > LONGEST:
        return None
    try:
        parts = urlsplit(plain)
        host = parts.hostname
    except ValueError:
        return None
    return plain if parts.scheme in WEB and host and "@" not in parts.netloc else None


@lru_cache(maxsize=64)
def _page(html: str, clicks: bool, opens: bool) -> str:
    counting = _read(html)[0] if clicks else html
    return _END.sub(lambda end: _PIXEL + end[0], counting, count=1) if opens else counting


@lru_cache(maxsize=64)
def _read(html: str) -> tuple[str, tuple[Link, ...]]:
    """Return the page with its links counted, and what they are."""
    try:
        hidden, tokens = hide(html)
    except Invalid:
        return html, ()
    language = sandbox.language_of(html)
    found: list[Link] = []
    loops: list[str] = []  # of the statements around, the heads of loops; "" for what is none
    made, end = [], 0

    def shown(text: str) -> str:
        return _HIDDEN.sub(lambda each: tokens[int(each[1] or each[2])], text)

    for piece in _PIECES.finditer(hidden):
        if piece["statement"]:
            _follow(loops, tokens[int(piece["statement"])])
        elif piece["tag"] is not None and (href := _HREF.search(piece["tag"])):
            source, around = shown(href["one"] or href["two"] or "").strip(), [each for each in loops if each]
            if _is_counted(source) and len(around) <= 1:
                found.append(Link(source, "".join(around), language))
                counted = f"{{{{ links.click }}}}/{len(found)}{'/{{ loop.index }}' if around else ''}"
                if value := _VALUE.match(source):
                    no_web = (
                        f"'mailto:' in ({value[1]})|lower or ' tel:' in (' ' ~ ({value[1]}))|lower"  # a hotel: is one
                    )
                    counted = f"{{% if {no_web} %}}{source}{{% else %}}{counted}{{% endif %}}"
                start = piece.start("tag")
                made += [hidden[end : start + href.start()], f'{href["before"]}"{counted}"']
                end = start + href.end()
    made.append(hidden[end:])
    return shown("".join(made)), tuple(found)


def _follow(loops: list[str], token: str) -> None:
    """Keep count of the statements a link stands in."""
    if not token.startswith("{%"):
        return
    match token.strip("{}%-+ \n").split()[0]:
        case "if":
            loops.append("")
        case "for":
            loops.append(token)
        case "else" if loops and loops[-1]:
            loops[-1] = ""  # what a loop without rounds says stands in no round
        case "endif" | "endfor" if loops:
            loops.pop()


def _is_counted(source: str) -> bool:
    return bool(_WEB.match(source)) and not _OURS.match(source)
