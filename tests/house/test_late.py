"""What takes long to import waits until it is used, and then is the library itself."""

import subprocess
import sys

import pytest

from mailer.late import _Late

HEAVY = "ibis", "numpy", "pyarrow", "sqlglot", "duckdb", "httpx", "premailer", "faker"


def test_what_mailer_run_imports_before_its_first_page_is_not_what_takes_long() -> None:
    asked = "import sys; import mailer.cli.house, mailer.web.app, mailer.server; print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert not set(HEAVY) & set(told.stdout.split())


def test_it_is_the_library_once_it_is_used() -> None:
    import colorsys

    late = _Late("colorsys")
    assert late.rgb_to_hsv is colorsys.rgb_to_hsv
    assert vars(late)["rgb_to_hsv"] is colorsys.rgb_to_hsv


def test_who_only_looks_at_it_imports_nothing_and_what_is_missing_is_named() -> None:
    late = _Late("there_is_no_such_library")
    assert not hasattr(late, "__wrapped__")
    with pytest.raises(ModuleNotFoundError, match="there_is_no_such_library"):
        _ = late.anything
