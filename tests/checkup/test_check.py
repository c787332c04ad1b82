import json
import shutil
from datetime import datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mailer import checkup
from mailer.checkup import Mark, house
from mailer.cli import app, check
from mailer.paths import Home
from tests.checkup.conftest import Town
from tests.checkup.nameserver import nameserver


def test_a_house_that_is_well_says_so_of_every_receiver_but_for_the_letter(town: Town, now: datetime) -> None:
    with nameserver(town.zone) as names:
        found = checkup.check(town.house, now, names)
    bad = {each.name: each for each in found if each.group in ("Sending", "Complaints") and each.mark is not Mark.GOOD}
    assert bad == {}
    gmail = next(each for each in found if each.name == "Gmail")
    assert gmail.saw == "could not look at: format, From, one-click, visible link"  # no campaign, so no letter


def test_the_command_prints_findings_and_ends_with_1_when_something_must_be_mended(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, given = Home(tmp_path / "typed"), town.house.settings.delivery
    home.config.parent.mkdir(parents=True)
    shutil.copytree(town.house.home.var / "dkim", home.var / "dkim")
    home.config.write_text(
        f'[delivery]\ntransport = "{given.transport}"\ndomain = "shop.example"\nsends_from = "{given.sends_from}"\n'
        '[replies]\ndomain = "reply.shop.example"\n[dkim]\nkeys = "r1=var/dkim/r1.pem"\n'
        '[brand]\nbase_url = "https://mail.shop.example"\n'
    )
    with nameserver(town.without("_dmarc")) as names:
        monkeypatch.setattr(check.checkup, "check", lambda house, now: _look(house, now, names))
        plain = CliRunner().invoke(app, ["--home", str(home.root), "check"])
        machine = CliRunner().invoke(app, ["--home", str(home.root), "check", "--json"])
    assert (plain.exit_code, machine.exit_code) == (1, 1)
    assert "publish; p=none changes nothing" in plain.stdout
    assert '_dmarc.shop.example. IN TXT "v=DMARC1; p=none; rua=mailto:dmarc@shop.example"' in plain.stdout
    told = [json.loads(line) for line in machine.stdout.splitlines()]
    assert next(each for each in told if each["name"] == "DMARC")["mark"] == "mend"


def test_pages_without_their_dress_are_said_and_how_to_get_it(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(house, "DRESS", tmp_path / "digest.txt")
    found = {each.name: each for each in house.look(town.house, is_real=True)}["pages"]
    assert (found.mark, found.fix) == (Mark.LOOK, "build the other one: make assets")
    (tmp_path / "digest.txt").touch()
    assert {each.name: each for each in house.look(town.house, is_real=True)}["pages"].mark is Mark.GOOD


_look = checkup.check
