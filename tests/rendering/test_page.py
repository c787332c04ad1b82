from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.rendering.inline import inline
from mailer.rendering.letter import render
from mailer.rendering.page import text_of, text_source
from mailer.rendering.template import Shelf

Seen = Callable[..., dict[str, Any]]
WORDS = st.sampled_from(["", "a", "Ann Baker", "R&B <b>", "Ünï 李", "x (y) z", "a  b"])
BITS = st.recursive(
    st.sampled_from([
        "plain words", "{{ facts.a|default('-') }}", "<b>{{ facts.b|default('-') }}</b>", "caf&eacute; &amp; co",
        '<a href="https://example.com/{{ facts.c|default(1) }}">here {{ facts.a|default }}</a>',
        '<a href="{{ facts.link }}">there</a>', '<img src="https://example.com/x.png" alt="{{ facts.a|default }}">',
        '<span style="display:none">hidden {{ facts.b|default }}</span>', "<br>", "{# a remark #}",
    ]),
    lambda inner: st.lists(inner, min_size=1, max_size=3).map(" ".join).flatmap(
        lambda body: st.sampled_from([
            f"{{% if facts.a %}}{body}{{% else %}}nothing{{% endif %}}",
            f"<p>{body}</p>",
            f"{{% if facts.b %}}<p>{body}</p>{{% endif %}}",
            f"<div>{body}</div>",
            f"<h1>{body}</h1>",
            f"<ul>{{% for s in because %}}<li>{{{{ s }}}} and {body}</li>{{% endfor %}}</ul>",
            f'<table role="presentation">{{% for s in because %}}<tr><td>{{{{ s }}}}</td></tr>{{% endfor %}}'
            f"<tr><td>{body}</td></tr></table>",
        ])
    ),
    max_leaves=5,
)  # fmt: skip


def squeezed(text: str) -> list[str]:
    """Return the words only: where a condition stands between blocks, an empty line more or less is no difference."""
    return text.split()


@given(st.lists(BITS, min_size=1, max_size=3).map("\n".join), WORDS, WORDS, st.lists(WORDS.filter(bool), max_size=3))
def test_text_made_once_a_version_is_the_text_of_each_page(body: str, a: str, b: str, because: list[str]) -> None:
    html = f"<html><body><p>Dear Ann,</p>{body}</body></html>"
    data = {"facts": {"a": a, "b": b, "link": "https://example.com"}, "because": because}
    letter = render("s", "", html, data)
    assert squeezed(letter.text) == squeezed(text_of(letter.html))


def test_of_a_shipped_letter_it_is_the_same_to_the_line(shelf: Shelf, seen: Seen) -> None:
    for name in shelf.names():
        for language in shelf.languages(name):
            template = shelf.get(name, language)
            html = inline(template.html)
            assert text_source(html) is not None
            for data in (seen(), seen(facts={}, first_name="")):
                letter = render(template.subject, template.preheader, html, data)
                assert letter.text == text_of(letter.html).replace("\xa0", " ")


@pytest.mark.parametrize(
    "html",
    [
        "<table><tr><td>{{ facts.a }}</td><td>b</td></tr></table>",
        "<ol>{% for s in because %}<li>{{ s }}</li>{% endfor %}</ol>",
        "<pre>{{ facts.a }}</pre>",
        '<p style="display:none">{% if facts.a %}x</p><p>y{% endif %}</p>',
    ],
)
def test_where_the_layout_depends_on_values_each_page_is_read(html: str) -> None:
    assert text_source(html) is None
    letter = render("s", "", html, {"facts": {"a": "much longer than before"}, "because": ["one", "two"]})
    assert letter.text == text_of(letter.html)


def test_a_row_of_layout_is_a_line_and_what_is_decoration_is_left_out() -> None:
    html = (
        '<table role="presentation"><tr><td>Baskets</td><td>84</td></tr></table>'
        '<p><i aria-hidden="true">*</i>Maria<a href="https://example.com"></a></p>'
    )
    assert text_of(html) == "Baskets 84\n\nMaria\n"
