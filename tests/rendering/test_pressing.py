"""Letters as bytes: quick or slow, they say the same, and the standard library reads them."""

import re
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.errors import Invalid, Permanent
from mailer.mail.compose import Letter, Pressed
from mailer.rendering import allowed, flat, pressing
from mailer.rendering.inline import inline
from mailer.rendering.letter import MOST, render
from mailer.rendering.template import Shelf

Seen = Callable[..., dict[str, Any]]
ANYTHING = st.text(st.characters(exclude_categories=["Cs"]), max_size=120)
VALUES = ANYTHING | st.sampled_from(["", "Ann", "R&B <b>", "From here", ".", "=", "a\nb", "x" * 200, "李" * 40, " a "])
PLAIN = [
    "words", "From here on.\n", "\n.\n", "caf&eacute; = 1\n", "  \n", "Grüße, 李!\n", "<br>", "x" * 90, "{# remark #}",
]  # fmt: skip
SAID = [
    "{{ facts.a|default('-') }}", "{{ facts.b|default }}", "{{ customer.first_name|default('you')|upper }}",
    "{{ facts.n|default(3) + 4 }}", "{{ facts.n|default(1) - 2 }}", "{{ -facts.n|default(1) }}",
    "{{ facts.a|default('-') ~ '<i>' ~ facts.n|default(0) }}", "{{ facts.a|default('-')|e }}",
    "{{ ('<b>' + facts.a|default('-'))|e + '<u>' }}", "{{ because|join(', ') }}", "{{ because|first|default('-') }}",
    "{{ 'yes' if facts.a else 'no' }}", "{{ facts.cents|default(1250)|money('EUR') }}", "{{ facts.n|default(4)|days }}",
    "{{ '2026-03-16'|date(form='short') }}", "{{ facts.a|default('-')|truncate(9, end='~') }}", "{{ because|length }}",
    "{{ facts.deep.a|default('none') }}", "{{ facts.b is defined }}", "{{ subject }}",
    "{{ facts.n|default(2.5)|number }}",
]  # fmt: skip
ASKED = [
    "facts.a", "not facts.b", "facts.a and facts.b", "facts.a or facts.n", "facts.n is defined and facts.n is odd",
    "because|length > 1", "(facts.n if facts.a else 2) == 2", "1 < because|length <= 2",
    "facts.a in because", "'a' not in because", "facts.b is undefined",
]  # fmt: skip
LOOP = "{{ loop.index }}{{ each }}{% if not loop.last %}, {% endif %}"
BODIES = st.recursive(
    st.sampled_from([*PLAIN, *SAID]),
    lambda inner: st.lists(inner, min_size=1, max_size=4).map("".join).flatmap(
        lambda body: st.one_of(
            st.sampled_from(ASKED).map(lambda asked: f"{{% if {asked} %}}{body}{{% else %}}not{{% endif %}}"),
            st.sampled_from(ASKED).map(lambda asked: f"{{% if {asked} %}}a{{% elif facts.b %}}{body}{{% endif %}}"),
            st.just(f"{{% for each in because %}}{LOOP}{{% else %}}{body}{{% endfor %}}"),
            st.just(f"{{% for each in facts.list %}}{{{{ each }}}}{body}{{% endfor %}}"),
            st.just(f"<p>{body}</p>\n"),
            st.just(f'<a href="https://example.com/{{{{ facts.n|default(1) }}}}">{body}</a>'),
            st.just(f'<a href="{{{{ facts.link|default(\'https://example.com\') }}}}" title="t">{body}</a>'),
        )
    ),
    max_leaves=6,
)  # fmt: skip
DATA = st.fixed_dictionaries({
    "customer": st.fixed_dictionaries({"first_name": VALUES}),
    "facts": st.fixed_dictionaries({
        "a": VALUES, "b": st.sampled_from(["", "b"]), "n": st.integers(-9, 9) | st.none(), "list": st.lists(VALUES),
        "link": st.sampled_from(["", "https://example.com/?a=b&c=d", "mailto:a@example.com", "tel:+49301", "x:y"]),
        "cents": st.integers(0, 10**6), "deep": st.just({"a": "deep"}),
    }),
    "because": st.lists(st.sampled_from(["a", "bb", "Your last basket was 3 days ago."]), max_size=3),
})  # fmt: skip


