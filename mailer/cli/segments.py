"""Who is in a segment, and why?"""

from typing import Annotated

import typer
from rich.table import Table
from sqlmodel import Session, col, select

from mailer import clock
from mailer.campaigns.campaign import Campaign
from mailer.cli.terminal import opened, out, read_segments
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
        read_segments(house)
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
        read_segments(house)
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
        read_segments(house)
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
def segment_sync(
    take: Annotated[list[str] | None, typer.Option(help="A segment whose file wins.")] = None,
    keep: Annotated[list[str] | None, typer.Option(help="A segment that is written into its file.")] = None,
) -> None:
    """Show how segments and their files differ and which is newer; change only what is named."""
    with opened() as house:
        folder = house.home.segments
        with house.store.write() as session:
            for name in take or ():
                took = segment_files.take(session, folder / f"{name}.toml", clock.now())
                _say(f"{name}: is what its file says now, version {took.version}")
            for name in keep or ():
                segment_files.keep(_segment(session, name), folder / f"{name}.toml")
                _say(f"{name}: written into {folder / f'{name}.toml'}")
        with house.store.read() as session:
            found = segment_files.differences(session, folder)
            users = {each.name: _users(session, each.name) for each in found}
    for each in found:
        _say(f"{each.name}: {_WHICH[each.newer]}")
        if each.newer not in ("only the house", "its file is gone"):
            _say("\n".join(each.lines))
        elif users[each.name]:
            _say(f"  it is used by {', '.join(users[each.name])}")
    _say("" if found else "all the same")
    for advice in dict.fromkeys(_ADVICE[each.newer] for each in found):
        _say(advice)


_WHICH = {
    "the file": "the file is newer",
    "the form": "the form is newer",
    "only the file": "is only in a file",
    "only the house": "is only in the house, made in the form",
    "its file is gone": "its file is gone, the segment stays",
}
_TAKE = "--take NAME makes the segment what its file says"
_KEEP = "--keep NAME writes the segment into its file"
_ADVICE = {
    "the file": f"{_TAKE}; {_KEEP}",
    "the form": f"{_TAKE}; {_KEEP}",
    "only the file": "mailer run takes a new file by itself; --take NAME takes it now",
    "only the house": f"{_KEEP}",
    "its file is gone": f"{_KEEP} again; mailer segment delete NAME deletes it, if nobody uses it",
}


def _say(text: str) -> None:
    if text:
        out.print(text, highlight=False, markup=False, soft_wrap=True)


def _users(session: Session, name: str) -> list[str]:
    """Name the campaigns and the segments that use a segment."""
    asked = select(Campaign.name).join(Segment, col(Segment.id) == Campaign.segment_id).where(Segment.name == name)
    campaigns = [f"the campaign {each}" for each in session.exec(asked.order_by(Campaign.name))]
    return campaigns + [f"the segment {each}" for each in segments.used_by(session, name)]


@commands.command("delete")
def segment_delete(name: str) -> None:
    """Delete a segment that no campaign and no other segment uses; its versions stay."""
    with opened() as house:
        with house.store.write() as session:
            found = _segment(session, name)
            users = session.exec(select(Campaign.name).where(Campaign.segment_id == found.id)).all()
            segments.delete(session, found, users)
        path = house.home.segments / f"{name}.toml"
    _say(f"{name} is deleted; runs remember the version they used")
    if path.exists():
        _say(f"{path} is still there, and would make it anew: delete that too")
