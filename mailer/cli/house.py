"""How is a house founded, opened, looked at, saved and brought back?"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from mailer import __version__, backup, clock, founding, pipeline, server, settings
from mailer.cli.terminal import chosen, named, opened, out, read_files
from mailer.errors import Invalid
from mailer.house import House
from mailer.paths import BUILD, DRESS, UNBUILT, Home
from mailer.people.staff import Role

commands = typer.Typer()


@commands.command()
def version() -> None:
    """Print the version."""
    out.print(__version__)


@commands.command()
def where(
    show_settings: Annotated[
        bool, typer.Option("--settings", help="Print every setting, its value and meaning.")
    ] = False,
) -> None:
    """Print where this house lives, and what it would use."""
    home = named()
    given = settings.load(home)
    out.print(
        f"home       {home.root}{'  (the shipped example, read only)' if home.is_shipped else ''}", soft_wrap=True
    )
    out.print(f"settings   {home.config}", soft_wrap=True)
    out.print(f"templates  {', '.join(map(str, home.templates))}", soft_wrap=True)
    out.print(f"segments   {home.segments}", soft_wrap=True)
    out.print(f"data       {home.var}", soft_wrap=True)
    if show_settings:
        for line in settings.lines(given):
            out.print(line, highlight=False, soft_wrap=True, markup=False)


@commands.command()
def init(
    folder: Annotated[Path, typer.Argument(help="The folder the new home is made in.")],
    name: Annotated[str, typer.Option(help="The first administrator's name.")] = "Administrator",
    email: Annotated[str, typer.Option(help="The first administrator's address.")] = "admin@example.com",
    examples: Annotated[bool, typer.Option(help="Copy the example segments and campaigns too.")] = False,
) -> None:
    """Make a home of your own: folders, settings, tables, and a first administrator."""
    home = Home(folder.resolve())
    for made in founding.found(home):
        out.print(f"made {made}", highlight=False, soft_wrap=True)
    if examples:
        founding.furnish(home)
    house = House(home)
    try:
        house.store.upgrade()
        staff, password = founding.appoint(house, name=name, email=email, role=Role.ADMINISTRATOR, now=clock.now())
    finally:
        house.close()
    out.print(f"sign in as {staff.email} with the password {password}", highlight=False)
    out.print(f"next: cd {folder} && mailer check && mailer run", highlight=False, soft_wrap=True)


@commands.command()
def run() -> None:
    """Serve the pages, send, and listen for replies, until Ctrl-C."""
    from mailer.web.app import create_app

    with opened(alone=True) as house:
        read_files(house)

        def ready(address: str) -> None:
            out.print(f"Lifeline is open at {address}; stop it with Ctrl-C", highlight=False)
            if not DRESS.is_file():
                out.print(f"{UNBUILT}; {BUILD}", highlight=False)

        server.serve(house, create_app(house), ready)


@commands.command()
def demo(
    once: Annotated[bool, typer.Option(help="Play the day, print what happened and end.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object as the last line.")] = False,
    port: Annotated[int, typer.Option(help="Where the pages are served.")] = 8080,
) -> None:
    """Open a shop with real baskets, play a day of it, and serve its pages."""
    from mailer.demo import run as play

    home = Home((chosen["home"] or Path(settings.named_home() or ".demo")).resolve())
    sys.exit(play.demo(home, once=once, as_json=as_json, port=port))


@commands.command("backup")
def backup_command(file: Annotated[Path, typer.Argument(help="The file to make, for example shop.tar.gz.")]) -> None:
    """Save the whole house into one file, while it works."""
    with opened() as house:
        size = backup.save(house, file.resolve(), clock.now())
    out.print(f"{file} holds the house as it was just now, {size:,} bytes; it holds the secret too: keep it safe")


@commands.command("restore")
def restore_command(
    file: Annotated[Path, typer.Argument(help="A backup.")],
    folder: Annotated[Path, typer.Argument(help="The new home; nothing is overwritten.")],
    store: Annotated[str, typer.Option(help="An empty PostgreSQL database to restore into, as a URL.")] = "",
    journal: Annotated[Path | None, typer.Option(help="var/journal.log of the lost house, if it survived.")] = None,
) -> None:
    """Make a new home from a backup. It sends nothing until: mailer accept."""
    home = backup.restore(file.resolve(), folder.resolve(), store, journal)
    out.print(f"restored into {home.root}", highlight=False, soft_wrap=True)
    if wrong := backup.misnamed(home, store):
        said = f"its settings name another database ({wrong}): in {home.config} set [store] url to {store or 'nothing'}"
        out.print(said, highlight=False, soft_wrap=True, markup=False)
    out.print(f"next: cd {folder} && mailer check && mailer accept", highlight=False, soft_wrap=True)


@commands.command()
def accept() -> None:
    """Accept a restored or copied house as the one that goes on; what the journal says left is not sent again."""
    with opened() as house:
        if not house.safe_mode:
            raise Invalid("this house is not in safe mode; there is nothing to accept")
        done = pipeline.take_over(house, clock.now())
    out.print(f"this house goes on: {done.sent:,} had left since, {done.in_doubt:,} may have", highlight=False)
