"""Does a prepared statement do what SQLAlchemy would have done?"""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from mailer import store
from mailer.dialect import among
from mailer.people.suppression import Why
from mailer.prepared import Prepared

T = SQLModel.metadata.tables["suppression"]
NOW = datetime(2026, 3, 16, 10, tzinfo=UTC)
WORDS = ("a@example.com", "zoë@example.com", 'with "quotes"@example.com', "back\\slash@example.com")


@pytest.fixture
def written(session: Session) -> Session:
    session.execute(
        sa.insert(T), [{"address": word, "why": Why.UNSUBSCRIBED, "at": NOW, "evidence": ""} for word in WORDS]
    )
    return session


@pytest.mark.parametrize("asked", [(), WORDS[:1], WORDS, (*WORDS, "nobody@example.com")])
def test_a_list_is_one_parameter_however_long_it_is(written: Session, asked: tuple[str, ...]) -> None:
    found = Prepared(sa.select(T.c.address).where(among(T.c.address, "asked"))).run(written, {"asked": asked})
    assert {address for (address,) in found} == set(asked) & set(WORDS)


def test_values_are_turned_as_the_columns_say(written: Session) -> None:
    change = (
        sa.update(T)
        .where(T.c.address == sa.bindparam("whose"), T.c.at == sa.bindparam("then", type_=store.UTC))
        .values(why=Why.BOUNCED, at=sa.bindparam("new", type_=store.UTC), evidence=sa.bindparam("said"), staff_id=None)
    )
    later = NOW.replace(hour=11)
    rows = [{"whose": word, "then": NOW, "new": later, "said": f"of {word}"} for word in WORDS[:2]]
    prepared = Prepared(change)
    prepared.run_each(written, rows)
    prepared.run_each(written, [])
    found = written.execute(sa.select(T.c.address, T.c.why, T.c.at, T.c.evidence).where(T.c.why == Why.BOUNCED)).all()
    assert {tuple(row) for row in found} == {(word, Why.BOUNCED, later, f"of {word}") for word in WORDS[:2]}


def test_its_errors_are_those_of_the_store(written: Session) -> None:
    again = sa.insert(T).values(address=sa.bindparam("whose"), why=Why.BOUNCED, at=NOW, evidence="")
    with pytest.raises(sa.exc.IntegrityError):
        Prepared(again).run_each(written, [{"whose": WORDS[0]}])
