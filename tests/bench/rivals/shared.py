"""What the Python rivals share: the data of one letter, and how they are measured. Imports nothing of the project."""

import hashlib
import hmac
import json
import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

LINKS = {"human": "h", "survey": "s", "preferences": "p", "unsubscribe": "u", "view": "v", "open": "o"}


def seen(number: int) -> dict[str, Any]:
    """Return what the letter to this customer sees."""

    def link(kind: str) -> str:
        mac = hmac.new(b"secret", f"{kind}{number}".encode(), hashlib.sha256).hexdigest()[:32]
        return f"https://mail.drill.example/{kind}/{number}-{mac}"

    return {
        "first_name": f"Customer{number}",
        "days": 60,
        "department": "bakery",
        "subject": f"Customer{number}, is everything all right?",
        "because": [f"reason number {k} for customer {number}" for k in range(1, 6)],
    } | {name: link(kind) for name, kind in LINKS.items()}


def headers(links: dict[str, Any]) -> dict[str, str]:
    """Return the headers of a list."""
    return {
        "List-Unsubscribe": f"<{links['unsubscribe']}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Id": "<offers.drill.example>",
        "Feedback-ID": "1:offers:campaign:drill",
    }


def measured(act: Callable[[], int]) -> None:
    """Do it, and print what it cost, this process and its children together, as JSON."""
    before, began = sum(_cpu(pid) for pid in _family()), time.perf_counter()
    messages = act()
    seconds = time.perf_counter() - began
    cpu = sum(_cpu(pid) for pid in _family()) - before
    peak = sum(_peak(pid) for pid in _family())
    print(json.dumps({"messages": messages, "seconds": seconds, "cpu": cpu, "peak_mb": peak}))


def _family() -> list[int]:
    """Return this process and all that descend from it."""
    found, new = [], [os.getpid()]
    while new:
        pid = new.pop()
        found.append(pid)
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            new += map(int, task.read_text().split())
    return found


def _cpu(pid: int) -> float:
    """Return the seconds of CPU a process used, user and system, with those of its children that ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def _peak(pid: int) -> float:
    """Return the most memory a process ever had, in MB."""
    found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else 0
