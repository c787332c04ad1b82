"""Who else has this conversation open, and does somebody write? Asked by each open page, every moment and a half.

Kept in memory and nowhere else: it is true for five seconds, so after a restart there is nothing to remember, and
looking at a page still writes nothing. What must not happen twice, an answer, is guarded by the revision in its form.
"""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailer.people.staff import Staff

HERE = timedelta(seconds=5)  # since they last asked
WRITING = timedelta(seconds=6)  # since they last typed


@dataclass(frozen=True, slots=True)
class Seen:
    """Somebody who has the conversation open."""

    name: str
    at: datetime
    wrote_at: datetime | None = None


class Presence:
    """Who has which conversation open, as far as this process was told."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[tuple[str, str], Seen] = {}  # of (conversation, staff), both by public id

    def note(self, talk: str, staff: Staff, writes: bool, now: datetime) -> None:
        """Note that somebody has it open now, and whether they write; forget whoever has gone."""
        with self._lock:
            before = self._seen.get((talk, staff.public_id))
            wrote_at = now if writes else before.wrote_at if before else None
            self._seen = {key: seen for key, seen in self._seen.items() if seen.at > now - HERE}
            self._seen[talk, staff.public_id] = Seen(staff.name, now, wrote_at)

    def others(self, talk: str, staff: Staff, now: datetime) -> list[tuple[str, bool]]:
        """Return who else has it open, and whether they write, by name."""
        with self._lock:
            here = [
                (seen.name, seen.wrote_at is not None and seen.wrote_at > now - WRITING)
                for (its_talk, person), seen in self._seen.items()
                if its_talk == talk and person != staff.public_id and seen.at > now - HERE
            ]
        return sorted(here)
