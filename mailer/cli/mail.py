"""What proves our email, what became of it, and what is made of an email that came?"""

import json
from pathlib import Path
from typing import Annotated

import typer

from mailer import clock, pipeline
from mailer.cli.terminal import named, opened, out
from mailer.delivery import signing
from mailer.delivery.message import State
from mailer.errors import Invalid
from mailer.mail.dkim import published
from mailer.replies.triage import describe

commands = typer.Typer()
dkim = typer.Typer(no_args_is_help=True, help="Sign what leaves.")


@commands.command()
def reconcile(
    maillog: Annotated[Path, typer.Option(help="The log of the Postfix we send through; .gz too.")],
    whole: Annotated[bool, typer.Option(help="The log has everything: what it lacks never arrived there.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be done.")] = False,
) -> None:
    """Settle what is in doubt by the relay's log: what it took is sent, what it refused leaves again."""
    if not maillog.is_file():
        raise Invalid(f"{maillog} is not a file")
    with opened() as house:
        told = pipeline.reconcile(house, maillog, clock.now(), whole=whole, dry_run=dry_run)
    for each in told:
        out.print(f"{each.state:9} {each.address:32} {each.why}", highlight=False, soft_wrap=True, markup=False)
    left = sum(each.state is State.IN_DOUBT for each in told)
    note = " (nothing was changed)" if dry_run else ""
    out.print(f"{len(told) - left} settled, {left} still in doubt{note}", highlight=False)


@commands.command()
def read(files: Annotated[list[Path], typer.Argument(help="Emails as files.")]) -> None:
    """Print what the house makes of each email, one JSON object a line."""
    for path in files:
        if not path.is_file():
            raise Invalid(f"{path} is not a file")
        print(json.dumps(describe(str(path), path.read_bytes()), ensure_ascii=False))


@dkim.command("new")
def dkim_new(
    domain: Annotated[str, typer.Argument(help="The domain that signs: that of From.")],
    selector: Annotated[str, typer.Option(help="The name of the key in the DNS.")] = "lifeline",
    rsa: Annotated[bool, typer.Option("--rsa", help="An RSA key of 2048 bits, which every receiver reads.")] = False,
    ed25519: Annotated[bool, typer.Option("--ed25519", help="A short and fast key, which some read.")] = False,
) -> None:
    """Make keys that sign every email, and print what to publish; both kinds, unless one is asked for."""
    home = named()
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
