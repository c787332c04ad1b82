"""Which templates does a house have, and which versions of them were used?

A template is a file, templates/<name>/<language>.html: a front matter in TOML between two lines of +++ (subject,
preheader, and `because` where the reasons are said in another language than English), then the body. The layout around
it is _layout.html, and the layout's words are in _words.toml, one table a language. All of that is put together and
checked when the files are loaded (see `source`), so that what is checked, approved and kept is one flat page.
"""

import hashlib
import tomllib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlmodel import Field, Session, SQLModel, UniqueConstraint, select

from mailer.errors import Invalid
from mailer.rendering.inline import inline
from mailer.rendering.source import FALLBACK, Template, parse_template
from mailer.store import ID, UTC

__all__ = ["Shelf", "Template", "TemplateVersion", "parse_template", "publish", "published"]


class TemplateVersion(SQLModel, table=True):
    """A template as it was when letters were first made of it; never changed, so that bytes can be made again."""

    __tablename__ = "template_version"
    __table_args__ = (UniqueConstraint("name", "language", "digest"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=ID)
    name: str
    language: str
    digest: str  # SHA-256 of subject, preheader and html
    subject: str
    preheader: str
    html: str  # flat, CSS inlined, Jinja intact
    created_at: datetime = Field(sa_type=UTC)


class Shelf:
    """All templates of a house: its own files before the shipped ones, file by file."""

    def __init__(self, folders: Sequence[Path], language: str = FALLBACK) -> None:
        self._folders = tuple(folders)
        self._language = language
        self.reload()

    def reload(self) -> None:
        """Read every file again. What cannot be used is kept out, and said in `errors`."""
        templates: dict[tuple[str, str], Template] = {}
        errors: dict[Path, str] = {}
        broken: dict[tuple[str, str], str] = {}
        layout = self._shared("_layout.html") or "{{ body }}"
        words: dict[str, dict[str, Any]] = {}
        try:
            words = tomllib.loads(self._shared("_words.toml") or "")
        except tomllib.TOMLDecodeError as error:
            errors[Path("_words.toml")] = f"not valid TOML: {error}"
        for (name, language), path in self._files().items():
            try:
                text = path.read_text(encoding="utf-8")
                template = parse_template(text, layout, name, language, words.get(language, {}), path)
            except (Invalid, UnicodeDecodeError) as error:
                errors[path] = broken[name, language] = str(error)
            else:
                templates[name, language] = template
        self._templates, self._broken, self._errors, self._words = templates, broken, errors, words

    def names(self) -> list[str]:
        """Return the name of every template, sorted."""
        return sorted({name for name, _ in (*self._templates, *self._broken)})

    def languages(self, name: str) -> list[str]:
        """Return the languages in which a template can be used, sorted."""
        return sorted(language for known, language in self._templates if known == name)

    def get(self, name: str, language: str = FALLBACK) -> Template:
        """Return the template in that language; else in its main language (de for de-AT), the house's own, or English.

        Raises:
            Invalid: there is none of that name, or the file that should be used is broken.
        """
        for each in dict.fromkeys((language.lower(), language.lower().partition("-")[0], self._language, FALLBACK)):
            if found := self._templates.get((name, each)):
                return found
            if why := self._broken.get((name, each)):
                raise Invalid(f"the template {name}/{each}.html cannot be used: {why}")
        known = ", ".join(self.names()) or "none"
        raise Invalid(f"there is no template {name}/{FALLBACK}.html; there are: {known}")

    def named(self, name: str, language: str) -> str:
        """Return what a name of the house's own (a topic, a department) is called in a language."""
        return str(self._words.get(language, {}).get("named", {}).get(name.lower(), name))

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


def published(session: Session, template: Template) -> TemplateVersion | None:
    """Return the kept version of this template, or None: no letter was made of it yet."""
    digest = _digest(template.subject, template.preheader, inline(template.html))
    known = select(TemplateVersion).where(
        TemplateVersion.name == template.name,
        TemplateVersion.language == template.language,
        TemplateVersion.digest == digest,
    )
    return session.exec(known).one_or_none()


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def publish(session: Session, template: Template, now: datetime) -> TemplateVersion:
    """Return the kept version of this template, made now if there is none: flat, inlined, never changed after."""
    if version := published(session, template):
        return version
    html = inline(template.html)
    version = TemplateVersion(
        name=template.name,
        language=template.language,
        digest=_digest(template.subject, template.preheader, html),
        subject=template.subject,
        preheader=template.preheader,
        html=html,
        created_at=now,
    )
    session.add(version)
    session.flush()
    return version
