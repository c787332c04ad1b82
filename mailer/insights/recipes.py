"""Is an insight computed today as it was when the warehouse computed it? Each has a recipe: a digest of how it is made.

Recipes are kept in the warehouse beside the insights, so that a process that starts computes nothing that is right
already, and one in which an insight was changed computes that one, for everybody, and those made of it. What a file
declares is its own recipe; what a program computes has the program's source as one; and both go by the source of this
package and by Ibis. A digest that differs too often costs some seconds, one that differs too seldom would leave wrong
numbers: so whole files count.
"""

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from types import CodeType
from typing import Any

from mailer.insights.insight import COLUMN, INSIGHTS, Insight


def recipes() -> dict[str, str]:
    """Return the recipe of each insight that is known now: its type, and a digest."""
    return {each.name: f"{_kind(each)} {_digest(each)}" for each in INSIGHTS.values()}


def unmade() -> dict[str, str]:
    """Return the same where none was computed yet: types only."""
    return {each.name: _kind(each) for each in INSIGHTS.values()}


def columns(told: Mapping[str, str]) -> dict[str, str]:
    """Return the type of each insight, from recipes."""
    return {name: recipe.split()[0] for name, recipe in told.items()}


def written(told: Mapping[str, str]) -> str:
    """Return recipes as a text, in their order: that of the columns."""
    return json.dumps(told)


def read(text: str | None) -> dict[str, str]:
    """Return recipes from their text."""
    return dict(json.loads(text or "{}"))


def _kind(insight: Insight) -> str:
    return str(COLUMN[insight.type])


def _digest(insight: Insight) -> str:
    made = insight.recipe or _program(insight.compute)
    told = (_package(), made, insight.name, insight.of, insight.also, insight.none)
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


@lru_cache(maxsize=1)
def _package() -> str:
    """Return what all of them go by."""
    here = hashlib.sha256(version("ibis-framework").encode())
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        here.update(path.read_bytes())
    return here.hexdigest()


def _program(compute: Any) -> str:
    code: CodeType = compute.__code__
    values = [repr(cell.cell_contents) for cell in compute.__closure__ or () if not callable(cell.cell_contents)]
    return f"{_file(code.co_filename)} {code.co_qualname} {values}"


@lru_cache(maxsize=100)
def _file(name: str) -> str:
    path = Path(name)
    return hashlib.sha256(path.read_bytes() if path.is_file() else name.encode()).hexdigest()
