from datetime import datetime
from pathlib import Path

import pytest
from sqlmodel import Session

from mailer.errors import Invalid
from mailer.rendering.template import Shelf, parse_template, publish

HUMAN = '<a href="{{ links.human }}">{{ words.talk }}</a>'
OUT = '<a href="{{ links.unsubscribe }}">{{ words.out }}</a>'
LAYOUT = (
    '<html lang="{{ words.language }}"><head><style>p { color: #111111; }</style></head><body>{{ body }}'
    "{% for sentence in because %}<i>{{ sentence }}</i>{% endfor %}" + HUMAN + OUT + "</body></html>"
)
WORDS = {"talk": "Talk to {{ rep.first_name }}", "out": "{{ words.leave }}", "leave": "Leave"}
LETTER = '+++\nsubject = "Hello {{ customer.first_name }}"\npreheader = "A word"\n+++\n<p>Good morning.</p>\n'


def shelf_of(folder: Path, **files: str) -> Shelf:
    for name, text in {"_layout.html": LAYOUT, "_words.toml": '[en]\ntalk = "Talk"\nout = "Out"\n', **files}.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Shelf([folder])


def test_a_shelf_falls_back_to_the_main_language_and_then_to_english(tmp_path: Path) -> None:
    german = LETTER.replace("Hello", "Hallo")
    words = '[en]\ntalk = "Talk"\nout = "Out"\n[de]\ntalk = "Reden"\nout = "Weg"\n'
    shelf = shelf_of(tmp_path, **{"hello__en.html": LETTER, "hello__de.html": german, "_words.toml": words})
    assert shelf.names() == ["hello"]
    assert shelf.languages("hello") == ["de", "en"]
    assert shelf.get("hello", "de-AT").language == "de"
    assert shelf.get("hello", "ja").language == "en"
    assert shelf.errors() == {}
    with pytest.raises(Invalid, match="hello"):
        shelf.get("good-bye")


def test_a_broken_file_is_said_and_not_replaced_by_another_language(tmp_path: Path) -> None:
    shelf = shelf_of(tmp_path, **{"hello__en.html": LETTER, "hello__fr.html": LETTER})  # no words for fr
    assert [path.name for path in shelf.errors()] == ["fr.html"]
    assert shelf.get("hello", "en").language == "en"
    with pytest.raises(Invalid, match=r"hello/fr\.html cannot be used: .*talk"):
        shelf.get("hello", "fr")
    with pytest.raises(Invalid):
        shelf.source("hello")


def test_templates_overlay_file_by_file_and_a_change_is_seen_after_reload(tmp_path: Path) -> None:
    shipped, own = tmp_path / "shipped", tmp_path / "own"
    shelf_of(shipped, **{"hello__en.html": LETTER, "other__en.html": LETTER})
    (own / "hello").mkdir(parents=True)
    (own / "hello" / "en.html").write_text(LETTER.replace("Hello", "Dear"))
    shelf = Shelf([own, shipped])
    assert shelf.get("hello").subject.startswith("Dear")
    assert shelf.get("other").subject.startswith("Hello")
    before = shelf.source("hello")
    (own / "hello" / "en.html").write_text(LETTER.replace("Hello", "Good day"))
    shelf.reload()
    assert shelf.get("hello").subject.startswith("Good day")
    assert shelf.source("hello") != before


def test_a_version_is_made_once_and_a_change_makes_another(session: Session, now: datetime) -> None:
    template = parse_template(LETTER, LAYOUT, "hello", "en", WORDS)
    first = publish(session, template, now)
    assert '<p style="color:#111111">Good morning.</p>' in first.html
    assert "{{ rep.first_name }}" in first.html
    assert publish(session, template, now).id == first.id
    changed = parse_template(LETTER.replace("morning", "evening"), LAYOUT, "hello", "en", WORDS)
    assert publish(session, changed, now).id != first.id


def test_every_shipped_template_can_be_used(shelf: Shelf) -> None:
    assert shelf.errors() == {}
    assert shelf.names() == ["anniversary", "new-favourite", "quiet-after-heavy-use", "win-back"]
    assert shelf.languages("win-back") == ["de", "en", "es", "fr"]
