"""What is the source of a letter, and may it be used?

A template is a file, templates/<name>/<language>.html: a front matter in TOML between two lines of +++ (subject,
preheader, and `because` where the reasons are said in another language than English), then the body, which is put into
_layout.html where that says `{{ body }}`. The layout's own words come from _words.toml, one table a language, and are
put in for `{{ words.… }}`. All of that happens when the file is loaded, so that what is checked, approved and kept is
one flat page. A page without an unconditional human link is no template.
"""

import hashlib
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import Field, Session, SQLModel, UniqueConstraint, select

from mailer.errors import Invalid
from mailer.rendering import allowed, page
from mailer.rendering.inline import hide, inline, lint
from mailer.store import UTC

FALLBACK = "en"
REQUIRED = {"human": "the human link", "unsubscribe": "the way out"}
_FRONT = re.compile(r"\A\s*\+\+\+\s*\n(?P<toml>.*?)\n\+\+\+[^\S\n]*(?:\n|\Z)(?P<body>.*)\Z", re.DOTALL)
_BODY = re.compile(r"\{\{-?\s*body\s*-?\}\}")
_WORDS = re.compile(r"\{\{-?\s*words\.(\w+)\s*-?\}\}")
_REASONS = re.compile(r"\{% for sentence in because %\}(?P<row>.*?)\{% endfor %\}", re.DOTALL)


class TemplateVersion(SQLModel, table=True):
    """A template as it was when letters were first made of it; never changed, so that bytes can be made again."""

    __tablename__ = "template_version"
    __table_args__ = (UniqueConstraint("name", "language", "digest"),)

    id: int | None = Field(default=None, primary_key=True)
    name: str
    language: str
    digest: str  # SHA-256 of subject, preheader and html
    subject: str
    preheader: str
    html: str  # flat, CSS inlined, Jinja intact
    created_at: datetime = Field(sa_type=UTC)


@dataclass(frozen=True, slots=True)
class Template:
    """A checked source: one flat page, its subject and its preheader."""

    name: str
    language: str
    subject: str
    preheader: str
    html: str
    path: Path | None = None


class Shelf:
    """All templates of a house: its own files before the shipped ones, file by file."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)
        self.reload()

    def reload(self) -> None:
        """Read every file again. What cannot be used is kept out, and said in `errors`."""
        templates: dict[tuple[str, str], Template] = {}
        errors: dict[Path, str] = {}
        broken: dict[tuple[str, str], str] = {}
        layout = self._shared("_layout.html") or "{{ body }}"
        try:
            words = tomllib.loads(self._shared("_words.toml") or "")
        except tomllib.TOMLDecodeError as error:
            words = {}
            errors[Path("_words.toml")] = f"not valid TOML: {error}"
        for (name, language), path in self._files().items():
            try:
                text = path.read_text(encoding="utf-8")
                template = parse_template(text, layout, name, language, words.get(language, {}), path)
            except (Invalid, UnicodeDecodeError) as error:
                errors[path] = broken[name, language] = str(error)
            else:
                templates[name, language] = template
        self._templates, self._broken, self._errors = templates, broken, errors

    def names(self) -> list[str]:
        """Return the name of every template, sorted."""
        return sorted({name for name, _ in (*self._templates, *self._broken)})

    def languages(self, name: str) -> list[str]:
        """Return the languages in which a template can be used, sorted."""
        return sorted(language for known, language in self._templates if known == name)

    def get(self, name: str, language: str = FALLBACK) -> Template:
        """Return the template in that language; else in its main language (de for de-AT); else in English.

        Raises:
            Invalid: there is none of that name, or the file that should be used is broken.
        """
        for each in dict.fromkeys((language.lower(), language.lower().partition("-")[0], FALLBACK)):
            if found := self._templates.get((name, each)):
                return found
            if why := self._broken.get((name, each)):
                raise Invalid(f"the template {name}/{each}.html cannot be used: {why}")
        known = ", ".join(self.names()) or "none"
        raise Invalid(f"there is no template {name}/{FALLBACK}.html; there are: {known}")

    def errors(self) -> dict[Path, str]:
        """Return what cannot be used, and why."""
        return dict(self._errors)

    def source(self, name: str) -> str:
        """Return the source of all languages of a template as one text: what an approval is of.

        Raises:
            Invalid: there is no such template, or one of its languages is broken.
        """
        languages = {language for known, language in (*self._templates, *self._broken) if known == name}
        parts = [self.get(name, language) for language in sorted({FALLBACK, *languages})]
        return "\n".join("\n".join((each.language, each.subject, each.preheader, each.html)) for each in parts)

    def _files(self) -> dict[tuple[str, str], Path]:
        found: dict[tuple[str, str], Path] = {}
        for folder in self._folders:
            for path in sorted(folder.glob("[!_.]*/*.html")):
                found.setdefault((path.parent.name, path.stem.lower()), path)
        return found

    def _shared(self, file: str) -> str | None:
        path = next((folder / file for folder in self._folders if (folder / file).is_file()), None)
        return path.read_text(encoding="utf-8") if path else None


def parse_template(
    text: str,
    layout: str,
    name: str = "",
    language: str = FALLBACK,
    words: Mapping[str, str] | None = None,
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
    for what, source in (("subject", subject), ("preheader", preheader), ("the letter in its layout", flat)):
        allowed.check(source, what)
    if objections := lint(flat):
        raise Invalid("; ".join(objections))
    _require_links(flat)
    return Template(name, language, subject, preheader, flat, path)


def publish(session: Session, template: Template, now: datetime) -> TemplateVersion:
    """Return the kept version of this template, made now if there is none: flat, inlined, never changed after."""
    html = inline(template.html)
    parts = "\0".join((template.subject, template.preheader, html))
    digest = hashlib.sha256(parts.encode()).hexdigest()
    known = select(TemplateVersion).where(
        TemplateVersion.name == template.name,
        TemplateVersion.language == template.language,
        TemplateVersion.digest == digest,
    )
    if version := session.exec(known).one_or_none():
        return version
    version = TemplateVersion(
        name=template.name,
        language=template.language,
        digest=digest,
        subject=template.subject,
        preheader=template.preheader,
        html=html,
        created_at=now,
    )
    session.add(version)
    session.flush()
    return version


def _word(key: str, language: str, words: Mapping[str, str]) -> str:
    if key == "language":
        return language
    if key not in words:
        raise Invalid(f"_words.toml has no {key} for {language}; add it under [{language}]")
    return words[key]


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
