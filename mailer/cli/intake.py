"""How do customers and events come in?"""

from pathlib import Path
from typing import Annotated, Any

import typer
from sqlmodel import Session, select

from mailer import clock
from mailer.cli.terminal import opened, out, progress
from mailer.errors import Invalid
from mailer.insights import events
from mailer.people import intake
from mailer.people.customer import Customer
from mailer.store import CHUNK, Urgency

commands = typer.Typer(no_args_is_help=True, help="Bring customers and events in.")


def _refuse(errors: list[Any], path: Path) -> None:
    if errors:
        shown = "\n".join(f"  {error}" for error in errors[:20])
        more = f"\n  … and {len(errors) - 20} more" if len(errors) > 20 else ""
        raise Invalid(f"{path} was not taken; mend these lines and try again, nothing was changed:\n{shown}{more}")


@commands.command("customers")
def import_customers(path: Annotated[Path, typer.Argument(help="A CSV file with a heading.")]) -> None:
    """Take customers from a CSV file: all of them or, when a line is wrong, none."""
    rows, errors = intake.read_customers(_lines(path))
    _refuse(errors, path)
    with opened() as house, house.store.write(Urgency.BULK) as session:
        added = changed = same = 0
        for chunk in progress(rows, CHUNK, "customers"):
            taken = intake.take_customers(session, chunk, clock.now())
            added, changed, same = added + taken.added, changed + taken.changed, same + taken.same
    out.print(f"{added:,} customers added, {changed:,} changed, {same:,} were the same", highlight=False)


@commands.command("events")
def import_events(path: Annotated[Path, typer.Argument(help="A CSV file with a heading.")]) -> None:
    """Take events from a CSV file: all of them or, when a line is wrong, none. Twice is once."""
    rows, errors = events.read_events(_lines(path))
    _refuse(errors, path)
    with opened() as house, house.store.write(Urgency.BULK) as session:
        known = _customer_ids(session)
        unknown = sorted({row.customer for row in rows if row.customer.lower() not in known})
        _refuse([f"no customer is called {who!r}; import customers first" for who in unknown], path)
        taken = 0
        for chunk in progress(rows, CHUNK, "events"):
            given = [
                row.model_dump(exclude={"customer"}) | {"customer_id": known[row.customer.lower()]} for row in chunk
            ]
            taken += events.take(session, given)
    out.print(f"{taken:,} events taken, {len(rows) - taken:,} were known already", highlight=False)


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    except OSError as error:
        raise Invalid(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise Invalid(f"{path} is not UTF-8 (byte {error.start}); save it as UTF-8 and try again") from error


def _customer_ids(session: Session) -> dict[str, int]:
    found = session.exec(select(Customer.id, Customer.email, Customer.external_id))
    return {name.lower(): ident for ident, *names in found for name in names if name and ident is not None}
