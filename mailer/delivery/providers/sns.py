"""Did Amazon SNS really send this, and for a topic of ours?

SNS signs with a key whose certificate it names by address. The signature proves only that *some* account of Amazon's
customers published it, so the topic must be one we named; and the address must be Amazon's own, over https, or anybody
could name a certificate of theirs. The signed time is that of publishing, and SNS tries for up to an hour to deliver:
the limit is longer here, and a repeated message changes nothing anyway, because its id is known.

https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
"""

import base64
import binascii
import re
import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256

from mailer.delivery.providers.told import is_fresh, text
from mailer.errors import Temporary
from mailer.late import httpx

PUBLISHED_WITHIN = timedelta(minutes=70)
HOST = re.compile(r"sns\.[a-z0-9-]{3,30}\.amazonaws\.com(\.cn)?")
MAX_PEM = 20_000
MAX_KEPT = 20  # certificates; SNS uses one for months

_COMMON = ("Message", "MessageId")
SIGNED = {
    "Notification": (*_COMMON, "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": (*_COMMON, "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
    "UnsubscribeConfirmation": (*_COMMON, "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}
HASHES = {"1": SHA1, "2": SHA256}

_kept: dict[str, x509.Certificate] = {}
_turn = threading.Lock()


def verified(told: Any, topics: frozenset[str], origin: str, now: datetime) -> bool:
    """Say whether this message is signed by SNS, about now, for one of `topics`.

    Args:
        told: the body as JSON, not yet believed.
        topics: the TopicArns of this house.
        origin: "" for Amazon's own addresses, or a stand-in such as http://127.0.0.1:4566.
        now: the time it is.

    Raises:
        Temporary: the certificate could not be fetched.
    """
    if not isinstance(told, Mapping) or told.get("TopicArn") not in topics or told.get("Type") not in SIGNED:
        return False
    where, algorithm = text(told.get("SigningCertURL")), HASHES.get(text(told.get("SignatureVersion")))
    if algorithm is None or not _is_amazons(where, origin) or not urlsplit(where).path.endswith(".pem"):
        return False
    if not is_fresh(text(told.get("Timestamp")), now, PUBLISHED_WITHIN):
        return False
    certificate = _certificate(where)
    key = certificate.public_key()
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc or not isinstance(
        key, RSAPublicKey
    ):
        return False
    try:
        key.verify(base64.b64decode(text(told.get("Signature"))), canonical(told), PKCS1v15(), algorithm())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def canonical(told: Mapping[str, Any]) -> bytes:
    """Return the bytes that are signed: name and value of some fields, a line each; a Subject only if there is one."""
    names = (name for name in SIGNED[told["Type"]] if told.get(name) is not None)
    return "".join(f"{name}\n{told[name]}\n" for name in names).encode()


def confirm(told: Mapping[str, Any], origin: str) -> None:
    """Tell SNS that we want this topic, which is known to be ours.

    Raises:
        Temporary: it could not be told; SNS asks again.
    """
    where = text(told.get("SubscribeURL"))
    asked = parse_qs(urlsplit(where).query)
    if not _is_amazons(where, origin) or asked.get("TopicArn") != [told["TopicArn"]]:
        return
    if asked.get("Action") == ["ConfirmSubscription"]:
        _fetch(where)


def _is_amazons(address: str, origin: str) -> bool:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return False
    if origin:
        return f"{parts.scheme}://{parts.netloc}" == origin.rstrip("/")
    return parts.scheme == "https" and port is None and bool(HOST.fullmatch(parts.netloc))


def _certificate(where: str) -> x509.Certificate:
    with _turn:
        if where in _kept:
            return _kept[where]
    pem = _fetch(where)
    try:
        found = x509.load_pem_x509_certificate(pem)
    except ValueError as error:
        raise Temporary(f"what {where} gave is no certificate") from error
    with _turn:
        if len(_kept) >= MAX_KEPT:
            _kept.clear()
        _kept[where] = found
    return found


def _fetch(where: str) -> bytes:
    try:
        with httpx.Client(timeout=10, trust_env=False, follow_redirects=False) as client:
            answer = client.get(where)
    except httpx.HTTPError as error:
        raise Temporary(f"SNS could not be asked: {type(error).__name__}") from error
    if answer.status_code != 200:
        raise Temporary(f"SNS answered {answer.status_code}")
    return bytes(answer.content[:MAX_PEM])
