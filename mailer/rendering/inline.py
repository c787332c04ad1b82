"""How do styles reach the mail programs that know no style sheet? premailer writes them into each tag, once a version.

Never per recipient (it takes a tenth of a second) and never fetching. It reads HTML, and a template is not yet HTML: so
each Jinja token is hidden first, a statement behind a comment, an expression behind a word, and afterwards every token
has to be back, in its order, or the template is refused. What premailer breaks silently is refused by `lint`; a style
sheet that is marked `data-premailer="ignore"`, as for `@media`, is left as it is.
"""

import logging
import re
from functools import lru_cache
from itertools import chain

from mailer.errors import Invalid

_STRING = r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'"
TOKEN = re.compile(
    r"\{#.*?#\}"
    rf"|\{{%(?:{_STRING}|(?!%\}}).)*?%\}}"
    rf"|\{{\{{(?:{_STRING}|(?!\}}\}}).)*?\}}\}}",
    re.DOTALL,
)  # fmt: skip
_WORD = "jinja{:06d}x"
_HIDDEN = re.compile(r"<!--jinja(\d{6})x-->|jinja(\d{6})x")
_MARKUP = re.compile(
    r"(?P<comment><!--.*?-->)|(?P<style><style\b.*?</style\s*>)|(?P<tag></?[a-zA-Z](?:\"[^\"]*\"|'[^']*'|[^\"'>])*>)",
    re.DOTALL | re.IGNORECASE,
)
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_SHEET = re.compile(r"<style\b(?P<head>[^>]*)>(?P<css>.*?)</style\s*>", re.DOTALL | re.IGNORECASE)
BROKEN = (  # what premailer or its CSS parser drops, fetches or fails on
    (r"@import", "@import is fetched from the network; copy the rules here"),
    (r"@supports", "@supports is dropped; leave it out, or mark the sheet data-premailer=\"ignore\""),
    (r"@media", "@media is mangled; put it into a sheet marked data-premailer=\"ignore\""),
    (r"@font-face", "@font-face is fetched by readers; use fonts they have"),
    (r":(?:is|where|has|not)\(", "this selector is dropped; name each case"),
    (r"(?:rgb|hsl)a?\([^),]*\s[^),]*\)", "a colour without commas is dropped; write #rrggbb"),
    (r"(?:var|calc|clamp|min|max)\(", "few mail programs compute values; write the value"),
    (r"url\(", "pictures in style sheets are blocked; use an img"),
)  # fmt: skip


def inline(html: str) -> str:
    """Return the page with its style sheets written into its tags and all Jinja as it was.

    Raises:
        Invalid: `lint` has objections, or a Jinja token stands where it cannot be kept.
    """
    if objections := lint(html):
        raise Invalid("; ".join(objections))
    return _inlined(html)


def lint(html: str) -> list[str]:
    """Return what in this page would not survive, each as a sentence."""
    objections = []
    if re.search(r"<link\b[^>]*stylesheet", html, re.IGNORECASE):
        objections.append("a linked style sheet is not fetched; put its rules into a style tag")
    for sheet in _SHEET.finditer(html):
        if "@import" in sheet["css"].lower():
            objections.append("@import is fetched from the network; copy the rules here")
        if "data-premailer" in sheet["head"]:
            continue
        for pattern, objection in BROKEN[1:]:
            if found := re.search(pattern, sheet["css"], re.IGNORECASE):
                objections.append(f"{found[0]}: {objection}")
    return objections


def hide(html: str) -> tuple[str, list[str]]:
    """Return the page with every Jinja token behind a placeholder, and the tokens in order.

    Raises:
        Invalid: the page holds a placeholder already, or a token inside a tag or a style sheet.
    """
    if _HIDDEN.search(html):
        raise Invalid("the words jinja000000x are placeholders of ours; leave them out")
    tokens: list[str] = []

    def word(found: re.Match[str]) -> str:
        tokens.append(found[0])
        return _WORD.format(len(tokens) - 1)

    worded = TOKEN.sub(word, html)
    pieces, end = [], 0
    for markup in chain(_MARKUP.finditer(worded), (None,)):
        text = worded[end : markup.start() if markup else len(worded)]
        pieces.append(_HIDDEN.sub(lambda found: _comment(found, tokens), text))
        if markup:
            _refuse_inside(markup, tokens)
            pieces.append(markup[0])
            end = markup.end()
    return "".join(pieces), tokens


def reveal(html: str, tokens: list[str]) -> str:
    """Put every token back in its place.

    Raises:
        Invalid: one was lost, doubled or moved on the way.
    """
    found = [int(one or two) for one, two in _HIDDEN.findall(html)]
    if found != list(range(len(tokens))):
        wrong = next((number for number in range(len(tokens)) if found.count(number) != 1), None)
        which = "a token" if wrong is None else tokens[wrong]
        raise Invalid(f"{which} does not survive where it stands; move it out of the style, table or tag around it")
    return _HIDDEN.sub(lambda each: tokens[int(each[1] or each[2])], html)


@lru_cache(maxsize=64)
def _inlined(html: str) -> str:
    import cssutils  # type: ignore[import-untyped]
    from premailer import Premailer  # here, for they take a while, and most processes inline nothing

    hidden, tokens = hide(html)
    cssutils.ser.prefs.minimizeColorHash = False  # Outlook reads bgcolor="#abc" as another colour than #aabbcc
    made = Premailer(
        hidden,
        allow_network=False,
        allow_loading_external_files=False,
        disable_link_rewrites=True,
        keep_style_tags=False,
        strip_important=False,
        disable_validation=True,
        cssutils_logging_level=logging.CRITICAL,
    ).transform()
    return reveal(str(made), tokens)


def _comment(found: re.Match[str], tokens: list[str]) -> str:
    token = tokens[int(found[1] or found[2])]
    return found[0] if token.startswith("{{") else f"<!--{found[0]}-->"


def _refuse_inside(markup: re.Match[str], tokens: list[str]) -> None:
    if markup["comment"]:
        return
    bare = markup[0] if markup["style"] else _QUOTED.sub("", markup[0])
    if found := _HIDDEN.search(bare):
        where = "a style sheet" if markup["style"] else "a tag, outside of a quoted value"
        raise Invalid(f"{tokens[int(found[1] or found[2])]} stands inside {where}, where it cannot be kept")
