"""What does an operator type?"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import track
from rich.table import Table
from sqlmodel import Session, select

from mailer import __version__, backup, checkup, clock, founding, log, pipeline, server, settings
from mailer.campaigns import audience
from mailer.campaigns import files as campaign_files
from mailer.campaigns.campaign import Campaign, RunState
from mailer.campaigns.schedule import Schedule
from mailer.delivery import signing
from mailer.delivery.accounts import accounts
from mailer.delivery.outbox import State
from mailer.errors import Invalid, MailerError
from mailer.house import House
from mailer.insights import events
from mailer.mail.dkim import published
from mailer.paths import Home, find_home
from mailer.people import intake
from mailer.people.customer import Customer
from mailer.people.staff import Role
from mailer.pipeline import desk
from mailer.pipeline.passes import invite
from mailer.replies.triage import describe
from mailer.segments import files as segment_files
from mailer.segments import segment as segments
from mailer.segments.segment import Segment
from mailer.store import CHUNK, Urgency

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Lifeline: email with a named human one click away.",
)
import_app = typer.Typer(no_args_is_help=True, help="Bring customers and events in.")
segment_app = typer.Typer(no_args_is_help=True, help="Ask who is in a segment, and why.")
campaign_app = typer.Typer(no_args_is_help=True, help="See and start campaigns.")
staff_app = typer.Typer(no_args_is_help=True, help="Who answers, plans and runs the house.")
dkim_app = typer.Typer(no_args_is_help=True, help="Sign what leaves.")
warehouse_app = typer.Typer(no_args_is_help=True, help="The column store questions are asked of.")
for name, group in (
    ("import", import_app), ("segment", segment_app), ("campaign", campaign_app), ("staff", staff_app),
    ("warehouse", warehouse_app), ("dkim", dkim_app),
):  # fmt: skip
    app.add_typer(group, name=name)

out = Console()
err = Console(stderr=True)
_chosen: dict[str, Path | None] = {"home": None}


@app.callback()
def _options(
    home: Annotated[Path | None, typer.Option(help="The home to use, instead of the current folder.")] = None,
) -> None:
    _chosen["home"] = home


def main() -> None:
    """Run the command; an expected error is one line and exit status 1, never a trace."""
    try:
        app()
    except MailerError as error:
        err.print(f"[red]mailer:[/red] {error}", highlight=False, soft_wrap=True)
        sys.exit(1)


def _home() -> Home:
    return find_home(_chosen["home"] or settings.named_home(), Path.cwd())


@contextmanager
def _house(*, alone: bool = False) -> Iterator[House]:
    """Open the house; `alone` claims it, so that two engines never run on one."""
    house = House(_home())
    try:
        log.start(house.settings.log)
        if alone:
            house.store.lock()
        house.store.upgrade()
        if why := pipeline.wake(house, clock.now()):
            err.print(f"[yellow]safe mode:[/yellow] {why}; nothing is sent until: mailer accept", highlight=False)
        yield house
    finally:
        house.close()


def _progress(rows: list[Any], chunk: int, what: str) -> Iterator[list[Any]]:
    starts = range(0, len(rows), chunk)
    for start in track(starts, description=what, console=err, transient=True):
        yield rows[start : start + chunk]


@app.command()
def version() -> None:
    """Print the version."""
    out.print(__version__)


@app.command()
def where(
    show_settings: Annotated[
        bool, typer.Option("--settings", help="Print every setting, its value and meaning.")
    ] = False,
) -> None:
    """Print where this house lives, and what it would use."""
    home = _home()
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


@app.command()
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


@app.command()
def run() -> None:
    """Serve the pages, send, and listen for replies, until Ctrl-C."""
    from mailer.web.app import create_app

    with _house(alone=True) as house:
        _sync(house)
        pipeline.fold(house, clock.now())

        def ready(address: str) -> None:
            out.print(f"Lifeline is open at {address}; stop it with Ctrl-C", highlight=False)

        server.serve(house, create_app(house), ready)


def _sync(house: House) -> None:
    with house.store.write() as session:
        changed = segment_files.sync(session, house.home.segments, clock.now())
        session.flush()
        changed += campaign_files.sync(session, house.home.campaigns, clock.now())
    for name in changed:
        err.print(f"read {name}", highlight=False)


@app.command()
def demo(
    once: Annotated[bool, typer.Option(help="Play the day, print what happened and end.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object as the last line.")] = False,
    port: Annotated[int, typer.Option(help="Where the pages are served.")] = 8080,
) -> None:
    """Open a shop with real baskets, play a day of it, and serve its pages."""
    from mailer.demo import run as play

    home = Home((_chosen["home"] or Path(settings.named_home() or ".demo")).resolve())
    sys.exit(play.demo(home, once=once, as_json=as_json, port=port))


@app.command()
def check() -> None:
    """Look whether this house is in order; each finding comes with its fix."""
    bad = 0
    with _house() as house:
        for finding in checkup.check(house):
            bad += bool(finding.fix)
            mark = "[yellow]look[/yellow]" if finding.fix else "[green]good[/green]"
            out.print(f"{mark}  {finding.name:16} {escape(finding.saw)}", highlight=False, soft_wrap=True)
            if finding.fix:
                out.print(f"      {'':16} → {escape(finding.fix)}", highlight=False, soft_wrap=True)
    out.print("everything is in order" if not bad else f"{bad} to look at", highlight=False)


@app.command("backup")
def backup_command(file: Annotated[Path, typer.Argument(help="The file to make, for example shop.tar.gz.")]) -> None:
    """Save the whole house into one file, while it works."""
    with _house() as house:
        size = backup.save(house, file.resolve(), clock.now())
    out.print(f"{file} holds the house as it was just now, {size:,} bytes; it holds the secret too: keep it safe")


@app.command("restore")
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


@app.command()
def accept() -> None:
    """Accept a restored or copied house as the one that goes on; what the journal says left is not sent again."""
    with _house() as house:
        if not house.safe_mode:
            raise Invalid("this house is not in safe mode; there is nothing to accept")
        done = pipeline.take_over(house, clock.now())
    out.print(f"this house goes on: {done.sent:,} had left since, {done.in_doubt:,} may have", highlight=False)


@app.command()
def reconcile(
    maillog: Annotated[Path, typer.Option(help="The log of the Postfix we send through; .gz too.")],
    whole: Annotated[bool, typer.Option(help="The log has everything: what it lacks never arrived there.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be done.")] = False,
) -> None:
    """Settle what is in doubt by the relay's log: what it took is sent, what it refused leaves again."""
    if not maillog.is_file():
        raise Invalid(f"{maillog} is not a file")
    with _house() as house:
        told = pipeline.reconcile(house, maillog, clock.now(), whole=whole, dry_run=dry_run)
    for each in told:
        out.print(f"{each.state:9} {each.address:32} {each.why}", highlight=False, soft_wrap=True, markup=False)
    left = sum(each.state is State.IN_DOUBT for each in told)
    note = " (nothing was changed)" if dry_run else ""
    out.print(f"{len(told) - left} settled, {left} still in doubt{note}", highlight=False)


