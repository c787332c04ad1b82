"""Whatever the catalogue offers can be asked."""

from datetime import datetime
from types import SimpleNamespace
from typing import Any

from sqlmodel import Session

from mailer.people.consent import Topic
from mailer.segments import segment
from mailer.segments.catalogue import catalogue
from mailer.segments.criteria import from_data
from mailer.segments.segment import save

VALUES = {"int": 1, "float": 1.5, "money": 100, "text": "x", "time": "2026-03-01"}


def _value(takes: str, kind: str) -> dict[str, Any]:
    one = VALUES[kind]
    given = {"one": one, "two": [one, one], "some": [one], "days": 3, "text": "x", "nothing": None}[takes]
    return {} if given is None else {"value": given}


def test_whatever_is_offered_can_be_asked(shop: SimpleNamespace, session: Session, now: datetime) -> None:
    session.add(Topic(id="offers", name="Offers"))
    save(session, name="all", title="All", description="", criteria=from_data({"all": []}), now=now)
    offered = catalogue(shop.warehouse, session)
    takes = {name: each["takes"] for name, each in offered["operators"].items()}
    parts = [
        {"field": each["name"], "op": op, **_value(takes[op], each["type"])}
        for each in offered["fields"] for op in each["operators"]
    ]  # fmt: skip
    for event in offered["events"]:
        for each in event["properties"]:
            conditions = [
                {"field": each["name"], "op": op, **_value(takes[op], each["type"])} for op in each["operators"]
            ]
            parts += [{"did": event["name"], "where": [one]} for one in conditions]
    for part in parts:
        assert from_data(part).to_data() in (part, {**part, "at_least": 1})
    assert segment.count(shop.warehouse, from_data({"all": parts[:40]}), shop.now) >= 0
    assert {"name": "attributes.tier", "type": "text"}.items() <= next(
        each for each in offered["fields"] if each["name"] == "attributes.tier"
    ).items()
    assert offered["segments"] == [{"name": "all", "title": "All"}]
    assert offered["topics"] == [{"id": "offers", "name": "Offers"}]
