"""What do the great receivers ask of who sends to many, and is it kept?

The rules Gmail (support.google.com/a/answer/81126), Yahoo (senders.yahooinc.com/best-practices) and Microsoft
(techcommunity, "Outlook's new requirements for high-volume senders") publish for those who send 5,000 emails a day or
more to them, as the findings that decide each. Complaints are our own counts; Gmail tells none, so for it they say
little, and its Postmaster Tools say more.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session

from mailer.checkup.finding import Finding, Mark
from mailer.delivery.message import Kind, State, T

WITHIN = timedelta(days=30)
TOO_MANY, MANY = 0.003, 0.001  # of those who got an email, who called it spam
FEW = 3  # complaints that may be chance

_SENDING = ("SPF", "DKIM", "DMARC", "alignment", "PTR", "TLS", "format", "From", "complaints")
RULES: dict[str, tuple[str, ...]] = {
    "Gmail": (*_SENDING, "one-click", "visible link"),
    "Yahoo": (*_SENDING, "one-click", "visible link"),
    "Microsoft": ("SPF", "DKIM", "DMARC", "alignment", "From", "MX", "visible link", "complaints"),
}
DOMAINS: dict[str, tuple[str, ...]] = {
    "Gmail": ("gmail.com", "googlemail.com"),
    "Yahoo": ("yahoo.com", "yahoo.co.uk", "yahoo.fr", "yahoo.de", "ymail.com", "aol.com"),
    "Microsoft": ("outlook.com", "hotmail.com", "live.com", "msn.com", "hotmail.co.uk", "hotmail.fr"),
}


def complaints(session: Session, now: datetime) -> Iterator[Finding]:
    """Count who called campaign email spam in the last days: of all, and of each receiver."""
    for name, domains in (("all receivers", ()), *DOMAINS.items()):
        recent = sa.and_(T.c.kind == Kind.CAMPAIGN, T.c.state == State.SENT, T.c.handed_over_at > now - WITHIN)
        if domains:
            recent = sa.and_(recent, sa.or_(*(T.c.address.endswith(f"@{domain}") for domain in domains)))
        sent, complained = session.execute(
            sa.select(sa.func.count(), sa.func.count(T.c.complained_at)).where(recent)
        ).one()
        if not sent and domains:
            continue
        rate = complained / sent if sent else 0.0
        saw = f"{name}: {complained:,} of {sent:,} in {WITHIN.days} days ({rate:.2%})"
        mark, fix = Mark.GOOD, ""
        if complained >= FEW and rate > TOO_MANY:
            mark, fix = (
                Mark.MEND,
                "more than 0.3 % are refused or filed as spam: write to fewer, who asked for it lately",
            )
        elif complained >= FEW and rate > MANY:
            mark, fix = Mark.LOOK, "stay below 0.1 %; 0.3 % is too many"
        yield Finding("Complaints", "complaints", mark, saw, fix)


def rules(findings: Sequence[Finding]) -> Iterator[Finding]:
    """Say of each receiver which of its rules are not kept, or could not be asked."""
    marks: dict[str, set[Mark]] = {}
    for each in findings:
        marks.setdefault(each.name, set()).add(each.mark)
    for receiver, asked in RULES.items():
        broken = [name for name in asked if Mark.MEND in marks.get(name, ())]
        unknown = [name for name in asked if not marks.get(name) or Mark.UNKNOWN in marks[name]]
        if broken:
            saw = f"{len(broken)} of {len(asked)} rules for bulk senders are not kept: {', '.join(broken)}"
            yield Finding("Receivers", receiver, Mark.MEND, saw, "mend these; how is said with each of them")
        elif unknown:
            yield Finding("Receivers", receiver, Mark.UNKNOWN, f"could not look at: {', '.join(unknown)}")
        else:
            yield Finding("Receivers", receiver, Mark.GOOD, f"all {len(asked)} rules for bulk senders are kept")
