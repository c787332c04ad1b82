import re
import tomllib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from mailer.errors import Invalid
from mailer.rendering.inline import inline
from mailer.rendering.letter import render
from mailer.rendering.preflight import preflight
from mailer.rendering.template import Shelf, parse_template, publish

ROOT = Path(__file__).parents[2]
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
    for name in shelf.names():
        assert shelf.languages(name) == ["de", "en", "es", "fr", "ja"]


def test_the_words_of_the_layout_are_there_in_every_language_and_name_the_same_fields() -> None:
    words = tomllib.loads((ROOT / "templates" / "_words.toml").read_text())
    english = set(words["en"])
    named = {language: set(each["named"]) for language, each in words.items() if language != "en"}
    for language, each in words.items():
        assert set(each) - {"named"} == english, language
        for key in english - {"title", "topic", "agreed"}:
            fields, same = (re.findall(r"\{\{.*?\}\}", known[key]) for known in (each, words["en"]))
            assert fields == same, (language, key)
    assert set(map(frozenset, named.values())) == {frozenset(named["de"])}


def test_names_are_said_in_the_language_of_the_letter(shelf: Shelf, seen: Callable[..., dict[str, Any]]) -> None:
    facts = {"favourite_department": "PRODUCE", "baskets_365": 3}
    for language, name in (("de", "Obst und Gemüse"), ("fr", "Fruits et légumes"), ("ja", "青果"), ("en", "Produce")):
        template = shelf.get("anniversary", language)
        letter = render(template.subject, template.preheader, inline(template.html), seen(facts, language=language))
        assert name in letter.html
        assert f'lang="{language}"' in letter.html
    unknown = render(template.subject, template.preheader, inline(shelf.get("anniversary", "de").html),
                     seen({"favourite_department": "Antiques"}))  # fmt: skip
    assert "Antiques" in unknown.html


def test_a_language_without_letters_gets_those_of_the_house() -> None:
    house = Shelf([ROOT / "templates"], "fr")
    assert [house.get("win-back", wished).language for wished in ("it", "de-AT", "fr", "en")] == [
        "fr",
        "de",
        "fr",
        "en",
    ]


def test_every_shipped_letter_can_be_written_for_who_is_known_and_who_is_not(
    shelf: Shelf, seen: Callable[..., dict[str, Any]]
) -> None:
    for name in shelf.names():
        for language in shelf.languages(name):
            template = shelf.get(name, language)
            for context in (seen(language=language), seen({}, first_name="", last_name="", language=language)):
                letter = render(template.subject, template.preheader, inline(template.html), context)
                assert letter.subject == letter.subject.strip(" ,、")
                assert not preflight(letter), (name, language)
                english = "Why you get this" in letter.text or "Your last basket was" in letter.text
                assert english is (language == "en"), (name, language)
