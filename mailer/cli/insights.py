"""What do we know of customers?"""

import typer
from rich.table import Table

from mailer.cli.terminal import opened, out
from mailer.errors import Invalid
from mailer.insights.insight import INSIGHTS

commands = typer.Typer(no_args_is_help=True, help="What is known of customers, and how it is said.")


@commands.command("list")
def insight_list() -> None:
    """Print every insight: the library's, and those this house declares in config/insights.toml."""
    with opened():
        table = Table("insight", "is", "made of", "what it means", box=None)
        for each in INSIGHTS.values():
            made_of = ", ".join(each.names) or "other insights"
            table.add_row(each.name, each.type, made_of, each.about or each.label)
    out.print(table)


@commands.command("show")
def insight_show(name: str) -> None:
    """Print one insight: what it means, and how it is asked for and said."""
    with opened():
        found = INSIGHTS.get(name)
    if found is None:
        raise Invalid(f"there is no insight {name!r}; mailer insight list shows them")
    for label, text in (
        ("means", found.about or found.label), ("is", f"{found.type}{f' of {found.unit}s' if found.unit else ''}"),
        ("made of", ", ".join(found.names) or "other insights"), ("declared in", found.source or "the library"),
        ("asked for as", found.english), ("said as", found.line), ("to the customer", found.because or "nothing"),
    ):  # fmt: skip
        out.print(f"{label:16} {text}", highlight=False, markup=False, soft_wrap=True)
