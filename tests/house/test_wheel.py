"""What is published works where nothing of the checkout is."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import mailer

TOP = Path(mailer.__file__).parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(TOP)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    install = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--no-deps",
        "--quiet",
        "--target",
        str(folder / "site"),
        str(wheel),
    ]
    subprocess.run(install, check=True, capture_output=True)
    return folder / "site"


def _mailer(installed: Path, at: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(installed), "COLUMNS": "300"}
    environment.pop("MAILER_HOME", None)
    command = [sys.executable, "-W", "error", "-m", "mailer.cli", *words]
    return subprocess.run(command, cwd=at, env=environment, capture_output=True, text=True, check=False)


def test_it_carries_its_example_home(installed: Path, tmp_path: Path) -> None:
    told = _mailer(installed, tmp_path, "where")
    assert told.returncode == 0, told.stderr
    assert str(installed / "mailer" / "_home") in told.stdout


def test_the_example_home_is_never_run(installed: Path, tmp_path: Path) -> None:
    told = _mailer(installed, tmp_path, "check")
    assert told.returncode == 1
    assert "mailer init" in told.stderr


def test_a_home_is_made_in_an_empty_folder_and_is_in_order(installed: Path, tmp_path: Path) -> None:
    made = _mailer(installed, tmp_path, "init", "shop", "--examples", "--email", "ida@example.com")
    assert made.returncode == 0, made.stderr
    shop = tmp_path / "shop"
    csv = shop / "customers.csv"
    csv.write_text("email,first_name,topics\nann@example.com,Ann,\n")
    assert "1 customers added" in _mailer(installed, shop, "import", "customers", "customers.csv").stdout
    checked = _mailer(installed, shop, "check")
    assert checked.returncode == 0, checked.stderr
    assert "representatives" in checked.stdout
    counted = _mailer(installed, shop, "segment", "count", "win-back")
    assert counted.stdout.strip() == "0", counted.stderr


def test_it_reads_an_email(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(b"From: Ann <ann@example.com>\r\nSubject: Hi\r\n\r\nHello\r\n\r\n> you wrote\r\n")
    told = _mailer(installed, tmp_path, "read", "a.eml")
    line = json.loads(told.stdout)
    assert (line["kind"], line["reply"].strip()) == ("reply", "Hello")
