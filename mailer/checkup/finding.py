"""What did a check see, how bad is it, and what is to be done?"""

import enum
from dataclasses import asdict, dataclass


class Mark(enum.StrEnum):
    """How a finding is to be taken."""

    GOOD = "good"
    LOOK = "look"  # advice: it works, and could be better
    MEND = "mend"  # emails do not leave, do not arrive, or should not
    UNKNOWN = "unknown"  # nobody could be asked


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check saw; `fix` says what to do, `publish` is what to publish in the DNS; both empty if all is well."""

    group: str
    name: str
    mark: Mark
    saw: str
    fix: str = ""
    publish: str = ""

    def to_data(self) -> dict[str, str]:
        """Return it as plain data."""
        return asdict(self)
