"""How is this house set? Every option with its value and what it does, to read; it is changed in its file."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from mailer.people.staff import Role
from mailer.settings import Secret, Section, covered
from mailer.web.doors import staff_only
from mailer.web.exchange import house

pages = Blueprint("settings", __name__)


@pages.get("/settings")
@staff_only(Role.ADMINISTRATOR)
def listing() -> ResponseReturnValue:
    """Show every setting, section by section."""
    given, sections = house().settings, []
    for name, field in type(given).model_fields.items():
        section = getattr(given, name)
        if isinstance(section, Section):
            told = (type(section).__doc__ or field.description or "").partition("] ")[2]
            sections.append((name, told, _rows(section)))
    return render_template("settings.html", sections=sections, path=house().home.config)


def _rows(section: Section) -> list[tuple[str, str, bool, str]]:
    """Return each option: name, value as text, whether it is the default, meaning."""
    return [
        (name, _said(getattr(section, name)), getattr(section, name) == field.default, field.description or "")
        for name, field in type(section).model_fields.items()
    ]


def _said(value: object) -> str:
    """Say a value; one that may hold a password only as far as nobody learns it."""
    if isinstance(value, Secret):
        return "set" if value.get_secret_value() else ""
    if isinstance(value, tuple):
        return "; ".join(map(_said, value))
    if isinstance(value, Section):
        return ", ".join(f"{name} {_said(each)}" for name, each in value if each)
    return {"True": "yes", "False": "no", "()": ""}.get(str(value), covered(str(value)))
