"""A warehouse on Spark: `pyspark:///folder?spark.master=local[2]`."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import ibis
import pyarrow as pa

from mailer.errors import Misconfigured, Temporary
from mailer.insights.backends.backend import OURS, TOO_LONG
from mailer.insights.backends.reworded import json_from_text
from mailer.insights.backends.staged import Staged


class Spark(Staged):
    """Spark: `pyspark:///folder?spark.master=local[2]`; each setting of Spark may stand behind the question mark."""

    def __init__(self, url: str) -> None:
        try:
            from pyspark.sql import SparkSession  # type: ignore[import-not-found,unused-ignore]
        except ImportError as error:
            raise Misconfigured('warehouse.url asks for Spark; pip install "ibis-framework[pyspark]"') from error
        parts = urlsplit(url)
        builder = SparkSession.builder.appName(OURS)
        if parts.path:
            builder = builder.config("spark.sql.warehouse.dir", parts.path)
        for key, value in parse_qsl(parts.query):
            builder = builder.config(key, value)
        self.session = builder.getOrCreate()
        super().__init__(ibis.pyspark.connect(self.session))
        self.con.raw_sql(f"CREATE DATABASE IF NOT EXISTS {OURS}")
        self.con.raw_sql(f"USE {OURS}")

    @contextmanager
    def asking(self, reader: Any, seconds: float) -> Iterator[None]:
        """Ask, and cancel its jobs when it takes too long."""
        stopped = threading.Event()

        def stop() -> None:
            stopped.set()
            self.session.interruptTag(tag)

        tag = f"question-{threading.get_ident()}"
        timer = threading.Timer(seconds, stop)
        self.session.addTag(tag)
        timer.start()
        try:
            yield
        except Exception as error:
            if stopped.is_set():
                raise Temporary(TOO_LONG.format(seconds)) from error
            raise
        finally:
            timer.cancel()
            self.session.removeTag(tag)

    @contextmanager
    def arriving(self, told: pa.Table) -> Iterator[Any]:
        """Give Spark the columns as they are: by way of pandas a whole number beside a null would become a float."""
        self.session.createDataFrame(told).createOrReplaceTempView("arriving")
        yield ibis.table(ibis.Schema.from_pyarrow(told.schema), name="arriving")

    def prepared(self, question: Any) -> Any:
        """Spark reads JSON from text only."""
        return json_from_text(question)

    def close(self) -> None:
        """End the session."""
        self.session.stop()
