"""Which keys sign what leaves."""

import stat
from pathlib import Path

import pytest

from mailer.delivery import signing
from mailer.errors import Invalid, Misconfigured
from mailer.mail.dkim import record
from mailer.paths import Home
from mailer.settings import Delivery, Dkim, Settings


def test_keys_that_were_made_are_those_that_sign(tmp_path: Path) -> None:
    home = Home(tmp_path)
    rsa, first = signing.make(home, "example.com", "r1", "rsa")
    ed25519, second = signing.make(home, "example.com", "e1", "ed25519")
    assert (first, second) == ("r1=var/dkim/r1.pem", "e1=var/dkim/e1.pem")
    given = Settings(dkim=Dkim(keys=f"{first} {second}"), delivery=Delivery(domain="example.com"))
    kept = signing.keys(home, given)
    assert [(key.domain, key.selector, key.algorithm) for key in kept] == [
        ("example.com", "r1", "rsa-sha256"),
        ("example.com", "e1", "ed25519-sha256"),
    ]
    assert [record(key.private) for key in kept] == [record(rsa.private), record(ed25519.private)]
    assert stat.S_IMODE((tmp_path / "var/dkim/r1.pem").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "var/dkim").stat().st_mode) == 0o700


def test_a_key_is_never_written_over(tmp_path: Path) -> None:
    signing.make(Home(tmp_path), "example.com", "e1", "ed25519")
    with pytest.raises(Invalid, match="already"):
        signing.make(Home(tmp_path), "example.com", "e1", "ed25519")


@pytest.mark.parametrize(
    ("domain", "selector"), [("example.com", "a b"), ("", "s"), ("example.com", "../x"), ("x;y", "s")]
)
def test_what_cannot_stand_in_the_dns_is_refused(tmp_path: Path, domain: str, selector: str) -> None:
    with pytest.raises(Invalid, match="cannot be a"):
        signing.make(Home(tmp_path), domain, selector, "ed25519")


@pytest.mark.parametrize("keys", ["r1", "r1=missing.pem", "r;1=x.pem", "r1=broken.pem"])
def test_keys_that_cannot_be_read_are_the_operators_matter(tmp_path: Path, keys: str) -> None:
    (tmp_path / "broken.pem").write_text("not a key")
    with pytest.raises(Misconfigured):
        signing.keys(Home(tmp_path), Settings(dkim=Dkim(keys=keys)))


def test_without_keys_nothing_is_signed(tmp_path: Path) -> None:
    assert signing.keys(Home(tmp_path), Settings()) == ()
