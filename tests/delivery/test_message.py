import pytest
import sqlalchemy as sa

from mailer.delivery.message import Kind, State, T
from tests.delivery.conftest import Town


@pytest.mark.parametrize("column", ["state", "kind"])
def test_the_database_knows_every_word_of_its_life_and_no_other(town: Town, column: str) -> None:
    town.run(town.campaign(), town.customers(1))
    message = town.claim()[0]
    this = sa.update(T).where(T.c.id == message.id)
    for word in {"state": State, "kind": Kind}[column]:
        town.session.execute(this.values({column: word}))
    with pytest.raises(sa.exc.IntegrityError), town.session.begin_nested():
        town.session.execute(sa.text(f"update message set {column} = 'on holiday' where id = {message.id}"))
