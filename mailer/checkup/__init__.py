"""Is this house in order, and will its email arrive?"""

from mailer.checkup.house import Finding, check

__all__ = ["Finding", "check"]
