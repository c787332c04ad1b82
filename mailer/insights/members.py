"""Which customers? A set of them, with a bit for each id.

A million customers are an eighth of a megabyte, so the sets that the parts of a question found are kept, and joined in
less time than it takes to ask for one: whoever changes one part of a question waits for that part only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mailer.late import numpy as np


@dataclass(frozen=True, slots=True, eq=False)
class Members:
    """A set of customers."""

    bits: Any  # bytes as a numpy array; the highest bit of the first is the customer with the id 0

    @classmethod
    def told(cls, bits: bytes | None, below: int) -> "Members":
        """Return the set that a store told; None is nobody."""
        return cls(np.frombuffer(bits, np.uint8) if bits else np.zeros(below // 8, np.uint8))

    def __and__(self, other: "Members") -> "Members":
        """Return who is in both."""
        return Members(self.bits & other.bits)

    def __or__(self, other: "Members") -> "Members":
        """Return who is in one of them."""
        return Members(self.bits | other.bits)

    def __sub__(self, other: "Members") -> "Members":
        """Return who is in this one only."""
        return Members(self.bits & ~other.bits)

    def __len__(self) -> int:
        """Return how many they are."""
        return int(np.bitwise_count(self.bits).sum(dtype=np.int64))

    def among(self, ids: Sequence[int]) -> set[int]:
        """Return which of these customers are in it."""
        asked = np.array([id_ for id_ in ids if 0 <= id_ < len(self.bits) * 8], np.int64)
        inside = self.bits[asked >> 3] >> (7 - (asked & 7)).astype(np.uint8) & 1
        return set(asked[inside.astype(bool)].tolist())

    def after(self, customer_id: int, limit: int) -> list[int]:
        """Return the ids of so many of them, ascending, from the first above `customer_id`."""
        found: list[int] = []
        place = max(0, customer_id + 1) // 8
        step = 1_024  # bytes looked at; more when few are found in them
        while len(found) < limit and place < len(self.bits):
            ids = place * 8 + np.flatnonzero(np.unpackbits(self.bits[place : place + step]))
            found += ids[ids > customer_id][: limit - len(found)].tolist()
            place, step = place + step, step * 2
        return found

    def ids(self) -> Any:
        """Return their ids, ascending, as a numpy array."""
        return np.flatnonzero(np.unpackbits(self.bits))
