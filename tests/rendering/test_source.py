import pytest

from mailer.errors import Invalid
from mailer.rendering.source import parse_template

HUMAN = '<a href="{{ links.human }}">{{ words.talk }}</a>'
OUT = '<a href="{{ links.unsubscribe }}">{{ words.out }}</a>'
LAYOUT = (
    '<html lang="{{ words.language }}"><head><style>p { color: #111111; }</style></head><body>{{ body }}'
    "{% for sentence in because %}<i>{{ sentence }}</i>{% endfor %}" + HUMAN + OUT + "</body></html>"
)
WORDS = {"talk": "Talk to {{ rep.first_name }}", "out": "{{ words.leave }}", "leave": "Leave"}
LETTER = '+++\nsubject = "Hello {{ customer.first_name }}"\npreheader = "A word"\n+++\n<p>Good morning.</p>\n'


def test_a_template_is_one_flat_page() -> None:
    template = parse_template(LETTER, LAYOUT, "hello", "de", WORDS)
    assert template.subject == "Hello {{ customer.first_name }}"
    assert '<html lang="de">' in template.html
    assert "<p>Good morning.</p>" in template.html
    assert "Talk to {{ rep.first_name }}" in template.html
    assert ">Leave<" in template.html
    assert "words" not in template.html


def test_a_template_may_say_its_reasons_in_its_own_language() -> None:
    text = LETTER.replace("+++\n<p>", 'because = ["Seit {{ facts.days|days }}."]\n+++\n<p>')
    html = parse_template(text, LAYOUT, words=WORDS).html
    assert "<i>Seit {{ facts.days|days }}.</i>" in html
    assert "because" not in html


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (HUMAN, ""),
        (OUT, ""),
        (HUMAN, "{{ links.human }}"),
        (HUMAN, f"<!-- {HUMAN} -->"),
        (HUMAN, '<a href="{{ links.human }}"></a>'),
        (HUMAN, "{% if facts.x %}" + HUMAN + "{% endif %}"),
        (HUMAN, "{% for s in because %}" + HUMAN + "{% endfor %}"),
        (HUMAN, HUMAN.replace("links.human", "links.human|default('')")),
    ],
)
def test_a_page_without_an_unconditional_human_link_and_way_out_is_no_template(old: str, new: str) -> None:
    with pytest.raises(Invalid, match="is missing"):
        parse_template(LETTER, LAYOUT.replace(old, new), words=WORDS)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("<p>a</p>", r"\+\+\+"),
        ("+++\nsubject = \n+++\na", "TOML"),
        ('+++\npreheader = "a"\n+++\na', "subject"),
        ('+++\nsubject = "a"\nsubjekt = "b"\n+++\na', "subjekt"),
        ('+++\nsubject = "{{ range(3) }}"\n+++\na', "subject"),
        ('+++\nsubject = "a"\n+++\n{% set a = 1 %}', "line 1"),
        ('+++\nsubject = "a"\n+++\n{{ words.nothing }}', "words.toml has no nothing"),
        ('+++\nsubject = "a"\n+++\n<style>@import "x";</style>', "@import"),
    ],
)
def test_what_is_wrong_is_said(text: str, named: str) -> None:
    with pytest.raises(Invalid, match=named):
        parse_template(text, LAYOUT, words=WORDS)
