import pytest
import sqlalchemy as sa
from sqlmodel import Session

from mailer.dialect import among
from mailer.people.consent import Topic
from mailer.prepared import Prepared

TOPICS = Topic.metadata.tables["topic"]
ADD = Prepared(sa.insert(TOPICS).values(id=sa.bindparam("its_id"), name=sa.bindparam("its_name"), description=""))
NAMES = Prepared(sa.select(TOPICS.c.name).where(among(TOPICS.c.id, "ids")).order_by(TOPICS.c.id))


def test_a_prepared_statement_runs_for_many_rows_and_finds_them_again(session: Session) -> None:
    ADD.run_each(session, [{"its_id": f"t{n}", "its_name": f"Topic {n}"} for n in range(3)])
    ADD.run_each(session, [])
    assert [name for (name,) in NAMES.run(session, {"ids": ["t2", "t0", "other"]})] == ["Topic 0", "Topic 2"]


def test_what_the_driver_refuses_is_told_as_every_statement_tells_it(session: Session) -> None:
    twice = [{"its_id": "same", "its_name": "Topic"}] * 2
    with pytest.raises(sa.exc.IntegrityError, match="INSERT INTO topic"):
        ADD.run_each(session, twice)
