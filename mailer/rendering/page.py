"""What does a page of HTML say, as a tree and as plain text? What is hidden stays hidden; links stand behind words.

Making text of a page takes some milliseconds, which is most of a letter. So it is done once a version: of the page with
its Jinja hidden (see `inline`), which gives the source of the text. Where the layout of the text depends on the values,
as in a table or a numbered list, there is no such source, and each letter's text is made of its own page.
"""

import re
from functools import lru_cache
from typing import Any

import lxml.html  # type: ignore[import-untyped]
from inscriptis import Inscriptis
from inscriptis.model.config import ParserConfig

from mailer.errors import Invalid
from mailer.rendering.inline import hide

_WORD = r"jinja\d{6}x"
_LINK = re.compile(
    rf"\[\s*([^\]]+?)\s*\]\((https?://[^)\s]+|mailto:[^)\s]+|tel:[^)\s]+|{_WORD}[^)\s]*)\)", re.IGNORECASE
)
_EMPTY = re.compile(r"\[\s*\]\([^)\s]*\)")
_BLANK = re.compile(r"\n{3,}")
_SPACES = re.compile(r"[ \t]{2,}")
_BEFORE = re.compile(r"[ \t]+: (?=https?:|mailto:|tel:)", re.IGNORECASE)
_AS_COMMENT = re.compile(rf"<!--({_WORD})-->")
_BY_VALUE = "//table[not(@role='presentation')]|//pre|//ol"
_LINKED = ParserConfig(display_links=True)


def tree(html: str) -> Any:
    """Return the page as an lxml tree, whatever it is."""
    return lxml.html.fromstring(html if html.strip() else "<p></p>")


def words(element: Any) -> str:
    """Return the words inside one element, on one line."""
    return " ".join("".join(element.itertext()).split())


def text_of(html: str) -> str:
    """Return what a page says as plain text."""
    return tidy(_read(tree(html)))


@lru_cache(maxsize=64)
def text_source(source: str) -> str | None:
    """Return the Jinja source of the plain text of letters made of this page; None if there can be none."""
    try:
        hidden, tokens = hide(source)
    except Invalid:
        return None
    statements = [each for each in _AS_COMMENT.findall(hidden) if tokens[int(each[5:11])].startswith("{%")]
    page = tree(_AS_COMMENT.sub(lambda found: found[1] if found[1] in statements else "", hidden))
    if page.xpath(_BY_VALUE):
        return None
    text = _read(page)
    if [each for each in re.findall(_WORD, text) if tokens[int(each[5:11])].startswith("{%")] != statements:
        return None
    if statements:  # a line of nothing but statements is no line
        alone = "|".join(statements)
        text = re.sub(rf"^[ \t]*((?:(?:{alone})[ \t]*)+)\n", r"\1", text, flags=re.MULTILINE)
    return re.sub(_WORD, lambda found: tokens[int(found[0][5:11])], text)


def tidy(text: str) -> str:
    """Return text without spaces around its lines, and with one empty line where there are many."""
    lines = "\n".join(line.strip() for line in text.splitlines())
    return _BLANK.sub("\n\n", lines).strip() + "\n"


def closed_up(text: str) -> str:
    """Return text as HTML would flow it: one space where there are many."""
    return _SPACES.sub(" ", _BEFORE.sub(": ", text.replace("\xa0", " ")))


def _read(page: Any) -> str:
    for decoration in page.xpath("//*[@aria-hidden='true']"):  # what is not read aloud is not text either
        decoration.drop_tree()
    for table in page.xpath("//table[@role='presentation']"):  # one that only lays out is no table to a reader
        table.tag = "div"
        for row in table.xpath("./tr|./tbody/tr"):
            row.tag = "div"
            cells = row.xpath("./td|./th")
            in_line = not row.xpath("./td//*[self::table or self::div or self::p]")
            for cell in cells:
                cell.tag = "span" if in_line else "div"
                cell.tail = f" {cell.tail or ''}" if in_line else cell.tail
    return str(_LINK.sub(r"\1: \2", _EMPTY.sub("", Inscriptis(page, _LINKED).get_text())))
