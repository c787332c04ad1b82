"""What may a template see? Plain frozen data, kept with the message so that the same letter can be made again.

The snapshot is JSON: days and instants as ISO 8601 text, money as whole cents. What is not known is left out, so that
the template's own `|default` decides what stands there.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Protocol

from mailer.people.face import draw, initials
from mailer.people.staff import Staff
from mailer.rendering.links import Links
from mailer.settings import Brand

_PLAIN = frozenset((str, int, float, bool))
_FILLS = re.compile(r'fill="(#[0-9a-fA-F]{6})"')


class Reader(Protocol):
    """What a letter may say of whom it is written to: a `Customer`, or a row of just these columns."""

    @property
    def id(self) -> int | None: ...  # noqa: D102
    @property
    def first_name(self) -> str: ...  # noqa: D102
    @property
    def last_name(self) -> str: ...  # noqa: D102
    @property
    def language(self) -> str: ...  # noqa: D102
    @property
    def time_zone(self) -> str: ...  # noqa: D102
    @property
    def representative_id(self) -> int | None: ...  # noqa: D102


def shared(*, staff: Staff, hours: str, brand: Brand, topic: str, stakes: str = "routine") -> dict[str, Any]:
    """Return what the letters of a campaign have in common that name the same representative in the same language."""
    ground, ink = _colours(staff.name, staff.colour)
    return {
        "rep": {
            "name": staff.name,
            "first_name": staff.first_name,
            "title": staff.title,
            "hours": hours,
            "initials": initials(staff.name),
            "colour": ground,
            "ink": ink,
            "face_url": f"{brand.base_url.rstrip('/')}/face/{staff.public_id}.svg",
        },
        "brand": {"name": brand.name, "address": brand.address, "base_url": brand.base_url},
        "topic": {"name": topic},
        "stakes": str(stakes),
    }


def context(
    *, customer: Reader, shared: Mapping[str, Any], facts: Mapping[str, Any], because: Sequence[str], links: Links
) -> dict[str, Any]:
    """Return everything one letter is made of, as JSON data; `shared` is in it as it is, and nobody changes it."""
    return {
        "customer": {
            "first_name": customer.first_name,
            "last_name": customer.last_name,
            "name": f"{customer.first_name} {customer.last_name}".strip(),
            "language": customer.language,
            "time_zone": customer.time_zone,
        },
        "links": links.to_data(),
        "because": list(because),
        "facts": {
            name: value if type(value) in _PLAIN else plain(value) for name, value in facts.items() if value is not None
        },
        **shared,
    }


@lru_cache(maxsize=256)
def _colours(name: str, colour: str) -> tuple[str, str]:
    """Return the two colours of the drawn face, which is SVG: Gmail shows none."""
    ground, ink = _FILLS.findall(draw(name, colour))
    return ground, ink


def plain(value: Any) -> Any:
    """Return `value` as JSON has it."""
    if type(value) in _PLAIN:  # most of it
        return value
    if isinstance(value, date):  # and datetime
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each) for each in value]
    return value if isinstance(value, str | int | float | bool) else str(value)
