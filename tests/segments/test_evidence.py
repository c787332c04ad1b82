"""What a part of a question rests on is asked once for all parts, and each has as much as if it were alone."""

from types import SimpleNamespace

import pytest

from mailer.segments import evidence
from mailer.segments.criteria import from_data
from mailer.segments.evidence import Evidence
from mailer.segments.moment import moment

FEW = 5


def test_of_many_events_each_part_has_the_newest_of_its_own(
    shop: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "MOST", FEW)
    meat = {"field": "department", "op": "is", "value": "Meat"}
    every, some = from_data({"did": "basket"}), from_data({"did": "basket", "where": [meat]})
    lately = from_data({"field": "days_since_basket", "op": "known"})
    with shop.warehouse.asking() as asking:
        found = Evidence(asking, [every, some, lately], list(shop.customers), moment(asking, shop.now))
    cut = 0
    for customer in shop.customers:
        baskets = [each for each in shop.events if each["customer_id"] == customer and each["name"] == "basket"]
        newest = sorted((each["at"] for each in baskets), reverse=True)
        of_meat = sorted((each["at"] for each in baskets if each["properties"]["department"] == "Meat"), reverse=True)
        cut += len(of_meat) > FEW
        assert [each.at for each in found.of(customer, every)[0]] == newest[:FEW]
        assert [each.at for each in found.of(customer, some)[0]] == of_meat[:FEW]
        assert [each.at for each in found.of(customer, lately)[0]] == newest[: evidence.SHOWN]
    assert cut > 5
