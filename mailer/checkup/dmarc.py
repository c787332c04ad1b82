"""Do the domains of an email agree, and what did its owner ask receivers to do where they do not (RFC 7489)?

Two domains are aligned, relaxed as nearly everybody has it, when they belong to one organisation: the highest domain
above both that publishes a DMARC record, as DMARCbis finds it by walking up the tree. Where none does, one has to lie
within the other. So no list of public suffixes is needed.
"""

from dataclasses import dataclass

from mailer.checkup.names import Names


@dataclass(frozen=True, slots=True)
class Policy:
    """A DMARC record, and where it stands."""

    domain: str
    tags: dict[str, str]
    record: str

    @property
    def action(self) -> str:
        """What receivers are asked to do: none, quarantine or reject."""
        return self.tags.get("p", "").lower()


def tags(record: str) -> dict[str, str]:
    """Read `name=value; …`, the names in lower case."""
    pairs = (part.partition("=") for part in record.split(";"))
    return {name.strip().lower(): value.strip() for name, equals, value in pairs if equals}


def records(names: Names, domain: str) -> list[str]:
    """Return the DMARC records at just this domain; more than one is none."""
    return [text for text in names.texts(f"_dmarc.{domain}") if text.lower().replace(" ", "").startswith("v=dmarc1")]


def policy(names: Names, domain: str) -> Policy | None:
    """Return the record that holds for a domain: its own, or else the nearest above it."""
    for each in above(domain):
        found = records(names, each)
        if len(found) == 1:
            return Policy(each, tags(found[0]), found[0])
    return None


def organisation(names: Names, domain: str) -> str:
    """Return the highest domain above `domain`, or itself, that publishes a DMARC record; itself if none does."""
    return next((each for each in reversed(above(domain)) if len(records(names, each)) == 1), domain)


def aligned(names: Names, one: str, other: str, *, strict: bool = False) -> bool:
    """Say whether two domains belong together."""
    one, other = one.lower(), other.lower()
    if strict or one == other:
        return one == other
    if one.endswith(f".{other}") or other.endswith(f".{one}"):
        return True
    return organisation(names, one) == organisation(names, other)


def above(domain: str) -> list[str]:
    """Return a domain and those above it, down to two labels."""
    labels = domain.lower().rstrip(".").split(".")
    return [".".join(labels[at:]) for at in range(max(1, len(labels) - 1))]
