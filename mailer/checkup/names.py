"""What does the DNS say, and does it say anything?

Over dnspython, whose resolver is handed in, so that tests ask a server of their own. An absent name is an empty
answer; a server that does not answer is `Silent`, which says nothing about the name. Nobody waits longer than three
seconds for one answer, and once nobody answers for the root of the DNS there is no network: nothing more is asked.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from ipaddress import ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # whoever asks imports it: the page of the checkup is there before anything is asked
    import dns.resolver

SECONDS = 3.0  # for one answer, all servers of the system together


class Silent(Exception):
    """Nobody answered; the text says what was asked."""


class Names:
    """The DNS, each question asked once.

    Args:
        resolver: how it is reached, or None for that of this system.
        seconds: how long one answer is waited for.
    """

    def __init__(self, resolver: dns.resolver.Resolver | None = None, seconds: float = SECONDS) -> None:
        self._resolver, self.seconds = resolver, seconds
        self._known: dict[tuple[str, str], list[str] | Silent] = {}
        self._there: bool | None = None
        self._turn = threading.Lock()

    def texts(self, name: str) -> list[str]:
        """Return the TXT records of a name, the strings of each joined (RFC 7208, 3.3)."""
        return self._ask(name, "TXT")

    def addresses(self, name: str) -> list[str]:
        """Return the IPv4 and IPv6 addresses of a name, or itself where it is one."""
        try:
            return [str(ip_address(name.strip("[]")))]
        except ValueError:
            return [*self._ask(name, "A"), *self._ask(name, "AAAA")]

    def mail_servers(self, name: str) -> list[str]:
        """Return who takes mail for a name (MX), the preferred first; "." is nobody (RFC 7505)."""
        found = (each.split() for each in self._ask(name, "MX"))
        return [host.rstrip(".") or "." for _, host in sorted((int(weight), host) for weight, host in found)]

    def pointers(self, address: str) -> list[str]:
        """Return the names an address has (PTR)."""
        return [name.rstrip(".") for name in self._ask(pointer(address), "PTR")]

    def _ask(self, name: str, kind: str) -> list[str]:
        key = (name.lower().rstrip("."), kind)
        if key not in self._known:
            self._known[key] = self._found(*key)
        answer = self._known[key]
        if isinstance(answer, Silent):
            raise answer
        return answer

    def _found(self, name: str, kind: str) -> list[str] | Silent:
        with self._turn:
            if self._there is None:
                self._there = not isinstance(self._resolved(".", "NS"), Silent)
        if not self._there:
            return Silent(f"nobody answers questions to the DNS within {self.seconds:g} seconds")
        return self._resolved(name, kind)

    def _resolved(self, name: str, kind: str) -> list[str] | Silent:
        import dns.exception
        import dns.name
        import dns.resolver

        silent = Silent(f"no answer about {name} ({kind}) within {self.seconds:g} seconds")
        try:
            self._resolver = self._resolver or dns.resolver.Resolver()
            asked = dns.name.from_text(name)
            answer = self._resolver.resolve(asked, kind, search=False, raise_on_no_answer=False, lifetime=self.seconds)
        except dns.resolver.NXDOMAIN:
            return []
        except (dns.exception.DNSException, OSError, ValueError):
            return silent
        read: Callable[[object], str] = _text if kind == "TXT" else str
        return [read(record) for record in answer.rrset or ()]


def pointer(address: str) -> str:
    """Return the name under which the names of an address are published."""
    import dns.reversename

    return dns.reversename.from_address(address).to_text()


def _text(record: object) -> str:
    strings: Sequence[bytes] = getattr(record, "strings", ())
    return b"".join(strings).decode("utf-8", "replace")
