from zoneinfo import ZoneInfo

import pytest

from mailer.people.places import language, time_zone


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("en", "en"),
        ("DE", "de"),
        ("de-AT", "de"),
        ("pt_BR", "pt"),
        ("zh-TW", "zh-Hant"),
        ("ja", "ja"),
        ("es-419", "es"),
    ],
)
def test_a_language_is_kept_as_far_as_templates_are_written_by_it(text: str, kept: str) -> None:
    assert language(text) == kept


@pytest.mark.parametrize("text", ["xx", "German", "", "e", "en;DROP", "1", "-"])
def test_an_unknown_language_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a language we know; write its code: en, de"):
        language(text)


def test_a_time_zone_is_kept_by_its_name() -> None:
    assert time_zone("europe/berlin") == "Europe/Berlin"
    assert ZoneInfo(time_zone("america/chicago"))


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("Europe/Berln", "did you mean Europe/Berlin"),
        ("America/New York", "did you mean America/New_York"),
        ("../etc/passwd", "write one like Europe/Berlin"),
        ("localtime", "is not a time zone"),
    ],
)
def test_an_unknown_time_zone_is_refused_with_the_nearest(text: str, instead: str) -> None:
    with pytest.raises(ValueError, match=instead):
        time_zone(text)
