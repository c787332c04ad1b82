"""Does the world know that our email is ours: relay, SPF, DKIM, DMARC, reverse names, the way back?

Asked of the DNS and of the relays themselves. Each finding that is not well comes with the very line to publish. What
nobody answers is said to be unknown, never to be wrong. SPF is asked for the domain of return paths, because that is
the one receivers ask (RFC 7208, 2.4), and for the addresses mail leaves from: those of the relay, unless
`delivery.sends_from` names others. A provider sends from addresses and return paths of its own, so for one only our
signatures and DMARC can be looked at from here.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, partial
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from mailer.checkup import dmarc, spf
from mailer.checkup.finding import Finding, Mark
from mailer.checkup.names import Names, Silent, pointer
from mailer.delivery.greeting import Greeting, greet
from mailer.delivery.relay import LOCAL, Relay
from mailer.errors import MailerError
from mailer.house import House
from mailer.mail.dkim import Key, published, record

GROUP = "Sending"
EXPIRES_SOON = timedelta(days=14)
SMTP = ("smtp", "smtps")
GOOD, LOOK, MEND, UNKNOWN = Mark.GOOD, Mark.LOOK, Mark.MEND, Mark.UNKNOWN


@dataclass
class Sender:
    """Who sends, and through what."""

    house: House
    names: Names
    now: datetime

    @property
    def domain(self) -> str:
        """The domain of From."""
        return self.house.settings.delivery.domain

    @property
    def bounces(self) -> str:
        """The domain of return paths, and of replies."""
        return self.house.settings.replies.domain

    @property
    def signs(self) -> str:
        """The domain that signs."""
        return self.house.settings.dkim.domain or self.domain

    @cached_property
    def ways(self) -> list[tuple[str, str]]:
        """Name and URL of each way out."""
        delivery = self.house.settings.delivery
        return [(each.name, each.url) for each in delivery.relays] or [("the relay", delivery.transport)]

    @property
    def is_real(self) -> bool:
        """Whether email leaves this machine at all."""
        return any(urlsplit(url).scheme not in ("file", "memory") for _, url in self.ways)

    @cached_property
    def relays(self) -> list[tuple[str, Relay]]:
        """The ways out that speak SMTP."""
        return [(name, Relay.from_url(url)) for name, url in self.ways if urlsplit(url).scheme in SMTP]

    @property
    def has_provider(self) -> bool:
        """Whether a company of its own addresses carries our email."""
        return any(urlsplit(url).scheme not in (*SMTP, "file", "memory") for _, url in self.ways)

    def addresses(self) -> list[str]:
        """Return where mail comes from as others see it; none where it leaves through this very machine or a provider.

        Raises:
            Silent: the DNS does not answer.
        """
        if given := self.house.settings.delivery.sends_from.split():
            return given
        hosts = [relay.host for _, relay in self.relays if relay.host not in LOCAL]
        return list(dict.fromkeys(address for host in hosts for address in self.names.addresses(host)))


def relay_checks(sender: Sender) -> list[Callable[[], list[Finding]]]:
    """Return a check for each relay."""
    return [partial(_relay, sender, name, relay) for name, relay in sender.relays]


def _relay(sender: Sender, name: str, relay: Relay) -> list[Finding]:
    try:
        if relay.host not in LOCAL:
            sender.names.addresses(
                relay.host
            )  # the system's own way to a name may take long to find that nobody answers
    except Silent as error:
        return [Finding(GROUP, "TLS", UNKNOWN, f"{name} could not be asked: {error}")]
    found, where = greet(relay), f"{relay.host}:{relay.port}"
    if found.silent:
        return [Finding(GROUP, "TLS", UNKNOWN, f"{name} could not be asked: {found.wrong}")]
    if found.wrong:
        fix = f"email does not leave through {name} until this is mended: see its address in [delivery]"
        return [Finding(GROUP, "TLS", MEND, f"{name} does not take us: {found.wrong}", fix)]
    return [_tls(sender, name, relay, where, found)]


def _tls(sender: Sender, name: str, relay: Relay, where: str, found: Greeting) -> Finding:
    if not found.tls:
        near = relay.host in LOCAL
        fix = (
            ""
            if near
            else "emails cross the network in clear text: use smtps:// or tls=required, and a relay that has it"
        )
        return Finding(GROUP, "TLS", GOOD if near else MEND, f"{name} ({where}) is reached without TLS", fix)
    saw = f"{name} ({where}) is reached over {found.tls}"
    if found.certificate_until and found.certificate_until - sender.now < EXPIRES_SOON:
        fix = "renew its certificate, or nothing leaves from that day on"
        return Finding(GROUP, "TLS", LOOK, f"{saw}, with a certificate until {found.certificate_until:%Y-%m-%d}", fix)
    return Finding(GROUP, "TLS", GOOD, saw)


def _spf(sender: Sender) -> Iterator[Finding]:
    addresses, domain = sender.addresses(), sender.bounces
    if not addresses:
        if sender.has_provider:
            saw = f"a provider sends, with return paths of its own; {domain} is not asked"
            yield Finding(GROUP, "SPF", LOOK, saw, "see in its console that your domain is verified, SPF and all")
        else:
            fix = "say which addresses others see: [delivery] sends_from"
            yield Finding(GROUP, "SPF", LOOK, "email leaves through this very machine", fix)
        return
    many = spf.records(sender.names, domain)
    if len(many) > 1:
        keep = spf.allowing(many[0], addresses)
        yield Finding(
            GROUP, "SPF", MEND, f"{domain} has {len(many)} SPF records, so none counts", "publish one, and no other",
            f'{domain}. IN TXT "{keep}"',
        )  # fmt: skip
        return
    results = [(address, spf.check(sender.names, address, domain)) for address in addresses]
    bad = [(address, each) for address, each in results if each.result != "pass"]
    if not bad:
        yield Finding(GROUP, "SPF", GOOD, f"{domain} lets {', '.join(addresses)} send")
        return
    address, first = bad[0]
    broken = first.result == "permerror"
    fix = "make the record smaller and valid: name addresses instead of names" if broken else "publish"
    line = spf.allowing("" if broken else first.record, [address for address, _ in bad])
    yield Finding(
        GROUP, "SPF", MEND, f"{first.result} for {address}: {first.why}", fix, f'{domain}. IN TXT "{line}"'
    )  # fmt: skip


def _dkim(sender: Sender) -> Iterator[Finding]:
    keys = sender.house.dkim
    if not keys:
        mark = LOOK if sender.has_provider else MEND
        fix = f"make keys, and publish what it prints: mailer dkim new {sender.domain}"
        yield Finding(GROUP, "DKIM", mark, "no key of ours signs email", fix)
        return
    for key in keys:
        yield _key(sender, key)
    if not any(isinstance(key.private, RSAPrivateKey) for key in keys):
        fix = f"add an RSA key beside it: mailer dkim new {sender.signs} --rsa"
        yield Finding(GROUP, "DKIM", LOOK, "many receivers, Gmail among them, read no Ed25519 signature", fix)


def _key(sender: Sender, key: Key) -> Finding:
    name = f"{key.selector}._domainkey.{key.domain}"
    found = [dmarc.tags(text) for text in sender.names.texts(name)]
    ours = dmarc.tags(record(key.private))
    if any(_same(each, ours) for each in found):
        if isinstance(key.private, RSAPrivateKey) and key.private.key_size < 2048:
            return Finding(
                GROUP, "DKIM", LOOK, f"{name}: a key of {key.private.key_size} bits", "make one of 2048 bits"
            )
        return Finding(GROUP, "DKIM", GOOD, f"{name} publishes our key")
    if not found:
        saw = f"{name} does not exist"
    elif any(not each.get("p") for each in found):
        saw = f"{name} says that the key is withdrawn"
    else:
        saw = f"{name} publishes another key than the one that signs"
    return Finding(
        GROUP, "DKIM", MEND, saw, "publish, in place of what is there" if found else "publish", published(key)
    )


def _same(told: dict[str, str], ours: dict[str, str]) -> bool:
    return "".join(told.get("p", "").split()) == ours["p"] and told.get("k", "rsa") == ours["k"]


def _dmarc(sender: Sender) -> Iterator[Finding]:
    domain, names = sender.domain, sender.names
    many = dmarc.records(names, domain)
    start = f'_dmarc.{domain}. IN TXT "v=DMARC1; p=none; rua=mailto:dmarc@{domain}"'
    if len(many) > 1:
        saw = f"_dmarc.{domain} has {len(many)} records, so none counts"
        yield Finding(GROUP, "DMARC", MEND, saw, "publish one, and no other", f'_dmarc.{domain}. IN TXT "{many[0]}"')
        return
    found = dmarc.policy(names, domain)
    if found is None:
        fix = "publish; p=none changes nothing for receivers yet, and reports begin to come"
        yield Finding(GROUP, "DMARC", MEND, f"{domain} has no DMARC record", fix, start)
        return
    if found.action not in ("none", "quarantine", "reject"):
        saw = f"_dmarc.{found.domain} has no policy (p=)"
        yield Finding(GROUP, "DMARC", MEND, saw, "publish", start.replace(domain, found.domain))
    elif found.action == "none" or "rua" not in found.tags:
        yield _better(found)
    else:
        yield Finding(GROUP, "DMARC", GOOD, f"_dmarc.{found.domain} asks for {found.action}")


def _better(found: dmarc.Policy) -> Finding:
    """Advise the next step: first reports, then more than p=none."""
    told = {"v": "DMARC1", "p": found.action}
    if "rua" in found.tags:
        fix = "when the reports show that all your own mail passes, ask for more, and publish"
        told |= found.tags | {"p": "quarantine"}
    else:
        fix = "publish, so that reports come"
        told |= {"rua": f"mailto:dmarc@{found.domain}"} | found.tags
    line = "; ".join(f"{name}={value}" for name, value in told.items())
    where = f"_dmarc.{found.domain}"
    return Finding(GROUP, "DMARC", LOOK, f"{where}: {found.record}", fix, f'{where}. IN TXT "{line}"')


def _alignment(sender: Sender) -> Iterator[Finding]:
    """Receivers want From to agree with who signed or with the return path; the signature survives forwarding."""
    names, domain = sender.names, sender.domain
    found = dmarc.policy(names, domain)
    tags = found.tags if found else {}
    by_key = bool(sender.house.dkim) and dmarc.aligned(
        names, sender.signs, domain, strict=tags.get("adkim", "").lower() == "s"
    )
    by_path = dmarc.aligned(names, sender.bounces, domain, strict=tags.get("aspf", "").lower() == "s")
    if by_key and (by_path or sender.has_provider):
        yield Finding(GROUP, "alignment", GOOD, f"From ({domain}) agrees with the signature and the return path")
    elif by_key or by_path:
        ours, other = ("signature", "return path") if by_key else ("return path", "signature")
        fix = f"let [dkim] domain lie within {domain}" if by_path else f"let [replies] domain lie within {domain}"
        saw = f"From ({domain}) agrees with the {ours}, and not with the {other}"
        yield Finding(GROUP, "alignment", LOOK, saw, fix)
    else:
        saw = (
            f"From ({domain}) agrees neither with the signature ({sender.signs}) nor the return path ({sender.bounces})"
        )
        fix = f"sign with a key of {domain}: mailer dkim new {domain}"
        yield Finding(GROUP, "alignment", MEND, saw, fix)


def _ptr(sender: Sender) -> Iterator[Finding]:
    """A reverse name counts when it leads back to the address (forward-confirmed; RFC 8601, 3)."""
    addresses = sender.addresses()
    if not addresses:
        saw = (
            "a provider's addresses are its own matter" if sender.has_provider else "which addresses send is not known"
        )
        fix = "" if sender.has_provider else "say which addresses others see: [delivery] sends_from"
        yield Finding(GROUP, "PTR", LOOK if fix else GOOD, saw, fix)
    for address in addresses:
        called = sender.names.pointers(address)
        good = [name for name in called if address in sender.names.addresses(name)]
        if good:
            yield Finding(GROUP, "PTR", GOOD, f"{address} is {good[0]}, and back")
            continue
        name = called[0] if called else f"mail.{sender.domain}"
        kind = "AAAA" if ":" in address else "A"
        forward = f"{name}. IN {kind} {address}"
        saw = f"{address} is called {name}, which does not lead back" if called else f"{address} has no name"
        fix = (
            "publish" if called else "publish both; the first is set where the address comes from, often in its console"
        )
        yield Finding(
            GROUP, "PTR", MEND, saw, fix, forward if called else f"{pointer(address)} IN PTR {name}.\n{forward}"
        )


def _mx(sender: Sender) -> Iterator[Finding]:
    domain, names = sender.bounces, sender.names
    host = urlsplit(sender.house.settings.brand.base_url).hostname or f"mail.{sender.domain}"
    line = f"{domain}. IN MX 10 {host}."
    servers = names.mail_servers(domain)
    if "." in servers:
        yield Finding(GROUP, "MX", MEND, f"{domain} says that it takes no mail", "publish, in place of it", line)
        return
    if not servers:
        there = bool(names.addresses(domain))
        saw = f"{domain} has no MX" + (
            ", and is reached at its own address" if there else ": replies and bounces are lost"
        )
        yield Finding(GROUP, "MX", LOOK if there else MEND, saw, "publish the server that listens for replies", line)
        return
    lost = [each for each in servers if not names.addresses(each)]
    if lost:
        fix = "publish its address, or another MX"
        yield Finding(GROUP, "MX", MEND, f"{lost[0]}, which takes mail for {domain}, does not exist", fix, line)
    else:
        yield Finding(GROUP, "MX", GOOD, f"mail for {domain} goes to {', '.join(servers)}")


def _way_back(sender: Sender) -> Iterator[Finding]:
    """Advise only: who writes to us can be told to insist on TLS (RFC 8461), and to report its failures (RFC 8460)."""
    domain, names = sender.bounces, sender.names
    for name, sign, line, fix in (
        ("MTA-STS", "v=STSv1", f"v=STSv1; id={sender.now:%Y%m%d}",
         f"serve the policy at https://mta-sts.{domain}/.well-known/mta-sts.txt, then publish"),
        ("TLS-RPT", "v=TLSRPTv1", f"v=TLSRPTv1; rua=mailto:tls@{sender.domain}", "publish, to hear where TLS fails"),
    ):  # fmt: skip
        where = f"{'_mta-sts' if name == 'MTA-STS' else '_smtp._tls'}.{domain}"
        if any(text.replace(" ", "").startswith(sign) for text in names.texts(where)):
            yield Finding(GROUP, name, GOOD, f"{where} is published")
        else:
            yield Finding(
                GROUP, name, LOOK, f"{where} does not exist", f"if you like: {fix}", f'{where}. IN TXT "{line}"'
            )


def checks(sender: Sender) -> list[Callable[[], list[Finding]]]:
    """Return every check of the network; they may run at the same time, and none raises."""
    if not sender.is_real:
        fix = "for real ones set [delivery] transport to smtp://…; then this is looked at"
        return [
            lambda: [Finding(GROUP, "way out", LOOK, "emails stay on this machine, so nobody outside is asked", fix)]
        ]
    named = {"SPF": _spf, "DKIM": _dkim, "DMARC": _dmarc, "alignment": _alignment, "PTR": _ptr, "MX": _mx,
             "TLS-RPT": _way_back}  # fmt: skip
    return [*relay_checks(sender), *(_guarded(sender, name, ask) for name, ask in named.items())]


def _guarded(sender: Sender, name: str, ask: Callable[[Sender], Iterator[Finding]]) -> Callable[[], list[Finding]]:
    def check() -> list[Finding]:
        try:
            return list(ask(sender))
        except Silent as error:
            return [Finding(GROUP, name, UNKNOWN, f"could not ask: {error}")]
        except MailerError as error:
            return [Finding(GROUP, name, MEND, str(error), "mend what the message names, then check again")]

    return check
