"""How long does it take to choose a million recipients, and how much memory?

    python -m tests.bench choose [--customers 1000000] [--store sqlite|postgresql] [--send 5000] [--json]

A house of its own with so many customers who all agreed; its segment asks the warehouse, so that every chunk is asked,
judged, chosen and put into the outbox as in a real run. Then a part of it is written and sent into memory. The memory
is the most this process ever had, beyond what it had when the choosing began. The last line is JSON.
"""

import argparse
import json
import resource
import tempfile
import time
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import Session, select

from mailer import clock, founding, pipeline, settings
from mailer.campaigns import audience
from mailer.campaigns.campaign import Campaign, CampaignState, Run
from mailer.delivery.accounts import accounts
from mailer.house import House
from mailer.paths import Home
from mailer.people.consent import Topic
from mailer.people.staff import Role
from mailer.segments import segment as segments
from mailer.segments.criteria import from_data

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


def megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Measure."""
    options = argparse.ArgumentParser(prog="tests.bench choose")
    options.add_argument("--customers", type=int, default=1_000_000)
    options.add_argument("--store", choices=("sqlite", "postgresql"), default="sqlite")
    options.add_argument("--send", type=int, default=0, help="so many are written and sent into memory")
    options.add_argument("--json", action="store_true", help="only the result")
    given = options.parse_args()
    server = None
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        home = Home(Path(place) / "home")
        founding.found(home)
        url = ""
        if given.store == "postgresql":
            from tests.postgresql import Server

            server = Server()
            url = server.new()
        environment = {
            "MAILER_STORE__URL": url, "MAILER_DELIVERY__TRANSPORT": "memory:",
            "MAILER_GATE__QUIET_FROM": "00:00", "MAILER_GATE__QUIET_UNTIL": "00:00",
        }  # fmt: skip
        house = House(home, settings.load(home, environment))
        try:
            result = measure(house, given.customers, given.send) | {"store": given.store}
        finally:
            house.close()
            if server:
                server.stop()
    if not given.json:
        print(f"{result['customers']:,} customers: {result['seconds']} s, {result['per_second']:,} a second")
    print(json.dumps(result))


def measure(house: House, customers: int, send: int) -> dict[str, float | int]:
    """Choose them all, and send a part."""
    run_id = prepare(house, customers)
    before, cpu, began = megabytes(), time.process_time(), time.perf_counter()
    chosen = pipeline.choose(house, run_id, clock.now())
    seconds, spent, peak = time.perf_counter() - began, time.process_time() - cpu, megabytes()
    with house.store.read() as session:
        books = accounts(session, run_id)
        assert books.balance
        assert books.chosen == chosen == customers
        run = session.exec(select(Run)).one()
    result = {
        "customers": customers, "seconds": round(seconds, 1), "per_second": round(customers / seconds),
        "cpu_seconds": round(spent, 1), "peak_megabytes": round(peak), "megabytes_before": round(before),
        "run": run.state.value,
    }  # fmt: skip
    if send:
        began, cpu, left = time.perf_counter(), time.process_time(), send
        done = 0

        def enough() -> bool:
            nonlocal left
            left -= house.settings.delivery.batch
            return left < -house.settings.delivery.batch

        done = pipeline.send(house, stop=enough)
        result["sent"] = done
        result["sent_per_second"] = round(done / (time.perf_counter() - began))
        result["cpu_microseconds_a_mail"] = round((time.process_time() - cpu) / max(1, done) * 1e6)
    return result


if __name__ == "__main__":
    main()