@app.command()
def read(files: Annotated[list[Path], typer.Argument(help="Emails as files.")]) -> None:
    """Print what the house makes of each email, one JSON object a line."""
    for path in files:
        if not path.is_file():
            raise Invalid(f"{path} is not a file")
        print(json.dumps(describe(str(path), path.read_bytes()), ensure_ascii=False))


def _refuse(errors: list[Any], path: Path) -> None:
    if errors:
        shown = "\n".join(f"  {error}" for error in errors[:20])
        more = f"\n  … and {len(errors) - 20} more" if len(errors) > 20 else ""
        raise Invalid(f"{path} was not taken; mend these lines and try again, nothing was changed:\n{shown}{more}")


@import_app.command("customers")
def import_customers(path: Annotated[Path, typer.Argument(help="A CSV file with a heading.")]) -> None:
    """Take customers from a CSV file: all of them or, when a line is wrong, none."""
    rows, errors = intake.read_customers(_lines(path))
    _refuse(errors, path)
    with _house() as house, house.store.write(Urgency.BULK) as session:
        added = changed = same = 0
        for chunk in _progress(rows, CHUNK, "customers"):
            taken = intake.take_customers(session, chunk, clock.now())
            added, changed, same = added + taken.added, changed + taken.changed, same + taken.same
    out.print(f"{added:,} customers added, {changed:,} changed, {same:,} were the same", highlight=False)


