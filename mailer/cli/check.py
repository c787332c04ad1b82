"""Is this house in order, and will its email arrive?"""

import typer
from rich.markup import escape

from mailer import checkup
from mailer.cli.terminal import opened, out

commands = typer.Typer()


@commands.command()
def check() -> None:
    """Look whether this house is in order; each finding comes with its fix."""
    bad = 0
    with opened() as house:
        for finding in checkup.check(house):
            bad += bool(finding.fix)
            mark = "[yellow]look[/yellow]" if finding.fix else "[green]good[/green]"
            out.print(f"{mark}  {finding.name:16} {escape(finding.saw)}", highlight=False, soft_wrap=True)
            if finding.fix:
                out.print(f"      {'':16} → {escape(finding.fix)}", highlight=False, soft_wrap=True)
    out.print("everything is in order" if not bad else f"{bad} to look at", highlight=False)
