"""Which keys sign what leaves?

Those that [dkim] names, each by its selector: usually one RSA key, which everybody reads, and one Ed25519 key. They are
files of the home that only its owner may read; `mailer dkim new` makes them. An email signed with a key whose record is
not in the DNS is as good as unsigned, so the record is published first.
"""

import os
import re
from pathlib import Path

from mailer.errors import Invalid, Misconfigured
from mailer.mail.dkim import Key, load_key, new_key
from mailer.paths import Home
from mailer.settings import Settings, within

FOLDER = "var/dkim"
_LABELS = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*", re.IGNORECASE)


def keys(home: Home, given: Settings) -> tuple[Key, ...]:
    """Return the keys that sign, in the order of the settings; none where none is named.

    Raises:
        Misconfigured: the setting cannot be read, or a file it names is missing or holds no such key.
    """
    domain = given.dkim.domain or given.delivery.domain
    return tuple(_key(home, domain, each) for each in given.dkim.keys.split())


def make(home: Home, domain: str, selector: str, kind: str) -> tuple[Key, str]:
    """Make a key of this kind ("rsa" or "ed25519") and keep it; return it, and how [dkim] names it.

    Raises:
        Invalid: the domain or the selector cannot stand in the DNS, or there is a key of that selector.
    """
    for name, what in ((domain, "domain"), (selector, "selector")):
        if not _LABELS.fullmatch(name):
            raise Invalid(f"{name!r} cannot be a {what}; give letters, digits and hyphens, with dots between them")
    file = f"{FOLDER}/{selector}.pem"
    path = within(home, file)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    pem = new_key(kind)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise Invalid(
            f"there is a key {file} already; choose another --selector, and keep the old one a while"
        ) from error
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(pem)
    return Key(domain, selector, load_key(pem)), f"{selector}={file}"


def _key(home: Home, domain: str, named: str) -> Key:
    selector, found, file = named.partition("=")
    if not found or not _LABELS.fullmatch(selector) or not _LABELS.fullmatch(domain):
        raise Misconfigured(f"dkim.keys: {named!r} is not selector=FILE, as in r1=var/dkim/r1.pem")
    path: Path = within(home, file)
    try:
        pem = path.read_bytes()
    except OSError as error:
        raise Misconfigured(f"dkim.keys: the key of {selector} cannot be read: {error}") from error
    return Key(domain, selector, load_key(pem))