@import_app.command("events")
def import_events(path: Annotated[Path, typer.Argument(help="A CSV file with a heading.")]) -> None:
    """Take events from a CSV file: all of them or, when a line is wrong, none. Twice is once."""
    rows, errors = events.read_events(_lines(path))
    _refuse(errors, path)
    with _house() as house, house.store.write(Urgency.BULK) as session:
        known = _customer_ids(session)
        unknown = sorted({row.customer for row in rows if row.customer.lower() not in known})
        _refuse([f"no customer is called {who!r}; import customers first" for who in unknown], path)
        taken = 0
        for chunk in _progress(rows, CHUNK, "events"):
            given = [
                row.model_dump(exclude={"customer"}) | {"customer_id": known[row.customer.lower()]} for row in chunk
            ]
            taken += events.take(session, given)
    out.print(f"{taken:,} events taken, {len(rows) - taken:,} were known already", highlight=False)


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    except OSError as error:
        raise Invalid(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise Invalid(f"{path} is not UTF-8 (byte {error.start}); save it as UTF-8 and try again") from error


def _customer_ids(session: Session) -> dict[str, int]:
    found = session.exec(select(Customer.id, Customer.email, Customer.external_id))
    return {name.lower(): ident for ident, *names in found for name in names if name and ident is not None}


def _segment(session: Session, name: str) -> Segment:
    found = session.exec(select(Segment).where(Segment.name == name)).first()
    if found is None:
        known = ", ".join(session.exec(select(Segment.name).order_by(Segment.name))) or "none yet"
        raise Invalid(f"there is no segment {name!r}; there are: {known}")
    return found


@segment_app.command("list")
def segment_list() -> None:
    """Print every segment with its count and its question."""
    with _house() as house:
        _sync(house)
        table = Table("segment", "customers", "who they are", box=None)
        with desk.questions(house, clock.now) as ask, house.store.read() as session:
            ask.fold()
            for found in session.exec(select(Segment).order_by(Segment.name)):
                table.add_row(found.name, f"{ask.count(found.tree):,}", found.tree.sentence())
    out.print(table)


@segment_app.command("count")
def segment_count(name: str) -> None:
    """Print how many customers are in a segment now."""
    with _house() as house:
        _sync(house)
        with desk.questions(house, clock.now) as ask, house.store.read() as session:
            ask.fold()
            out.print(ask.count(_segment(session, name).tree))


@segment_app.command("show")
def segment_show(
    name: str,
    number: Annotated[int, typer.Option("--sample", help="How many customers to show.")] = 5,
) -> None:
    """Print a segment as a file would hold it, some of its customers, and why they are in it."""
    with _house() as house:
        _sync(house)
        with desk.questions(house, clock.now) as ask, house.store.read() as session:
            ask.fold()
            found = _segment(session, name)
            out.print(segment_files.to_toml(found), highlight=False, markup=False)
            out.print(f"{found.tree.sentence()}: {ask.count(found.tree):,}", highlight=False)
            for customer_id in ask.sample(found.tree, number):
                customer = session.get_one(Customer, customer_id)
                why = "; ".join(ask.why(found.tree, customer_id))
                out.print(f"  {customer.name}: {why}", highlight=False, soft_wrap=True)


@segment_app.command("sync")
def segment_sync(
    take: Annotated[list[str] | None, typer.Option(help="A segment whose file wins.")] = None,
    keep: Annotated[list[str] | None, typer.Option(help="A segment that is written into its file.")] = None,
) -> None:
    """Show how segments and their files differ and which is newer; change only what is named."""
    with _house() as house:
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


@segment_app.command("delete")
def segment_delete(name: str) -> None:
    """Delete a segment that no campaign and no other segment uses; its versions stay."""
    with _house() as house, house.store.write() as session:
        found = _segment(session, name)
        users = session.exec(select(Campaign.name).where(Campaign.segment_id == found.id)).all()
        segments.delete(session, found, users)


@campaign_app.command("list")
def campaign_list() -> None:
    """Print every campaign, its state and what became of its messages."""
    with _house() as house:
        _sync(house)
        table = Table("campaign", "state", "when", "runs", "chosen", "sent", "left out", box=None)
        with house.store.read() as session:
            for found in session.exec(select(Campaign).order_by(Campaign.name)):
                runs = pipeline.runs_of(session, found)
                books = [accounts(session, run.id or 0) for run in runs]
                left = sum(sum(audience.left_out(session, run.id or 0).values()) for run in runs)
                when = Schedule.from_data(found.schedule).sentence()
                chosen, sent = sum(a.chosen for a in books), sum(a.sent for a in books)
                table.add_row(found.name, found.state, when, str(len(runs)), f"{chosen:,}", f"{sent:,}", f"{left:,}")
    out.print(table)


@campaign_app.command("run")
def campaign_run(name: str) -> None:
    """Start an approved campaign now; `mailer run`, if it is running, sends it, else this command does."""
    with _house() as house:
        _sync(house)
        now = clock.now()
        with house.store.write() as session:
            campaign = _campaign(session, name)
            started = pipeline.run_now(house, session, campaign, now)
            session.flush()
            run_id = started.id or 0
        if desk.is_open(house):
            out.print("started; the mailer that serves chooses and sends", highlight=False)
            return
        pipeline.fold(house, now)
        chosen = pipeline.choose(house, run_id, now)
        settled = pipeline.send(house)
        out.print(f"{chosen:,} chosen, {settled:,} sent or settled", highlight=False)


def _campaign(session: Session, name: str) -> Campaign:
    found = session.exec(select(Campaign).where(Campaign.name == name)).first()
    if found is None:
        raise Invalid(f"there is no campaign {name!r}; mailer campaign list shows them")
    return found


@campaign_app.command("pause")
def campaign_pause(name: str) -> None:
    """Stop a campaign: from now on nothing more of it leaves, until it is resumed."""
    with _house() as house, house.store.write() as session:
        pipeline.pause(session, _campaign(session, name))
    out.print("paused; what stands behind its final dot already may still leave", highlight=False)


@campaign_app.command("resume")
def campaign_resume(name: str) -> None:
    """Let a paused campaign go on."""
    with _house() as house:
        with house.store.write() as session:
            pipeline.resume(house, session, _campaign(session, name), clock.now())
        pipeline.tidy(house, clock.now())
    out.print("it goes on; what came too late meanwhile is not sent", highlight=False)


@campaign_app.command("cancel-run")
def campaign_cancel_run(name: str) -> None:
    """Stop the newest run of a campaign for good."""
    with _house() as house:
        with house.store.write() as session:
            runs = pipeline.runs_of(session, _campaign(session, name))
            run = next((run for run in runs if run.state not in (RunState.MISSED, RunState.CANCELLED)), None)
            if run is None:
                raise Invalid(f"no run of {name} is left to cancel")
            waiting = pipeline.cancel(session, run, clock.now())
        pipeline.tidy(house, clock.now())
    out.print(
        f"cancelled the run of {run.occurrence}; {waiting:,} emails that waited will not be sent", highlight=False
    )


@staff_app.command("add")
def staff_add(
    name: str,
    email: str,
    role: Annotated[Role, typer.Option(help="What they may do.")] = Role.REPRESENTATIVE,
    zone: Annotated[str, typer.Option(help="Their time zone, as Europe/Berlin.")] = "UTC",
) -> None:
    """Add a member of staff and print their first password."""
    with _house() as house:
        staff, password = founding.appoint(house, name=name, email=email, role=role, zone=zone, now=clock.now())
    out.print(f"{staff.name} signs in as {staff.email} with the password {password}", highlight=False)


@staff_app.command("invite")
def staff_invite(
    name: str,
    email: str,
    role: Annotated[Role, typer.Option(help="What they may do.")] = Role.REPRESENTATIVE,
    zone: Annotated[str, typer.Option(help="Their time zone, as Europe/Berlin.")] = "UTC",
) -> None:
    """Add a member of staff who chooses their first password themselves, from an email that is good for three days."""
    with _house() as house, house.store.write() as session:
        staff = invite(house, session, name=name, email=email, role=role, zone=zone, now=clock.now())
    out.print(f"an invitation to {staff.email} is in the outbox; it leaves while the house runs", highlight=False)


@warehouse_app.command("rebuild")
def warehouse_rebuild() -> None:
    """Make the warehouse anew from the truth."""
    with _house() as house, house.store.read() as session:
        house.warehouse.rebuild(session, clock.now())
        out.print(house.warehouse.counts())


if __name__ == "__main__":
    main()


@dkim_app.command("new")
def dkim_new(
    domain: Annotated[str, typer.Argument(help="The domain that signs: that of From.")],
    selector: Annotated[str, typer.Option(help="The name of the key in the DNS.")] = "lifeline",
    rsa: Annotated[bool, typer.Option("--rsa", help="An RSA key of 2048 bits, which every receiver reads.")] = False,
    ed25519: Annotated[bool, typer.Option("--ed25519", help="A short and fast key, which some read.")] = False,
) -> None:
    """Make keys that sign every email, and print what to publish; both kinds, unless one is asked for."""
    home = _home()
    if home.is_shipped:
        raise Invalid("this is the example home; make your own with: mailer init FOLDER, then cd FOLDER")
    kinds = [kind for kind, wanted in (("rsa", rsa or not ed25519), ("ed25519", ed25519 or not rsa)) if wanted]
    made = [signing.make(home, domain, selector if rsa != ed25519 else f"{selector}-{kind}", kind) for kind in kinds]
    out.print("publish in the DNS:", highlight=False)
    for key, _ in made:
        out.print(published(key), highlight=False, soft_wrap=True, markup=False)
    out.print("\nthen write into config/mailer.toml:", highlight=False)
    lines = ("[dkim]", f'domain = "{domain}"', f'keys = "{" ".join(named for _, named in made)}"')
    out.print("\n".join(lines), highlight=False, soft_wrap=True, markup=False)
