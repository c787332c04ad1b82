"""What was asked of a scenario, and what did it find?"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Given:
    """How hard to try."""

    kills: int = 200
    messages: int = 0  # 0: as many as the scenario thinks right
    connections: tuple[int, ...] = (8, 32)
    store: str = "sqlite"
    seed: int = 1
    wrong: str = ""
    short: bool = False  # the form that runs with the tests


@dataclass
class Result:
    """What one scenario found; it holds when nothing is at fault."""

    scenario: str
    messages: int = 0
    kills: int = 0
    delivered: int = 0
    twice: int = 0
    lost_unseen: int = 0
    in_doubt: int = 0
    in_doubt_and_delivered: int = 0
    unfinished: int = 0
    faults: list[str] = field(default_factory=list)  # whatever else was promised and not kept
    skipped: str = ""  # why it could not be tried on this machine
    details: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0

    @property
    def holds(self) -> bool:
        """Whether what we promise is true; what could not be tried is not."""
        return not (self.twice or self.lost_unseen or self.unfinished or self.faults or self.skipped)

    def wants(self, true: object, what: str) -> None:
        """Note a fault unless it is so."""
        if not true:
            self.faults.append(what)
