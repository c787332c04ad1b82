import pytest
from jinja2 import TemplateError

from mailer.rendering.sandbox import frozen, line, page

DATA = {
    "customer": {"first_name": "Ann", "last_name": "", "email": None},
    "facts": {"departments": ["Produce", None, "Meat"], "zero": 0, "no": False, "nested": {"a": 1}},
    "because": ["one", "two"],
    "secret": "never seen",
}


def said(source: str) -> str:
    return page(source).render(frozen(DATA))


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ customer.last_name|default('you') }}", "you"),
        ("{{ customer.nickname|default('you') }}", "you"),
        ("{{ facts.zero|default(9) }}", "0"),
        ("{{ facts.no|default('x') }}", "False"),
        ("{% if customer.email %}a{% else %}b{% endif %}", "b"),
        ("{{ facts.departments|join(', ') }}", "Produce, Meat"),
        ("{{ facts.nested.a }}", "1"),
        ("{% for each in because %}{{ loop.index }}{{ each }}{% endfor %}", "1one2two"),
        ("{{ because|length }}", "2"),
    ],
)
def test_plain_data_is_written(source: str, text: str) -> None:
    assert said(source) == text


@pytest.mark.parametrize("field", ["customer.last_name", "customer.email", "customer.nickname", "facts.sighs"])
def test_a_missing_field_is_an_error_with_its_name(field: str) -> None:
    with pytest.raises(TemplateError, match=rf"{field} is missing for this customer; write .*default"):
        said(f"Dear {{{{ {field} }}}},")


@pytest.mark.parametrize("name", ["money", "date", "days", "number", "upper", "title", "join", "length", "round"])
def test_no_filter_hides_a_missing_field(name: str) -> None:
    with pytest.raises((TemplateError, TypeError)):
        said(f"{{{{ facts.sighs|{name} }}}}")


@pytest.mark.parametrize(
    "source",
    [
        "{{ secret }}",
        "{{ customer }}",
        "{{ facts.nested }}",
        "{{ customer.first_name.upper }}",
        "{{ customer.first_name.format }}",
        "{{ because.append }}",
        "{{ customer._values }}",
        "{{ customer.__class__ }}",
        "{{ customer.__class__.__mro__ }}",
        "{{ because.__class__ }}",
        "{{ range(3) }}",
        "{{ lipsum() }}",
        "{{ cycler('a') }}",
        "{{ facts.sighs > 3 }}",
    ],
)
def test_nothing_else_can_be_reached_even_past_the_allow_list(source: str) -> None:
    with pytest.raises((TemplateError, TypeError)):
        said(source)


def test_what_a_customer_typed_is_escaped_in_html_and_not_in_a_line() -> None:
    data = frozen({"customer": {"first_name": "<b>\x00\x1b{{ 7 }}&"}})
    assert page("{{ customer.first_name }}").render(data) == "&lt;b&gt;{{ 7 }}&amp;"
    assert line("{{ customer.first_name }}", "en").render(data) == "<b>{{ 7 }}&"
