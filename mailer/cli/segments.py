"""Who is in a segment, and why?"""

from typing import Annotated

import typer
from rich.table import Table
from sqlmodel import Session, select

from mailer import clock
from mailer.campaigns.campaign import Campaign
from mailer.cli.terminal import opened, out, read_files
from mailer.errors import Invalid
from mailer.people.customer import Customer
from mailer.pipeline import desk
from mailer.segments import files as segment_files
from mailer.segments import segment as segments
from mailer.segments.segment import Segment

commands = typer.Typer(no_args_is_help=True, help="Ask who is in a segment, and why.")


def _segment(session: Session, name: str) -> Segment:
    found = session.exec(select(Segment).where(Segment.name == name)).first()
    if found is None:
        known = ", ".join(session.exec(select(Segment.name).order_by(Segment.name))) or "none yet"
        raise Invalid(f"there is no segment {name!r}; there are: {known}")
    return found


@commands.command("list")
def segment_list() -> None:
    """Print every segment with its count and its question."""
    with opened() as house:
        read_files(house)
        table = Table("segment", "customers", "who they are", box=None)
        with desk.questions(house, clock.now) as ask, house.store.read() as session:
            ask.fold()
            for found in session.exec(select(Segment).order_by(Segment.name)):
                table.add_row(found.name, f"{ask.count(found.tree):,}", found.tree.sentence())
    out.print(table)


@commands.command("count")
def segment_count(name: str) -> None:
    """Print how many customers are in a segment now."""
    with opened() as house:
        read_files(house)
        with desk.questions(house, clock.now) as ask, house.store.read() as session:
            ask.fold()
            out.print(ask.count(_segment(session, name).tree))


@commands.command("show")
def segment_show(
    name: str,
    number: Annotated[int, typer.Option("--sample", help="How many customers to show.")] = 5,
) -> None:
    """Print a segment as a file would hold it, some of its customers, and why they are in it."""
    with opened() as house:
        read_files(house)
        with desk.questions(house, clock.now) as ask, house.store.read() as session:
            ask.fold()
            found = _segment(session, name)
            out.print(segment_files.to_toml(found), highlight=False, markup=False)
            out.print(f"{found.tree.sentence()}: {ask.count(found.tree):,}", highlight=False)
            for customer_id in ask.sample(found.tree, number):
                customer = session.get_one(Customer, customer_id)
                why = "; ".join(ask.why(found.tree, customer_id))
                out.print(f"  {customer.name}: {why}", highlight=False, soft_wrap=True)


@commands.command("sync")
def segmentread_files(
    take: Annotated[list[str] | None, typer.Option(help="A segment whose file wins.")] = None,
    keep: Annotated[list[str] | None, typer.Option(help="A segment that is written into its file.")] = None,
) -> None:
    """Show how segments and their files differ and which is newer; change only what is named."""
    with opened() as house:
        folder = house.home.segments
        with house.store.write() as session:
            for name in take or ():
                segment_files.take(session, folder / f"{name}.toml", clock.now())
            for name in keep or ():
                segment_files.keep(_segment(session, name), folder / f"{name}.toml")
        with house.store.read() as session:
            found = segment_files.differences(session, folder)
        for each in found:
            newer = each.newer if each.newer.startswith("only") else f"the {each.newer} is newer"
            out.print(f"{each.name}: {newer}", highlight=False, markup=False)
            out.print("\n".join(each.lines), highlight=False, markup=False)
        out.print("--take NAME lets the file win, --keep NAME the house" if found else "all the same", highlight=False)


@commands.command("delete")
def segment_delete(name: str) -> None:
    """Delete a segment that no campaign and no other segment uses; its versions stay."""
    with opened() as house, house.store.write() as session:
        found = _segment(session, name)
        users = session.exec(select(Campaign.name).where(Campaign.segment_id == found.id)).all()
        segments.delete(session, found, users)
