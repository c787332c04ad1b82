"""Which customers does this CSV file bring, and which of its lines cannot be taken?

Every line is judged before any row is written, and each error names its line and says what to give instead. An import
is an old list: an empty cell changes nothing, and whatever a customer has ever decided about a topic outlives it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from sqlmodel import Session, col, insert, select

from mailer.errors import Invalid
from mailer.mail.address import normalise
from mailer.people import places
from mailer.people.columns import LineError, decode, read_lines, typed
from mailer.people.consent import Consent, Topic
from mailer.people.customer import Customer, least_loaded
from mailer.store import new_public_id

__all__ = ["LineError", "NewCustomer", "Taken", "decode", "read_customers", "take_customers"]

FIELDS = ("external_id", "email", "first_name", "last_name", "language", "time_zone")
ALIASES = {"e_mail": "email", "mail": "email", "email_address": "email", "timezone": "time_zone", "locale": "language",
           "firstname": "first_name", "lastname": "last_name", "surname": "last_name"}  # fmt: skip


def _address(text: str) -> str:
    try:
        return normalise(text, wide=True)
    except Invalid as error:
        raise ValueError(str(error)) from error  # what pydantic collects


class NewCustomer(BaseModel):
    """One customer as somebody gives them to us; None where nothing is said."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    line: int = 0  # of the file, for errors
    external_id: str | None = Field(None, max_length=200)
    email: Annotated[str, AfterValidator(_address)]
    first_name: str | None = Field(None, max_length=200)
    last_name: str | None = Field(None, max_length=200)
    language: Annotated[str, AfterValidator(places.language)] | None = None
    time_zone: Annotated[str, AfterValidator(places.time_zone)] | None = None
    topics: tuple[str, ...] = ()
    attributes: dict[str, Any] = Field(default_factory=dict)


class Taken(NamedTuple):
    """How many customers a list added, changed, and found as they were."""

    added: int
    changed: int
    same: int


def read_customers(file: Iterable[str]) -> tuple[list[NewCustomer], list[LineError]]:
    """Read a CSV file of customers: those of its lines that can be taken, and what is wrong with the others.

    Columns: email, and if you like external_id, first_name, last_name, language, time_zone and topics ("offers;news").
    Every other column becomes an attribute of the customer.
    """
    lines, wrong = read_lines(file, (*FIELDS, "topics"), required=("email",), aliases=ALIASES)
    others = sorted({name for line in lines for name in line.cells} - {*FIELDS, "topics"})
    values = typed(lines, others)
    rows: list[NewCustomer] = []
    first_seen: dict[str, int] = {}
    for number, cells in lines:
        try:
            row = NewCustomer.model_validate(
                {name: cells[name] for name in FIELDS if name in cells}
                | {"line": number, "topics": tuple(cells.get("topics", "").replace(";", " ").replace(",", " ").split())}
                | {"attributes": {name: values[name](cells[name]) for name in others if name in cells}}
            )
        except ValidationError as error:
            wrong.append(LineError(number, "; ".join(_words(each) for each in error.errors())))
            continue
        names = [name for name in (row.email, row.external_id and f"external id {row.external_id}") if name]
        if before := [f"{name} is on line {first_seen[name]} already" for name in names if name in first_seen]:
            wrong.append(LineError(number, before[0]))
        else:
            rows.append(row)
            first_seen.update((name, number) for name in names)
    return rows, sorted(wrong)


def take_customers(session: Session, rows: Sequence[NewCustomer], now: datetime, wording: str = "") -> Taken:
    """Add those of a chunk of customers who are new, and change the others where the list says something else.

    A customer is known by external id, else by address. `wording` is what those on the list agreed to.

    Raises:
        Invalid: a topic does not exist, or a row means two customers at once; nothing of the chunk may be kept then.
    """
    _refuse_unknown_topics(session, rows)
    known = _known(session, rows)
    people = least_loaded(session)
    new: list[dict[str, Any]] = []
    changed: set[str] = set()
    for row in rows:
        customer = _whom(row, known)
        if customer is None:
            new.append(_fresh(row, now) | {"representative_id": staff.id if (staff := next(people, None)) else None})
        elif _change(customer, row):
            customer.updated_at = now
            session.add(customer)
            changed.add(row.email)
    session.flush()
    if new:
        session.execute(insert(Customer), new)
    changed |= _agree(session, rows, now, wording)
    added = {each["email"] for each in new}
    return Taken(len(new), len(changed - added), len(rows) - len(added | changed))


