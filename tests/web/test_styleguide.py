"""Every part of the dress stands on one page, where a change to it is seen at once."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from mailer import web

TEMPLATES = Path(web.__file__).parent / "templates"
PARTS = re.findall(r"{%-? macro (\w+)\(", (TEMPLATES / "parts.html").read_text(encoding="utf-8"))


@pytest.mark.parametrize("part", PARTS)
def test_every_part_stands_in_the_style_guide(part: str) -> None:
    assert re.search(rf"\bparts\.{part}\(", (TEMPLATES / "styleguide.html").read_text(encoding="utf-8"))


def test_it_shows_them(browser: Callable, shop) -> None:
    page = browser("ida").get("/styleguide").get_data(as_text=True)
    for shown in ("Press me", "cannot be undone", "wrong-sample", "3 items", "Yes, offers", "mark-line", "<iframe"):
        assert shown in page


def test_its_buttons_do_nothing(browser: Callable, press: Callable, shop) -> None:
    ida = browser("ida")
    assert press(ida, "/styleguide", "/styleguide").status_code == 302
    assert "Nothing was done" in ida.get("/styleguide").get_data(as_text=True)
