"""Counted links lead where the letter without counting leads, and nowhere else."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.mail.tokens import Signer
from mailer.rendering import counted
from mailer.rendering.inline import inline
from mailer.rendering.letter import render
from mailer.rendering.links import Links
from mailer.rendering.pressing import press
from mailer.rendering.template import Shelf

Seen = Callable[..., dict[str, Any]]
COUNTED = Links.of("https://mail.example.com", Signer(b"k" * 32), 7, clicks=True, opens=True).to_data()
STRAIGHT = Links.of("https://mail.example.com", Signer(b"k" * 32), 7).to_data()
NUMBER = re.compile(rf"{re.escape(COUNTED['click'])}/(\d+)(?:/(\d+))?")

HREFS = st.sampled_from([
    "https://example.com/", "http://example.com/?a=1&amp;b=2#c", "https://example.com/{{ facts.a }}",
    "https://example.com/?q={{ facts.a|lower }}&amp;n={{ facts.n }}", "{{ facts.link }}", "{{ brand.base_url }}/shop",
    "{% if facts.n %}https://example.com/yes{% else %}https://example.com/no{% endif %}",
    "mailto:a@example.com", "tel:+493012345", "#top", "{{ links.human }}", "{{links.survey}}?from=letter",
])  # fmt: skip
ANCHOR = HREFS.map(lambda href: f'<p>See <a class="b" href="{href}" title="t > u">here</a>.</p>\n')
BODIES = st.recursive(
    ANCHOR,
    lambda inner: st.lists(inner, min_size=1, max_size=3).map("".join).flatmap(
        lambda body: st.sampled_from([
            body, f"{{% if facts.n %}}{body}{{% else %}}<p>no</p>{{% endif %}}",
            f"{{% for each in because %}}{body}<a href='{{{{ each }}}}'>x</a>{{% else %}}{body}{{% endfor %}}",
            f"<!-- {{% if facts.n %}} --><div>{body}</div><!-- {{% endif %}} -->",
            body if "<!--" in body else f"<!--[if mso]>{body}<![endif]-->",  # a comment in a comment is no HTML
        ])
    ),
    max_leaves=5,
)  # fmt: skip
DATA = st.fixed_dictionaries({
    "facts": st.fixed_dictionaries({
        "a": st.sampled_from(["R&B", "a b", "Grüße", "<b>", "'\"", "x"]), "n": st.integers(0, 2),
        "link": st.sampled_from(["https://example.org/?a=b&c=d", "HTTP://x", "ja", "mailto:a@example.com", "tel:123"]),
    }),
    "because": st.lists(st.sampled_from(["https://one.example/", "https://two.example/?x=1&y=2"]), max_size=3),
    "brand": st.just({"base_url": "https://shop.example.com"}),
})  # fmt: skip


def addresses(page: str) -> list[str]:
    return [anchor.get("href") for anchor in lxml.html.fromstring(page).iter("a")]


def letters(html: str, data: dict[str, Any]) -> tuple[Any, Any]:
    """The same letter, counted and not."""
    return tuple(render("Hello", "", html, {**data, "links": links}) for links in (COUNTED, STRAIGHT))


@settings(deadline=None)
@given(st.lists(BODIES, min_size=1, max_size=3).map("".join), DATA)
def test_every_counted_link_leads_where_the_letter_without_counting_does(body: str, data: dict[str, Any]) -> None:
    html = inline(f'<html lang="en"><body><h1>Hello to you</h1>{body}</body></html>')
    one, other = letters(html, data)
    assert one.text == other.text
    for now, before in zip(addresses(one.html), addresses(other.html), strict=True):
        if found := NUMBER.fullmatch(now):
            led = counted.target(html, {**data, "links": COUNTED}, int(found[1]), int(found[2] or 0))
            assert led == counted.web_address(before)
        else:
            assert now == before
            assert body.count("{% for") > 1 or not counted.web_address(now) or "mail.example.com" in now


@pytest.mark.parametrize(
    "file", sorted(Path("templates").glob("*/*.html")), ids=lambda path: f"{path.parent.name}/{path.stem}"
)
def test_shipped_letters_count_nothing_of_their_own(file: Path, shelf: Shelf) -> None:
    assert counted.links(inline(shelf.get(file.parent.name, file.stem).html)) == ()


def test_written_quickly_a_counted_letter_is_the_same(seen: Seen) -> None:
    html = inline(
        '<html lang="de"><body><p>Hello {{ customer.first_name }}</p>{% for each in because %}'
        '<a href="https://example.com/{{ each|length }}">{{ each }}</a>{% endfor %}'
        '<p><a href="https://example.com/a">A</a></p></body></html>'
    )
    context = {**seen(), "links": COUNTED, "because": ["a", "bb"]}
    letter = press("Hello", "", html, context).letter()
    same = render("Hello", "", html, context)
    assert (letter.subject, letter.html.strip(), letter.text) == (same.subject, same.html.strip(), same.text)
    assert f'href="{COUNTED["click"]}/1/2"' in letter.html
    assert f'href="{COUNTED["click"]}/2"' in letter.html
    assert f'<img src="{COUNTED["open"]}" width="1" height="1" alt="">' in letter.html
    assert "bb: https://example.com/2" in letter.text
    assert "/c/" not in letter.text


def test_a_number_that_is_not_there_leads_nowhere(seen: Seen) -> None:
    html = '<html><body>{% for each in because %}<a href="https://a.example/">{{ each }}</a>{% endfor %}<a href="https://b.example/">b</a></body></html>'
    context = {**seen(), "because": ["a", "bb"]}
    assert counted.target(html, context, 1, 2) == "https://a.example/"
    assert counted.target(html, context, 2) == "https://b.example/"
    for number, round_ in ((0, 0), (-1, 0), (1, 0), (1, 3), (1, -1), (2, 1), (3, 0), (10**9, 0), (1, 10**12)):
        assert counted.target(html, context, number, round_) is None, (number, round_)


@pytest.mark.parametrize("value", [
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\tscript:alert(1)", "data:text/html,x",
    "//evil.example/", "/h/x", "https:", "https:///x", "https://", "http://[", "mailto:a@example.com", "ftp://a.example/",
    "https://good.example@evil.example/", "https://a.example/\r\nSet-Cookie: a=b", "https://a.example\\@evil.example/",
    "https://a.example/ b", "https://a.example/" + "x" * 2_000, "", "vbscript:x",
])  # fmt: skip
def test_what_is_no_web_address_is_no_target(value: str, seen: Seen) -> None:
    html = '<html><body><a href="{{ facts.link }}">x</a></body></html>'
    assert counted.target(html, seen(facts={"link": value}), 1) is None


def test_a_link_two_loops_deep_leads_straight_to_its_target() -> None:
    html = (
        "<html><body>{% for a in because %}{% for b in facts.list %}"
        '<a href="https://{{ a }}.example/{{ b }}">x</a>{% endfor %}{% endfor %}</body></html>'
    )
    assert counted.links(html) == ()
    assert counted.page(html, {"links": COUNTED}).count("links.click") == 0


@pytest.mark.parametrize("address", ["mailto:a@example.com", "MAILTO:a@example.com", "tel:+493012345", "TEL:030123"])
@pytest.mark.parametrize("around", ["{}", "{{% for each in because %}}{}{{% endfor %}}"])
def test_what_only_a_value_says_to_be_a_mail_address_or_a_telephone_is_not_counted(address: str, around: str) -> None:
    body = around.format('<a href="{{ facts.link }}">us</a>') + '<a href="{{ facts.shop }}">the shop</a>'
    html = inline(f'<html lang="en"><body><h1>Hello to you</h1>{body}</body></html>')
    facts = {"link": address, "shop": "https://hotel:8080/"}
    counting, straight = letters(html, {"facts": facts, "because": ["once"], "brand": {}})
    assert addresses(counting.html) == [address, f"{COUNTED['click']}/2"]
    assert addresses(straight.html) == [address, "https://hotel:8080/"]
