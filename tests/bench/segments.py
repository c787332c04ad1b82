"""How fast is a live count at a million customers and twenty million events?

    python -m tests.bench segments [--customers 1000000] [--events 20000000] [--rounds 7] [--only lifeline] [--json]

The events are made up, the same each time, and put straight into each store. `lifeline` is asked as the form asks it:
`segments.segment.count` on a tree. `duckdb`, `postgresql` and `sqlite` are asked the same by hand, in SQL, on tables
with the indexes somebody would give them. They take turns, round by round, so that a busy minute hits all alike; every
answer has to be the same.

`lifeline` is asked as after a fold that brought something: nothing that was found before may be used. `lifeline, first
time` was never asked before in the life of the process, so that it has to be translated as well; `lifeline, one part
changed` is what somebody waits for who changes a number in the form, and `lifeline, again` who opens a page once more.

Then 1 % new events are folded from a store, a day begins, and the peak of memory is told. The warehouse is kept in the
folder of `--keep` for the next time.
"""

import argparse
import json
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

import mailer.tables  # noqa: F401 -- every table is known
from mailer.insights.insight import day_number
from mailer.insights.warehouse import Warehouse
from mailer.segments import segment as segments
from mailer.segments.criteria import from_data
from mailer.store import Store

NOW = datetime(2026, 3, 16, 10, tzinfo=UTC)
TODAY = day_number(NOW)
DAYS = 730
EVENT = 'id, customer_id, name, "at", properties, day, amount_cents, items, department, discount_cents'
AS_TEXT = """strftime("{0}", '%Y-%m-%d %H:%M:%S.%f') AS "{0}\""""  # an instant, as SQLite keeps it
CUSTOMERS = """
    SELECT i AS customer_id, 'Name ' || i % 1000 AS first_name,
           ['en', 'de', 'fr', 'sv', 'es'][1 + (hash(i) % 5)::INT] AS language, 'UTC' AS time_zone,
           '{{"tier": "gold"}}' AS attributes,
           TIMESTAMP '2024-01-01' AS created_at, TIMESTAMP '2026-03-01' AS updated_at
    FROM range(1, {customers} + 1) r(i)"""
EVENTS = """
    SELECT id, customer_id, name, "at",
           CASE WHEN name = 'basket' THEN '{{"amount_cents":' || cents || ',"items":' || cents // 500
                || ',"department":"' || department || '","discount_cents":0}}' ELSE '{{}}' END AS properties,
           (epoch_us("at") // 86400000000)::INT AS day, CASE WHEN name = 'basket' THEN cents END AS amount_cents,
           CASE WHEN name = 'basket' THEN cents // 500 END AS items,
           CASE WHEN name = 'basket' THEN department END AS department,
           CASE WHEN name = 'basket' THEN 0 END AS discount_cents
    FROM (SELECT i AS id, (1 + hash(i * 3 + 1) % {customers})::BIGINT AS customer_id,
                 ['basket', 'basket', 'basket', 'basket', 'basket', 'basket', 'opened', 'opened', 'clicked', 'visited'][
                     1 + (hash(i * 5) % 10)::INT] AS name,
                 make_timestamp(({end} - {days} * 86400 + ((i - {first})::DOUBLE / {events} * {days} * 86400)::BIGINT)
                                * 1000000) AS "at",
                 (200 + hash(i * 11) % 9000)::BIGINT AS cents,
                 ['Produce', 'Meat', 'Bakery', 'Dairy', 'Drinks'][1 + (hash(i * 13) % 5)::INT] AS department
          FROM range({first}, {first} + {events}) r(i))"""

HELD = {"all": [{"field": "language", "op": "one_of", "value": ["en", "de"]},
                {"field": "baskets_365", "op": "at_least", "value": 4},
                {"field": "days_since_basket", "op": "at_least", "value": 28},
                {"field": "spend_90", "op": "less_than", "value": 5000},
                {"any": [{"field": "baskets_90", "op": "at_most", "value": 1},
                         {"field": "favourite_department", "op": "is", "value": "Meat"}]}]}  # fmt: skip


