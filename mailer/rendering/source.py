"""May this text be the source of a letter?

The body is put into the layout where that says `{{ body }}`, the layout's words for `{{ words.… }}`, and, where the
front matter has `because`, those sentences for the layout's loop over the reasons. `facts.x|named` is what the words of
that language call it: `[de.named]` has produce = "Obst und Gemüse". What comes of it is one flat page, and that is what
is checked. A page without an unconditional human link is no template.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mailer.errors import Invalid
from mailer.rendering import allowed, page
from mailer.rendering.inline import hide, lint

FALLBACK = "en"
REQUIRED = {"human": "the human link", "unsubscribe": "the way out"}
_FRONT = re.compile(r"\A\s*\+\+\+\s*\n(?P<toml>.*?)\n\+\+\+[^\S\n]*(?:\n|\Z)(?P<body>.*)\Z", re.DOTALL)
_BODY = re.compile(r"\{\{-?\s*body\s*-?\}\}")
_WORDS = re.compile(r"\{\{-?\s*words\.(\w+)\s*-?\}\}")
_NAMED = re.compile(r"\b([a-z]+\.\w+)\|named\b")
_REASONS = re.compile(r"\{% for sentence in because %\}(?P<row>.*?)\{% endfor %\}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Template:
    """A checked source: one flat page, its subject and its preheader."""

    name: str
    language: str
    subject: str
    preheader: str
    html: str
    path: Path | None = None


def parse_template(
    text: str,
    layout: str,
    name: str = "",
    language: str = FALLBACK,
    words: Mapping[str, Any] | None = None,
    path: Path | None = None,
) -> Template:
    """Read one template, put it into its layout and check it.

    Raises:
        Invalid: something in it is not allowed or is missing; the message says what, and where.
    """
    if not (front := _FRONT.match(text)):
        raise Invalid("a template begins with +++, then subject and preheader as TOML, then +++, then the letter")
    try:
        head = tomllib.loads(front["toml"])
    except tomllib.TOMLDecodeError as error:
        raise Invalid(f"the front matter is not valid TOML: {error}") from error
    if unknown := set(head) - {"subject", "preheader", "because"}:
        raise Invalid(f"the front matter has {min(unknown)}; it may have subject, preheader and because")
    subject, preheader = str(head.get("subject", "")).strip(), str(head.get("preheader", "")).strip()
    if not subject:
        raise Invalid('the front matter has no subject; write subject = "…"')
    flat = _BODY.sub(lambda _: front["body"].strip(), layout, count=1)
    if reasons := head.get("because"):
        said = [reasons] if isinstance(reasons, str) else [str(each) for each in reasons]
        flat = _REASONS.sub(lambda loop: "".join(loop["row"].replace("{{ sentence }}", each) for each in said), flat)
    for _ in range(2):  # words may use words
        flat = _WORDS.sub(lambda found: _word(found[1], language, words or {}), flat)
    named = (words or {}).get("named", {})
    subject, preheader, flat = (_NAMED.sub(lambda f: _called(f[1], named), each) for each in (subject, preheader, flat))
    for what, source in (("subject", subject), ("preheader", preheader), ("the letter in its layout", flat)):
        allowed.check(source, what)
    if objections := lint(flat):
        raise Invalid("; ".join(objections))
    _require_links(flat)
    return Template(name, language, subject, preheader, flat, path)


def _word(key: str, language: str, words: Mapping[str, Any]) -> str:
    if key == "language":
        return language
    if key not in words:
        raise Invalid(f"_words.toml has no {key} for {language}; add it under [{language}]")
    return str(words[key])


def _called(field: str, named: Mapping[str, str]) -> str:
    """Return the expression for what the value of a field is called; what has no name is said as it is."""
    quoted = (("'" + each.replace("\\", "\\\\").replace("'", "\\'") + "'") for pair in named.items() for each in pair)
    cases = "".join(f"{called} if {field}|lower == {name} else " for name, called in zip(quoted, quoted, strict=True))
    return f"({cases}{field})"


def _require_links(flat: str) -> None:
    """Refuse a page in which a reader could be without a way to a person, or out."""
    hidden, tokens = hide(flat)
    anchors = page.tree(hidden).iter("a")
    shown = {str(anchor.get("href", "")).strip() for anchor in anchors if page.words(anchor)}
    depth, reached = 0, set()
    for number, token in enumerate(tokens):
        words = token.strip("{}%- \n").split()
        if token.startswith("{%"):
            depth += {"if": 1, "for": 1, "endif": -1, "endfor": -1}.get(words[0], 0)
        elif depth == 0 and f"jinja{number:06d}x" in shown:
            reached.update(words)
    for link, english in REQUIRED.items():
        if f"links.{link}" not in reached:
            raise Invalid(
                f'{english} is missing: write <a href="{{{{ links.{link} }}}}">…</a> outside of any condition'
            )
