"""Who answers, plans and runs the house?"""

from typing import Annotated

import typer

from mailer import clock, founding
from mailer.cli.terminal import opened, out
from mailer.people.staff import Role
from mailer.pipeline.passes import invite

commands = typer.Typer(no_args_is_help=True, help="Who answers, plans and runs the house.")
AsRole = Annotated[Role, typer.Option(help="What they may do.")]
InZone = Annotated[str, typer.Option(help="Their time zone, as Europe/Berlin.")]


@commands.command("add")
def staff_add(name: str, email: str, role: AsRole = Role.REPRESENTATIVE, zone: InZone = "UTC") -> None:
    """Add a member of staff and print their first password."""
    with opened() as house:
        staff, password = founding.appoint(house, name=name, email=email, role=role, zone=zone, now=clock.now())
    out.print(f"{staff.name} signs in as {staff.email} with the password {password}", highlight=False)


@commands.command("invite")
def staff_invite(name: str, email: str, role: AsRole = Role.REPRESENTATIVE, zone: InZone = "UTC") -> None:
    """Add a member of staff who chooses their first password themselves, from an email that is good for three days."""
    with opened() as house, house.store.write() as session:
        staff = invite(house, session, name=name, email=email, role=role, zone=zone, now=clock.now())
    out.print(f"an invitation to {staff.email} is in the outbox; it leaves while the house runs", highlight=False)
