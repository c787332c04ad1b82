"""The README says what is so: its commands exist, its settings are the settings."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.main import get_command

import mailer
from mailer import settings
from mailer.cli import app
from mailer.cli.offer import offers

TOP = Path(mailer.__file__).parent.parent
README = (TOP / "README.md").read_text()
COMMANDS = [
    line for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) for line in block.splitlines() if line.strip()
]


@pytest.mark.parametrize("line", [line for line in COMMANDS if line.startswith("mailer ")])
def test_every_mailer_command_in_it_can_be_typed(line: str) -> None:
    words = shlex.split(line)[1:]
    command = get_command(app)
    while words and hasattr(command, "commands"):
        _, command, words = command.resolve_command(typer.Context(command), words)
    command.make_context("mailer", words)  # raises where an argument or option does not exist


@pytest.mark.parametrize("line", sorted({line.split()[1] for line in COMMANDS if line.startswith("make ")}))
def test_every_make_target_in_it_exists(line: str) -> None:
    assert re.search(rf"^{line}:", (TOP / "Makefile").read_text(), re.MULTILINE)


def test_every_setting_is_described_with_its_default() -> None:
    told = README.partition("<!-- settings -->")[2].partition("<!-- /settings -->")[0]
    assert told.strip() == settings.table()


def test_every_folder_on_the_map_is_there() -> None:
    named = re.findall(r"^\| `(mailer/[\w/.]+)` \|", README, re.MULTILINE)
    assert len(named) > 10
    assert all((TOP / name).exists() for name in named)


def test_the_version_is_printed() -> None:
    told = subprocess.run([sys.executable, "-m", "mailer.cli", "version"], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == mailer.__version__


def test_asking_which_commands_there_are_imports_none_of_what_they_use() -> None:
    asked = "import sys; from mailer.cli import app; from typer.main import get_command; get_command(app).commands; "
    heavy = "print([name for name in ('ibis', 'sqlalchemy', 'flask', 'mailer.house') if name in sys.modules])"
    told = subprocess.run([sys.executable, "-c", asked + heavy], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_every_command_is_offered_with_the_help_it_has() -> None:
    for each in offers():
        assert each.command().help == each.help
