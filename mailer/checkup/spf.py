"""May this address send mail for that domain, as its SPF record says (RFC 7208)?

Evaluated here as receivers do, with their limits: ten questions to the DNS, two of them in vain, one record. For what
an administrator has to change the reason counts as much as the result, so both come out. `ptr` is not asked: receivers
are told not to rely on it (5.5).
"""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from mailer.checkup.names import Names

QUESTIONS = 10  # RFC 7208, 4.6.4
IN_VAIN = 2
SERVERS = 10  # mail servers of one name that are looked at
RESULTS = {"+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}

_TERM = re.compile(
    r"([+?~-]?)(all|include|a|mx|ptr|ip4|ip6|exists)(?::([^/]*?(?:%\{[^}]*\}[^/]*?)*))?((?:/\d+)?(?://\d+)?)", re.I
)
_MACRO = re.compile(r"%(?:\{([slodiphcrtv])(\d*)(r?)([.\-+,/_=]*)\}|([%_-]))", re.I)


@dataclass(frozen=True, slots=True)
class Spf:
    """What the record says of an address: pass, fail, softfail, neutral, none or permerror; why; and the record."""

    result: str
    why: str
    record: str = ""


class _Broken(Exception):
    """The record cannot be evaluated: permerror."""


def records(names: Names, domain: str) -> list[str]:
    """Return the SPF records of a domain; more than one is none."""
    return [text for text in names.texts(domain) if text.lower() == "v=spf1" or text.lower().startswith("v=spf1 ")]


def check(names: Names, address: str, domain: str) -> Spf:
    """Return what the record of `domain` says of mail that comes from `address`.

    Raises:
        Silent: the DNS does not answer.
    """
    found = records(names, domain)
    record = found[0] if found else ""
    try:
        asked = _Asked(names, ip_address(address), domain)
        return Spf(asked.result(domain), asked.why, record)
    except _Broken as error:
        return Spf("permerror", str(error), record)


class _Asked:
    """One evaluation: what was asked of the DNS so far, and what decided."""

    def __init__(self, names: Names, address: IPv4Address | IPv6Address, sender: str) -> None:
        self.names, self.address, self.sender = names, address, sender
        self.questions = self.in_vain = 0
        self.why = "no term of it fits"

    def result(self, domain: str) -> str:
        found = records(self.names, domain)
        if len(found) > 1:
            raise _Broken(f"{domain} has {len(found)} SPF records, and may have one")
        if not found:
            self.why = f"{domain} has no SPF record"
            return "none"
        redirect = ""
        for term in found[0].split()[1:]:
            name, equals, value = term.partition("=")
            if equals and ":" not in name and "/" not in name:
                redirect = value if name.lower() == "redirect" else redirect
                continue
            match = _TERM.fullmatch(term)
            if match is None:
                raise _Broken(f"{term!r} in the record of {domain} is not SPF")
            sign, kind, target, lengths = match[1] or "+", match[2].lower(), match[3] or "", match[4]
            if self._fits(kind, target, lengths, domain):
                self.why = f"{term} in the record of {domain}"
                return RESULTS[sign]
        if not redirect:
            return "neutral"
        self._question()
        result = self.result(self._spelt(redirect, domain))
        if result == "none":
            raise _Broken(f"redirect={redirect} leads to no SPF record")
        return result

    def _fits(self, kind: str, target: str, lengths: str, domain: str) -> bool:
        where = self._spelt(target, domain) if target else domain
        match kind:
            case "all":
                return True
            case "ip4" | "ip6":
                try:
                    net = ip_network(target + lengths, strict=False)
                except ValueError as error:
                    raise _Broken(f"{kind}:{target}{lengths} in the record of {domain} is no address") from error
                return self.address.version == net.version and self.address in net
            case "ptr":
                self._question()
                return False
            case "include":
                self._question()
                found = self.result(where)
                if found == "none":
                    raise _Broken(f"include:{where} leads to no SPF record")
                return found == "pass"
            case "exists":
                self._question()
                return bool(self._counted([each for each in self.names.addresses(where) if ":" not in each]))
            case "a":
                self._question()
                return self._is_one(self._counted(self.names.addresses(where)), lengths)
            case _:
                self._question()
                servers = [host for host in self._counted(self.names.mail_servers(where)) if host != "."]
                return any(self._is_one(self.names.addresses(host), lengths) for host in servers[:SERVERS])

    def _is_one(self, addresses: list[str], lengths: str) -> bool:
        four, _, six = lengths.partition("//")
        length = (four.lstrip("/") or "32") if self.address.version == 4 else (six or "128")
        same = [each for each in addresses if ip_address(each).version == self.address.version]
        return any(self.address in ip_network(f"{each}/{length}", strict=False) for each in same)

    def _question(self) -> None:
        self.questions += 1
        if self.questions > QUESTIONS:
            raise _Broken(f"it takes more than {QUESTIONS} questions to the DNS; receivers stop there")

    def _counted(self, found: list[str]) -> list[str]:
        self.in_vain += not found
        if self.in_vain > IN_VAIN:
            raise _Broken(f"more than {IN_VAIN} names in it do not exist; receivers stop there")
        return found

    def _spelt(self, text: str, domain: str) -> str:
        """Fill in macros (RFC 7208, 7) as for mail from postmaster."""
        four = self.address.version == 4
        dotted = str(self.address) if four else ".".join(self.address.exploded.replace(":", ""))
        told = {
            "s": f"postmaster@{self.sender}", "l": "postmaster", "o": self.sender, "d": domain, "i": dotted,
            "h": self.sender, "v": "in-addr" if four else "ip6", "c": str(self.address), "p": "unknown", "r": "unknown",
            "t": "0",
        }  # fmt: skip

        def filled(match: re.Match[str]) -> str:
            if match[5]:
                return {"%": "%", "_": " ", "-": "%20"}[match[5]]
            parts = re.split(f"[{re.escape(match[4] or '.')}]", told[match[1].lower()])
            parts = parts[::-1] if match[3] else parts
            return ".".join(parts[-int(match[2]) :] if match[2] else parts)

        return _MACRO.sub(filled, text)


def allowing(record: str, addresses: list[str]) -> str:
    """Return a record that allows these addresses: `record` with them before its end, or a new one."""
    terms = [f"ip{ip_address(each).version}:{each}" for each in addresses]
    if not record:
        return " ".join(["v=spf1", *terms, "-all"])
    kept = record.split()
    at = next(
        (n for n, term in enumerate(kept) if term.lstrip("+-~?").lower() == "all" or "redirect=" in term.lower()),
        len(kept),
    )
    return " ".join([*kept[:at], *(term for term in terms if term not in kept), *kept[at:]])
