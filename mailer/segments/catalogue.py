"""What can a form offer? Every field, event, property, segment and topic there is, with its operators.

`catalogue` is plain data for JSON: a form needs nothing else to build any question that `criteria.from_data` takes.
What is learned of the data (`offered`) takes a moment and changes slowly, so that who asks often keeps it (`Kept`);
segments and topics (`named`) are asked for each time.
"""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from sqlmodel import Session, col, select

from mailer import clock
from mailer.insights import learned
from mailer.insights.insight import Type, amount
from mailer.insights.layout import PROPERTIES
from mailer.insights.learned import Learned
from mailer.insights.warehouse import Warehouse
from mailer.late import ibis
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
    return {**offered(warehouse), **named(session)}


def offered(warehouse: Warehouse) -> dict[str, Any]:
    """Return what the language and the data offer, with what was seen of each."""
    return {
        "kinds": list(KINDS),
        "operators": {each.name: {"english": each.english, "takes": str(each.takes)} for each in OPERATORS.values()},
        "fields": [*_known(_seen_of(warehouse)),
                   *(_learned(each, ATTRIBUTES) for each in learned.attributes(warehouse))],
        "events": [
            {"name": each.name, "count": each.count, "customers": each.customers,
             "properties": [_property(one) for one in each.properties]}
            for each in learned.events(warehouse)
        ],
        "times": list(TIMES),  # operators of first and last
        "numbers": list(NUMBERS),  # operators of sum, min, max and average
        "measures": list(HOW),
        "engaged": list(PROOFS),
        "limits": {"deep": DEEPEST, "parts": MOST},
    }  # fmt: skip


def named(session: Session) -> dict[str, Any]:
    """Return the segments and the topics there are; a segment in the archive is not offered."""
    found = select(Segment.name, Segment.title).where(col(Segment.archived_at).is_(None)).order_by(Segment.title)
    return {
        "segments": [{"name": name, "title": title} for name, title in session.exec(found)],
        "topics": [{"id": each.id, "name": each.name} for each in session.exec(select(Topic).order_by(Topic.name))],
    }


class Kept:
    """What is offered, as it was within the last `AGE` seconds.

    Who asks later than that gets it as it was, and has it learned anew in the background: nobody but the first waits.
    """

    AGE = 30.0

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse
        self._known: tuple[float, dict[str, Any]] | None = None
        self._learning = threading.Lock()

    def get(self) -> dict[str, Any]:
        """Return what is offered."""
        if self._known is None:
            return self._learn()
        at, known = self._known
        if clock.monotonic() - at > self.AGE and self._learning.acquire(blocking=False):
            threading.Thread(target=self._again, name="catalogue", daemon=True).start()
        return known

    def _again(self) -> None:
        try:
            self._learn()
        finally:
            self._learning.release()

    def _learn(self) -> dict[str, Any]:
        known = offered(self.warehouse)
        self._known = (clock.monotonic(), known)
        return known


def _seen_of(warehouse: Warehouse) -> Mapping[str, list[Any]]:
    """Return the most frequent values of each text, and the lowest and the highest of each number, in two questions."""
    known = warehouse.tables.insights
    newest = known.order_by(ibis.desc("customer_id")).limit(learned.LOOKED_AT)
    texts = [each.name for each in FIELDS.values() if each.type is Type.TEXT and each.name != "first_name"]
    rows = warehouse.rows(newest.select(*texts))
    seen: dict[str, list[Any]] = {name: learned.often(row[name] for row in rows) for name in texts}
    numbers = [each for each in FIELDS.values() if each.type not in (Type.TEXT, Type.TIME)]
    ends = {f"{end}_{each.name}": getattr(known[each.name], end)() for each in numbers for end in ("min", "max")}
    (row,) = warehouse.rows(known.aggregate(**ends))
    for each in numbers:
        two = [row[f"{end}_{each.name}"] for end in ("min", "max")]
        seen[each.name] = [] if None in two else two
    return seen


def _known(seen: Mapping[str, list[Any]]) -> Iterable[dict[str, Any]]:
    for each in FIELDS.values():
        told: dict[str, Any] = {"name": each.name, "label": each.label, "type": str(each.type), "unit": each.unit}
        told |= {"operators": list(each.operators), "insight": each.insight is not None}
        meaning = each.insight.about if each.insight else ""
        found = seen.get(each.name, [])
        told |= {"meaning": meaning, "examples": [], "span": []}
        if each.type is Type.TEXT:
            told["examples"] = found
        elif found:
            told["span"] = [amount(each.type, unit, value) for unit, value in zip(("", each.unit), found, strict=True)]
        yield told


def _learned(each: Learned, prefix: str = "") -> dict[str, Any]:
    kind = TYPES[each.kind]
    told: dict[str, Any] = {"name": prefix + each.name, "label": each.name.replace("_", " "), "type": str(kind)}
    told |= {"unit": "", "meaning": "", "span": []}
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
