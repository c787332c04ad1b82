import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.errors import Invalid
from mailer.rendering.allowed import FILTERS, ROOTS, check


@pytest.mark.parametrize(
    "source",
    [
        "plain words, 100 % of them",
        "{{ customer.first_name|default('there') }}",
        "{% if facts.years and facts.years > 1 %}{{ facts.years }}{% elif not facts.x %}a{% else %}b{% endif %}",
        "{% for each in because %}{{ loop.index }}. {{ each }}{% if not loop.last %}, {% endif %}{% endfor %}",
        "{% for a in facts.departments %}{% for b in because %}{{ a }}{{ b }}{% endfor %}{% endfor %}",
        "{{ facts.spend_365|money('EUR') }} {{ 'a' if facts.x is defined else 'b' }} {{ 'a' ~ topic.name }}",
        "{# a remark #}",
    ],
)
def test_what_a_letter_needs_is_allowed(source: str) -> None:
    check(source)


@pytest.mark.parametrize(
    "source",
    [
        "{% set x = 1 %}",
        "{% macro m() %}{% endmacro %}",
        "{% include 'x' %}",
        "{% import 'x' as y %}",
        "{% extends 'x' %}",
        "{% block a %}{% endblock %}",
        "{% call x() %}{% endcall %}",
        "{% filter upper %}a{% endfilter %}",
        "{% raw %}{{ secret }}{% endraw %}",
        "{%- raw -%}x{% endraw %}",
        "{% with a = 1 %}{% endwith %}",
        "{% autoescape false %}{% endautoescape %}",
        "{{ range(9) }}",
        "{{ customer.first_name.upper() }}",
        "{{ 'a' * 1000000 }}",
        "{{ 2 ** 99 }}",
        "{{ '%99999999d' % 1 }}",
        "{{ 7 // 2 }}",
        "{{ [1, 2] }}",
        "{{ {'a': 1} }}",
        "{{ facts['a'] }}",
        "{{ customer.__class__ }}",
        "{{ customer._values }}",
        "{{ ''.__class__ }}",
        "{{ ().__class__ }}",
        "{{ self }}",
        "{{ cycler }}",
        "{{ nobody.name }}",
        "{{ loop.index }}",
        "{{ customer.first_name|safe }}",
        "{{ customer.first_name|attr('x') }}",
        "{{ because|map('upper') }}",
        "{{ customer.first_name is callable }}",
        "{% for x in customer.first_name %}{% endfor %}",
        "{% for x in facts %}{% endfor %}",
        "{% for x in because if x %}{% endfor %}",
        "{% for x in because recursive %}{% endfor %}",
        "{% for a, b in because %}{% endfor %}",
        "{% for customer in because %}{% endfor %}",
        "{% for a in because %}{% for b in because %}{% for c in because %}{% endfor %}{% endfor %}{% endfor %}",
        "{% for a in because %}{{ loop.cycle }}{% endfor %}",
        "{% for a in because %}{{ loop._iterator }}{% endfor %}",
        "{{ because|join(*customer) }}",
        "{{ unclosed",
        "{% if x %}",
    ],
)
def test_whatever_is_not_named_is_refused(source: str) -> None:
    with pytest.raises(Invalid):
        check(source)


def test_the_message_has_the_line_and_what_there_is() -> None:
    with pytest.raises(Invalid, match=r"subject, line 3: nobody is not known; there are customer"):
        check("a\nb\n{{ nobody }}", "subject")


PIECES = st.lists(
    st.sampled_from(
        ["{{", "}}", "{%", "%}", " for x in ", " if ", " endif ", " endfor ", "because", "customer", ".", "__class__",
         "|", "safe", "map", "(", ")", "[0]", "*", "'a'", "set x=1", "range", "lipsum", "self", "_", "upper", "\n"]
    ),
    max_size=14,
)  # fmt: skip


@given(PIECES.map("".join))
def test_no_text_at_all_gets_past_with_more_than_is_named(source: str) -> None:
    try:
        check(source)
    except Invalid:
        return
    from jinja2 import Environment, nodes

    tree = Environment().parse(source)
    forbidden = (nodes.Call, nodes.Mul, nodes.Pow, nodes.Mod, nodes.Assign, nodes.Macro, nodes.Include, nodes.Getitem)
    assert not list(tree.find_all(forbidden))
    assert all(not found.attr.startswith("_") for found in tree.find_all(nodes.Getattr))
    assert all(found.name in FILTERS for found in tree.find_all(nodes.Filter))
    targets = {found.target.name for found in tree.find_all(nodes.For)}
    assert {found.name for found in tree.find_all(nodes.Name)} <= {*ROOTS, *targets, "loop"}
