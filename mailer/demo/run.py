"""How is the demo opened? One function: make or find its home, play the day, add up, and serve."""

from rich.console import Console
from rich.table import Table

from mailer import clock, founding, log, server, settings
from mailer.demo import story
from mailer.demo.mailbox import Mailbox
from mailer.house import House
from mailer.paths import Home

PASSWORD = "lifeline"  # noqa: S105 -- of a demo that listens on this machine only
SETTINGS = """# The demo's own settings. The ports of its mail servers are chosen when it starts.
[brand]
name = "Lifeline Market"
address = "12 Harbour Street, Exampleton"

[delivery]
transport = "smtp://127.0.0.1:0"
domain = "lifeline.example.com"
in_doubt = "hold"

[replies]
domain = "reply.lifeline.example.com"

[log]
level = "warning"
"""


def demo(home: Home, *, once: bool, as_json: bool, port: int) -> int:
    """Run the demo in `home`; return the exit status: 0 if nothing was lost, nothing twice, nobody unanswered for."""
    console = Console(stderr=as_json)
    started = clock.monotonic()
    if not home.config.exists():
        founding.found(home, SETTINGS)
        founding.furnish(home)
    port = port if once else server.free_port("127.0.0.1", port)
    mailbox = Mailbox(home.var / "mailbox")
    smtp_port = mailbox.start()
    house = House(home, _settings(home, smtp_port, port))
    listener = server.listener_of(house, "127.0.0.1", 0)
    try:
        log.start(house.settings.log)
        house.store.lock()
        house.store.upgrade()
        now = clock.now()
        before = len(mailbox.deliveries)
        story.prepare(house, now, console.print)
        mailbox.unknown = story.unknown_addresses(house)
        listening = ("127.0.0.1", listener.start())
        story.play(house, mailbox, listening, now, console.print)
        summary = story.add_up(house, mailbox, before, clock.monotonic() - started)
        _print(console, summary)
        if as_json:
            print(summary.to_json(), flush=True)
        if not once:
            _serve(house, mailbox, listening, console)
        return 0 if summary.sound else 1
    finally:
        clock.reset()
        listener.stop()
        mailbox.stop()
        house.close()


def _settings(home: Home, smtp_port: int, port: int) -> settings.Settings:
    given = settings.load(home)
    return given.model_copy(
        update={
            "brand": given.brand.model_copy(update={"base_url": f"http://127.0.0.1:{port}"}),
            "delivery": given.delivery.model_copy(update={"transport": f"smtp://127.0.0.1:{smtp_port}"}),
            "replies": given.replies.model_copy(update={"listen": ""}),  # started already, at a port of its own
            "web": given.web.model_copy(update={"listen": f"127.0.0.1:{port}"}),
        }
    )


def _print(console: Console, summary: story.Summary) -> None:
    table = Table(box=None, show_header=False, title="What happened", title_justify="left")
    rows = (
        ("customers, events", f"{summary.customers:,}, {summary.events:,}"),
        ("segments", ", ".join(f"{name} {number}" for name, number in summary.segments.items())),
        ("runs, chosen", f"{summary.runs}, {summary.chosen:,}"),
        ("left out", ", ".join(f"{why} {number}" for why, number in summary.left_out.items())),
        ("messages", ", ".join(f"{state} {number}" for state, number in summary.states.items())),
        (
            "delivered",
            f"{summary.delivered:,} as the mailbox server counts (lost {summary.lost}, twice {summary.twice})",
        ),
        ("came back", ", ".join(f"{verdict} {number}" for verdict, number in summary.inbound.items())),
        ("matched, routed", f"{summary.matched}, {summary.routed} (without an owner: {summary.unrouted})"),
        ("answered, held", f"{summary.answered}, {summary.held}"),
        ("seconds", f"{summary.seconds}"),
    )
    for name, value in rows:
        table.add_row(name, value)
    console.print(table)


def _serve(house: House, mailbox: Mailbox, listening: tuple[str, int], console: Console) -> None:
    from mailer.demo.pages import mailbox_pages
    from mailer.web import doors
    from mailer.web.app import create_app

    app = create_app(house, one_click=True)
    app.register_blueprint(mailbox_pages(mailbox, listening))
    doors.check(app)

    def ready(address: str) -> None:
        console.print(
            f"\nOpen [bold]{address}[/bold] and sign in by one press, or with the password “{PASSWORD}”:\n"
            "  maya@lifeline.example.com (representative), nora@lifeline.example.com (marketer),\n"
            "  ida@lifeline.example.com (administrator)\n"
            f"The customers' mailboxes are at {address}/mailbox\n"
            "Stop with Ctrl-C. Started again, it goes on where it was.",
            highlight=False,
        )

    server.serve(house, app, ready)
