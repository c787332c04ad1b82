"""What is planned, and what became of it?"""

import typer
from rich.table import Table
from sqlmodel import Session, select

from mailer import clock, pipeline
from mailer.campaigns import audience
from mailer.campaigns.campaign import Campaign, RunState
from mailer.campaigns.schedule import Schedule
from mailer.cli.terminal import opened, out, read_files
from mailer.delivery.accounts import accounts
from mailer.errors import Invalid
from mailer.pipeline import desk

commands = typer.Typer(no_args_is_help=True, help="See and start campaigns.")


@commands.command("list")
def campaign_list() -> None:
    """Print every campaign, its state and what became of its messages."""
    with opened() as house:
        read_files(house)
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


@commands.command("run")
def campaign_run(name: str) -> None:
    """Start an approved campaign now; `mailer run`, if it is running, sends it, else this command does."""
    with opened() as house:
        read_files(house)
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


@commands.command("pause")
def campaign_pause(name: str) -> None:
    """Stop a campaign: from now on nothing more of it leaves, until it is resumed."""
    with opened() as house, house.store.write() as session:
        pipeline.pause(session, _campaign(session, name))
    out.print("paused; what stands behind its final dot already may still leave", highlight=False)


@commands.command("resume")
def campaign_resume(name: str) -> None:
    """Let a paused campaign go on."""
    with opened() as house:
        with house.store.write() as session:
            pipeline.resume(house, session, _campaign(session, name), clock.now())
        pipeline.tidy(house, clock.now())
    out.print("it goes on; what came too late meanwhile is not sent", highlight=False)


@commands.command("cancel-run")
def campaign_cancel_run(name: str) -> None:
    """Stop the newest run of a campaign for good."""
    with opened() as house:
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
