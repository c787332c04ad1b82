"""Where does a drill take place? In an empty folder, and on an empty database of the store that was asked for."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.drill.result import Given
from tests.postgresql import DURABLE, Server


@contextmanager
def ground(given: Given) -> Iterator[tuple[Path, str]]:
    """Give the folder, and the URL of a database on a server of its own; "" is SQLite, in the folder."""
    with ExitStack() as stack:
        url = ""
        if given.store == "postgresql":
            server = Server(DURABLE)
            stack.callback(server.stop)
            url = server.new()
        yield Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="drill-"))), url
