"""Has somebody tried this address too often? Ten wrong passwords in a quarter of an hour, then a rest.

Kept in memory: it protects one process, costs no write, and is forgotten by a restart. The size is bounded.
"""

import threading
from collections import OrderedDict
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=15)
ALLOWED = 10
REMEMBERED = 10_000

_failed: OrderedDict[str, list[datetime]] = OrderedDict()
_lock = threading.Lock()


def too_many(address: str, now: datetime) -> bool:
    """Say whether `address` failed `ALLOWED` times within `WINDOW`."""
    with _lock:
        return sum(1 for at in _failed.get(address, ()) if now - at < WINDOW) >= ALLOWED


def failed(address: str, now: datetime) -> None:
    """Remember one failure."""
    with _lock:
        recent = [at for at in _failed.pop(address, []) if now - at < WINDOW]
        _failed[address] = [*recent, now]
        while len(_failed) > REMEMBERED:
            _failed.popitem(last=False)
