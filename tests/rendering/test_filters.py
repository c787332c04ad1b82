from decimal import Decimal

import pytest
from babel.numbers import format_currency
from hypothesis import given
from hypothesis import strategies as st

from mailer.rendering.sandbox import frozen, page

INSTANT = "2026-02-13T23:30:00+00:00"


def said(expression: str, language: str = "en", zone: str = "Europe/Berlin", **facts: object) -> str:
    html = f'<html lang="{language}">{{{{ {expression} }}}}</html>'
    written = page(html).render(frozen({"customer": {"time_zone": zone}, "facts": facts}))
    return written.removeprefix(f'<html lang="{language}">').removesuffix("</html>").replace("\xa0", " ")


@pytest.mark.parametrize(
    ("expression", "language", "text"),
    [
        ("facts.cents|money", "en", "$2,123.45"),
        ("facts.cents|money('EUR')", "de", "2.123,45 €"),
        ("facts.cents|money('JPY')", "en", "¥212,345"),
        ("facts.at|date", "en", "14 February 2026"),
        ("facts.at|date", "de", "14. Februar 2026"),
        ("facts.at|date('month')", "en", "February 2026"),
        ("facts.day|date", "fr", "16 mars 2026"),
        ("facts.many|days", "en", "31 days"),
        ("facts.one|days", "en", "1 day"),
        ("facts.many|days", "de", "31 Tage"),
        ("facts.many|days", "fr", "31 jours"),
        ("facts.many|days", "es", "31 días"),
        ("facts.many|days", "ja", "31日"),
        ("facts.many|days", "xx", "31 days"),
        ("facts.cents|number", "de", "212.345"),
        ("facts.half|number", "en", "9.5"),
    ],
)
def test_values_are_written_in_the_language_of_the_letter(expression: str, language: str, text: str) -> None:
    facts = {"cents": 212345, "at": INSTANT, "day": "2026-03-16", "many": 31.2, "one": 1, "half": 9.5}
    assert said(expression, language, **facts) == text


def test_an_instant_is_the_day_it_is_where_the_customer_lives() -> None:
    assert said("facts.at|date", zone="America/New_York", at=INSTANT) == "13 February 2026"
    assert said("facts.at|date", zone="Nowhere/Else", at=INSTANT) == "13 February 2026"


@pytest.mark.parametrize("expression", ["facts.word|money", "facts.word|date", "facts.word|days", "facts.yes|money"])
def test_a_value_of_the_wrong_kind_is_an_error(expression: str) -> None:
    with pytest.raises(Exception, match="needs a"):
        said(expression, word="soon", yes=True)


@given(
    st.integers(-(10**6), 10**12),
    st.sampled_from(["en", "de", "fr", "es", "ja", "sv", "pl", "pt-BR", "de-CH", "hi", "ar", "nl"]),
    st.sampled_from([("USD", 2), ("EUR", 2), ("JPY", 0), ("KWD", 3), ("CHF", 2)]),
)
def test_money_is_written_to_the_sign_as_the_language_has_it(cents: int, language: str, money: tuple[str, int]) -> None:
    currency, digits = money
    expected = format_currency(Decimal(cents).scaleb(-digits), currency, locale=language.replace("-", "_"))
    assert said(f"facts.cents|money('{currency}')", language, cents=cents) == expected.replace("\xa0", " ")
