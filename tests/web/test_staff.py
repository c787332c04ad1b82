from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from flask.testing import FlaskClient
from sqlmodel import select

from mailer.house import House
from mailer.people.staff import Absence

AWAY = {"first": "2026-03-17", "last": "2026-03-18", "why": "holiday"}


def absences(house: House) -> list[Absence]:
    with house.store.read() as session:
        return list(session.exec(select(Absence)).all())


def test_staff_are_listed_with_their_hours(browser: Callable) -> None:
    html = browser("nora").get("/staff").get_data(as_text=True)
    assert "Monday to Friday, 9:00 to 17:00 (Berlin)" in html
    assert "here now" in html


def test_days_away_are_days_in_the_zone_of_who_is_away(browser: Callable, press: Callable, house: House, shop) -> None:
    form = AWAY | {"deputy": shop.staff["ida"].public_id}
    assert (
        press(browser("maya"), "/staff", f"/staff/{shop.staff['maya'].public_id}/absences", **form).status_code == 302
    )
    (away,) = absences(house)
    assert (away.starts_at, away.ends_at) == (
        datetime(2026, 3, 16, 23, tzinfo=UTC),
        datetime(2026, 3, 18, 23, tzinfo=UTC),
    )
    assert away.deputy_id == shop.staff["ida"].id


def test_nobody_sends_somebody_else_away_but_an_administrator(
    browser: Callable, press: Callable, house: House, shop
) -> None:
    path = f"/staff/{shop.staff['maya'].public_id}/absences"
    assert press(browser("nora"), "/staff", path, **AWAY).status_code == 403
    assert absences(house) == []
    assert press(browser("ida"), "/staff", path, **AWAY).status_code == 302


def test_who_is_back_early_says_so(browser: Callable, press: Callable, house: House, shop, now) -> None:
    with house.store.write() as session:
        now_away = Absence(staff_id=shop.staff["maya"].id, starts_at=datetime(2026, 3, 15, tzinfo=UTC),
                           ends_at=datetime(2026, 3, 20, tzinfo=UTC))  # fmt: skip
        session.add(now_away)
    assert press(browser("maya"), "/staff", f"/absences/{now_away.id}/end").status_code == 302
    assert now <= absences(house)[0].ends_at < now + timedelta(minutes=5)


def test_a_last_day_before_the_first_is_refused(browser: Callable, press: Callable, shop) -> None:
    wrong = AWAY | {"last": "2026-03-01"}
    answer = press(browser("maya"), "/staff", f"/staff/{shop.staff['maya'].public_id}/absences", **wrong)
    assert answer.status_code == 422


def test_a_face_is_a_picture_anybody_may_see(anyone: FlaskClient, shop) -> None:
    answer = anyone.get(f"/face/{shop.staff['maya'].public_id}.svg")
    assert answer.mimetype == "image/svg+xml"
    assert ">MK<" in answer.get_data(as_text=True)
    assert anyone.get("/face/nobody.svg").status_code == 404
