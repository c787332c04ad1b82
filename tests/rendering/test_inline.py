import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.errors import Invalid
from mailer.rendering.inline import TOKEN, hide, inline, lint, reveal

PAGE = """<html><head><style>p {{ color: #123456; }} .big {{ font-size: 20px; }}</style></head><body>{}</body></html>"""

FIELD = st.sampled_from(["customer.first_name", "facts.x", "links.human", "rep.name"])
TEXT = st.text("abcäöü €&;'\"=%#{}", max_size=12).filter(lambda text: not TOKEN.search(text) and "{" not in text)
STRING = st.text("ab }%{<>&|äß", max_size=8).map(lambda text: f"'{text}'")
EXPRESSION = st.tuples(FIELD, STRING).map(lambda pair: f"{{{{ {pair[0]}|default({pair[1]}) }}}}") | FIELD.map(
    lambda name: f"{{{{{name}}}}}"
)
INLINE = st.recursive(
    TEXT.map(lambda text: text.replace("&", "&amp;")) | EXPRESSION | st.just("{# a <remark> }} #}"),
    lambda inner: st.lists(inner, max_size=3).map("".join).flatmap(
        lambda body: st.sampled_from([
            f"{{% if facts.x > 1 %}}{body}{{% else %}}b{{% endif %}}",
            f"{{%- for s in because -%}}{body}{{{{ s }}}}{{% endfor %}}",
            f'<a class="big {{{{ facts.c }}}}" href="{{{{ links.human }}}}?a=1&amp;b={{{{ facts.x }}}}">{body}</a>',
            '<img src="{{ rep.face_url }}" alt="{% if rep.name %}{{ rep.name }}{% endif %}">',
            f"<span>{body}</span>",
            "<!--[if mso]> {{ brand.name }} {% if facts.x %}y{% endif %} <![endif]-->",
        ])
    ),
    max_leaves=6,
)  # fmt: skip
BLOCK = st.one_of(
    INLINE.map(lambda body: f"<p>{body}</p>"),
    INLINE.map(lambda body: f"{{% if facts.y %}}<p class='big'>{body}</p>{{% endif %}}"),
    INLINE.map(
        lambda body: (
            "<table>{% for s in because %}<tr>{% if s %}<td>" + body + "</td>{% endif %}</tr>{% endfor %}</table>"
        )
    ),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(BLOCK, min_size=1, max_size=3).map("".join))
def test_every_jinja_token_comes_back_exactly_and_in_order(body: str) -> None:
    source = PAGE.format(body.replace("\x00", ""))
    made = inline(source)
    assert TOKEN.findall(made) == TOKEN.findall(source)


@given(st.lists(BLOCK, max_size=3).map("".join))
def test_hiding_and_revealing_change_nothing(body: str) -> None:
    hidden, tokens = hide(body)
    assert reveal(hidden, tokens) == body
    assert not TOKEN.search(hidden)


def test_styles_are_written_into_the_tags_and_the_sheet_is_gone() -> None:
    made = inline(PAGE.format('<p class="big">{{ customer.first_name }}</p><table><tr><td>a</td></tr></table>'))
    assert '<p class="big" style="color:#123456; font-size:20px">{{ customer.first_name }}</p>' in made
    assert "<style" not in made


def test_a_sheet_that_is_marked_is_kept_as_it_is() -> None:
    rules = "@media (prefers-color-scheme: dark) { p { color: #fff !important; } }"
    sheet = f'<style data-premailer="ignore">{rules}</style>'
    made = inline(PAGE.format("<p>a</p>").replace("</head>", f"{sheet}</head>"))
    assert rules in made


@pytest.mark.parametrize(
    "css",
    [
        "@import url(https://example.com/x.css);",
        "@supports (display: grid) { p { color: red; } }",
        "@media screen { @media print { p { color: red; } } }",
        "@font-face { font-family: x; src: url(x.woff); }",
        ":is(p, a) { color: red; }",
        "p:not(.a) { color: red; }",
        "p { color: rgb(0 0 0 / 50%); }",
        "p { color: var(--ink); }",
        "p { background: url(x.png); }",
    ],
)
def test_what_premailer_breaks_or_fetches_is_refused(css: str) -> None:
    page = f"<html><head><style>{css}</style></head><body><p>a</p></body></html>"
    assert lint(page)
    with pytest.raises(Invalid):
        inline(page)


def test_an_import_is_refused_even_in_a_marked_sheet_and_a_link_too() -> None:
    assert lint('<style data-premailer="ignore">@import "x.css";</style>')
    assert lint('<link rel="stylesheet" href="https://example.com/x.css">')
    assert not lint('<style data-premailer="ignore">@media print { p { color: red; } }</style>')


@pytest.mark.parametrize(
    "body",
    [
        "<p {% if facts.x %}class='a'{% endif %}>a</p>",
        "<{{ facts.tag }}>a",
        "<style>p { color: {{ facts.x }}; }</style>",
        "<p>jinja000000x</p>",
    ],
)
def test_a_token_where_it_cannot_be_kept_is_refused(body: str) -> None:
    with pytest.raises(Invalid):
        inline(PAGE.format(body))


def test_a_lost_doubled_or_moved_token_is_noticed() -> None:
    hidden, tokens = hide("<p>{{ a }}</p><p>{{ b }}</p>")
    for changed in (
        hidden.replace("jinja000001x", ""),
        hidden + "jinja000000x",
        "<p>jinja000001x</p><p>jinja000000x</p>",
    ):
        with pytest.raises(Invalid, match="does not survive"):
            reveal(changed, tokens)
