"""What can a form offer? Every field, event, property, segment and topic there is, with its operators.

`catalogue` is plain data for JSON: a form needs nothing else to build any question that `criteria.from_data` takes.
"""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from sqlmodel import Session, select

from mailer.insights import learned
from mailer.insights.insight import Type
from mailer.insights.layout import PROPERTIES
from mailer.insights.learned import Learned
from mailer.insights.warehouse import Warehouse
from mailer.people.consent import Topic
from mailer.segments.criteria import DEEPEST, FIXED, KINDS, MOST
from mailer.segments.did import HOW
from mailer.segments.fields import ATTRIBUTES, CARRIED, FIELDS
from mailer.segments.operators import ALLOWED, NUMBERS, OPERATORS, TIMES
from mailer.segments.ours import PROOFS
from mailer.segments.segment import Segment

TYPES = {"int": Type.INT, "float": Type.FLOAT, "bool": Type.TEXT, "date": Type.TIME, "text": Type.TEXT}


def catalogue(warehouse: Warehouse, session: Session) -> dict[str, Any]:
    """Return what may be asked: kinds, operators, fields, events, segments, topics and limits."""
    return {
        "kinds": list(KINDS),
        "operators": {each.name: {"english": each.english, "takes": str(each.takes)} for each in OPERATORS.values()},
        "fields": [*_known(), *(_learned(each, ATTRIBUTES) for each in learned.attributes(warehouse))],
        "events": [
            {"name": each.name, "count": each.count, "customers": each.customers,
             "properties": [_property(one) for one in each.properties]}
            for each in learned.events(warehouse)
        ],
        "times": list(TIMES),  # operators of first and last
        "numbers": list(NUMBERS),  # operators of sum, min, max and average
        "measures": list(HOW),
        "engaged": list(PROOFS),
        "segments": [{"name": name, "title": title} for name, title in
                     session.exec(select(Segment.name, Segment.title).order_by(Segment.title))],
        "topics": [{"id": each.id, "name": each.name} for each in session.exec(select(Topic).order_by(Topic.name))],
        "limits": {"deep": DEEPEST, "parts": MOST},
    }  # fmt: skip


def _known() -> Iterable[dict[str, Any]]:
    for each in FIELDS.values():
        told = {"name": each.name, "label": each.label, "type": str(each.type), "unit": each.unit}
        yield told | {"operators": list(each.operators), "insight": each.insight is not None, "examples": []}


def _learned(each: Learned, prefix: str = "") -> dict[str, Any]:
    kind = TYPES[each.kind]
    told = {"name": prefix + each.name, "label": each.name.replace("_", " "), "type": str(kind), "unit": ""}
    return told | {"operators": list(ALLOWED[kind]), "insight": False, **_seen(each)}


def _property(each: Learned) -> dict[str, Any]:
    told = _learned(each)
    if each.name in PROPERTIES:
        known = CARRIED[each.name]
        return told | {"label": known.label, "type": str(known.type), "operators": list(known.operators)}
    return told | ({"operators": [*FIXED, "known", "unknown"]} if TYPES[each.kind] is Type.TIME else {})


def _seen(each: Learned) -> dict[str, Any]:
    told = asdict(each)
    bools = each.kind == "bool"  # asked for as text
    examples = ["true" if one else "false" for one in told["examples"]] if bools else list(told["examples"])
    return {"count": each.count, "examples": examples}
