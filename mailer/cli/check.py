"""Is this house in order, and will its email arrive?"""

import json
from itertools import groupby
from typing import Annotated

import typer
from rich.markup import escape

from mailer import checkup, clock
from mailer.checkup import Finding, Mark
from mailer.cli.terminal import opened, out

commands = typer.Typer()

COLOURS = {Mark.GOOD: "green", Mark.LOOK: "yellow", Mark.MEND: "red", Mark.UNKNOWN: "cyan"}


@commands.command()
def check(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line instead.")] = False,
) -> None:
    """Look whether this house is in order, and whether receivers will believe its email: DNS, relay, letter, rules.

    Each finding comes with its fix. Ends with status 1 when something has to be mended.
    """
    with opened() as house:
        found = checkup.check(house, clock.now())
    if as_json:
        for finding in found:
            print(json.dumps(finding.to_data(), ensure_ascii=False))
    else:
        for group, those in groupby(found, key=lambda each: each.group):
            out.print(f"\n[bold]{group}[/bold]", highlight=False)
            for finding in those:
                _show(finding)
        out.print(f"\n{_sum(found)}", highlight=False)
    raise typer.Exit(any(finding.mark is Mark.MEND for finding in found))


def _show(finding: Finding) -> None:
    mark = f"[{COLOURS[finding.mark]}]{finding.mark:7}[/]"
    out.print(f"{mark}  {finding.name:16} {escape(finding.saw)}", highlight=False, soft_wrap=True)
    if finding.fix:
        out.print(f"{'':26} → {escape(finding.fix)}", highlight=False, soft_wrap=True)
    for line in finding.publish.splitlines():
        out.print(f"{'':28} {line}", highlight=False, soft_wrap=True, markup=False)


def _sum(found: list[Finding]) -> str:
    counts = {mark: sum(finding.mark is mark for finding in found) for mark in Mark}
    said = {Mark.MEND: "to mend", Mark.LOOK: "to look at", Mark.UNKNOWN: "could not be asked"}
    return (
        ", ".join(f"{counts[mark]} {words}" for mark, words in said.items() if counts[mark]) or "everything is in order"
    )
