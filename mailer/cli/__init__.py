"""What does an operator type? One module for each thing commands are about."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from mailer.cli import campaigns, check, house, insights, intake, mail, segments, staff, terminal, warehouse
from mailer.errors import MailerError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Lifeline: email with a named human one click away.",
)
for its in (house, check, mail):
    app.add_typer(its.commands)
for name, group in (
    ("import", intake.commands), ("segment", segments.commands), ("campaign", campaigns.commands),
    ("staff", staff.commands), ("insight", insights.commands), ("warehouse", warehouse.commands), ("dkim", mail.dkim),
):  # fmt: skip
    app.add_typer(group, name=name)


@app.callback()
def _options(
    home: Annotated[Path | None, typer.Option(help="The home to use, instead of the current folder.")] = None,
) -> None:
    terminal.chosen["home"] = home


def main() -> None:
    """Run the command; an expected error is one line and exit status 1, never a trace."""
    try:
        app()
    except MailerError as error:
        terminal.err.print(f"[red]mailer:[/red] {error}", highlight=False, soft_wrap=True)
        sys.exit(1)
