"""Which libraries wait until something of theirs is used? Those that take long to import, and that no first page needs.

`from mailer.late import ibis` stands where `import ibis` would: with all it brings it takes as long as the tables and
Flask together, and whoever signs in, or runs a command that asks the warehouse nothing, need not wait for it.
"""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

_importing = threading.RLock()  # one thread at a time: two could meet in a module that is half there


class _Late:
    """A library that is imported when it is first asked for something."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # asked by who looks at every object there is, not by who uses it
            raise AttributeError(name)
        with _importing, undisturbed():
            value = getattr(import_module(self._name), name)
        setattr(self, name, value)  # it is not asked again
        return value


@contextmanager
def undisturbed() -> Iterator[None]:
    """Import without looking for garbage: what is imported stays, and looking through it takes a sixth of the time."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


ibis: Any = _Late("ibis")
numpy: Any = _Late("numpy")
httpx: Any = _Late("httpx")
