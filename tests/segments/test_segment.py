"""A segment is a named question, and its version is the version of the question."""

from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlmodel import Session, select

from mailer.errors import Invalid
from mailer.segments import segment
from mailer.segments.criteria import All, Where, from_data
from mailer.segments.segment import Segment, save

OFTEN = Where("baskets_365", "at_least", 8)


def _save(session: Session, now: datetime, criteria: object = OFTEN, **more: str) -> Segment:
    given = {"name": "often", "title": "Often", "description": "", **more}
    return save(session, criteria=criteria, now=now, **given)  # type: ignore[arg-type]


def test_a_changed_question_is_a_new_version_and_a_changed_title_is_not(session: Session, now: datetime) -> None:
    first = _save(session, now)
    assert (first.version, first.source, first.tree) == (1, "form", OFTEN)
    again = _save(session, now + timedelta(hours=1), title="Comes often")
    assert (again.id, again.version, again.title) == (first.id, 1, "Comes often")
    changed = _save(session, now, All((OFTEN,)))
    assert (changed.id, changed.version, changed.tree) == (first.id, 2, All((OFTEN,)))
    assert len(session.exec(select(Segment)).all()) == 1


@pytest.mark.parametrize("name", ["", "Often", "of ten", "-often", "often--er", "../often", "o" * 61, "often\n"])
def test_a_name_that_is_no_slug_is_refused(session: Session, now: datetime, name: str) -> None:
    with pytest.raises(Invalid, match="small letters"):
        _save(session, now, name=name)


def test_a_segment_needs_a_title(session: Session, now: datetime) -> None:
    with pytest.raises(Invalid, match="title"):
        _save(session, now, title="  ")


def test_chunks_together_are_the_whole(shop: SimpleNamespace) -> None:
    everybody = from_data({"all": []})
    found: list[int] = []
    while chunk := segment.customers(shop.warehouse, everybody, shop.now, after=max(found, default=0), limit=7):
        assert len(chunk) <= 7
        found += chunk
    assert found == list(shop.customers)
    assert segment.count(shop.warehouse, everybody, shop.now) == len(found)


def test_a_sample_is_of_the_segment_spread_and_stable(shop: SimpleNamespace) -> None:
    everybody = from_data({"all": []})
    sample = segment.sample(shop.warehouse, everybody, shop.now, 5)
    assert sample == segment.sample(shop.warehouse, everybody, shop.now, 5)
    assert len(set(sample)) == 5
    assert sorted(sample) != [1, 2, 3, 4, 5]
    assert segment.sample(shop.warehouse, from_data({"did": "never"}), shop.now, 5) == []
