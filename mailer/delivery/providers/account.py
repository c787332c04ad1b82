"""Whose account do we send through, and where is it reached?

Options every provider knows, after the `?` of its URL: `endpoint=URL` (a region, or a stand-in; plain http only to this
very machine), `rate=N` (requests a second, over all connections; 0 is no limit), `ca=FILE` (certificates to believe
instead of the system's). Signs that mean something in an URL, as the `/` and `+` of an Amazon secret, are written as
%2F and %2B. No error and no `repr` ever shows a key.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

from mailer.errors import Misconfigured

LOCAL = {"localhost", "127.0.0.1", "::1"}
COMMON = {"endpoint", "rate", "ca"}


@dataclass(frozen=True, slots=True)
class Account:
    """An account at a provider. `place` is what stands behind the @: a region, a sending domain, or just "api"."""

    provider: str
    place: str
    key: str = field(repr=False)
    secret: str = field(repr=False)
    endpoint: str  # without a slash at its end
    rate: float = 0
    ca: str = ""
    options: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def from_url(cls, url: str, *, home: str, rate: float = 0, options: frozenset[str] = frozenset()) -> "Account":
        """Read the URL of a provider.

        Args:
            url: as an operator writes it.
            home: where the provider is reached; `{place}` in it is filled in.
            rate: requests a second it allows everybody; 0 is no limit.
            options: what it can be told besides the common ones.

        Raises:
            Misconfigured: something in it is missing or unknown.
        """
        provider = url.partition(":")[0]
        try:
            parts = urlsplit(url)
            place = parts.hostname or ""
            given = {
                name: values[-1] for name, values in parse_qs(parts.query, strict_parsing=bool(parts.query)).items()
            }
            pace = float(given.pop("rate", rate))
        except ValueError:
            place, given, pace = "", {}, -1
        endpoint, ca = given.pop("endpoint", home.format(place=place)), given.pop("ca", "")
        if not place or not parts.username or parts.path.strip("/") or pace < 0 or not given.keys() <= options:
            known = ", ".join(sorted(COMMON | options))
            raise Misconfigured(
                f"delivery.transport: give {provider}://KEY@PLACE, with / + : @ in the key written as %2F %2B %3A %40, "
                f"and after a ? any of: {known}"
            )
        where = urlsplit(endpoint)
        if where.scheme != "https" and not (where.scheme == "http" and where.hostname in LOCAL):
            raise Misconfigured(f"delivery.transport: the endpoint of {provider} has to be an https:// address")
        key, secret = unquote(parts.username), unquote(parts.password or "")
        return cls(provider, place, key, secret, endpoint.rstrip("/"), pace, ca, given)