def _known(session: Session, rows: Sequence[NewCustomer]) -> dict[str, Customer]:
    """Return the customers the rows may mean, under "=external id" and under their address."""
    by_id = col(Customer.external_id).in_([row.external_id for row in rows if row.external_id])
    asked = select(Customer).where(by_id | col(Customer.email).in_([row.email for row in rows]))
    found = session.exec(asked).all()
    return {f"={each.external_id}": each for each in found if each.external_id} | {each.email: each for each in found}


def _whom(row: NewCustomer, known: dict[str, Customer]) -> Customer | None:
    """Return the one customer the row means, or None for a new one."""
    by_address = known.get(row.email)
    by_id = known.get(f"={row.external_id}") if row.external_id else None
    if by_address and row.external_id and by_address is not by_id and (by_id or by_address.external_id):
        raise Invalid(
            f"line {row.line}: {row.email} is the address of customer {by_address.external_id or by_address.name}, "
            f"not of {row.external_id}; one address belongs to one customer"
        )
    return by_id or by_address


def _fresh(row: NewCustomer, now: datetime) -> dict[str, Any]:
    given = row.model_dump(include={*FIELDS, "attributes"})
    unsaid = {"first_name": "", "last_name": "", "language": "en", "time_zone": "UTC"}
    given |= {name: default for name, default in unsaid.items() if given[name] is None}
    return given | {"public_id": new_public_id(), "created_at": now, "updated_at": now}


def _change(customer: Customer, row: NewCustomer) -> bool:
    """Give the customer what the row says; say whether anything was different."""
    said = {name: value for name in FIELDS if (value := getattr(row, name)) is not None}
    said["attributes"] = {**customer.attributes, **row.attributes}
    different = {name: value for name, value in said.items() if getattr(customer, name) != value}
    for name, value in different.items():
        setattr(customer, name, value)
    return bool(different)


def _agree(session: Session, rows: Sequence[NewCustomer], now: datetime, wording: str) -> set[str]:
    """Write down consent where the customer never decided; return the addresses of those who gained some."""
    topics = {row.email: row.topics for row in rows if row.topics}
    asked = select(Customer.email, Customer.id).where(col(Customer.email).in_(list(topics)))
    ids = {email: number for email, number in session.exec(asked) if number is not None}
    decisions = select(Consent.customer_id, Consent.topic_id).where(col(Consent.customer_id).in_(list(ids.values())))
    decided = set(session.exec(decisions))
    fresh = [
        (email, {"customer_id": number, "topic_id": topic})
        for email, number in ids.items()
        for topic in dict.fromkeys(topics[email])
        if (number, topic) not in decided
    ]
    said = {"granted": True, "at": now, "source": "import", "wording": wording}
    if fresh:
        session.execute(insert(Consent), [row | said for _, row in fresh])
    return {email for email, _ in fresh}


def _refuse_unknown_topics(session: Session, rows: Sequence[NewCustomer]) -> None:
    known = set(session.exec(select(Topic.id)))
    for row in rows:
        if unknown := [topic for topic in row.topics if topic not in known]:
            there = ", ".join(sorted(known)) or "none yet"
            raise Invalid(f"line {row.line}: there is no topic {unknown[0]!r}; the topics are: {there}")


def _words(error: Any) -> str:
    """Say in words what pydantic found wrong."""
    where = str(error["loc"][0]) if error["loc"] else ""
    if error["type"] == "missing":
        return f"the {where} is empty"
    if error["type"] == "value_error":
        return str(error["ctx"]["error"]).rstrip(".")
    return f"{where}: {error['msg']}"
