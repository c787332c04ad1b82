"""How does Amazon know that a request is ours? Signature Version 4: an HMAC over what is sent, with a key for one day.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote, urlsplit

ALGORITHM = "AWS4-HMAC-SHA256"


def signed(
    url: str,
    headers: Mapping[str, str],
    content: bytes,
    *,
    key: str,
    secret: str,
    region: str,
    service: str,
    at: datetime,
    token: str = "",
) -> dict[str, str]:
    """Return the headers of a POST without a query, its signature among them; `at` is UTC, and about now."""
    parts = urlsplit(url)
    stamp = at.strftime("%Y%m%dT%H%M%SZ")
    sent = {**headers, "Host": parts.netloc, "X-Amz-Date": stamp}
    if token:
        sent["X-Amz-Security-Token"] = token
    plain = {name.lower(): " ".join(text.split()) for name, text in sent.items()}
    names = ";".join(sorted(plain))
    lines = "".join(f"{name}:{plain[name]}\n" for name in sorted(plain))
    path = quote(parts.path or "/", safe="/-_.~")
    canonical = "\n".join(["POST", path, "", lines, names, hashlib.sha256(content).hexdigest()])
    scope = f"{stamp[:8]}/{region}/{service}/aws4_request"
    to_sign = "\n".join([ALGORITHM, stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    proof = f"AWS4{secret}".encode()
    for word in (*scope.split("/"), to_sign):
        proof = hmac.digest(proof, word.encode(), hashlib.sha256)
    sent["Authorization"] = f"{ALGORITHM} Credential={key}/{scope}, SignedHeaders={names}, Signature={proof.hex()}"
    return sent
