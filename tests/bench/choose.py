"""How long does it take to choose a million recipients, and how much memory?

    python -m tests.bench choose [--customers 1000000] [--store sqlite|postgresql] [--send 2000] [--json]

A house of its own with so many customers, who all agreed and have their representative. Timed is the product's own
`pipeline.choose`, from a planned run to a chosen one: the warehouse is asked who is meant, the gate judges each, a
recipient is kept for each, and a message for each waits in the outbox, all durable in the store when the clock stops.
Not in these seconds: making the customers, folding them into the warehouse, and writing letters. So many as `--send`
says are then written (template, facts, bytes) and handed over into memory, timed by themselves.

Meanwhile somebody presses a button twenty times a second: a decision is written as a page writes it, and how long that
took, at the 99th percentile, is told. Whatever is measured runs in a process of its own, so the memory is what a
process needs that does just this, its imports included. With `--json` each line is an object.
"""

import argparse
import importlib
import json
import multiprocessing
import resource
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, select

from mailer import clock, founding, pipeline, settings
from mailer.campaigns import audience
from mailer.campaigns.campaign import Campaign, CampaignState, Run, RunState
from mailer.delivery.accounts import accounts
from mailer.house import House
from mailer.paths import Home
from mailer.people.consent import Topic, decide
from mailer.people.staff import Role
from mailer.segments import segment as segments
from mailer.segments.criteria import from_data
from tests.postgresql import DURABLE, Server

EVERYBODY = {"field": "language", "op": "is", "value": "en"}
NUMBERS = "WITH RECURSIVE n(i) AS (SELECT :first UNION ALL SELECT i + 1 FROM n WHERE i < :last) "
CUSTOMERS = """
INSERT INTO customer (id, public_id, email, first_name, last_name, language, time_zone, attributes, representative_id,
                      created_at, updated_at)
{numbers} SELECT i, 'p' || i, 'c' || i || '@example.com', 'C' || i, 'Doe', 'en', 'Europe/Berlin', '{{}}', 1 + i % 8,
                 :at, :at FROM n
"""
CONSENTS = """
INSERT INTO consent (customer_id, topic_id, granted, at, source, wording)
{numbers} SELECT i, 'offers', {true}, :at, 'import', '' FROM n
"""
STEP = 50_000


def prepare(house: House, customers: int) -> int:
    """Fill the house, and plan the run; return its id."""
    now = clock.now()
    house.store.upgrade()
    for n in range(8):
        founding.appoint(house, name=f"Rep {n}", email=f"rep{n}@example.com", role=Role.REPRESENTATIVE, now=now)
    with house.store.write() as session:
        session.add(Topic(id="offers", name="Offers"))
    sqlite = house.store.is_sqlite
    numbers = {"customer": CUSTOMERS, "consent": CONSENTS}
    for first in range(1, customers + 1, STEP):
        given = {"first": first, "last": min(first + STEP - 1, customers)}
        with house.store.write() as session:
            for statement in numbers.values():
                text = sa.text(statement.format(numbers=NUMBERS, true="1" if sqlite else "true")).bindparams(
                    sa.bindparam("at", now, type_=sa.DateTime(timezone=True))
                )
                if not sqlite:  # there WITH stands before INSERT's rows just the same; the recursion needs a type
                    text = sa.text(str(text).replace("SELECT :first UNION", "SELECT CAST(:first AS integer) UNION"))
                    given = given | {"at": now}
                session.execute(text, given)
    with house.store.read() as session:
        house.warehouse.fold(session, now)
    with house.store.write() as session:
        segment = segments.save(
            session, name="all", title="All", description="", criteria=from_data(EVERYBODY), now=now
        )
        session.flush()
        campaign = Campaign(
            name="big", title="Big", segment_id=segment.id or 0, topic_id="offers", template="win-back",
            state=CampaignState.APPROVED, schedule={"kind": "daily", "at": "09:00", "zone": "UTC"}, created_at=now,
        )  # fmt: skip
        session.add(campaign)
        session.flush()
        return plan(session, campaign)


def plan(session: Session, campaign: Campaign) -> int:
    """Plan a run that is due at once."""
    now = clock.now()
    run = audience.plan(session, campaign, f"{now:%Y-%m-%dT%H:%M}Z", EVERYBODY, 1, now)
    assert run
    session.flush()
    return run.id or 0


