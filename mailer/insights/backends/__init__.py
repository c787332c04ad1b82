"""What differs between the stores a warehouse can lie in? One module a family; everything else is the same Ibis.

backend     what a warehouse asks of a store
duckdb      in this process, a file; the writer's transaction is the fold
postgresql  a server; the writer's transaction is the fold
staged      no transactions over tables, as ClickHouse, Trino and BigQuery. What is replaced is written beside the old
            first; events are added only if their id is not there, and the cursor moves last, so that a fold that died
            is simply done again
spark       the same on Spark
reworded    a question in other words, for a family that does not know these
own         properties of an event that have a column of their own, read from its JSON

A question is asked of a reader: it can change nothing, and is stopped when it takes too long. A family is imported when
a store of it is opened: each takes a while.
"""

from pathlib import Path

from mailer.errors import Misconfigured
from mailer.insights.backends.backend import Backend


def opened(url: str) -> Backend:
    """Open the store a URL names.

    Raises:
        Misconfigured: there is no such family, or what speaks to it is not installed.
        NotReady: it cannot be reached, or another process has the file open.
    """
    kind, found, rest = url.partition("://")
    if found and kind == "duckdb" and (not rest or rest.startswith("/")):
        from mailer.insights.backends.duckdb import DuckDB

        return DuckDB(Path(rest) if rest else None)
    if found and rest and kind in ("postgresql", "postgres"):
        from mailer.insights.backends.postgresql import PostgreSQL

        return PostgreSQL(url)
    if found and kind == "pyspark":
        from mailer.insights.backends.spark import Spark

        return Spark(url)
    if found and rest and kind in ("clickhouse", "trino", "bigquery"):
        import ibis

        from mailer.insights.backends.staged import ClickHouse, Exact

        try:
            return (ClickHouse if kind == "clickhouse" else Exact)(ibis.connect(url))
        except ImportError as error:
            raise Misconfigured(f'warehouse.url asks for {kind}; pip install "ibis-framework[{kind}]"') from error
    raise Misconfigured(
        f"warehouse.url is {url!r}; give duckdb:///path/to/file, duckdb:// for one in memory, or the URL of a server: "
        "postgresql://user:password@host/database, pyspark:///folder, clickhouse://…, trino://…, bigquery://…"
    )
