import io
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from mailer.errors import Invalid
from mailer.people.consent import Consent, Topic, consenting, decide, standing
from mailer.people.customer import Customer
from mailer.people.intake import NewCustomer, read_customers, take_customers
from mailer.people.staff import Staff

FILE = """external_id;E-Mail;first name;Last Name;language;timezone;topics;children;postcode
1;Ann@Example.com;Ann;Müller;de-AT;europe/berlin;"offers;news";2;01067
2;bob@;Bob;;xx;Europe/Berln;;0;10115
3;cy@example.com;;;;;;;
4;ann@example.com;;;;;;;
3;dee@example.com;;;;;;;
5;;Eve;;;;;;
"""


@pytest.fixture(autouse=True)
def topics(session: Session) -> None:
    session.add_all([Topic(id="offers", name="Offers"), Topic(id="news", name="News")])
    session.flush()


def rows(*lines: str) -> list[NewCustomer]:
    found, wrong = read_customers(lines)
    assert not wrong
    return found


def test_lines_that_can_be_taken_become_customers() -> None:
    found, _ = read_customers(io.StringIO("\ufeff" + FILE))
    assert [row.line for row in found] == [2, 4]
    assert found[0] == NewCustomer(
        line=2, external_id="1", email="ann@example.com", first_name="Ann", last_name="Müller", language="de",
        time_zone="Europe/Berlin", topics=("offers", "news"), attributes={"children": 2, "postcode": "01067"},
    )  # fmt: skip


def test_every_other_line_is_named_with_what_is_wrong() -> None:
    _, wrong = read_customers(io.StringIO(FILE))
    assert [str(each) for each in wrong] == [
        "line 3: 'bob@' is not an email address: There must be something after the @-sign; "
        "'xx' is not a language we know; write its code: en, de, fr, es, ja …; "
        "'Europe/Berln' is not a time zone; did you mean Europe/Berlin?",
        "line 5: ann@example.com is on line 2 already",
        "line 6: external id 3 is on line 4 already",
        "line 7: the email is empty",
    ]


def test_new_customers_get_a_representative_in_turn(
    session: Session, now: datetime, new_staff: Callable[..., Staff]
) -> None:
    staff = [new_staff("Maya Lindqvist"), new_staff("Jonas Weber")]
    taken = take_customers(session, rows("email\n", *(f"{n}@example.com\n" for n in range(4))), now)
    assert taken == (4, 0, 0)
    given = session.exec(select(Customer.representative_id).order_by(Customer.id)).all()
    assert given == [each.id for each in staff] * 2


def test_taking_the_same_list_again_changes_nothing(session: Session, now: datetime) -> None:
    found = rows("external_id,email,topics,age\n", "1,ann@example.com,offers,30\n", "2,bob@example.com,,40\n")
    assert take_customers(session, found, now) == (2, 0, 0)
    assert take_customers(session, found, now + timedelta(days=1)) == (0, 0, 2)
    assert session.exec(select(Customer.updated_at)).all() == [now, now]
    assert len(session.exec(select(Consent)).all()) == 1


def test_what_is_different_is_changed_and_an_empty_cell_changes_nothing(
    session: Session, now: datetime, new_customer: Callable[..., Customer]
) -> None:
    ann = new_customer(
        "old@example.com", external_id="1", first_name="Ann", language="de", attributes={"age": 30, "city": "Ulm"}
    )
    later = now + timedelta(days=1)
    found = rows("external_id,email,first_name,language,age\n", "1,new@example.com,,,31\n")
    assert take_customers(session, found, later) == (0, 1, 0)
    assert (ann.email, ann.first_name, ann.language, ann.updated_at) == ("new@example.com", "Ann", "de", later)
    assert ann.attributes == {"age": 31, "city": "Ulm"}


def test_a_customer_known_by_address_is_given_their_external_id(
    session: Session, now: datetime, new_customer: Callable[..., Customer]
) -> None:
    ann = new_customer("ann@example.com")
    assert take_customers(session, rows("external_id,email\n", "7,ann@example.com\n"), now) == (0, 1, 0)
    assert ann.external_id == "7"


@pytest.mark.parametrize("known", ["7", None])
def test_a_line_that_means_two_customers_is_refused(
    session: Session, now: datetime, new_customer: Callable[..., Customer], known: str | None
) -> None:
    new_customer("ann@example.com", external_id=known)
    new_customer("bob@example.com", external_id="8")
    with pytest.raises(Invalid, match=r"line 2: ann@example\.com is the address of customer"):
        take_customers(session, rows("external_id,email\n", "8,ann@example.com\n"), now)


def test_an_import_brings_consent_with_its_wording(session: Session, now: datetime) -> None:
    take_customers(session, rows("email,topics\n", "ann@example.com,offers news\n"), now, "Yes, write to me")
    ann = session.exec(select(Customer)).one()
    found = {topic: (each.granted, each.source, each.wording) for topic, each in standing(session, ann.id or 0).items()}
    assert found == {"offers": (True, "import", "Yes, write to me"), "news": (True, "import", "Yes, write to me")}


def test_an_import_never_undoes_what_a_customer_decided(
    session: Session, now: datetime, new_customer: Callable[..., Customer]
) -> None:
    ann = new_customer("ann@example.com")
    decide(session, ann.id, "offers", False, now, "one-click")
    taken = take_customers(session, rows("email,topics\n", "ann@example.com,offers\n"), now + timedelta(days=1))
    assert taken == (0, 0, 1)
    assert consenting(session, [ann.id], "offers") == set()


def test_an_unknown_topic_is_refused_before_anything_is_written(session: Session, now: datetime) -> None:
    with pytest.raises(Invalid, match="line 3: there is no topic 'gossip'; the topics are: news, offers"):
        take_customers(session, rows("email,topics\n", "a@example.com,news\n", "b@example.com,gossip\n"), now)
    assert session.exec(select(Customer)).all() == []