def read(letter: Pressed) -> tuple[str, str]:
    """Read the two parts as any program does."""
    message = message_from_bytes(b"MIME-Version: 1.0\r\n" + letter.entity, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    parts = [message.get_body((kind,)) for kind in ("plain", "html")]
    text, html = (part.get_content().replace("\r\n", "\n") for part in parts if part is not None)
    return text, html


def kept(entity: bytes) -> bool:
    lines = entity.split(b"\r\n")
    bare = re.search(rb"(?<!\r)\n|\r(?!\n)", entity)
    begins = any(line.startswith((b".", b"From ")) for line in lines)
    return entity.isascii() and bare is None and max(map(len, lines)) <= 76 and not begins


@settings(deadline=None)  # compiling takes some milliseconds
@given(st.lists(BODIES, min_size=1, max_size=4).map("".join), DATA)
def test_a_compiled_letter_says_what_the_slow_one_says_and_is_read_so_by_the_standard_library(
    body: str, data: dict[str, Any]
) -> None:
    html = f"<html><body>{body}</body></html>"
    subject = "{{ customer.first_name|default('Hello') }}!"
    try:
        letter = render(subject, "{{ facts.a|default }}", html, data)
    except Permanent as refused:
        with pytest.raises(Permanent, match=re.escape(str(refused))):
            pressing.press(subject, "{{ facts.a|default }}", html, data)
        return
    for press in (pressing.press, pressing.slowly):
        pressed = press(subject, "{{ facts.a|default }}", html, data)
        assert kept(pressed.entity)
        assert pressed.subject == letter.subject
        assert read(pressed) == (letter.text, letter.html)
        again = pressed.letter()
        assert Letter(again.subject, again.html, again.text) == letter


@settings(deadline=None)  # compiling takes some milliseconds
@given(st.lists(BODIES, min_size=1, max_size=4).map("".join))
def test_whatever_is_allowed_is_compiled(body: str) -> None:
    html = f"<html><body>{body}</body></html>"
    try:
        allowed.check(html)
    except Invalid:  # a loop too deep
        with pytest.raises(flat.Unsure):
            flat.page(html, "en")
    else:
        assert flat.page(html, "en")


def test_every_shipped_letter_is_compiled_and_says_the_same(shelf: Shelf, seen: Seen) -> None:
    for name in shelf.names():
        for language in shelf.languages(name):
            template = shelf.get(name, language)
            source = (template.subject, template.preheader, inline(template.html))
            version = pressing._version(*source, source[2])
            assert version is not None
            for data in (seen(), seen(facts={}, first_name="")):
                letter = version.press(data).letter()
                assert Letter(letter.subject, letter.html, letter.text) == render(*source, data)


def test_golden_bytes_of_a_compiled_letter() -> None:
    html = "<p>Grüß dich, {{ customer.first_name }}!</p>\n.\n<a href='{{ links.human }}'>Talk</a>\n\n"
    data = {"customer": {"first_name": "Zoë & Co"}, "links": {"human": "https://example.com/h/x?a=b"}}
    letter = pressing.press("Hello {{ customer.first_name }}", "", html, data)
    assert letter.subject == "Hello Zoë & Co"
    assert letter.entity.decode("ascii").replace("\r\n", "\n") == (
        "Content-Type: multipart/alternative;\n"
        ' boundary="=_9ece46acfbbe467369e13ecbdbb8247e"\n'
        "\n"
        "--=_9ece46acfbbe467369e13ecbdbb8247e\n"
        "Content-Type: text/plain; charset=utf-8\n"
        "Content-Transfer-Encoding: quoted-printable\n"
        "\n"
        "Gr=C3=BC=C3=9F dich, Zo=C3=AB & Co!\n"
        "\n"
        "=2E Talk: https://example.com/h/x?a=3Db\n"
        "\n"
        "--=_9ece46acfbbe467369e13ecbdbb8247e\n"
        "Content-Type: text/html; charset=utf-8\n"
        "Content-Transfer-Encoding: quoted-printable\n"
        "\n"
        "<p>Gr=C3=BC=C3=9F dich,=20=\n"
        "Zo=C3=AB &amp; Co=\n"
        "!</p>\n"
        "=2E\n"
        "<a href=3D'=\n"
        "https://example.com/h/x?a=3Db=\n"
        "'>Talk</a>\n"
        "\n"
        "--=_9ece46acfbbe467369e13ecbdbb8247e--\n"
    )


HOSTILE = [
    "javascript:alert(1)",
    " JavaScript:x",
    "java\nscript:x",
    "data:text/html,x",
    "\x00javascript:x",
    "vbscript:",
    "telnet:1",
]


@pytest.mark.parametrize("link", HOSTILE)
@pytest.mark.parametrize(
    "html",
    [
        '<a href="{{ facts.link }}">a</a>',
        "<img src={{ facts.link }}>",
        '<a href="{% if facts.link %}{{ facts.link }}{% endif %}">a</a>',
        '<a href="{{ facts.none|default }}{{ facts.link }}">a</a>',
        '<td background = "{{ facts.link }}">a</td>',
        "<a href=\"{{ 'java' }}{{ facts.rest }}\">a</a>",
        '<a href="java{{ facts.rest }}">a</a>',
        "<a {{ facts.attribute }}>a</a>",
        "<a hr{{ facts.half }}>a</a>",
        "<a href{{ facts.equals }}javascript:x>a</a>",
    ],
)
def test_an_address_that_may_not_leave_is_refused_however_it_is_put_together(html: str, link: str) -> None:
    facts = {
        "link": link,
        "rest": "script:alert(1)",
        "attribute": "href=javascript:x",
        "half": "ef=javascript:x",
        "equals": "=",
    }
    with pytest.raises(Permanent, match="which may not leave"):
        pressing.press("s", "", html, {"facts": facts})


def test_what_is_too_long_or_missing_is_refused_with_the_reason() -> None:
    with pytest.raises(Permanent, match="longer than"):
        pressing.press("s", "", "<p>{{ facts.a }}{{ facts.a }}</p>", {"facts": {"a": "x" * (MOST - 100)}})
    with pytest.raises(Permanent, match=r"customer\.first_name is missing"):
        pressing.press("s", "", "<p>{{ customer.first_name }}</p>", {"customer": {}})
    with pytest.raises(Permanent, match="subject is empty"):
        pressing.press("{{ facts.a|default }}", "", "<p>a</p>", {"facts": {}})


@pytest.mark.parametrize(
    "source",
    [
        "{{ customer.__class__ }}",
        "{{ [1]|length }}",
        "{{ 3 ** 3 }}",
        "{% set a = 1 %}{{ a }}",
        "{{ facts.a.b() }}",
        "{{ secret }}",
        "{% for a in because %}{% for b in because %}{% for c in because %}a{% endfor %}{% endfor %}{% endfor %}",
        "{% macro a() %}{% endmacro %}",
        "{{ facts['a'] }}",
    ],
)
def test_what_is_not_allowed_is_never_compiled(source: str) -> None:
    with pytest.raises(flat.Unsure):
        flat.page(source, "en")


def test_half_a_character_and_control_signs_keep_nobody_from_the_letter() -> None:
    data = {"customer": {"first_name": "A\ud800n\x00n\r\nBcc: x@evil.example"}}
    letter = pressing.press("Hi {{ customer.first_name }}", "", "<p>{{ customer.first_name }}</p>", data)
    assert letter.subject == "Hi A\ufffdnn Bcc: x@evil.example"
    assert kept(letter.entity)
    assert "A\ufffdnn\nBcc" in letter.letter().html
