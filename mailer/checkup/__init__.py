"""Is this house in order, and will its email arrive?

finding     what a check saw, how bad it is, what to do    house       what is in the house itself
names       what the DNS says, and whether it does         sending     relay, SPF, DKIM, DMARC, names, the way back
spf, dmarc  their records, read as receivers read them     letter      an email as it would be judged
receivers   the rules of Gmail, Yahoo and Microsoft
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from mailer.checkup import house as household
from mailer.checkup import letter, receivers, sending
from mailer.checkup.finding import Finding, Mark
from mailer.checkup.names import Names
from mailer.house import House

AT_ONCE = 8  # questions to the network

__all__ = ["Finding", "Mark", "Names", "check"]


def check(house: House, now: datetime, names: Names | None = None) -> list[Finding]:
    """Run every check; without a network those that need it say so within a few seconds.

    Args:
        house: what is looked at; nothing in it is changed.
        now: the time it is.
        names: how the DNS is asked, or None for that of this system.
    """
    sender = sending.Sender(house, names or Names(), now)
    with ThreadPoolExecutor(AT_ONCE, "mailer-check") as pool:
        asked = [pool.submit(check) for check in sending.checks(sender)]
        found = list(household.look(house, is_real=sender.is_real))
        of_letter = list(letter.look(house, now, is_real=sender.is_real))
        found += [finding for each in asked for finding in each.result()]
    found += of_letter
    with house.store.read() as session:
        found += receivers.complaints(session, now)
    return found + (list(receivers.rules(found)) if sender.is_real else [])
