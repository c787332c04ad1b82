"""What does a running house hold?

One object that is opened once and passed down: the home, its settings, the two stores, the keys, the shelf of
templates, the press that renders and the spool that keeps what arrives. It does nothing itself; `pipeline` does.
"""

import contextlib
import os
import secrets
import threading
import weakref
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from sqlalchemy.engine import make_url

from mailer import failpoints, settings, tables
from mailer.delivery import signing
from mailer.delivery.allotment import Allotments
from mailer.delivery.journal import Journal
from mailer.delivery.outgoing import KEEP, Outgoing
from mailer.delivery.pace import Pace
from mailer.delivery.relays import open_allotments, open_ways
from mailer.errors import NotReady
from mailer.generation import safe_mode
from mailer.insights import declared
from mailer.insights.warehouse import Warehouse
from mailer.mail.dkim import Key
from mailer.mail.tokens import Signer
from mailer.paths import Home
from mailer.rendering.press import Press
from mailer.rendering.template import Shelf
from mailer.replies.inbound import Arrival, Spool
from mailer.replies.reader import Reader
from mailer.store import Store
from mailer.together import Together


class Beat(NamedTuple):
    """What is done again and again while the house runs: its name, the step, and the seconds between two."""

    name: str
    step: Callable[[], object]
    seconds: float


class House:
    """An open house.

    Args:
        home: the folder it lives in; never the shipped one, which is only read.
        given: settings already loaded, or None to read those of the home.
    """

    tables = tables.TABLES

    def __init__(self, home: Home, given: settings.Settings | None = None) -> None:
        if home.is_shipped:
            raise NotReady("this is the example home; make your own with: mailer init FOLDER, then cd FOLDER")
        self.home = home
        self.settings = given or settings.load(home)
        self.owner = f"{os.getpid()}-{secrets.token_hex(4)}"
        self.woken = threading.Event()  # set when something arrived that should not wait for the next tick
        self.beats: list[Beat] = []  # what else the scheduler does
        self.resumed: set[int] = set()  # campaigns that go on: what they had set aside is freed in the background
        failpoints.arm(self.settings.failpoints)
        self._forget_insights = weakref.finalize(self, declared.hold(home.insights))
        self.store = Store(self.settings.store.url or f"sqlite:///{home.var / 'mailer.db'}")

    @cached_property
    def signer(self) -> Signer:
        """Makes and reads every token."""
        return Signer(settings.secret(self.home))

    @cached_property
    def warehouse(self) -> Warehouse:
        """The column store."""
        return Warehouse(self.settings.warehouse.url or f"duckdb:///{self.home.var / 'warehouse.duckdb'}")

    @cached_property
    def shelf(self) -> Shelf:
        """The templates, the home's own before the shipped ones."""
        return Shelf(self.home.templates, self.settings.brand.language)

    @cached_property
    def press(self) -> Press:
        """The child processes that render."""
        return Press(processes=1)

    @cached_property
    def dkim(self) -> tuple[Key, ...]:
        """The keys that sign what leaves."""
        return signing.keys(self.home, self.settings)

    @cached_property
    def reader(self) -> Reader:
        """The child process that reads what arrives."""
        return Reader()

    @cached_property
    def spool(self) -> Spool:
        """The bytes of everything that arrived."""
        return Spool(self.home.var / "spool")

    @cached_property
    def arrivals(self) -> Together[Arrival]:
        """Where what arrives at the same time waits to be noted in one commit."""
        return Together()

    @cached_property
    def outgoing(self) -> Outgoing:
        """The way out, and the connections it keeps."""
        return Outgoing(open_ways(self.settings.delivery, self.home.root, KEEP, self.allotments))

    @cached_property
    def allotments(self) -> Allotments:
        """What the relays that warm up may still take today."""
        return open_allotments(self.settings.delivery, self.settings.replies.domain)

    @cached_property
    def pace(self) -> Pace:
        """How fast mail may go to each recipient domain, and which asked us to slow down."""
        return Pace({each.domain: each.per_second for each in self.settings.delivery.paces})

    @cached_property
    def journal(self) -> Journal:
        """The file beside the database that remembers what left, should an older database be restored."""
        return Journal(self.home.var / "journal.log")

    @property
    def generation(self) -> Path:
        """The file beside the database that says whose it is."""
        return self.home.var / "generation"

    @property
    def safe_mode(self) -> str:
        """Why nothing may be sent or planned until a person accepts; nothing if all is well."""
        with self.store.read() as session:
            return safe_mode(session, self.generation)

    @property
    def database(self) -> str:
        """Where the truth is, without a password."""
        return make_url(self.store.url).render_as_string(hide_password=True)

    def close(self) -> None:
        """Let go of everything that was opened."""
        for part in ("outgoing", "press", "reader", "warehouse", "journal"):
            if part in self.__dict__:
                with contextlib.suppress(Exception):
                    self.__dict__[part].close()
        self.store.close()
        self._forget_insights()
