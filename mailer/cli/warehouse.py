"""What does the warehouse hold?"""

import typer

from mailer import clock
from mailer.cli.terminal import opened, out

commands = typer.Typer(no_args_is_help=True, help="The column store questions are asked of.")


@commands.command("rebuild")
def warehouse_rebuild() -> None:
    """Make the warehouse anew from the truth."""
    with opened() as house, house.store.read() as session:
        house.warehouse.rebuild(session, clock.now())
        out.print(house.warehouse.counts())