class Presses:
    """Somebody who presses a button again and again, and how long each answer took."""

    EVERY = 0.05  # seconds

    def __init__(self, house: House) -> None:
        self.house, self.took, self.stop = house, [], threading.Event()
        self.thread = threading.Thread(target=self.press, name="presses")
        self.thread.start()

    def press(self) -> None:
        while not self.stop.wait(self.EVERY):
            began = time.perf_counter()
            with self.house.store.write() as session:
                decide(session, 1, "offers", True, clock.now(), "preferences page")
            self.took.append(time.perf_counter() - began)

    def end(self) -> float:
        """Return the 99th percentile, in milliseconds."""
        self.stop.set()
        self.thread.join()
        took = sorted(self.took) or [0.0]
        return 1000 * took[min(len(took) - 1, len(took) * 99 // 100)]


def opened(place: str, url: str) -> House:
    """Open the house there; no night falls on it."""
    environment = {
        "MAILER_STORE__URL": url, "MAILER_DELIVERY__TRANSPORT": "memory:",
        "MAILER_GATE__QUIET_FROM": "00:00", "MAILER_GATE__QUIET_UNTIL": "00:00",
    }  # fmt: skip
    home = Home(Path(place) / "home")
    return House(home, settings.load(home, environment))


def prepared(place: str, url: str, customers: int) -> int:
    """Found the house, in a process of its own."""
    founding.found(Home(Path(place) / "home"))
    house = opened(place, url)
    try:
        return prepare(house, customers)
    finally:
        house.close()


def measured(place: str, url: str, run_id: int, customers: int, send: int) -> dict[str, Any]:
    """Choose them all, and send a part, in a process of its own."""
    house = opened(place, url)
    house.store.lock()
    presses = Presses(house)
    try:
        cpu, began = time.process_time(), time.perf_counter()
        chosen = pipeline.choose(house, run_id, clock.now())
        seconds, spent = time.perf_counter() - began, time.process_time() - cpu
        slowest = presses.end()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        with house.store.read() as session:
            books = accounts(session, run_id)
            assert books.balance
            assert books.chosen == chosen == customers
            assert session.exec(select(Run)).one().state is RunState.CHOSEN
        result = {
            "seconds": round(seconds, 1), "rows_per_s": round(customers / seconds), "peak_mb": round(peak),
            "customers": customers, "cpu_s": round(spent, 1), "press_p99_ms": round(slowest, 1),
            "presses": len(presses.took),
        }  # fmt: skip
        return result | written(house, send) if send else result
    finally:
        presses.end()
        house.close()


def written(house: House, send: int) -> dict[str, Any]:
    """Write and hand over a part of them."""
    began, cpu, left = time.perf_counter(), time.process_time(), send

    def enough() -> bool:
        nonlocal left
        left -= house.settings.delivery.batch
        return left < -house.settings.delivery.batch

    done = pipeline.send(house, stop=enough)
    took, spent = time.perf_counter() - began, time.process_time() - cpu
    return {"written": done, "written_per_s": round(done / took), "cpu_us_a_mail": round(spent / max(1, done) * 1e6)}


def main() -> None:
    """Measure."""
    options = argparse.ArgumentParser(prog="tests.bench choose")
    options.add_argument("--customers", type=int, default=1_000_000)
    options.add_argument("--store", choices=("sqlite", "postgresql"), help="only this one; otherwise both")
    options.add_argument("--send", type=int, default=2000, help="so many are written and handed over")
    options.add_argument("--json", action="store_true", help="each result as one line of JSON, and nothing else")
    given = options.parse_args()
    here = importlib.import_module("tests.bench.choose")  # by its name: as `__main__` another process would not find it
    processes = multiprocessing.get_context("spawn")
    for store in (given.store,) if given.store else ("sqlite", "postgresql"):
        with ExitStack() as stack:
            place, url = stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")), ""
            if store == "postgresql":
                server = Server((*DURABLE, "shared_buffers=256MB", "max_wal_size=4GB"))
                stack.callback(server.stop)
                url = server.new()
            each = (given.customers, given.send)
            with processes.Pool(1, maxtasksperchild=1) as pool:
                run_id = pool.apply(here.prepared, (place, url, given.customers))
                result = {"name": store} | pool.apply(here.measured, (place, url, run_id, *each))
        if given.json:
            print(json.dumps(result), flush=True)
        else:
            told = "{name:10} {customers:,} in {seconds} s, {rows_per_s:,} a second, {peak_mb} MB at most; a button " \
                   "answered within {press_p99_ms} ms (p99)"  # fmt: skip
            print(told.format(**result), flush=True)


if __name__ == "__main__":
    main()
