"""What does an event tell of the properties that have a column of their own? Read in Python, where a store cannot.

A value of another type is as if it had not been told; a number is rounded as DuckDB rounds it.
"""

import json
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from mailer.insights.insight import Type
from mailer.insights.layout import PROPERTIES


def own_properties(text: str | None) -> Mapping[str, Any]:
    """Read from an event's JSON what has a column of its own; a value of another type is as if not told."""
    try:
        told = json.loads(text or "{}")
    except ValueError:
        told = {}
    told = told if isinstance(told, dict) else {}
    return {name: _typed(told.get(name), kind) for name, kind in PROPERTIES.items()}


def _typed(value: Any, kind: Type) -> Any:
    if kind is Type.TEXT:
        return without_nul(value) if isinstance(value, str) else None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    whole = int(Decimal(str(value)).to_integral_value(ROUND_HALF_UP))
    return whole if -(2**63) <= whole < 2**63 else None


def without_nul(text: str) -> str:
    """Return a text a store that ends texts with NUL can keep."""
    return text.replace("\\u0000", "").replace("\0", "")
