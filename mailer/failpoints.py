"""Where may a test kill or fail the process? At these named places, and nowhere else.

A failpoint costs one dictionary look-up while none is armed. They are armed by `[failpoints]` in the settings:
`"delivery.before-dot" = "kill@7"` kills the process (SIGKILL, as a power cut would) the seventh time it gets there;
`"fail@2"` raises `Temporary` the second time; without `@n` it is the first.
"""

import os
import signal
import threading

from mailer.errors import Misconfigured, Temporary

_armed: dict[str, tuple[str, int]] = {}
_reached: dict[str, int] = {}
_lock = threading.Lock()


def arm(failpoints: dict[str, str]) -> None:
    """Arm these failpoints, forgetting all others: name -> `kill`, `fail`, `kill@n` or `fail@n`."""
    _armed.clear()
    _reached.clear()
    for name, what in failpoints.items():
        act, _, nth = what.partition("@")
        if act not in ("kill", "fail") or not (nth or "1").isdigit():
            raise Misconfigured(f"failpoints.{name} is {what!r}; give kill, fail, kill@n or fail@n")
        _armed[name] = (act, int(nth or 1))


def reach(name: str) -> None:
    """Say that the program is at this place now."""
    if name not in _armed:
        return
    with _lock:
        _reached[name] = _reached.get(name, 0) + 1
        act, nth = _armed[name]
        due = _reached[name] == nth
    if due and act == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if due:
        raise Temporary(f"failpoint {name} fails here, as a test asked")
