"""Settings are strict, layered, and keep their secrets."""

from pathlib import Path

import pytest

from mailer import settings
from mailer.errors import Misconfigured
from mailer.paths import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    home.config.parent.mkdir()
    return home


def test_the_environment_wins_over_the_file(home: Home) -> None:
    home.config.write_text('[brand]\nname = "File"\naddress = "Here"\n')
    given = settings.load(home, {"MAILER_BRAND__NAME": "Environment"})
    assert (given.brand.name, given.brand.address) == ("Environment", "Here")


@pytest.mark.parametrize(
    "text", ['[brand]\nnmae = "x"\n', "[brannd]\n", "[gate]\ncap = 0\n", "[gate]\nquiet_from = 7\n", "not toml"]
)
def test_what_is_wrong_is_named_and_never_ignored(home: Home, text: str) -> None:
    home.config.write_text(text)
    with pytest.raises(Misconfigured, match=r"mailer\.toml"):
        settings.load(home, {})


def test_what_opens_a_door_is_not_printed(home: Home) -> None:
    home.config.write_text(
        '[delivery]\ntransport = "smtp://anna:secret1@mail.example.com"\n'
        '[[delivery.relays]]\nname = "a"\nurl = "sendgrid://secret2@api"\n'
        '[store]\nurl = "postgresql://u:secret3@db/x"\n[hooks]\nmailgun_key = "secret4"\n'
    )
    assert "secret" not in "\n".join(settings.lines(settings.load(home, {}))).replace("resend_secret", "").replace(
        "signing secret", ""
    )


def test_a_secret_is_made_once_and_only_for_us(home: Home) -> None:
    first = settings.secret(home)
    assert (len(first), settings.secret(home)) == (32, first)
    assert (home.var / "secret").stat().st_mode & 0o077 == 0
