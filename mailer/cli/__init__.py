"""What does an operator type? One module for each thing commands are about; `offer` imports the one that is typed."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from mailer.cli.offer import Commands
from mailer.errors import MailerError

app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Lifeline: email with a named human one click away.",
)


@app.callback()
def _options(
    home: Annotated[Path | None, typer.Option(help="The home to use, instead of the current folder.")] = None,
) -> None:
    from mailer.cli import terminal

    terminal.chosen["home"] = home


def main() -> None:
    """Run the command; an expected error is one line and exit status 1, never a trace."""
    try:
        app()
    except MailerError as error:
        from mailer.cli import terminal

        terminal.err.print(f"[red]mailer:[/red] {error}", highlight=False, soft_wrap=True)
        sys.exit(1)
