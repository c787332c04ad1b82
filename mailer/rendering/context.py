"""What may a template see? Plain frozen data, kept with the message so that the same letter can be made again.

The snapshot is JSON: days and instants as ISO 8601 text, money as whole cents. What is not known is left out, so that
the template's own `|default` decides what stands there.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from mailer.people.customer import Customer
from mailer.people.staff import Staff
from mailer.rendering.links import Links
from mailer.settings import Brand


def context(
    *,
    customer: Customer,
    staff: Staff,
    hours: str,
    facts: Mapping[str, Any],
    because: Sequence[str],
    links: Links,
    brand: Brand,
    topic: str,
    stakes: str = "routine",
) -> dict[str, Any]:
    """Return everything one letter is made of, as JSON data."""
    return {
        "customer": {
            "first_name": customer.first_name,
            "last_name": customer.last_name,
            "name": f"{customer.first_name} {customer.last_name}".strip(),
            "language": customer.language,
            "time_zone": customer.time_zone,
        },
        "rep": {
            "name": staff.name,
            "first_name": staff.name.split()[0] if staff.name.strip() else "",
            "title": staff.title,
            "hours": hours,
            "initials": _initials(staff.name),
            "face_url": f"{brand.base_url.rstrip('/')}/faces/{staff.public_id}.png",
        },
        "links": links.to_data(),
        "because": list(because),
        "facts": {name: plain(value) for name, value in facts.items() if value is not None},
        "brand": {"name": brand.name, "address": brand.address, "base_url": brand.base_url},
        "topic": {"name": topic},
        "stakes": str(stakes),
    }


def plain(value: Any) -> Any:
    """Return `value` as JSON has it."""
    if isinstance(value, date):  # and datetime
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each) for each in value]
    return value if isinstance(value, str | int | float | bool) else str(value)


def _initials(name: str) -> str:
    parts = [part for part in name.split() if part[:1].isalpha()]
    return "".join(part[0] for part in (parts[:1] + parts[1:][-1:])).upper()
