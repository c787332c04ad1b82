from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask, abort
from flask.testing import FlaskClient
from sqlmodel import select

from mailer.errors import Invalid
from mailer.house import House
from mailer.mail.tokens import Purpose
from mailer.people.consent import Topic
from mailer.web import doors
from mailer.web.exchange import session


def rows(house: House) -> dict[str, int]:
    with house.store.read() as reading:
        return {
            table.__tablename__: reading.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for table in house.tables
        }


@pytest.fixture
def writing(app: Flask) -> Flask:
    """A route that writes, and then answers as it is told."""

    @app.route("/write/<what>", methods=["GET", "POST"])
    @doors.anyone
    def write(what: str) -> str:
        session().add(Topic(id=what, name=what))
        session().flush()
        if what == "missing":
            abort(404)
        if what == "invalid":
            raise Invalid("not like this")
        if what == "broken":
            raise ZeroDivisionError
        return "done"

    app.config["WTF_CSRF_ENABLED"] = False
    return app


def test_a_post_is_committed_only_after_an_answer_below_400(writing: Flask, house: House) -> None:
    client = writing.test_client()
    assert [client.post(f"/write/{what}").status_code for what in ("kept", "missing", "invalid", "broken")] == [
        200,
        404,
        422,
        500,
    ]
    with house.store.read() as reading:
        assert set(reading.exec(select(Topic.id))) == {"offers", "news", "kept"}


def test_a_get_cannot_write_whatever_its_code_does(writing: Flask, house: House) -> None:
    assert writing.test_client().get("/write/anything").status_code == 500
    with house.store.read() as reading:
        assert set(reading.exec(select(Topic.id))) == {"offers", "news"}


def test_every_get_of_a_customers_page_leaves_everything_as_it_was(
    house: House, anyone: FlaskClient, link: Callable[..., str]
) -> None:
    before = rows(house)
    for path, purpose in (
        ("h", Purpose.HUMAN),
        ("u", Purpose.UNSUBSCRIBE),
        ("p", Purpose.PREFERENCES),
        ("s", Purpose.SURVEY),
    ):
        answer = anyone.get(link(path, purpose))
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
    assert rows(house) == before
