"""What does a page of HTML say, as a tree and as plain text? What is hidden stays hidden; links stand behind words."""

import re
from typing import Any

import lxml.html  # type: ignore[import-untyped]
from inscriptis import Inscriptis
from inscriptis.model.config import ParserConfig

_LINK = re.compile(r"\[\s*([^\]]+?)\s*\]\((https?://[^)\s]+|mailto:[^)\s]+)\)")
_EMPTY = re.compile(r"\[\s*\]\([^)\s]*\)")
_MARK = re.compile(r"^\s*([•*–-])\s*\n", re.MULTILINE)
_BLANK = re.compile(r"\n{3,}")
_LINKED = ParserConfig(display_links=True)


def tree(html: str) -> Any:
    """Return the page as an lxml tree, whatever it is."""
    return lxml.html.fromstring(html if html.strip() else "<p></p>")


def text_of(html: str) -> str:
    """Return what a page says as plain text."""
    page = tree(html)
    for table in page.xpath("//table[@role='presentation']"):  # one that only lays out is no table to a reader
        table.tag = "div"
        for part in table.xpath("./tr|./tbody|./tbody/tr|./tr/td|./tbody/tr/td"):
            part.tag = "div"
    text = _LINK.sub(r"\1: \2", _EMPTY.sub("", Inscriptis(page, _LINKED).get_text()))
    lines = "\n".join(line.strip() for line in text.splitlines())
    return _BLANK.sub("\n\n", _MARK.sub(r"\1 ", lines)).strip() + "\n"


def words(element: Any) -> str:
    """Return the words inside one element, on one line."""
    return " ".join("".join(element.itertext()).split())