def windows(days: int, cents: int = 2000) -> dict[str, Any]:
    """Five parts, four of them with windows."""
    return {"all": [
        {"field": "language", "op": "one_of", "value": ["en", "de"]},
        {"did": "basket", "at_least": 2, "within_days": days,
         "where": [{"field": "amount_cents", "op": "at_least", "value": cents}]},
        {"did": "opened", "at_least": 1, "within_days": days},
        {"not": {"did": "basket", "at_least": 1, "within_days": max(1, days // 6)}},
        {"any": [{"did": "clicked", "at_least": 1, "within_days": days},
                 {"did": "visited", "at_least": 1, "within_days": days}]},
    ]}  # fmt: skip


def by_hand(days: int) -> str:
    """The same in SQL that all three understand, as somebody who knows them would write it."""

    def some(name: str, since: int, more: str = "", least: int = 1) -> str:
        having = f" GROUP BY customer_id HAVING count(*) >= {least}" if least > 1 else ""
        return (
            f"(SELECT customer_id FROM event WHERE name = '{name}' AND day BETWEEN {since} AND {TODAY}{more}{having})"
        )

    since, lately = TODAY - days, TODAY - max(1, days // 6)
    return f"""SELECT count(*) FROM customer WHERE language IN ('en', 'de')
        AND customer_id IN {some("basket", since, " AND amount_cents >= 2000", 2)}
        AND customer_id IN {some("opened", since)} AND customer_id NOT IN {some("basket", lately)}
        AND (customer_id IN {some("clicked", since)} OR customer_id IN {some("visited", since)})"""


class Sizes(argparse.Namespace):
    """What was asked for."""

    customers: int
    events: int
    rounds: int
    only: list[str]
    json: bool
    keep: Path


def main(words: list[str]) -> None:
    """Measure, and print a line for each store and question."""
    options = argparse.ArgumentParser(prog="tests.bench segments")
    options.add_argument("--customers", type=int, default=1_000_000)
    options.add_argument("--events", type=int, default=20_000_000)
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--days", type=int, nargs="*", default=[30, 90, 365])
    options.add_argument("--only", nargs="*", default=[*STORES, "fold"], choices=["lifeline", *STORES, "fold"])
    options.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "lifeline-bench")
    options.add_argument("--json", action="store_true")
    given = options.parse_args(words, Sizes())
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        _measure(given, Path(place))


def _measure(given: Sizes, place: Path) -> None:
    kept = given.keep / f"{given.customers}-{given.events}"
    if not _is_kept(kept, given):
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir(parents=True)
        loaded(kept, given).close()
        (kept / "whole").touch()
    for path in kept.glob("*.d*b"):
        shutil.copy(path, place)
    warehouse = Warehouse(f"duckdb:///{place / 'warehouse.duckdb'}")
    told: dict[str, Callable[[int], int]] = {"lifeline": lambda days: _fresh(warehouse, windows(days))}
    stops: list[Callable[[], object]] = []
    data = {"events": place / "event.parquet", "customers": place / "customer.parquet"}
    if set(given.only) & set(STORES):
        _written(data, given)
    for name, make in STORES.items():
        if name in given.only:
            ask, stop = make(place, data)
            told[name] = lambda days, ask=ask: ask(by_hand(days))  # type: ignore[misc]
            stops.append(stop)
    for days in given.days:
        _told(given, f"{days} days", {name: lambda ask=ask, days=days: ask(days) for name, ask in told.items()})  # type: ignore[misc]
    for stop in stops:
        stop()
    for days in given.days:
        _alone(given, warehouse, days)
    _told(given, "insights", {"lifeline": lambda: _fresh(warehouse, HELD)})
    if "fold" in given.only:
        _folds(given, place, warehouse)
    warehouse.close()
    _say(given, name="memory", peak_mb=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def _is_kept(kept: Path, given: Sizes) -> bool:
    """Whether there is a warehouse from before, and it is of today's layout: another one is begun anew, empty."""
    if not (kept / "whole").exists():
        return False
    warehouse = Warehouse(f"duckdb:///{kept / 'warehouse.duckdb'}")
    try:
        return warehouse.counts() == {"events": given.events, "customers": given.customers}
    finally:
        warehouse.close()


def _fresh(warehouse: Warehouse, question: dict[str, Any]) -> int:
    """Ask as after a fold that brought something."""
    warehouse.kept = (-1, {})
    return segments.count(warehouse, from_data(question), NOW)


def _alone(given: Sizes, warehouse: Warehouse, days: int) -> None:
    """Ask what was never asked, what was asked with another number, and what was asked just now."""
    asked: dict[str, list[float]] = {"first time": [], "one part changed": [], "again": []}
    for turn in range(given.rounds):
        warehouse.ready.clear()
        for what, (ask, cents) in {
            "first time": (_fresh, 2001 + turn * 2),
            "one part changed": (lambda *of: segments.count(of[0], from_data(of[1]), NOW), 2002 + turn * 2),
            "again": (lambda *of: segments.count(of[0], from_data(of[1]), NOW), 2002 + turn * 2),
        }.items():
            began = time.perf_counter()
            ask(warehouse, windows(days, cents))
            asked[what].append(time.perf_counter() - began)
    for what, seconds in asked.items():
        _say(given, name=f"lifeline, {what}", question=f"{days} days", **_middle(seconds))


def _middle(seconds: Sequence[float]) -> dict[str, float]:
    high = sorted(seconds)[min(len(seconds) - 1, round(0.95 * len(seconds)))]
    return {"p50_ms": round(statistics.median(seconds) * 1000, 1), "p95_ms": round(high * 1000, 1)}


def _told(given: Sizes, question: str, asked: dict[str, Callable[[], int]]) -> None:
    """Ask in turns; the first round warms up."""
    took: dict[str, list[float]] = {name: [] for name in asked}
    answers: dict[str, int] = {}
    for turn in range(given.rounds + 1):
        for name, ask in asked.items():
            if name == "sqlite" and turn > 2:  # seconds each
                continue
            began = time.perf_counter()
            answers[name] = ask()
            took[name] += [time.perf_counter() - began] if turn else []
    for name, seconds in took.items():
        _say(given, name=name, question=question, **_middle(seconds), answer=answers[name])
    if len(set(answers.values())) > 1:
        sys.exit(f"{question}: the answers differ: {answers}")


def _folds(given: Sizes, place: Path, warehouse: Warehouse) -> None:
    """Fold 1 % new events from a SQLite store, on a day whose insights are there; then let a day begin."""
    new = given.events // 100
    fresh = _events(given, first=given.events + 1, events=new)
    store = Store(f"sqlite:///{place / 'mailer.db'}")
    told = f"SELECT id, id::TEXT AS key, customer_id, name, {AS_TEXT.format('at')}, properties FROM ({fresh})"
    _brought(store, "event", told)
    with store.read() as session:
        for what, now in (("fold of 1 %", NOW), ("a new day", NOW + timedelta(days=1))):
            began, busy = time.perf_counter(), time.process_time()
            folded = warehouse.fold(session, now)
            took, cpu = time.perf_counter() - began, time.process_time() - busy
            _say(given, name=what, seconds=round(took, 2), cpu_seconds=round(cpu, 2), events=folded.events)
    store.close()


def loaded(folder: Path, given: Sizes) -> Warehouse:
    """Make a warehouse with everything in it, as after a rebuild, beside a store that knows the customers."""
    store = Store(f"sqlite:///{folder / 'mailer.db'}")
    store.create()
    made = CUSTOMERS.format(customers=given.customers)
    began = time.perf_counter()
    told = f"""SELECT customer_id AS id, customer_id::TEXT AS public_id, customer_id || '@example.com' AS email,
                      first_name, '' AS last_name, language, time_zone, attributes, {AS_TEXT.format("created_at")},
                      {AS_TEXT.format("updated_at")} FROM ({made})"""
    _brought(store, "customer", told)
    warehouse = Warehouse(f"duckdb:///{folder / 'warehouse.duckdb'}")
    con = warehouse.backend.con.con
    con.execute(f"INSERT INTO customer {made}")
    con.execute(f"INSERT INTO event ({EVENT}) {_events(given)}")
    con.execute(f"""UPDATE cursor SET event_id = {given.events}, customer_id = {given.customers},
                    customer_at = TIMESTAMP '2026-03-01', highest = {given.customers},
                    newest = (SELECT max("at") FROM event)""")
    warehouse.backend.tidy(warehouse.tables)
    _say(given, name="load", seconds=round(time.perf_counter() - began, 1))
    began = time.perf_counter()
    with store.read() as session:
        warehouse.fold(session, NOW)
    _say(given, name="everybody's insights", seconds=round(time.perf_counter() - began, 1))
    store.close()
    return warehouse


def _brought(store: Store, table: str, told: str) -> None:
    """Put what DuckDB makes up into the store, by the store's own driver: another would take its locks away."""
    made = duckdb.connect().execute(told)
    names = [each[0] for each in made.description or ()]
    into = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
    with store.write() as session:
        while rows := made.fetchmany(100_000):
            session.connection().exec_driver_sql(into, rows)


def _events(given: Sizes, first: int = 1, events: int = 0) -> str:
    end = TODAY * 86_400 + 9 * 3_600
    fresh = {"events": events or given.events, "days": DAYS if not events else 7}
    return EVENTS.format(customers=given.customers, first=first, end=end, **fresh)


def _written(data: dict[str, Path], given: Sizes) -> None:
    duckdb.sql(f"SELECT id, customer_id, name, day, amount_cents FROM ({_events(given)})").write_parquet(
        str(data["events"])
    )
    duckdb.sql(CUSTOMERS.format(customers=given.customers)).project("customer_id, language").write_parquet(
        str(data["customers"])
    )


Made = tuple[Callable[[str], int], Callable[[], object]]


def _duckdb(place: Path, data: dict[str, Path]) -> Made:
    con = duckdb.connect(str(place / "plain.duckdb"))
    con.execute(f"CREATE TABLE customer AS FROM '{data['customers']}'")
    con.execute(f"CREATE TABLE event AS FROM '{data['events']}' ORDER BY name, day")
    return lambda asked: int(con.execute(asked).fetchall()[0][0]), con.close


def _sqlite(place: Path, data: dict[str, Path]) -> Made:
    con = sqlite3.connect(place / "plain.db")
    con.execute("PRAGMA journal_mode = off")
    con.execute("PRAGMA cache_size = -1000000")
    con.execute("CREATE TABLE customer (customer_id INTEGER PRIMARY KEY, language TEXT)")
    con.execute("CREATE TABLE event (id INTEGER PRIMARY KEY, customer_id INTEGER, name TEXT, day INTEGER, "
                "amount_cents INTEGER)")  # fmt: skip
    for table, of in (("customer", "customers"), ("event", "events")):
        for batch in duckdb.sql(f"FROM '{data[of]}'").to_arrow_reader(100_000):
            rows = zip(*(column.to_pylist() for column in batch.columns), strict=True)
            con.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * batch.num_columns)})", rows)
    con.execute("CREATE INDEX covering ON event (name, day, customer_id, amount_cents)")
    con.execute("ANALYZE")
    return lambda asked: int(con.execute(asked).fetchone()[0]), con.close


def _postgresql(place: Path, data: dict[str, Path]) -> Made:
    import psycopg

    from tests.postgresql import Server

    server = Server()
    url = server.new().replace("+psycopg", "")
    con = psycopg.connect(url, autocommit=True)
    con.execute("CREATE TABLE customer (customer_id INT PRIMARY KEY, language TEXT)")
    con.execute("CREATE TABLE event (id BIGINT, customer_id INT, name TEXT, day INT, amount_cents INT)")
    for table, of in (("customer", "customers"), ("event", "events")):
        path = place / f"{table}.csv"
        duckdb.sql(f"FROM '{data[of]}'").write_csv(str(path), header=False)
        done = subprocess.run(["psql", url, "-qc", f"\\copy {table} FROM '{path}' CSV"], check=False)
        assert done.returncode == 0
        path.unlink()
    con.execute("CREATE INDEX ON event (name, day) INCLUDE (customer_id, amount_cents)")
    con.execute("VACUUM ANALYZE")
    for setting in ("work_mem = '512MB'", "max_parallel_workers_per_gather = 2"):
        con.execute(f"SET {setting}")  # type: ignore[arg-type,unused-ignore]

    def stop() -> None:
        con.close()
        server.stop()

    return lambda asked: int(con.execute(asked).fetchall()[0][0]), stop  # type: ignore[call-overload,unused-ignore]


STORES: dict[str, Callable[[Path, dict[str, Path]], Made]] = {
    "duckdb": _duckdb, "postgresql": _postgresql, "sqlite": _sqlite,
}  # fmt: skip


def _say(given: Sizes, **told: Any) -> None:
    if given.json:
        print(json.dumps(told), flush=True)
    else:
        print("  ".join(f"{key} {value:,}" if isinstance(value, (int, float)) else str(value)
                        for key, value in told.items()), flush=True)  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1:])
