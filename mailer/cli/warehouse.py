"""What does the warehouse hold?"""

import typer

from mailer import clock
from mailer.cli.terminal import opened, out
from mailer.errors import NotReady
from mailer.pipeline import desk

commands = typer.Typer(no_args_is_help=True, help="The column store questions are asked of.")


@commands.command("rebuild")
def warehouse_rebuild() -> None:
    """Make the warehouse anew from the truth: nothing is lost, and questions wait meanwhile."""
    with opened() as house, house.store.read() as session:
        if not house.settings.warehouse.url and desk.is_open(house):
            raise NotReady("a mailer serves this house and has its warehouse open; stop it, then rebuild")
        house.warehouse.rebuild(session, clock.now())
        held = house.warehouse.counts()
    out.print(f"rebuilt: {held['events']:,} events of {held['customers']:,} customers", highlight=False)
